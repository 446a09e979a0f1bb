"""Calls to numbers outside by gateways, by a network in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.digest import Challenger
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.rewriting import Rule
from emulator.surfaces.sip.sdp import Description, Direction
from emulator.switch.events import Delivered, DigitsGenerated, Established, Failed
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.terms import TargetType, TransferMode
from tests.contract.world import World
from tests.surfaces.sip.carriers import FRIEND, NEAR, VOICE, TrunkSite
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import AGENT, SOUND


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def site(world: World) -> TrunkSite:
    site = TrunkSite(world)
    site.sign_in()
    return site


def test_somebody_outside_is_called_rings_and_answers(site: TrunkSite) -> None:
    site.calls_out()
    invite = site.near.invite
    assert str(invite.uri) == f"sip:{FRIEND}@{NEAR}:5060"
    assert invite.headers["To"] == f"<sip:{FRIEND}@{NEAR}>"
    assert invite.headers["From"].startswith(f"<sip:95000@{NEAR}>;tag=")
    assert sdp.read(invite.body).codecs[0].name == "PCMU"
    assert not site.heard(Delivered)
    site.near.tell(180)
    assert [it.number for it in site.heard(Delivered)] == [FRIEND]
    assert site.agent_state() == "OCCUPIED"
    site.near.tell(200, VOICE)
    assert site.near.methods()[-1] == "ACK"
    assert site.agent_state() == "TALKING"
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(0.1)
    assert site.near.methods()[-1] == "BYE"
    assert not site.leg.parties
    assert not site.leg.customers.parties


def test_who_was_called_hangs_up(site: TrunkSite) -> None:
    site.calls_out()
    site.near.tell(200, VOICE)
    site.near.dialog = dialogs.from_request(site.near.offered[-1].request, "a")
    assert [it.code for it in site.near.within("BYE")] == [200]
    assert site.calls() == 0
    assert site.agent_state() == "IDLE"


def test_who_was_called_holds_and_presses_keys(site: TrunkSite) -> None:
    site.calls_out()
    site.near.tell(200, VOICE)
    site.near.dialog = dialogs.from_request(site.near.offered[-1].request, "a")
    held = sdp.write(Description(NEAR, 7000, direction=Direction.SEND), 1, 2)
    [answered] = site.near.within("UPDATE", held, Content_Type="application/sdp")
    assert sdp.read(answered.body).direction is Direction.RECEIVE
    site.near.within("INFO", b"Signal=7", Content_Type="application/dtmf-relay")
    [pressed] = site.heard(DigitsGenerated)
    assert (pressed.device, pressed.digits) == (f"trunk:{FRIEND}", "7")


@pytest.mark.parametrize(
    ("status", "reason", "cause"),
    [
        (486, "", 537),
        (404, "", 538),
        (603, "", 604),
        (480, "Q.850;cause=27", 549),
        (500, 'Q.850 ; text="busy" ; cause=17', 537),
        (302, "", 549),
        (488, "SIP;cause=200", 549),
    ],
)
def test_whoever_cannot_be_reached_is_missed_for_a_reason(
    site: TrunkSite, status: int, reason: str, cause: int
) -> None:
    site.calls_out()
    site.near.tell(180)
    site.near.tell(status, **({"Reason": reason} if reason else {}))
    assert [it.cause for it in site.heard(Failed)] == [cause]
    assert site.calls() == 0
    assert not site.leg.customers.parties


@pytest.mark.parametrize("rings", [True, False])
def test_an_agent_who_gives_up_has_the_call_cancelled(site: TrunkSite, rings: bool) -> None:
    site.calls_out()
    site.near.tell(180 if rings else 100)
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(0.5)
    assert site.near.offered[-1].state.name in ("COMPLETED", "CONFIRMED")
    assert site.calls() == 0
    assert not site.leg.parties


def test_nobody_answers_for_as_long_as_the_switch_has_patience(site: TrunkSite) -> None:
    site.calls_out()
    site.near.tell(180)
    site.world.do(lambda _: site.world.platform.move_clock(61_000_000))
    site.pass_time(0.5)
    assert [it.cause for it in site.heard(Failed)] == [603]
    assert site.near.offered[-1].state.name in ("COMPLETED", "CONFIRMED")


def test_who_answers_after_the_agent_gave_up_is_hung_up_on(site: TrunkSite) -> None:
    site.calls_out()
    site.near.tell(180)
    transaction = site.near.offered[-1]
    transaction.on_cancel = None
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.near.tell(200, VOICE)
    assert site.near.methods()[-2:] == ["ACK", "BYE"]
    assert not site.leg.parties


def test_the_first_of_several_phones_that_answers_wins(site: TrunkSite) -> None:
    site.calls_out()
    for branch in "abc":
        site.near.tell(180, branch=branch)
    assert len(site.heard(Delivered)) == 1
    site.near.tell(200, VOICE, branch="b")
    [party] = site.leg.parties.values()
    assert party.dialog is not None
    assert "tag=b" in party.dialog.remote
    site.near.tell(200, VOICE, branch="c")
    site.near.tell(200, VOICE, branch="b")
    acknowledged = [it.headers["To"][-1] for it in site.near.sent("ACK")]
    assert acknowledged == ["b", "c", "b"]
    [goodbye] = site.near.sent("BYE")
    assert goodbye.headers["To"].endswith("tag=c")
    assert site.agent_state() == "TALKING"


def test_a_phone_that_answers_long_after_another_is_hung_up_on_too(site: TrunkSite) -> None:
    site.calls_out()
    site.near.tell(200, VOICE, branch="a")
    site.near.tell(200, VOICE, branch="b")
    site.pass_time(40)
    late = make_response(site.near.invite, 200, to_tag="d")
    late.headers.set("Contact", f"<sip:d@{NEAR}>")
    via = site.near.invite.headers["Via"]
    late.headers.set("Via", via)
    site.near.stack._wire.send(_bytes(late), site.near.switch, lambda _: None)
    site.pass_time(0.1)
    assert site.near.sent("BYE")[-1].headers["To"].endswith("tag=d")
    assert site.agent_state() == "TALKING"


def _bytes(response: object) -> bytes:
    from emulator.surfaces.sip.messages import write

    return write(response)  # type: ignore[arg-type]


def test_early_media_is_heard_before_the_answer(world: World) -> None:
    studio = Studio()
    site = TrunkSite(world, studio)
    site.register()
    site.sign_in()
    site.calls_out()
    site.phone.say(180)
    site.phone.say(200, SOUND)
    assert site.agent_state() == "OCCUPIED"
    desk = sdp.read(site.phone.offered[-1].request.body).port
    outside = sdp.read(site.near.invite.body).port
    site.near.tell(183, VOICE)
    assert [it.number for it in site.heard(Delivered)] == [FRIEND]
    assert [it.port for it in studio.heard[desk].voices] == [outside]
    site.near.tell(200)
    assert [it.port for it in studio.heard[desk].voices] == [outside]
    assert len(site.heard(Established)) == 1
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(0.1)
    assert len(studio.free) == 100


def test_a_customer_is_transferred_out_by_a_gateway(site: TrunkSite) -> None:
    site.caller.call("95001")
    site.world.do(lambda switch: switch.answer_call(AGENT))
    target = (TargetType.OUTSIDE, FRIEND)
    site.world.do(
        lambda switch: switch.single_step_transfer(AGENT, target, TransferMode.RELEASE_AFTER)
    )
    site.pass_time(0.1)
    assert site.near.invite.headers["From"].startswith("<sip:13800000001@")
    site.near.tell(180)
    site.near.tell(200, VOICE)
    assert site.agent_state() == "IDLE"
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert site.near.methods()[-1] == "BYE"
    assert site.calls() == 0


def test_a_consultation_outside_moves_to_the_customers_call(site: TrunkSite) -> None:
    site.caller.call("95001")
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.world.do(lambda switch: switch.consultation_call(AGENT, (TargetType.OUTSIDE, FRIEND)))
    site.pass_time(0.1)
    site.near.tell(200, VOICE)
    [first, _] = site.world.platform.switch.calls
    site.world.do(lambda switch: switch.transfer_call(AGENT, first))
    site.pass_time(0.1)
    assert "BYE" not in site.near.methods()
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert site.near.methods()[-1] == "BYE"


def test_an_agent_answers_on_a_mobile_phone_behind_a_gateway(site: TrunkSite) -> None:
    site.world.do(lambda switch: switch.log_off(AGENT))
    site.world.do(lambda switch: switch.log_on_mobile(AGENT, FRIEND))
    site.world.do(lambda switch: switch.set_ready(AGENT))
    site.pass_time(11)
    site.caller.call("95001")
    site.pass_time(0.1)
    assert str(site.near.invite.uri).startswith(f"sip:{FRIEND}@")
    site.near.tell(180)
    assert site.agent_state() == "ANSWERING"
    site.near.tell(200, VOICE)
    assert site.agent_state() == "TALKING"
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert site.near.methods()[-1] == "BYE"


def test_a_mobile_phone_that_is_busy_sends_the_call_back(site: TrunkSite) -> None:
    site.world.do(lambda switch: switch.log_off(AGENT))
    site.world.do(lambda switch: switch.log_on_mobile(AGENT, FRIEND))
    site.world.do(lambda switch: switch.set_ready(AGENT))
    site.caller.call("95001")
    site.pass_time(0.1)
    site.near.tell(486)
    site.pass_time(0.1)
    [call] = site.world.platform.switch.calls.values()
    assert call.requeued == 1
    assert not site.leg.phones.parties


def test_who_is_in_a_conference_by_a_gateway_is_hung_up_on_when_it_ends(site: TrunkSite) -> None:
    friend = Invitation(Address(False, FRIEND))
    site.world.do(lambda switch: switch.request_conference(AGENT, ConferenceWish(5, 60)))
    site.world.do(lambda switch: switch.invite_participants(AGENT, [friend], caller="95007"))
    site.pass_time(0.1)
    assert site.near.invite.headers["From"].startswith("<sip:95007@")
    site.near.tell(200, VOICE)
    site.world.do(lambda switch: switch.release_conference(AGENT))
    site.pass_time(0.1)
    assert site.near.methods()[-1] == "BYE"
    assert not site.leg.customers.parties


def test_who_is_invited_to_a_conference_and_removed_is_not_called_any_more(
    site: TrunkSite,
) -> None:
    friend = Invitation(Address(False, FRIEND))
    site.world.do(lambda switch: switch.request_conference(AGENT, ConferenceWish(5, 60)))
    site.world.do(lambda switch: switch.invite_participants(AGENT, [friend]))
    site.pass_time(0.1)
    site.near.tell(180)
    site.world.do(lambda switch: switch.remove_participants(AGENT, [friend.address]))
    site.pass_time(0.5)
    assert site.near.offered[-1].state.name in ("COMPLETED", "CONFIRMED")


# What gateways want


def test_a_gateway_is_shown_the_password_that_it_asks_for(world: World) -> None:
    site = TrunkSite(world, near={"user": "trunk", "password": "secret"})
    site.sign_in()
    site.calls_out()
    asks = Challenger("carrier", lambda: 0, site.network.random)
    [(name, value), *_] = asks.challenge(407)
    site.near.tell(407, **{name.replace("-", "_"): value})
    shown = asks.check(site.near.invite, {"trunk": "secret"}.get, 407)
    assert shown.accepted
    assert site.near.invite.headers["CSeq"] == "2 INVITE"
    site.near.tell(407, **{name.replace("-", "_"): value})
    assert [it.cause for it in site.heard(Failed)] == [604]


@pytest.mark.parametrize(
    ("how", "shown", "asserted", "privacy"),
    [
        ({}, "<sip:95000@carrier.example>", None, None),
        ({"identity": "asserted"}, *["<sip:95000@carrier.example>"] * 2, None),
        (
            {"identity": "asserted", "privacy": True},
            '"Anonymous" <sip:anonymous@anonymous.invalid>',
            "<sip:95000@carrier.example>",
            "id",
        ),
        ({"caller_out": (Rule("95", "+8695"),)}, "<sip:+8695000@carrier.example>", None, None),
    ],
)
def test_a_gateway_is_told_who_calls_as_it_wants_it(
    world: World, how: dict[str, object], shown: str, asserted: str | None, privacy: str | None
) -> None:
    site = TrunkSite(world, near={"domain": "carrier.example", **how})
    site.sign_in()
    site.calls_out()
    headers = site.near.invite.headers
    assert headers["From"].partition(";tag=")[0] == shown
    assert headers.get("P-Asserted-Identity") == asserted
    assert headers.get("Privacy") == privacy


def test_numbers_are_dialled_as_the_gateway_writes_them(world: World) -> None:
    rules = (Rule(match=r"1(\d{10})", replace=r"+861\1"), Rule("0", "+86"))
    site = TrunkSite(world, near={"called_out": rules})
    site.sign_in()
    site.calls_out()
    assert str(site.near.invite.uri) == f"sip:+86{FRIEND}@{NEAR}:5060"
