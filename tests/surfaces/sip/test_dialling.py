"""Agents who dial with the keys of their phones, and calls that are told of reliably."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sipmessage import Request, Response

from emulator.media.wiring import Tone
from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.messages import sequence
from tests.contract.world import World
from tests.surfaces.sip.carriers import FRIEND, VOICE, TrunkSite
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import AGENT, PHONE, SOUND, SWITCH, Site, authenticated

CUSTOMER = "13900000009"


class DiallingSite(TrunkSite):
    """A site at whose phone the agent has linked it."""

    invite: Request

    def begin(self) -> None:
        self.register()
        self.sign_in(phonelinkage=True)

    def dial(self, to: str = CUSTOMER, body: bytes = SOUND, **more: str) -> list[Response]:
        """Dial with the phone's keys; answers that come later come into the list."""
        self.invite = self.phone.plain(
            "INVITE", to, body, **{"Content_Type": "application/sdp", **more}
        )
        self.invite.headers.set("From", f"<sip:{PHONE}@{SWITCH}>;tag=dials")
        return self.phone.send(authenticated(self.phone, self.invite))

    def within(self, method: str, got: list[Response], **more: str) -> list[Response]:
        """A request of the phone in the dialog that the last answer has made."""
        if self.phone.dialog is None or self.phone.dialog.id[2] != _tag(got):
            self.phone.dialog = dialogs.from_response(self.invite, got[-1])
        return self.phone.within(method, **more)


def _tag(got: list[Response]) -> str:
    return got[-1].headers["To"].rpartition("tag=")[2]


def codes(got: list[Response]) -> list[int]:
    return [it.code for it in got]


@pytest.fixture
def site() -> Iterator[DiallingSite]:
    with World() as world:
        site = DiallingSite(world)
        site.begin()
        yield site


def test_a_phone_that_dials_rings_until_somebody_answers(site: DiallingSite) -> None:
    got = site.dial()
    assert codes(got) == []
    site.near.tell(180)
    site.near.tell(200, VOICE)
    assert codes(got)[-2:] == [180, 200]
    assert sdp.read(got[-1].body).codecs[0].name == "PCMU"
    assert site.agent_state() == "TALKING"
    ack = dialogs.from_response(site.invite, got[-1]).request("ACK", "<sip:me@x>", 2)
    site.phone.stack.send_ack(ack, site.phone.switch)
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(0.1)
    assert site.phone.methods() == ["BYE"]


@pytest.mark.parametrize(("refusal", "status"), [(486, 486), (404, 404), (603, 603), (503, 503)])
def test_a_phone_is_told_why_nobody_answers(site: DiallingSite, refusal: int, status: int) -> None:
    got = site.dial()
    site.near.tell(180)
    site.near.tell(refusal)
    assert got[-1].code == status
    assert got[-1].headers["Reason"].startswith("Q.850;cause=")
    assert site.agent_state() == "IDLE"
    assert not site.leg.parties
    assert not site.leg.phones.parties


def test_a_call_that_fails_at_once_is_refused(site: DiallingSite) -> None:
    for gateway in site.leg.gateways.all.values():
        gateway.failed = True
    site.leg.gateways.follow(site.world.platform.switch)
    site.pass_time(0.1)
    assert codes(site.dial()) == [503]
    assert not site.leg.phones.parties


@pytest.mark.parametrize(("dialled", "status"), [("abc", 484), ("9" * 25, 484)])
def test_what_cannot_be_dialled_is_refused(site: DiallingSite, dialled: str, status: int) -> None:
    assert codes(site.dial(dialled)) == [status]
    assert site.calls() == 0


def test_without_a_free_line_nothing_is_dialled(site: DiallingSite) -> None:
    site.world.platform.switch.tenants[1].trunks[0].in_use = 1000
    assert codes(site.dial()) == [503]


def test_a_phone_that_gives_up_cancels_its_call(site: DiallingSite) -> None:
    got = site.dial()
    site.near.tell(180)
    clients = site.phone.stack._clients
    *_, invite = [it for key, it in clients.items() if key[1] == "INVITE"]
    invite.cancel()
    site.pass_time(0.1)
    assert got[-1].code == 487
    assert site.calls() == 0
    assert site.agent_state() == "IDLE"
    assert site.near.offered[-1].state.name in ("COMPLETED", "CONFIRMED")


def test_a_phone_that_says_goodbye_before_the_answer_gives_up_too(site: DiallingSite) -> None:
    got = site.dial()
    site.near.tell(180)
    [done] = site.within("BYE", got)
    assert done.code == 200
    assert got[-1].code == 487
    assert site.calls() == 0


def test_an_agent_who_hangs_up_elsewhere_ends_the_call_at_the_phone(site: DiallingSite) -> None:
    got = site.dial()
    site.near.tell(180)
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(0.1)
    assert got[-1].code == 480
    assert not site.leg.phones.parties


