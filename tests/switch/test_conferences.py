"""Agent conferences: who joins and leaves, what the chair can do, and how they end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.switch import conference_control, errors
from emulator.switch.config import PhoneConfig, TrunkConfig
from emulator.switch.events import (
    AgentBusy,
    CallCleared,
    ChairpersonChanged,
    ConferenceJoined,
    ConferenceLeft,
    ConferencePrompted,
    ConferenceRefused,
    ConferenceRinging,
    ConferenceSoundChanged,
    ConferenceStarted,
    ConferenceTimeout,
    ConferenceVoiceStopped,
    Delivered,
    EndpointRequested,
    Established,
    ParticipantChanged,
    ParticipantVoiceStopped,
    PhoneAlerting,
    PhoneOffHook,
    RecordingStarted,
    RecordingStopped,
    StayEnded,
)
from emulator.switch.rooms import Address, Conference, ConferenceWish, Invitation
from emulator.switch.switch import Switch
from emulator.switch.terms import (
    AgentState,
    ChannelAttribute,
    LeaveReason,
    LeavingReason,
    LegState,
    ParticipantChange,
    SupervisionMode,
)
from tests.switch.support import AGENT, CUSTOMER, SECOND, CallCenter, numbers, small_call_center

MINUTE = 60
FILE = "y:/conf/1/1136287.V3"
IDLE, BUSY, TALKING = AgentState.IDLE, AgentState.BUSY, AgentState.TALKING
OUTSIDER = Address(False, "0201")


@pytest.fixture
def center() -> CallCenter:
    """101 to 103, 105 and the inspector 190 are idle."""
    center = small_call_center()
    center.sign_in(101, 102, 103, 105, 190)
    center.forget()
    return center


def colleague(work_no: int) -> Address:
    return Address(True, str(work_no))


def confer(center: CallCenter, *others: int, size: int = 6, minutes: int = 60) -> Conference:
    """101 has a conference, and the others join it."""
    center.switch.request_conference(101, ConferenceWish(size, minutes))
    for work_no in others:
        invite(center, colleague(work_no))
        center.switch.answer_conference(work_no)
    return room(center)


def invite(center: CallCenter, *addresses: Address) -> None:
    center.switch.invite_participants(101, [Invitation(address) for address in addresses])


def room(center: CallCenter) -> Conference:
    [found] = center.switch.tenants[1].conferences.values()
    return found


def no_room(center: CallCenter) -> bool:
    return not center.switch.tenants[1].conferences


def members(center: CallCenter) -> list[str]:
    return [participant.connection.number for participant in room(center).present]


def told(center: CallCenter, work_no: int) -> list[tuple[ParticipantChange, int, str]]:
    """What an agent has heard of participants: what changed, whether it failed, of whom."""
    return [
        (event.change, event.result, event.number)
        for event in center.heard(ParticipantChanged)
        if event.agent == work_no
    ]


# Beginning


def test_an_idle_agent_gets_its_conference_when_its_phone_is_up(center: CallCenter) -> None:
    confer(center)
    kinds = (AgentBusy, PhoneAlerting, PhoneOffHook, ConferenceJoined, ConferenceStarted)
    names = [kind.__name__ for kind in kinds]
    assert [name for name in center.kinds() if name in names] == names
    assert center.state(101) is TALKING
    assert members(center) == ["101"]


def test_a_customer_s_call_is_drawn_into_the_conference(center: CallCenter) -> None:
    call = center.talk(101)
    center.forget()
    found = confer(center)
    assert found.call is center.call(call)
    assert members(center) == ["101", CUSTOMER]
    assert told(center, 101) == [(ParticipantChange.JOINED, 0, CUSTOMER)]
    assert not center.heard(RecordingStarted), "the recording goes on"


def hold(center: CallCenter) -> None:
    center.switch.hold_call(101)


def mute(center: CallCenter) -> None:
    center.switch.mute(101, True)


@pytest.mark.parametrize("disturb", [hold, mute])
def test_a_call_that_is_not_stable_makes_no_conference(
    center: CallCenter, disturb: Callable[[CallCenter], None]
) -> None:
    center.talk(101)
    disturb(center)
    with pytest.raises(errors.SwitchError):
        confer(center)
    assert no_room(center)


def test_an_agent_that_waits_for_an_answer_makes_no_conference(center: CallCenter) -> None:
    center.switch.make_call(101, "0202")
    with pytest.raises(errors.WrongAgentState):
        confer(center)


@pytest.mark.parametrize("state", ["busy", "wrap-up"])
def test_only_idle_and_talking_agents_make_conferences(center: CallCenter, state: str) -> None:
    if state == "busy":
        center.switch.set_not_ready(101)
    else:
        center.switch.set_working(101)
    with pytest.raises(errors.WrongAgentState):
        confer(center)


def test_who_was_called_into_a_three_party_call_makes_no_conference(center: CallCenter) -> None:
    center.talk(101)
    center.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    center.switch.answer_call(102)
    with pytest.raises(errors.WrongCallState):
        center.switch.request_conference(102, ConferenceWish(5))
    center.switch.request_conference(101, ConferenceWish(5))
    assert members(center) == ["101", CUSTOMER, "102"]


@pytest.mark.parametrize(
    "wish",
    [
        ConferenceWish(0),
        ConferenceWish(121),
        ConferenceWish(5, minutes=3),
        ConferenceWish(5, minutes=1441),
        ConferenceWish(5, prompt=2),
        ConferenceWish(5, prompt=1441),
        ConferenceWish(5, tone="x" * 128),
    ],
)
def test_a_wish_outside_the_documented_limits_is_refused(
    center: CallCenter, wish: ConferenceWish
) -> None:
    with pytest.raises(errors.InvalidValue):
        center.switch.request_conference(101, wish)


def test_more_parties_than_the_vdn_has_seats_for_are_told_to_fail(center: CallCenter) -> None:
    center.reconfigure(conference_seats=6)
    confer(center, size=4)
    center.switch.request_conference(102, ConferenceWish(3))
    assert center.last(ConferenceRefused).cause == 21203
    center.switch.request_conference(102, ConferenceWish(2))
    assert center.last(ConferenceStarted).agent == 102


def test_a_call_with_more_parties_than_asked_for_is_not_drawn_in(center: CallCenter) -> None:
    call = center.talk(101)
    center.switch.request_conference(101, ConferenceWish(1))
    assert center.last(ConferenceRefused).cause == 21235
    assert center.lives(call)
    assert no_room(center)


# Phones that answer for themselves


def external() -> CallCenter:
    center = small_call_center()
    phones = (*center.config.phones, *(PhoneConfig(f"40{n}", external=True) for n in (101, 102)))
    center.reconfigure(phones=phones)
    center.sign_in(101, 102)
    center.forget()
    return center


def test_the_conference_begins_when_the_external_phone_is_up() -> None:
    center = external()
    center.switch.request_conference(101, ConferenceWish(5))
    assert not center.heard(ConferenceStarted)
    with pytest.raises(errors.NoConference):
        invite(center, colleague(102))
    for _ in range(2):
        center.switch.endpoint_confirmed(center.last(EndpointRequested).request)
    assert center.heard(ConferenceStarted)
    invite(center, colleague(102))
    center.switch.endpoint_confirmed(center.last(EndpointRequested).request)
    assert center.last(ConferenceRinging).agent == 102
    center.switch.answer_conference(102)
    center.switch.endpoint_confirmed(center.last(EndpointRequested).request)
    assert members(center) == ["101", "102"]


def phone_fails(center: CallCenter) -> None:
    center.switch.endpoint_failed(center.last(EndpointRequested).request)


def nobody_picks_up(center: CallCenter) -> None:
    center.wait(31)


def agent_hangs_up(center: CallCenter) -> None:
    center.switch.release_call(101)


def agent_is_signed_out(center: CallCenter) -> None:
    center.switch.force_log_off(101)


@pytest.mark.parametrize(
    ("disturb", "cause"),
    [
        (phone_fails, 21212),
        (nobody_picks_up, 21213),
        (agent_hangs_up, 21234),
        (agent_is_signed_out, 21234),
    ],
)
def test_a_chairperson_whose_phone_does_not_go_up_has_no_conference(
    disturb: Callable[[CallCenter], None], cause: int
) -> None:
    center = external()
    center.switch.request_conference(101, ConferenceWish(5))
    disturb(center)
    assert center.last(ConferenceRefused).cause == cause
    assert no_room(center)
    assert not center.switch.timers.pending()


# Inviting


def test_an_invited_agent_rings_and_joins(center: CallCenter) -> None:
    confer(center)
    invite(center, colleague(102))
    assert center.last(ConferenceRinging).agent == 102
    assert center.state(102) is AgentState.ANSWERING
    assert members(center) == ["101"]
    center.forget()
    center.switch.answer_conference(102)
    assert members(center) == ["101", "102"]
    names = ["ConferenceJoined", "RecordingStarted", "ParticipantChanged"]
    kinds = [kind for kind in center.kinds() if kind in names]
    assert list(dict.fromkeys(kinds)) == names
    assert told(center, 101) == told(center, 102) == [(ParticipantChange.JOINED, 0, "102")]
    assert numbers(center.heard(RecordingStarted), "agent") == [101, 102]


def test_a_conference_has_none_of_the_events_of_calls(center: CallCenter) -> None:
    confer(center, 102)
    invite(center, OUTSIDER)
    center.wait(3)
    center.switch.release_conference(101)
    assert not center.heard(Delivered) + center.heard(Established)
    assert "ConnectionCleared" not in center.kinds()


def test_who_answers_by_itself_joins_by_itself(center: CallCenter) -> None:
    confer(center)
    center.switch.set_auto_answer(102, True)
    invite(center, colleague(102))
    assert members(center) == ["101", "102"]


def test_who_rejects_a_conference_is_idle_and_the_chair_hears_it(center: CallCenter) -> None:
    confer(center)
    invite(center, colleague(102))
    center.forget()
    center.switch.reject_conference(102)
    assert center.kinds() == [
        "ParticipantNotReached",
        "PhoneOnHook",
        "AgentReady",
        "ParticipantChanged",
    ]
    assert center.state(102) is IDLE
    assert told(center, 101) == [(ParticipantChange.JOINED, 852, "102")]


def test_who_does_not_answer_is_busy_as_after_a_call(center: CallCenter) -> None:
    confer(center)
    invite(center, colleague(102))
    center.wait(31)
    assert center.state(102) is BUSY
    assert told(center, 101) == [(ParticipantChange.JOINED, 853, "102")]
    assert members(center) == ["101"]


def test_an_outside_number_rings_and_joins(center: CallCenter) -> None:
    confer(center)
    invite(center, OUTSIDER)
    assert center.last(ConferenceRinging).caller == "95000"
    assert members(center) == ["101"]
    center.wait(3)
    assert members(center) == ["101", "0201"]
    assert told(center, 101) == [(ParticipantChange.JOINED, 0, "0201")]


def test_an_outside_number_that_is_busy_or_never_answers_does_not_join(
    center: CallCenter,
) -> None:
    confer(center)
    invite(center, Address(False, "0203"), Address(False, "0202"))
    center.wait(61)
    joined = ParticipantChange.JOINED
    assert told(center, 101) == [(joined, 537, "0203"), (joined, 603, "0202")]
    assert members(center) == ["101"]
    assert center.switch.tenants[1].trunks[0].in_use == 0


@pytest.mark.parametrize(
    ("address", "cause"),
    [(colleague(999), 538), (colleague(103), 537), (colleague(104), 537), (colleague(120), 537)],
    ids=["unknown", "talking", "signed out", "without voice"],
)
def test_who_cannot_be_rung_is_reported(center: CallCenter, address: Address, cause: int) -> None:
    center.sign_in(120)
    center.switch.make_call(103, "0201")
    confer(center)
    invite(center, address)
    assert told(center, 101) == [(ParticipantChange.JOINED, cause, address.number)]


def test_no_trunk_is_reported_and_nobody_joins_twice(center: CallCenter) -> None:
    confer(center, size=8)
    invite(center, OUTSIDER, OUTSIDER)
    assert told(center, 101) == [(ParticipantChange.JOINED, 537, "0201")]
    center.reconfigure(trunks=(TrunkConfig("outside", 1),))
    invite(center, Address(False, "0202"))
    assert told(center, 101)[-1] == (ParticipantChange.JOINED, 602, "0202")


def test_the_number_of_a_colleague_s_phone_rings_the_colleague(center: CallCenter) -> None:
    confer(center)
    invite(center, Address(False, "40102"))
    center.switch.answer_conference(102)
    assert members(center) == ["101", "102"]


def test_nobody_is_invited_beyond_the_size(center: CallCenter) -> None:
    confer(center, 102, size=3)
    before = len(center.events)
    with pytest.raises(errors.TargetNotAvailable):
        invite(center, colleague(103), colleague(105))
    assert len(center.events) == before


def test_an_agent_is_in_one_conference_only(center: CallCenter) -> None:
    confer(center, 102)
    center.switch.request_conference(103, ConferenceWish(3))
    center.switch.invite_participants(103, [Invitation(colleague(102))])
    assert told(center, 103) == [(ParticipantChange.JOINED, 537, "102")]
    with pytest.raises(errors.SwitchError):
        center.switch.request_conference(102, ConferenceWish(3))


def test_what_is_announced_when_somebody_joins(center: CallCenter) -> None:
    tone, hello = "y:/conf/1/beep.V3", "y:/conf/1/hello.V3"
    center.switch.request_conference(101, ConferenceWish(3, tone=tone))
    center.switch.invite_participants(101, [Invitation(colleague(102))], welcome=hello)
    center.switch.answer_conference(102)
    prompts = [(event.device, event.prompt) for event in center.heard(ConferencePrompted)]
    assert prompts == [("agent:102", hello), ("", tone)]
    center.switch.leave_conference(102)
    assert center.last(ConferencePrompted).prompt == tone
    assert [it.background for it in center.heard(ConferencePrompted)] == [False, True, True]
    assert all(it.passing for it in center.heard(ConferencePrompted))


# Leaving


def test_who_leaves_is_idle_and_the_others_hear_it(center: CallCenter) -> None:
    confer(center, 102, 103)
    center.forget()
    center.switch.leave_conference(102)
    kinds = [
        kind
        for kind in center.kinds()
        if kind in ("RecordingStopped", "PhoneOnHook", "ConferenceLeft", "AgentReady")
    ]
    assert kinds == ["RecordingStopped", "PhoneOnHook", "ConferenceLeft", "AgentReady"]
    assert center.last(ParticipantChanged).reason is LeavingReason.LEFT
    assert told(center, 103) == [(ParticipantChange.LEFT, 0, "102")]
    assert not told(center, 102)
    assert center.state(102) is IDLE
    assert members(center) == ["101", "103"]


def test_a_chairperson_does_not_leave(center: CallCenter) -> None:
    confer(center, 102)
    with pytest.raises(errors.ChairpersonStays):
        center.switch.leave_conference(101)


def by_hanging_up(center: CallCenter) -> None:
    center.switch.release_call(102)


def by_phone(center: CallCenter) -> None:
    center.switch.phone_on_hook("40102")


def by_signing_out(center: CallCenter) -> None:
    center.switch.force_log_off(102)


def by_removal(center: CallCenter) -> None:
    center.switch.remove_participants(101, [colleague(102)])


@pytest.mark.parametrize(
    ("go", "reason"),
    [
        (by_hanging_up, LeavingReason.HUNG_UP),
        (by_phone, LeavingReason.HUNG_UP),
        (by_signing_out, LeavingReason.SIGNED_OUT),
        (by_removal, LeavingReason.REMOVED),
    ],
)
def test_the_others_hear_why_somebody_has_left(
    center: CallCenter, go: Callable[[CallCenter], None], reason: LeavingReason
) -> None:
    confer(center, 102)
    go(center)
    assert center.last(ParticipantChanged).reason is reason
    assert members(center) == ["101"]


def test_a_customer_who_hangs_up_leaves_the_conference_to_the_others(center: CallCenter) -> None:
    call = center.talk(101)
    confer(center, 102)
    center.switch.outside_hangs_up(call)
    assert center.last(ParticipantChanged).reason is LeavingReason.HUNG_UP
    assert members(center) == ["101", "102"]
    center.switch.leave_conference(102)
    assert members(center) == ["101"], "the chairperson may be alone"


def test_removing_answers_who_is_not_there_and_stops_what_rings(center: CallCenter) -> None:
    confer(center, 102)
    invite(center, colleague(103))
    gone = center.switch.remove_participants(
        101, [colleague(102), colleague(103), colleague(105), OUTSIDER]
    )
    assert gone == [colleague(105), OUTSIDER]
    assert members(center) == ["101"]
    assert (center.state(102), center.state(103)) == (IDLE, IDLE)


def test_a_chairperson_does_not_remove_itself(center: CallCenter) -> None:
    confer(center, 102)
    with pytest.raises(errors.ChairpersonStays):
        center.switch.remove_participants(101, [colleague(102), colleague(101)])
    assert members(center) == ["101", "102"]


# Ending


def release(center: CallCenter) -> None:
    center.switch.release_conference(101)


def chair_hangs_up(center: CallCenter) -> None:
    center.switch.release_call(101)


def chair_signs_out(center: CallCenter) -> None:
    center.switch.force_log_off(101)


def inspector_releases(center: CallCenter) -> None:
    center.switch.force_release(190, room(center).call.id)


def time_passes(center: CallCenter) -> None:
    center.wait(60 * MINUTE)


@pytest.mark.parametrize(
    "finish", [release, chair_hangs_up, chair_signs_out, inspector_releases, time_passes]
)
def test_nobody_is_left_in_a_conference_that_ended(
    center: CallCenter, finish: Callable[[CallCenter], None]
) -> None:
    call = center.talk(101)
    confer(center, 102)
    invite(center, OUTSIDER, Address(False, "0202"), colleague(103))
    center.wait(3)
    finish(center)
    assert no_room(center)
    assert not center.lives(call)
    assert center.last(CallCleared).call == call
    assert numbers(center.heard(ConferenceLeft), "device")[-1] == "agent:101"
    assert center.state(102) is IDLE
    assert center.switch.tenants[1].trunks[0].in_use == 0
    for work_no in (102, 103):
        phone = center.agent(work_no).phone
        assert phone is not None
        assert phone.leg is LegState.DOWN


def test_the_chairperson_is_warned_before_the_end(center: CallCenter) -> None:
    confer(center, minutes=10)
    center.wait(7 * MINUTE - 1)
    assert not center.heard(ConferenceTimeout)
    center.wait(1)
    assert center.last(ConferenceTimeout).agent == 101
    center.wait(3 * MINUTE - 1)
    assert members(center) == ["101"]
    center.wait(1)
    assert no_room(center)
    assert center.state(101) is IDLE


def test_a_prompt_beyond_the_end_is_a_minute_after_the_beginning(center: CallCenter) -> None:
    center.switch.request_conference(101, ConferenceWish(3, minutes=4, prompt=60))
    center.wait(MINUTE)
    assert center.heard(ConferenceTimeout)


def test_a_conference_is_prolonged_to_a_day_at_most(center: CallCenter) -> None:
    confer(center, minutes=10)
    center.wait(8 * MINUTE)
    assert center.switch.prolong_conference(101, 5) == 5
    center.wait(4 * MINUTE)
    assert len(center.heard(ConferenceTimeout)) == 2
    assert center.switch.prolong_conference(101, 1440) == 1425
    with pytest.raises(errors.WrongCallState):
        center.switch.prolong_conference(101, 1)
    center.wait((1440 - 12) * MINUTE)
    assert no_room(center)


def test_each_agent_s_part_in_a_conference_is_a_row_of_its_call(center: CallCenter) -> None:
    call = center.talk(101)
    confer(center, 102)
    center.wait(10)
    center.switch.leave_conference(102)
    center.switch.release_conference(101)
    rows = [row for row in center.heard(StayEnded) if row.call == call]
    assert [(row.device_no, row.last) for row in rows] == [
        ("1", False),
        ("102", False),
        ("101", True),
    ]
    assert rows[1].talk_end - rows[1].talk_begin == 10 * SECOND
    assert rows[1].leave_reason is LeaveReason.AGENT_RELEASED
    assert len(center.heard(RecordingStopped)) == 2


def test_a_conference_of_its_own_has_its_id_for_a_called_number(center: CallCenter) -> None:
    number = confer(center).id
    center.switch.release_conference(101)
    row = center.last(StayEnded)
    assert (row.caller, row.called, row.last) == ("95000", str(number), True)


# The chair


def test_only_the_chairperson_rules(center: CallCenter) -> None:
    confer(center, 102)
    who = colleague(101)
    commands: list[Callable[[Switch], object]] = [
        lambda switch: switch.release_conference(102),
        lambda switch: switch.invite_participants(102, [Invitation(colleague(103))]),
        lambda switch: switch.remove_participants(102, [who]),
        lambda switch: switch.hold_participant(102, who, FILE),
        lambda switch: switch.unhold_participant(102, who),
        lambda switch: switch.change_participant(102, who, ChannelAttribute.BOTH),
        lambda switch: switch.announce(102, FILE),
        lambda switch: switch.stop_announcing(102),
        lambda switch: switch.announce_to(102, who, FILE),
        lambda switch: switch.stop_announcing_to(102, who),
        lambda switch: switch.prolong_conference(102, 1),
        lambda switch: switch.shift_chairperson(102, 101),
        lambda switch: switch.resize_conference(102, 2),
    ]
    for command in commands:
        with pytest.raises(errors.NotChairperson):
            command(center.switch)


def test_the_chair_is_handed_on(center: CallCenter) -> None:
    confer(center, 102)
    center.switch.shift_chairperson(101, 102)
    assert told(center, 101)[-1] == (ParticipantChange.CHAIRPERSON, 0, "102")
    assert center.last(ChairpersonChanged).agent == 102
    center.switch.leave_conference(101)
    assert members(center) == ["102"]
    center.switch.release_conference(102)
    assert no_room(center)


def test_the_chair_is_handed_to_agents_of_the_conference_only(center: CallCenter) -> None:
    confer(center, 102)
    invite(center, colleague(103))
    with pytest.raises(errors.OwnChair):
        center.switch.shift_chairperson(101, 101)
    for stranger in (103, 105, 999):
        with pytest.raises(errors.UnknownParticipant):
            center.switch.shift_chairperson(101, stranger)


def test_a_participant_is_held_with_an_announcement_and_taken_back(center: CallCenter) -> None:
    confer(center, 102)
    with pytest.raises(errors.WrongCallState):
        center.switch.unhold_participant(101, colleague(102))
    center.switch.hold_participant(101, colleague(102), FILE)
    assert center.last(ConferencePrompted).device == "agent:102"
    with pytest.raises(errors.WrongCallState):
        center.switch.hold_participant(101, colleague(102), FILE)
    center.switch.unhold_participant(101, colleague(102))
    changes = [change for change, _, _ in told(center, 102)]
    assert changes[-2:] == [ParticipantChange.HELD, ParticipantChange.UNHELD]


@pytest.mark.parametrize(
    ("attribute", "change"),
    [
        (ChannelAttribute.LISTEN, ParticipantChange.MUTED),
        (ChannelAttribute.BOTH, ParticipantChange.UNMUTED),
        (ChannelAttribute.SPEAK, None),
        (ChannelAttribute.NEITHER, None),
    ],
)
def test_a_participant_listens_speaks_both_or_neither(
    center: CallCenter, attribute: ChannelAttribute, change: ParticipantChange | None
) -> None:
    confer(center, 102)
    center.forget()
    center.switch.change_participant(101, colleague(102), attribute)
    assert room(center).participants[1].attribute is attribute
    assert [told_change for told_change, _, _ in told(center, 102)] == ([change] if change else [])
    silent = [it.device for it in center.heard(ConferenceSoundChanged)]
    assert silent == ([] if change else ["agent:102"])


def test_phones_are_told_of_announcements_that_are_stopped(center: CallCenter) -> None:
    confer(center, 102)
    center.switch.announce(101, FILE)
    center.switch.announce_to(101, colleague(102), FILE)
    center.switch.stop_announcing(101)
    center.switch.stop_announcing_to(101, colleague(102))
    told_of = [it.device for it in center.heard(ConferenceSoundChanged)]
    assert told_of == ["", "agent:102"]


def test_an_announcement_to_everybody_ends_by_itself_or_is_stopped(center: CallCenter) -> None:
    confer(center, 102)
    center.switch.announce(101, FILE, background=True)
    assert center.last(ConferencePrompted)[3:] == ("", room(center).id, FILE, True, False)
    with pytest.raises(errors.WrongCallState):
        center.switch.announce(101, FILE)
    center.wait(10)
    assert center.last(ConferenceVoiceStopped).agent == 101
    with pytest.raises(errors.WrongCallState):
        center.switch.stop_announcing(101)
    center.switch.announce(101, FILE)
    center.switch.stop_announcing(101)
    center.wait(10)
    assert len(center.heard(ConferenceVoiceStopped)) == 1


def test_an_announcement_to_one_ends_by_itself_or_is_stopped(center: CallCenter) -> None:
    confer(center, 102)
    center.reconfigure(announcement=4)
    center.switch.announce_to(101, colleague(102), FILE)
    with pytest.raises(errors.WrongCallState):
        center.switch.announce_to(101, colleague(102), FILE)
    center.wait(4)
    assert center.last(ParticipantVoiceStopped).device == "agent:102"
    center.switch.announce_to(101, colleague(102), FILE)
    center.switch.stop_announcing_to(101, colleague(102))
    with pytest.raises(errors.WrongCallState):
        center.switch.stop_announcing_to(101, colleague(102))
    center.wait(10)
    assert len(center.heard(ParticipantVoiceStopped)) == 1


def test_a_conference_grows_and_shrinks_within_its_limits(center: CallCenter) -> None:
    confer(center, 102, 103, size=4)
    with pytest.raises(errors.WrongCallState):
        center.switch.resize_conference(101, -2)
    center.switch.resize_conference(101, 2)
    assert room(center).size == 6
    center.switch.resize_conference(101, -3)
    assert room(center).size == 3
    for wrong in (-119, -1, 0, 1, 119):
        with pytest.raises(errors.InvalidValue):
            center.switch.resize_conference(101, wrong)
    with pytest.raises(errors.TargetNotAvailable):
        center.switch.resize_conference(101, 118)


def test_a_conference_does_not_grow_beyond_the_seats_of_its_vdn(center: CallCenter) -> None:
    center.reconfigure(conference_seats=6)
    confer(center, size=4)
    with pytest.raises(errors.TargetNotAvailable):
        center.switch.resize_conference(101, 3)
    center.switch.resize_conference(101, 2)


# Asking


def test_inspectors_see_all_conferences_and_agents_their_own(center: CallCenter) -> None:
    number = confer(center, 102).id
    switch = center.switch
    seen = {
        work_no: [room.id for room in conference_control.visible(switch.agent(work_no), [number])]
        for work_no in (101, 102, 103, 190)
    }
    assert seen == {101: [number], 102: [number], 103: [], 190: [number]}
    assert conference_control.ongoing(switch.agent(190)) == [number]
    with pytest.raises(errors.NoPermission):
        conference_control.ongoing(switch.agent(101))


# Other services, in a conference


def test_the_services_of_calls_do_not_work_in_a_conference(center: CallCenter) -> None:
    confer(center, 102)
    center.switch.supervise(190, 102, SupervisionMode.LISTEN)
    commands: list[Callable[[Switch], object]] = [
        lambda switch: switch.hold_call(102),
        lambda switch: switch.mute(102, True),
        lambda switch: switch.generate_digits(102, "1"),
        lambda switch: switch.consultation_call(102, (AGENT, "103")),
        lambda switch: switch.make_call(102, "0201"),
        lambda switch: switch.clear_connection(102, "101"),
        lambda switch: switch.intercept(190, 102),
    ]
    for command in commands:
        with pytest.raises(errors.SwitchError):
            command(center.switch)
    assert members(center) == ["101", "102"]


def test_a_conference_that_rings_at_a_colleague_is_not_picked_up(center: CallCenter) -> None:
    center.talk(101)
    confer(center)
    invite(center, colleague(102))
    with pytest.raises(errors.WrongCallType):
        center.switch.pick_up(103, 102)


def test_who_was_busy_is_busy_again_after_the_conference(center: CallCenter) -> None:
    center.switch.set_not_ready(102)
    confer(center, 102)
    center.switch.leave_conference(102)
    assert center.state(102) is BUSY
