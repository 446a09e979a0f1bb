"""Chats: messages, how many at once, and transfers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.switch import errors
from emulator.switch.config import QueueConfig
from emulator.switch.events import (
    Established,
    Failed,
    MessageSent,
    QueueLeft,
    StayEnded,
    TransferResult,
)
from emulator.switch.switch import Switch
from emulator.switch.terms import (
    AgentState,
    AgentType,
    LeaveReason,
    LegState,
    MediaType,
    QueueOutcome,
    TransferMode,
)
from tests.switch.support import (
    AGENT,
    CODE,
    IVR,
    OUTSIDE,
    QUEUE,
    CallCenter,
    agent,
    code,
    small_call_center,
)

BLIND, RELEASE_AFTER = TransferMode.BLIND, TransferMode.RELEASE_AFTER


@pytest.fixture
def chats() -> CallCenter:
    """120 and 121 chat for queue 5 (95005), two at once; 122 takes everything; 123 for queue 6."""
    small = small_call_center().config
    center = small_call_center(
        agents=(
            *small.agents,
            agent(121, 5, agent_type=AgentType.MULTIMEDIA, max_chats=2),
            agent(122, agent_type=AgentType.VERSATILE, max_chats=2),
            agent(123, 6, agent_type=AgentType.MULTIMEDIA),
        ),
        queues=(*small.queues, QueueConfig(6, "more chat", MediaType.WEB_CHAT)),
        access_codes=(
            *small.access_codes,
            code("95006", QUEUE, 6, media_type=MediaType.WEB_CHAT),
        ),
    )
    center.sign_in(120)
    return center


def test_what_is_written_is_reported_to_the_other_side(chats: CallCenter) -> None:
    call = chats.dial("95005")
    chats.switch.outside_writes(call, "good morning")
    chats.switch.send_message(120, call, "hello")
    heard = [(e.device, e.agent, e.text) for e in chats.heard(MessageSent)]
    assert heard == [("trunk:13900000001", 120, "good morning"), ("agent:120", 0, "hello")]
    assert [(it.agent, it.text) for it in chats.call(call).messages] == [
        (0, "good morning"),
        (120, "hello"),
    ]


@pytest.mark.parametrize("text", ["", "x" * 2049, "é" * 1025])
def test_a_message_has_1_to_2048_bytes(chats: CallCenter, text: str) -> None:
    call = chats.dial("95005")
    with pytest.raises(errors.InvalidValue):
        chats.switch.send_message(120, call, text)
    with pytest.raises(errors.InvalidValue):
        chats.switch.outside_writes(call, text)
    chats.switch.send_message(120, call, "é" * 1024)
    assert len(chats.call(call).messages) == 1


def test_an_agent_writes_in_its_own_chats_only(chats: CallCenter) -> None:
    call = chats.dial("95005")
    chats.sign_in(121, 101)
    with pytest.raises(errors.NoCall):
        chats.switch.send_message(121, call, "hello")
    voice = chats.talk(101)
    with pytest.raises(errors.WrongCallType):
        chats.switch.send_message(101, voice, "hello")
    with pytest.raises(errors.WrongCallType):
        chats.switch.outside_writes(voice, "hello")


def test_nobody_hears_a_customer_who_still_waits(chats: CallCenter) -> None:
    chats.switch.log_off(120)
    chats.sign_in(121)
    chats.switch.set_not_ready(121)
    call = chats.dial("95005")
    with pytest.raises(errors.WrongCallState):
        chats.switch.outside_writes(call, "hello")


def test_a_chat_ends_when_its_agent_or_its_customer_leaves(chats: CallCenter) -> None:
    first, second = chats.dial("95005", "1"), chats.dial("95005", "2")
    chats.switch.release_call(120, first)
    assert not chats.lives(first)
    assert chats.state(120) is AgentState.TALKING
    chats.switch.outside_hangs_up(second)
    assert chats.state(120) is AgentState.IDLE


# How many at once


def test_an_agent_takes_as_many_chats_as_it_has_asked_for(chats: CallCenter) -> None:
    chats.switch.limit_chats(120, 3)
    calls = [chats.dial("95005", str(n)) for n in range(4)]
    assert [chats.call(call).entry is None for call in calls] == [True, True, True, False]
    chats.switch.limit_chats(120, 4)
    assert chats.call(calls[3]).entry is None


def test_a_smaller_limit_keeps_the_chats_there_are(chats: CallCenter) -> None:
    calls = [chats.dial("95005", str(n)) for n in range(2)]
    chats.switch.limit_chats(120, 1)
    chats.switch.release_call(120, calls[0])
    assert chats.lives(calls[1])
    third = chats.dial("95005", "3")
    assert chats.call(third).entry is not None


def test_a_limit_lasts_until_the_agent_signs_in_anew(chats: CallCenter) -> None:
    chats.switch.limit_chats(120, 1)
    chats.switch.log_off(120)
    chats.sign_in(120)
    assert chats.agent(120).max_chats == 2


@pytest.mark.parametrize("limit", [0, 61])
def test_an_agent_has_1_to_60_chats(chats: CallCenter, limit: int) -> None:
    with pytest.raises(errors.InvalidValue):
        chats.switch.limit_chats(120, limit)


# Transfer


@pytest.mark.parametrize("mode", [BLIND, RELEASE_AFTER])
@pytest.mark.parametrize(
    ("target", "taker"), [((AGENT, "121"), 121), ((QUEUE, "6"), 123), ((CODE, "95006"), 123)]
)
def test_a_chat_is_transferred(
    chats: CallCenter, target: tuple[object, str], taker: int, mode: TransferMode
) -> None:
    call = chats.dial("95005")
    chats.sign_in(taker)
    chats.switch.transfer_chat(120, call, target, mode, data="help")  # type: ignore[arg-type]
    assert chats.parties(call) == [f"agent:{taker}", "trunk:13900000001"]
    assert chats.call(call).data == "help"
    assert chats.state(120) is AgentState.IDLE
    assert chats.last(Established).agent == taker
    results = [event.result for event in chats.heard(TransferResult)]
    assert results == ([0] if mode is RELEASE_AFTER else [])
    assert all(phone.leg is LegState.DOWN for phone in chats.switch.phones.values())


def test_a_colleague_who_chats_already_takes_another_chat_while_it_has_room(
    chats: CallCenter,
) -> None:
    first = chats.dial("95005", "1")
    chats.switch.limit_chats(120, 1)
    chats.sign_in(121)
    chats.dial("95005", "2")
    assert (chats.agent(120).chats, chats.agent(121).chats) == (1, 1)
    chats.switch.transfer_chat(120, first, (AGENT, "121"), BLIND)
    assert (chats.agent(120).chats, chats.agent(121).chats) == (0, 2)
    third = chats.dial("95005", "3")
    with pytest.raises(errors.TargetNotAvailable):
        chats.switch.transfer_chat(120, third, (AGENT, "121"), BLIND)


def test_an_agent_who_cannot_take_the_chat_leaves_it_where_it_is(chats: CallCenter) -> None:
    call = chats.dial("95005")
    chats.sign_in(101)
    for nobody in ("101", "121"):
        with pytest.raises(errors.TargetNotAvailable):
            chats.switch.transfer_chat(120, call, (AGENT, nobody), BLIND)
        chats.switch.transfer_chat(120, call, (AGENT, nobody), RELEASE_AFTER)
        assert chats.last(Failed).cause == 537
        assert chats.last(TransferResult).result == 537
        assert chats.parties(call) == ["agent:120", "trunk:13900000001"]
    chats.switch.send_message(120, call, "still here")
    assert chats.agent(120).operation is None


def test_the_agent_goes_on_chatting_until_somebody_has_taken_the_chat(chats: CallCenter) -> None:
    chats.sign_in(123)
    chats.switch.set_not_ready(123)
    call = chats.dial("95005")
    chats.switch.transfer_chat(120, call, (QUEUE, "6"), RELEASE_AFTER)
    chats.switch.send_message(120, call, "one moment")
    other = chats.dial("95005", "2")
    assert chats.agent(120).connection(chats.call(other)) is not None
    with pytest.raises(errors.WrongCallState):
        chats.switch.transfer_chat(120, other, (QUEUE, "6"), BLIND)
    chats.switch.set_ready(123)
    assert chats.parties(call) == ["agent:123", "trunk:13900000001"]
    assert [c.call.id for c in chats.agent(120).connections] == [other]


def test_whoever_stays_until_a_chat_is_taken_is_not_offered_it(chats: CallCenter) -> None:
    call = chats.dial("95005")
    chats.sign_in(121)
    chats.switch.set_not_ready(121)
    chats.switch.transfer_chat(120, call, (QUEUE, "5"), RELEASE_AFTER)
    assert chats.parties(call) == ["agent:120", "trunk:13900000001"]
    assert len(chats.agent(120).connections) == 1
    chats.switch.set_ready(121)
    assert chats.parties(call) == ["agent:121", "trunk:13900000001"]


def test_a_transfer_is_taken_back_without_touching_the_phone(chats: CallCenter) -> None:
    chats.sign_in(123)
    chats.switch.set_not_ready(123)
    call = chats.dial("95005")
    chats.switch.transfer_chat(120, call, (QUEUE, "6"), RELEASE_AFTER)
    with pytest.raises(errors.WrongCallState):
        chats.switch.retrieve_call(120, call)
    chats.switch.cancel_transfer(120)
    assert chats.last(QueueLeft).outcome is QueueOutcome.TRANSFERRED_OUT
    assert chats.parties(call) == ["agent:120", "trunk:13900000001"]
    assert chats.switch.phones["40120"].leg is LegState.DOWN


def test_the_record_of_a_transferred_chat_has_both_agents(chats: CallCenter) -> None:
    call = chats.dial("95005")
    chats.sign_in(121)
    chats.switch.transfer_chat(120, call, (AGENT, "121"), BLIND)
    chats.switch.outside_hangs_up(call)
    stays = [row for row in chats.heard(StayEnded) if row.device_no in ("120", "121")]
    assert [(row.device_no, row.leave_reason) for row in stays] == [
        ("120", LeaveReason.TRANSFERRED),
        ("121", LeaveReason.USER_RELEASED),
    ]


@pytest.mark.parametrize(
    ("target", "mode", "error"),
    [
        ((AGENT, "120"), BLIND, errors.UnknownAgent),
        ((AGENT, "999"), BLIND, errors.UnknownAgent),
        ((QUEUE, "9"), BLIND, errors.UnknownQueue),
        ((QUEUE, "1"), BLIND, errors.TransferNotAllowed),
        ((IVR, "1"), BLIND, errors.TransferNotAllowed),
        ((OUTSIDE, "0201"), BLIND, errors.TransferNotAllowed),
        ((AGENT, "121"), TransferMode.TALK, errors.TransferNotAllowed),
    ],
)
def test_a_chat_goes_where_chats_can_go_and_nowhere_else(
    chats: CallCenter,
    target: tuple[object, str],
    mode: TransferMode,
    error: type[errors.SwitchError],
) -> None:
    call = chats.dial("95005")
    chats.forget()
    with pytest.raises(error):
        chats.switch.transfer_chat(120, call, target, mode)  # type: ignore[arg-type]
    assert chats.events == []


def test_a_transfer_carries_at_most_2048_bytes(chats: CallCenter) -> None:
    call = chats.dial("95005")
    chats.sign_in(121)
    with pytest.raises(errors.InvalidValue):
        chats.switch.transfer_chat(120, call, (AGENT, "121"), BLIND, data="x" * 2049)
    chats.switch.transfer_chat(120, call, (AGENT, "121"), BLIND, data="x" * 2048)


@pytest.mark.parametrize(
    "command",
    [
        lambda switch, call: switch.send_message(101, call, "hello"),
        lambda switch, call: switch.transfer_chat(101, call, (AGENT, "121"), BLIND),
        lambda switch, call: switch.transfer_chat(101, call, (AGENT, "121"), RELEASE_AFTER),
    ],
)
def test_a_voice_call_is_no_chat(chats: CallCenter, command: Callable[[Switch, str], None]) -> None:
    chats.sign_in(101, 121)
    call = chats.talk(101)
    with pytest.raises(errors.WrongCallType):
        command(chats.switch, call)
