"""Transfers and second calls with the keys of a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from sipmessage import URI, Request, Response

from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.dialogs import Dialog
from emulator.surfaces.sip.referrals import Target
from emulator.surfaces.sip.sdp import Description, Direction
from emulator.switch.config import OutsideNumberConfig
from tests.contract.world import World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.test_leg import AGENT, DESK, PHONE, SWITCH, Peer, Site, dial

ELSEWHERE = "13900000009"
HELD = sdp.write(Description(DESK, 6000, direction=Direction.SEND), 1, 2)
BACK = sdp.write(Description(DESK, 6000), 1, 3)


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world)
        yield found
        nothing_is_left(found)


def talk(site: Site, *, linked: bool = True) -> None:
    """The agent talks to a customer by its phone."""
    site.register()
    site.sign_in(phonelinkage=linked)
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200)


def refer(site: Site, to: str, **more: str) -> list[int]:
    got = site.phone.within("REFER", Refer_To=to, **more)
    site.pass_time(0.1)
    return [it.code for it in got]


def news(site: Site) -> list[tuple[str, str]]:
    """What the phone has been told of its transfers."""
    told = [it for it in site.phone.heard if it.method == "NOTIFY"]
    assert all(it.headers["Event"].startswith("refer") for it in told)
    return [
        (it.body.decode().strip(), it.headers["Subscription-State"].partition(";")[0])
        for it in told
    ]


def calls(site: Site) -> dict[str, list[str]]:
    """Who is in which call."""
    found = site.world.platform.switch.calls.values()
    return {call.id: [it.device for it in call.connections] for call in found}


def test_a_phone_sends_its_call_to_somebody_else(site: Site) -> None:
    talk(site)
    site.world.events(AGENT)
    assert refer(site, f"<sip:{ELSEWHERE}@{SWITCH}>") == [202]
    assert news(site) == [("SIP/2.0 100 Trying", "active")]
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert news(site)[1:] == [("SIP/2.0 200 OK", "terminated")]
    assert site.phone.methods()[-2:] == ["NOTIFY", "BYE"]
    [parties] = calls(site).values()
    assert sorted(parties) == ["trunk:13800000001", f"trunk:{ELSEWHERE}"]
    told = [it["eventType"] for it in site.world.events(AGENT)]
    assert "AgentEvent_linkagePhoneTransferOut" in told
    assert "AgentEvent_linkagePhoneTransferOut_Result" in told
    assert len(site.leg.referrals) == 0
    site.caller.within("BYE")
    assert site.calls() == 0


def test_a_phone_may_hold_its_call_first(site: Site) -> None:
    talk(site)
    site.phone.within("INVITE", HELD, Content_Type="application/sdp")
    assert refer(site, f"sip:{ELSEWHERE}@{SWITCH}") == [202]
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert news(site)[-1] == ("SIP/2.0 200 OK", "terminated")


def test_a_phone_is_told_that_nobody_is_there(site: Site) -> None:
    busy = OutsideNumberConfig(ELSEWHERE, answer_after=None, refuse=537)
    site.world.configure(outside_numbers=(busy,))
    talk(site)
    assert refer(site, f"<sip:{ELSEWHERE}@{SWITCH}>") == [202]
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert news(site)[-1] == ("SIP/2.0 486 Busy Here", "terminated")
    assert site.agent_state() == "TALKING"
    assert "BYE" not in site.phone.methods()


def test_who_wants_no_news_gets_none(site: Site) -> None:
    talk(site)
    [accepted] = site.phone.within("REFER", Refer_To=f"<sip:{ELSEWHERE}@x>", Refer_Sub="false")
    assert (accepted.code, accepted.headers["Refer-Sub"]) == (202, "false")
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert news(site) == []
    assert site.phone.methods()[-1] == "BYE"


def test_the_phone_may_hang_up_before_it_knows(site: Site) -> None:
    talk(site)
    refer(site, f"<sip:{ELSEWHERE}@{SWITCH}>")
    site.phone.within("BYE")
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert len(news(site)) == 1
    assert len(site.leg.referrals) == 0


@pytest.mark.parametrize("linked", [True, False])
def test_only_linked_phones_transfer(site: Site, linked: bool) -> None:
    talk(site, linked=linked)
    assert refer(site, f"<sip:{ELSEWHERE}@{SWITCH}>") == [202 if linked else 403]


def test_a_customer_transfers_nothing(site: Site) -> None:
    site.caller.call("95003")
    got = site.caller.within("REFER", Refer_To=f"<sip:{ELSEWHERE}@{SWITCH}>")
    assert [it.code for it in got] == [403]
    request = site.caller.plain("REFER", "95003", Refer_To=f"<sip:{ELSEWHERE}@{SWITCH}>")
    assert [it.code for it in site.caller.send(request)] == [403]


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("", 400),
        ("<mailto:me@x>", 400),
        (f"<sip:{SWITCH}>", 400),
        (f"<sip:{ELSEWHERE}@x;method=BYE>", 400),
        (f"<sip:{ELSEWHERE}@x?Replaces=a>", 400),
        (f"<sip:{ELSEWHERE}@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>", 481),
        (f"<sip:{'9' * 30}@x>", 484),
    ],
)
def test_a_transfer_to_nobody_is_refused(site: Site, to: str, code: int) -> None:
    talk(site)
    assert refer(site, to) == [code]
    assert site.agent_state() == "TALKING"
    assert len(site.leg.referrals) == 0


def test_a_held_call_that_is_not_transferred_is_held_still(site: Site) -> None:
    talk(site)
    site.phone.within("INVITE", HELD, Content_Type="application/sdp")
    assert refer(site, f"<sip:{'9' * 30}@x>") == [484]
    [own] = site.world.platform.switch.agents[AGENT].connections
    assert own.state.name == "HOLD"


def test_there_is_one_refer_to() -> None:
    with World() as world:
        request = Site(world).phone.plain("REFER", "x")
    request.headers.setlist("Refer-To", ["<sip:a@x>", "<sip:b@x>"])
    with pytest.raises(ValueError, match="one Refer-To"):
        Target.of(request)
    request.headers.setlist(
        "Refer-To", ["<sip:a@x?Subject=1&replaces=c%3Bfrom-tag%3Df%3Bto-tag%3Dt>"]
    )
    assert Target.of(request) == Target("a", ("c", "t", "f"))


# Two calls


def hold_and_dial(site: Site) -> tuple[Dialog, list[Response]]:
    """The phone holds its customer and dials somebody else; the first dialog, and the answers."""
    talk(site)
    first = site.phone.dialog
    assert first is not None
    site.phone.within("INVITE", HELD, Content_Type="application/sdp")
    return first, dial(site, ELSEWHERE)


def consult(site: Site) -> tuple[Dialog, Dialog]:
    """The phone holds its customer and dials somebody else, who answers; the two dialogs."""
    first, got = hold_and_dial(site)
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert [it.code for it in got] == [180, 200]
    second = _dialog_of(got[-1])
    ack = second.request("ACK", f"<sip:me@{DESK}>", 2)
    site.phone.stack.send_ack(ack, site.phone.switch)
    site.pass_time(0.1)
    assert sorted(map(len, calls(site).values())) == [2, 2]
    return first, second


def _dialog_of(answered: Response) -> Dialog:
    invite = Request("INVITE", URI.parse(f"sip:{ELSEWHERE}@{SWITCH}"))
    for name in ("From", "To", "Call-ID", "CSeq"):
        invite.headers.set(name, answered.headers[name])
    dialog = dialogs.from_response(invite, answered)
    dialog.local_sequence = 2
    return dialog


def within(phone: Peer, dialog: Dialog, method: str, body: bytes = b"", **more: Any) -> list[int]:
    phone.dialog = dialog
    return [it.code for it in phone.within(method, body, **more)]


def active(site: Site) -> str:
    own = site.world.platform.switch.agents[AGENT].active
    assert own is not None
    other = next(it for it in own.call.connections if it is not own)
    return other.device


def named(other: Dialog) -> str:
    """A Refer-To that replaces the phone's other dialog."""
    call_id, own, peer = other.id
    return quote(f"{call_id};to-tag={peer};from-tag={own}", safe="")