def test_an_answer_that_the_phone_does_not_acknowledge_ends_the_call(site: DiallingSite) -> None:
    site.dial()
    site.near.tell(200, VOICE)
    assert site.agent_state() == "TALKING"
    site.pass_time(33)
    assert site.calls() == 0
    assert site.phone.methods()[-1] == "BYE"


def test_a_phone_hears_the_other_side_ring_and_what_it_says_early() -> None:
    with World() as world:
        studio = Studio()
        site = DiallingSite(world, studio)
        site.begin()
        got = site.dial()
        site.near.tell(180)
        assert got[-1].code == 183
        desk = sdp.read(got[-1].body).port
        assert studio.heard[desk].sound == Tone("ringback")
        site.near.tell(183, VOICE)
        assert [it.port for it in studio.heard[desk].voices]
        assert studio.heard[desk].sound is None


def test_a_phone_without_a_description_of_its_own_is_told_that_it_rings() -> None:
    with World() as world:
        site = DiallingSite(world, Studio())
        site.begin()
        got = site.dial(body=b"")
        site.near.tell(180)
        assert (got[-1].code, got[-1].body) == (180, b"")
        site.near.tell(200, VOICE)
        assert sdp.read(got[-1].body).codecs


# Reliably (RFC 3262)


def prack(site: DiallingSite, got: list[Response], number: int = 0) -> int:
    """The phone acknowledges what it was told, or something else."""
    told = next(it for it in reversed(got) if it.headers.get("RSeq"))
    rseq = int(told.headers["RSeq"]) + number
    cseq, method = sequence(site.invite)
    [answered] = site.within("PRACK", [told], RAck=f"{rseq} {cseq} {method}")
    return answered.code


def test_a_phone_that_requires_it_is_told_reliably(site: DiallingSite) -> None:
    got = site.dial(Require="100rel")
    site.near.tell(180)
    assert got[-1].headers["Require"] == "100rel"
    site.pass_time(3.6)
    assert codes(got).count(180) == 4
    assert prack(site, got, 1) == 481
    assert prack(site, got) == 200
    site.pass_time(10)
    assert codes(got).count(180) == 4
    assert prack(site, got) == 481


def test_the_answer_waits_for_what_was_told_reliably(site: DiallingSite) -> None:
    got = site.dial(Require="100rel")
    site.near.tell(180)
    site.near.tell(200, VOICE)
    assert got[-1].code == 180
    assert prack(site, got) == 200
    site.pass_time(0.1)
    assert got[-1].code == 200


def test_who_never_acknowledges_what_it_was_told_is_given_up(site: DiallingSite) -> None:
    got = site.dial(Require="100rel")
    site.near.tell(180)
    site.pass_time(33)
    assert got[-1].code == 504
    assert site.calls() == 0
    assert site.agent_state() == "IDLE"


def test_who_requires_what_nobody_knows_is_told_so(site: Site) -> None:
    request = site.caller.plain("INVITE", "95003", SOUND, Require="100rel, foo, timer, bar")
    [refused] = site.caller.send(request)
    assert (refused.code, refused.headers["Unsupported"]) == (420, "foo, bar")
    assert site.calls() == 0


def test_a_caller_that_requires_it_is_answered_at_once(site: DiallingSite) -> None:
    request = site.caller.plain("INVITE", "95003", SOUND, Require="100rel")
    assert codes(site.caller.send(request)) == [200]


def test_a_gateway_has_what_it_tells_reliably_acknowledged(site: DiallingSite) -> None:
    site.phone.heard.clear()
    site.dial()
    assert "100rel" in site.near.invite.headers["Supported"]
    rings = {"Require": "100rel", "RSeq": "7"}
    site.near.tell(183, VOICE, **rings)
    site.near.tell(183, VOICE, **rings)
    site.near.tell(180, Require="100rel", RSeq="9")
    site.near.tell(180, Require="100rel", RSeq="8")
    acknowledged = [it.headers["RAck"] for it in site.near.sent("PRACK")]
    assert acknowledged == ["7 1 INVITE", "8 1 INVITE"]
    numbers = [sequence(it)[0] for it in site.near.sent("PRACK")]
    assert numbers == [2, 3]


@pytest.mark.parametrize(
    ("reliable", "required", "supported"),
    [("no", None, False), ("supported", None, True), ("required", "100rel", True)],
)
def test_a_gateway_is_asked_to_tell_reliably_as_it_is_set_up(
    reliable: str, required: str | None, supported: bool
) -> None:
    with World() as world:
        site = TrunkSite(world, near={"reliable": reliable})
        site.sign_in()
        site.calls_out(FRIEND)
        headers = site.near.invite.headers
        assert headers.get("Require") == required
        assert ("100rel" in headers["Supported"]) is supported
