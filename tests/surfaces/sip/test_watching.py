"""Lamps of phones: who watches another phone is told when it rings, talks and is free again."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from sipmessage import Request, Response

from emulator.surfaces.sip import dialogs
from emulator.surfaces.sip.digest import answer, best_challenge
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.watching import MOST_S
from tests.contract.world import PASSWORD
from tests.surfaces.sip.network import Network
from tests.surfaces.sip.test_leg import PHONE, SOUND, SWITCH, Peer, Site, site
from tests.surfaces.sip.test_refusals import noted

__all__ = ["site"]
OTHER = "40102"
INFO = "{urn:ietf:params:xml:ns:dialog-info}"


class Lamps(Peer):
    """A phone with lamps; `code` is what it says to news."""

    code = 200

    def __init__(self, network: Network, host: str = "10.0.0.7") -> None:
        super().__init__(network, host)

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        self.heard.append(request)
        transaction.respond(make_response(request, self.code))

    @property
    def told(self) -> list[tuple[str, str]]:
        """The states of the phone and of the subscription, news by news."""
        return [
            (_state(it), it.headers["Subscription-State"].partition("=")[0]) for it in self.heard
        ]

    def ask(self, user: str = PHONE, **more: str) -> list[Response]:
        """Subscribe, as the phone 40102."""
        name = f"<sip:{OTHER}@{SWITCH}>"
        fields = {"From": f"{name};tag=w", "Event": "dialog", "Expires": "600", **more}
        request = self.plain("SUBSCRIBE", user, **fields)
        got = self.send(request)
        challenge = best_challenge(got[0].headers.getlist("Proxy-Authenticate"))
        if challenge is None:
            return got
        uri = str(request.uri)
        proof = answer(challenge, "SUBSCRIBE", uri, OTHER, PASSWORD, cnonce="c")
        request.headers.set("Proxy-Authorization", proof)
        request.headers.set("CSeq", "2 SUBSCRIBE")
        got = self.send(request)
        if got[0].code == 200:
            self.dialog = dialogs.from_response(request, got[0])
        return got


def _state(notify: Request) -> str:
    root = ElementTree.fromstring(notify.body)
    assert root.get("state") == "full"
    return root.findtext(f"{INFO}dialog/{INFO}state") or ""


@pytest.fixture
def lamps(site: Site) -> Lamps:
    return Lamps(site.network)


def ring(site: Site) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)


def test_who_watches_a_phone_sees_it_ring_and_talk_and_be_free_again(
    site: Site, lamps: Lamps
) -> None:
    [granted] = lamps.ask()
    assert (granted.code, granted.headers["Expires"]) == (200, "600")
    ring(site)
    site.phone.say(200, SOUND)
    site.caller.within("BYE")
    site.pass_time(1)
    states = [state for state, _ in lamps.told]
    assert states == ["terminated", "early", "confirmed", "terminated"]
    assert {it.headers["Event"] for it in lamps.heard} == {"dialog"}
    versions = [ElementTree.fromstring(it.body).get("version") for it in lamps.heard]
    assert versions == ["0", "1", "2", "3"]
    assert ElementTree.fromstring(lamps.heard[0].body).get("entity") == f"sip:{PHONE}@{SWITCH}"


def test_what_is_there_already_is_told_at_once(site: Site, lamps: Lamps) -> None:
    ring(site)
    lamps.ask(Event="dialog;id=7")
    assert lamps.told == [("early", "active;expires")]
    assert lamps.heard[0].headers["Event"] == "dialog;id=7"


def test_news_of_other_phones_are_not_told(site: Site, lamps: Lamps) -> None:
    lamps.ask(OTHER)
    ring(site)
    assert len(lamps.heard) == 1


def test_a_subscription_ends_when_it_is_not_refreshed(site: Site, lamps: Lamps) -> None:
    lamps.ask()
    site.pass_time(500)
    [longer] = lamps.within("SUBSCRIBE", Event="dialog", Expires="600")
    assert longer.code == 200
    site.pass_time(500)
    assert lamps.told[-1] == ("terminated", "active;expires")
    site.pass_time(200)
    assert lamps.told[-1] == ("terminated", "terminated;reason")
    assert len(site.leg.watching) == 0
    assert [it.code for it in lamps.within("SUBSCRIBE", Event="dialog")] == [481]


@pytest.mark.parametrize("within", [True, False])
def test_who_wants_to_know_no_more_is_told_once_more(
    site: Site, lamps: Lamps, *, within: bool
) -> None:
    if within:
        lamps.ask()
        lamps.within("SUBSCRIBE", Event="dialog", Expires="0")
    else:
        lamps.ask(Expires="0")
    assert lamps.told[-1] == ("terminated", "terminated;reason")
    told = len(lamps.heard)
    ring(site)
    assert (len(lamps.heard), len(site.leg.watching)) == (told, 0)


@pytest.mark.parametrize("way", ["refuses", "vanishes"])
def test_who_does_not_know_of_it_any_more_is_told_nothing(
    site: Site, lamps: Lamps, way: str
) -> None:
    lamps.ask()
    lamps.code = 481
    if way == "vanishes":
        site.network.peers[lamps.host] = lambda *_: None
    ring(site)
    site.pass_time(40)
    assert len(site.leg.watching) == 0


@pytest.mark.parametrize(
    ("user", "fields", "code"),
    [
        ("40999", {}, 404),
        (PHONE, {"Expires": "30"}, 423),
        (PHONE, {"Event": "presence"}, 489),
        (PHONE, {"Event": "message-summary"}, 489),
        (PHONE, {"Event": ""}, 489),
        (PHONE, {"From": "<sip:13800000001@x>;tag=1"}, 403),
    ],
)
def test_what_cannot_be_watched_is_refused(
    site: Site, lamps: Lamps, user: str, fields: dict[str, str], code: int
) -> None:
    got = lamps.ask(user, **fields)[-1]
    assert got.code == code
    if code == 489:
        assert got.headers["Allow-Events"] == "dialog"
        assert noted(site) == []
    assert lamps.heard == []


def test_subscriptions_are_limited_in_time(site: Site, lamps: Lamps) -> None:
    [granted] = lamps.ask(Expires="100000")
    assert granted.headers["Expires"] == str(MOST_S)


def test_within_a_subscription_there_are_no_other_requests(site: Site, lamps: Lamps) -> None:
    lamps.ask()
    assert [it.code for it in lamps.within("INFO")] == [405]
    assert [it.code for it in lamps.within("SUBSCRIBE", Event="presence")] == [489]
    assert lamps.dialog is not None
    lamps.dialog.local_sequence = 1
    assert [it.code for it in lamps.within("SUBSCRIBE", Event="dialog")] == [500]
    assert len(site.leg.watching) == 1


def test_who_tells_us_what_nobody_has_asked_for_is_refused(site: Site) -> None:
    notify = site.caller.plain("NOTIFY", "x", Event="message-summary")
    assert [it.code for it in site.caller.send(notify)] == [481]


def test_a_call_center_that_begins_anew_tells_what_is_there_then(site: Site, lamps: Lamps) -> None:
    ring(site)
    lamps.ask()
    platform = site.world.platform
    platform.reset([it.config for it in platform.switch.tenants.values()])
    site.pass_time(6)
    assert lamps.told[-1] == ("terminated", "active")


def test_at_the_end_watchers_are_told_so(site: Site, lamps: Lamps) -> None:
    lamps.ask()
    site.leg.watching.stop()
    site.pass_time(1)
    assert lamps.heard[-1].headers["Subscription-State"] == "terminated;reason=deactivated"