@pytest.mark.parametrize("held_too", [False, True])
def test_a_phone_connects_its_two_calls(site: Site, held_too: bool) -> None:
    first, second = consult(site)
    if held_too:
        assert within(site.phone, second, "INVITE", HELD, Content_Type="application/sdp") == [200]
    to = f"<sip:{ELSEWHERE}@{SWITCH}?Replaces={named(second)}>"
    assert within(site.phone, first, "REFER", Refer_To=to) == [202]
    site.pass_time(0.1)
    assert news(site)[-1] == ("SIP/2.0 200 OK", "terminated")
    [parties] = calls(site).values()
    assert sorted(parties) == ["trunk:13800000001", f"trunk:{ELSEWHERE}"]
    assert site.phone.methods().count("BYE") == 2
    assert len(site.leg.phones.lines) == 0


def test_a_phone_connects_its_two_calls_from_the_other_end(site: Site) -> None:
    first, second = consult(site)
    to = f"<sip:13800000001@{SWITCH}?Replaces={named(first)}>"
    assert within(site.phone, second, "REFER", Refer_To=to) == [202]
    site.pass_time(0.1)
    [parties] = calls(site).values()
    assert sorted(parties) == ["trunk:13800000001", f"trunk:{ELSEWHERE}"]


def test_a_phone_is_told_that_its_calls_cannot_be_connected_yet(site: Site) -> None:
    nobody = OutsideNumberConfig(ELSEWHERE, answer_after=None)
    site.world.configure(outside_numbers=(nobody,))
    first, got = hold_and_dial(site)
    assert [it.code for it in got] == [180]
    second = _dialog_of(got[-1])
    to = f"<sip:{ELSEWHERE}@{SWITCH}?Replaces={named(second)}>"
    assert within(site.phone, first, "REFER", Refer_To=to) == [202]
    site.pass_time(0.1)
    assert news(site)[-1] == ("SIP/2.0 603 Decline", "terminated")
    assert len(site.leg.phones.lines) == 2


