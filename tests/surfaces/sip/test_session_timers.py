"""Sessions that are refreshed, or end (RFC 4028), on calls from and to outside and at phones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.messages import make_response
from tests.contract.world import World
from tests.surfaces.sip.carriers import VOICE, TrunkSite
from tests.surfaces.sip.test_leg import SOUND, Peer

MINUTES = 60


@pytest.fixture
def site() -> Iterator[TrunkSite]:
    with World() as world:
        site = TrunkSite(world, session_expires=600, near={"options_every": 0})
        site.sign_in()
        yield site


def call_in(site: TrunkSite, **more: str) -> tuple[int, str | None]:
    """A caller with these header fields; what it is answered, and which session."""
    caller = site.caller
    more = {"Supported": "timer", **more}
    invite = caller.plain("INVITE", "95003", SOUND, Content_Type="application/sdp", **more)
    [answered] = caller.send(invite)
    if answered.code == 200:
        caller.dialog = dialogs.from_response(invite, answered)
        caller.stack.send_ack(caller.dialog.request("ACK", "<sip:me@x>", 1), caller.switch)
        site.pass_time(0.1)
    return answered.code, answered.headers.get("Session-Expires")


def call_out(site: TrunkSite, session: str | None, allow: str = "UPDATE") -> None:
    """Somebody outside is called, and answers with a session."""
    site.calls_out()
    more = {"Allow": f"INVITE, {allow}"}
    if session is not None:
        more |= {"Session_Expires": session, "Require": "timer"}
    site.near.tell(200, VOICE, **more)
    site.near.dialog = dialogs.from_request(site.near.invite, "a")
    assert site.agent_state() == "TALKING"


def last(peer: Peer) -> str:
    return peer.methods()[-1]


# What is agreed


@pytest.mark.parametrize(
    ("more", "agreed"),
    [
        ({"Session_Expires": "1800"}, (200, "600;refresher=uac")),
        ({"Session_Expires": "300;refresher=uas"}, (200, "300;refresher=uas")),
        ({"Session_Expires": "1800", "Min_SE": "900"}, (200, "900;refresher=uac")),
        ({}, (200, "600;refresher=uac")),
        ({"Supported": "x"}, (200, None)),
        ({"Supported": "x", "Session_Expires": "1800"}, (200, "600;refresher=uas")),
        ({"Session_Expires": "60"}, (422, None)),
        ({"Session_Expires": "nonsense"}, (200, "600;refresher=uac")),
    ],
)
def test_a_caller_is_told_the_session_that_it_gets(
    site: TrunkSite, more: dict[str, str], agreed: tuple[int, str | None]
) -> None:
    assert call_in(site, **more) == agreed


def test_a_session_that_is_too_short_is_refused_with_the_least(site: TrunkSite) -> None:
    more = {"Supported": "timer", "Session_Expires": "60"}
    [refused] = site.caller.send(site.caller.plain("INVITE", "95003", SOUND, **more))
    assert (refused.code, refused.headers["Min-SE"]) == (422, "90")
    assert site.calls() == 0


def test_who_is_called_is_asked_for_a_session(site: TrunkSite) -> None:
    site.calls_out()
    headers = site.near.invite.headers
    assert (headers["Session-Expires"], headers["Min-SE"]) == ("600", "90")
    assert "timer" in headers["Supported"]
    assert "UPDATE" in headers["Allow"]


def test_a_gateway_that_wants_longer_sessions_is_asked_once_more(site: TrunkSite) -> None:
    site.calls_out()
    site.near.tell(422, Min_SE="1200")
    headers = site.near.invite.headers
    assert (headers["Session-Expires"], headers["Min-SE"]) == ("1200", "1200")
    assert headers["CSeq"] == "2 INVITE"
    site.near.tell(422, Min_SE="1200")
    assert len(site.near.sent("INVITE")) == 2
    assert site.calls() == 0


# Refreshing


@pytest.mark.parametrize(("allow", "method"), [("UPDATE", "UPDATE"), ("BYE", "INVITE")])
def test_we_refresh_after_half_the_interval_in_the_way_they_know(
    site: TrunkSite, allow: str, method: str
) -> None:
    call_out(site, "600;refresher=uac", allow)
    site.pass_time(4.9 * MINUTES)
    assert last(site.near) == "ACK"
    site.pass_time(0.2 * MINUTES)
    refresh = [it for it in site.near.sent(method) if it.headers["CSeq"] == f"2 {method}"][-1]
    assert refresh.headers["Session-Expires"] == "600;refresher=uac"
    assert bool(refresh.body) is (method == "INVITE")


def test_a_session_goes_on_for_as_long_as_it_is_refreshed(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac", "BYE")
    for time in range(2, 5):
        site.pass_time(5.05 * MINUTES)
        more = {"Session_Expires": "600;refresher=uac"}
        site.near.tell(200, VOICE, **more)
        assert last(site.near) == "ACK"
        assert site.near.invite.headers["CSeq"] == f"{time} INVITE"
    assert site.agent_state() == "TALKING"
    assert sdp.read(site.near.invite.body).codecs[0].name == "PCMU"


def test_a_refresh_that_nobody_answers_ends_the_call(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac")
    site.network.peers[site.near.host] = lambda data, flow: None
    site.pass_time(5.7 * MINUTES)
    assert site.calls() == 0
    assert site.agent_state() == "IDLE"


def test_who_invites_while_we_refresh_has_to_wait(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac", "BYE")
    site.pass_time(5.1 * MINUTES)
    assert [it.code for it in site.near.within("INVITE", VOICE)] == [491]
    site.near.tell(200, VOICE, Session_Expires="600;refresher=uac")
    assert [it.code for it in site.near.within("INVITE", VOICE)] == [200]


def refuse_refreshes(site: TrunkSite, *statuses: int) -> None:
    """The gateway answers UPDATE so, one after the other."""
    left = list(statuses)
    served = site.near.request

    def request(transaction: object, request: object) -> None:
        if getattr(request, "method", "") == "UPDATE" and left:
            site.near.heard.append(request)  # type: ignore[arg-type]
            response = make_response(request, left.pop(0), to_tag="a")  # type: ignore[arg-type]
            response.headers.set("Min-SE", "1200")
            transaction.respond(response)  # type: ignore[attr-defined]
        else:
            served(transaction, request)  # type: ignore[arg-type]

    site.near.request = request  # type: ignore[method-assign, assignment]


def test_a_call_that_the_other_side_knows_nothing_of_is_over(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac")
    refuse_refreshes(site, 481)
    site.pass_time(5.1 * MINUTES)
    assert site.calls() == 0
    assert last(site.near) == "BYE"


def test_a_glare_lets_us_try_again_a_little_later(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac")
    refuse_refreshes(site, 491)
    site.pass_time(5.2 * MINUTES)
    assert len(site.near.sent("UPDATE")) == 2
    assert site.calls() == 1


def test_who_does_not_know_update_after_all_is_invited_again(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac")
    refuse_refreshes(site, 405)
    site.pass_time(5.1 * MINUTES)
    assert site.near.invite.headers["CSeq"] == "3 INVITE"


def test_a_refresh_that_is_too_short_is_made_longer(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac")
    refuse_refreshes(site, 422)
    site.pass_time(5.1 * MINUTES)
    assert [it.headers["Session-Expires"] for it in site.near.sent("UPDATE")] == [
        "600;refresher=uac",
        "1200;refresher=uac",
    ]


def test_a_refresh_that_is_refused_for_another_reason_lets_the_session_run_out(
    site: TrunkSite,
) -> None:
    call_out(site, "600;refresher=uac")
    refuse_refreshes(site, 500)
    site.pass_time(9 * MINUTES)
    assert site.calls() == 1
    site.pass_time(0.6 * MINUTES)
    assert site.calls() == 0
    assert last(site.near) == "BYE"


# Being refreshed


def test_a_caller_that_does_not_refresh_is_hung_up_on(site: TrunkSite) -> None:
    call_in(site, Session_Expires="600;refresher=uac")
    site.pass_time(9.4 * MINUTES)
    assert site.calls() == 1
    site.pass_time(0.2 * MINUTES)
    assert site.calls() == 0
    assert site.caller.methods() == ["BYE"]


@pytest.mark.parametrize("method", ["UPDATE", "INVITE"])
def test_a_caller_that_refreshes_stays(site: TrunkSite, method: str) -> None:
    call_in(site, Session_Expires="600;refresher=uac")
    site.pass_time(9 * MINUTES)
    session = {"Supported": "timer", "Session_Expires": "600;refresher=uac"}
    [answered] = site.caller.within(method, **session)
    assert answered.headers["Session-Expires"] == "600;refresher=uac"
    assert site.caller.dialog is not None
    if method == "INVITE":
        ack = site.caller.dialog.request("ACK", "<sip:me@x>", site.caller.dialog.local_sequence)
        site.caller.stack.send_ack(ack, site.caller.switch)
    site.pass_time(9 * MINUTES)
    assert site.calls() == 1


def test_a_call_without_a_session_goes_on_for_ever(site: TrunkSite) -> None:
    call_out(site, None)
    site.pass_time(120 * MINUTES)
    assert site.agent_state() == "TALKING"
    assert last(site.near) == "ACK"


def test_nothing_is_left_of_a_session_when_its_call_is_over(site: TrunkSite) -> None:
    call_out(site, "600;refresher=uac")
    assert site.leg.sessions._sessions
    site.near.within("BYE")
    assert not site.leg.sessions._sessions
    site.pass_time(20 * MINUTES)
    assert last(site.near) == "ACK"


def test_a_phone_is_asked_for_a_session_too() -> None:
    with World() as world:
        site = TrunkSite(world, session_expires=600)
        site.register(expires=3600)
        site.sign_in()
        site.caller.call("95001")
        site.pass_time(0.1)
        assert site.phone.offered[-1].request.headers["Session-Expires"] == "600"