def test_a_phone_does_not_connect_a_call_with_itself(site: Site) -> None:
    first, _ = consult(site)
    to = f"<sip:{ELSEWHERE}@{SWITCH}?Replaces={named(first)}>"
    assert within(site.phone, first, "REFER", Refer_To=to) == [481]


def test_a_phone_goes_from_one_call_to_the_other_and_back(site: Site) -> None:
    first, second = consult(site)
    assert active(site) == f"trunk:{ELSEWHERE}"
    how = {"Content_Type": "application/sdp"}
    for leaving, entering, device in (
        (second, first, "trunk:13800000001"),
        (first, second, f"trunk:{ELSEWHERE}"),
    ):
        assert within(site.phone, leaving, "INVITE", HELD, **how) == [200]
        assert within(site.phone, entering, "INVITE", BACK, **how) == [200]
        assert active(site) == device
        front = site.leg.phones.parties[PHONE]
        assert front.dialog is not None
        assert front.dialog.call_id == entering.call_id


def test_hanging_up_one_call_leaves_the_other(site: Site) -> None:
    first, second = consult(site)
    assert within(site.phone, second, "BYE") == [200]
    site.pass_time(0.1)
    [parties] = calls(site).values()
    assert "trunk:13800000001" in parties
    assert within(site.phone, first, "INVITE", BACK, Content_Type="application/sdp") == [200]
    assert active(site) == "trunk:13800000001"
    assert within(site.phone, first, "BYE") == [200]
    site.pass_time(0.1)
    assert site.calls() == 0
    assert site.agent_state() == "IDLE"


def test_a_customer_who_gives_up_while_held_ends_one_dialog(site: Site) -> None:
    first, _ = consult(site)
    site.caller.within("BYE")
    site.pass_time(0.1)
    [goodbye] = [it for it in site.phone.heard if it.method == "BYE"]
    assert goodbye.headers["Call-ID"] == first.call_id
    assert active(site) == f"trunk:{ELSEWHERE}"
    assert len(site.leg.phones.lines) == 1


def test_an_agent_who_hangs_up_everything_ends_both_dialogs(site: Site) -> None:
    consult(site)
    site.world.do(lambda switch: switch.set_phone_condition(PHONE, _offline()))
    site.pass_time(0.1)
    assert site.phone.methods().count("BYE") == 2
    assert site.leg.parties == {}


def _offline() -> Any:
    from emulator.switch.terms import PhoneCondition

    return PhoneCondition.OFFLINE


def test_a_phone_that_talks_does_not_dial(site: Site) -> None:
    talk(site)
    assert [it.code for it in dial(site, ELSEWHERE)] == [403]
    assert len(site.leg.phones.lines) == 1


def test_a_call_of_a_phone_that_is_never_acknowledged_ends(site: Site) -> None:
    site.register()
    site.sign_in(phonelinkage=True)
    got = dial(site, ELSEWHERE)
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert [it.code for it in got] == [180, 200]
    site.pass_time(33)
    assert site.calls() == 0
    assert site.leg.parties == {}
