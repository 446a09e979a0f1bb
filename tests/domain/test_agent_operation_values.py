"""Every documented operation of an agent: a story in which it is written, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from emulator.domain.operations import SLICE
from emulator.domain.recorder import Recorder
from emulator.store.rows import AgentOperation
from emulator.switch.playback import Playing
from emulator.switch.terms import SupervisionMode, TransferMode
from tests.contract import facts
from tests.domain.agreement import agree
from tests.domain.book import Book
from tests.switch.support import AGENT, IVR, OUTSIDE, QUEUE, SECOND

Story = Callable[[Book], object]
Row = tuple[str, str, str]
"""Whose operation it is, its object and its cause."""

BLIND, RELEASE_AFTER = TransferMode.BLIND, TransferMode.RELEASE_AFTER
FILE = "Y:/1/0/20231114/101/2213200.V3"


def _plays(book: Book) -> None:
    book.switch.play(101, FILE, 60 * SECOND, Playing())
    book.switch.pause_playback(101)
    book.center.wait(5)
    book.switch.stop_playback(101)


def _holds(book: Book) -> None:
    book.talk()
    book.switch.hold_call(101)
    book.center.wait(5)
    book.switch.retrieve_call(101)


def _mutes(book: Book) -> None:
    book.talk()
    book.switch.mute(101, True)
    book.switch.mute(101, False)


def _rests(book: Book) -> None:
    book.switch.request_rest(101, 60, 3)
    book.switch.set_ready(101)


def _studies(book: Book) -> None:
    book.switch.set_study(101, studying=True)
    book.switch.set_study(101, studying=False)


def _is_suspended(book: Book) -> None:
    book.talk()
    book.transfer(IVR, "7001", TransferMode.HANG_UP)
    book.center.wait(6)


def _swaps(book: Book) -> None:
    book.talk()
    book.ask_for_help()
    book.switch.alternate_call(101)
    book.end()


def _takes_from_queue(book: Book) -> None:
    for work_no in (101, 102):
        book.switch.set_not_ready(work_no)
    call = book.center.dial()
    book.switch.request_queued_call(101, call, 1)


def _is_forced(how: str) -> Story:
    return lambda book: getattr(book.switch, how)(190, 101)


OPERATIONS: Mapping[int, tuple[Row, Story]] = {
    0: (("101", "-1", "258"), lambda book: book.switch.log_off(101)),
    1: (("101", "-1", "-1"), lambda book: None),
    2: (("101", "-1", "-1"), lambda book: book.switch.set_not_ready(101)),
    3: (("101", "-1", "1"), lambda book: (book.switch.set_not_ready(101), _rests(book))),
    4: (("120", "-1", "0"), lambda book: (book.chat(), book.end())),
    10: (("101", "102", "-1"), lambda book: (book.talk(), book.ask_for_help(three_party=True))),
    13: (("101", "-1", "-1"), _is_suspended),
    20: (("190", "101", "0"), lambda book: (book.supervise(), book.switch.release_call(190))),
    22: (("101", "-1", "-1"), _plays),
    26: (("101", "101", "3"), _rests),
    27: (("101", "-1", "0"), lambda book: (book.switch.set_working(101), _rests(book))),
    29: (("190", "101", "-1"), _is_forced("force_sign_out")),
    30: (("190", "101", "-1"), _is_forced("force_ready")),
    31: (("190", "101", "-1"), _is_forced("force_not_ready")),
    32: (("101", "-1", "-1"), _mutes),
    34: (("101", "-1", "-1"), _studies),
    38: (("101", "101", "-1"), _holds),
    40: (("101", "102", "1"), lambda book: (book.talk(), book.ask_for_help())),
    41: (("101", "102", "-1"), lambda book: book.switch.make_internal_call(101, 102)),
    43: (("190", "101", "-1"), lambda book: (book.supervise(), book.switch.intercept(190, 101))),
    44: (("101", "-1", "-1"), _plays),
    45: (("101", "104", "-1"), lambda book: book.to_queue_2(RELEASE_AFTER)),
    46: (("101", "-1", "-1"), lambda book: book.transfer_outside(BLIND)),
    53: (("101", "-1", "-1"), _takes_from_queue),
    54: (("101", "-1", "-1"), lambda book: book.to_queue_2(BLIND)),
    55: (("101", "-1", "-1"), lambda book: (book.talk(), book.transfer(IVR, "7001", BLIND))),
    56: (("101", "-1", "7"), lambda book: book.switch.set_custom_state(101, 7)),
    57: (("101", "-1", "-1"), _swaps),
    58: (("102", "102", "-1"), lambda book: (book.confer(), book.end())),
    60: (("101", "-1", "0"), lambda book: (book.talk(), book.end())),
}
"""Operation → its row, and the story."""

NO_OPERATION = {
    47: "agents do not sign in to a media server of their own",
    50: "video is not screened",
    51: "video is not screened",
    52: "agents do not sign in to a media server of their own",
    59: "there is no multimedia collaboration",
}

SIGN_OUTS: Mapping[int, Story] = {
    256: lambda book: book.switch.force_log_off(101, 256),
    257: lambda book: book.switch.force_sign_out(190, 101),
    258: lambda book: book.switch.log_off(101),
    259: lambda book: book.switch.log_on_mobile(101, "0201"),
    264: lambda book: book.center.sign_in(101, force=True),
}
_ONE = "the switch is one: no parts of it lose sight of each other"
NO_SIGN_OUT = {260: _ONE, 261: _ONE, 262: _ONE, 263: "an agent not heard of for too long: 256"}


def _forced_during_a_call(book: Book) -> None:
    book.talk()
    book.switch.force_not_ready(190, 101)
    book.end()


def _rings_at_nobody(book: Book) -> None:
    book.cut_off(101)
    book.center.dial()
    book.center.wait(1)


BUSY: Mapping[int, Story] = {
    1: lambda book: book.switch.set_not_ready(101),
    2: lambda book: (book.center.dial(), book.center.wait(31)),
    3: _forced_during_a_call,
    5: _rings_at_nobody,
    7: lambda book: (book.center.dial(), book.switch.reject_call(101, release=False)),
}
NOT_BUSY = {4: "who rests is not busy: operation 26"}


def _join(book: Book) -> None:
    first = book.talk()
    book.ask_for_help()
    book.switch.conference_call(101, first)


def _connect(book: Book) -> None:
    first = book.talk()
    book.ask_for_help()
    book.switch.transfer_call(101, first)


HELP: Mapping[int, Story] = {
    0: lambda book: (book.talk(), book.switch.consultation_call(101, (QUEUE, "2"))),
    1: lambda book: (book.talk(), book.ask_for_help()),
    2: lambda book: (book.talk(), book.ask_for_help(three_party=True)),
    3: lambda book: book.transfer_outside(TransferMode.TALK),
    4: lambda book: book.transfer_outside(TransferMode.THREE_PARTY),
    5: _join,
    6: _connect,
}


def _of(book: Book, operation: int) -> list[AgentOperation]:
    return [row for row in book.operations if row.op_type == str(operation)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_written_with_its_object_and_cause(operation: int) -> None:
    book = Book()
    row, story = OPERATIONS[operation]
    story(book)
    agree(book.switch, book.recorder)
    book.end()
    assert row in [(it.agent_id, it.op_object, it.op_cause) for it in _of(book, operation)]


@pytest.mark.parametrize("cause", SIGN_OUTS)
def test_an_agent_signs_out_for_this_cause(cause: int) -> None:
    book = Book()
    SIGN_OUTS[cause](book)
    assert [row.op_cause for row in _of(book, 0)] == [str(cause)]


def test_an_agent_signs_out_for_the_clients_own_cause() -> None:
    book = Book()
    book.switch.log_off(101, 17)
    assert [row.op_cause for row in _of(book, 0)] == ["17"]


@pytest.mark.parametrize("cause", BUSY)
def test_an_agent_is_busy_for_this_cause(cause: int) -> None:
    book = Book()
    BUSY[cause](book)
    book.switch.set_ready(101)
    assert [row.op_cause for row in _of(book, 3)] == [str(cause)]


def test_an_agent_is_busy_for_the_reason_it_gives() -> None:
    book = Book()
    book.switch.set_not_ready(101, 203)
    book.switch.set_ready(101)
    assert [row.op_cause for row in _of(book, 3)] == ["203"]


def test_a_forced_wish_that_the_agent_withdraws_is_forgotten() -> None:
    book = Book()
    book.talk()
    book.switch.force_not_ready(190, 101)
    book.switch.set_not_ready(101)
    book.end()
    book.switch.set_ready(101)
    assert [row.op_cause for row in _of(book, 3)] == ["1"]


@pytest.mark.parametrize("cause", HELP)
def test_help_is_asked_for_in_this_way(cause: int) -> None:
    book = Book()
    HELP[cause](book)
    agree(book.switch, book.recorder)
    book.end()
    assert str(cause) in [row.op_cause for row in _of(book, 40)]


@pytest.mark.parametrize(
    ("name", "told", "untold"),
    [
        ("agent_operations", OPERATIONS, NO_OPERATION),
        ("sign_out_causes", SIGN_OUTS, NO_SIGN_OUT),
        ("busy_causes", BUSY, NOT_BUSY),
        ("help_causes", HELP, {}),
    ],
)
def test_each_documented_value_has_a_story_or_a_reason_why_not(
    name: str, told: Mapping[int, object], untold: Mapping[int, str]
) -> None:
    assert not set(told) & set(untold)
    assert sorted([*told, *untold]) == list(facts.code_lists()[name].codes)


# Spans and columns


def test_a_hold_lasts_from_holding_to_retrieving() -> None:
    book = Book()
    _holds(book)
    row = book.operation(38)
    assert row.end_time is not None
    assert row.end_time - row.begin_time == 5 * SECOND


def test_a_hold_ends_with_the_call() -> None:
    book = Book()
    call = book.talk()
    book.switch.hold_call(101)
    book.center.wait(9)
    book.switch.outside_hangs_up(call)
    row = book.operation(38)
    assert (row.call_id, row.end_time) == (call, book.switch.now)


def test_a_text_conversation_has_a_bill_every_five_minutes() -> None:
    book = Book()
    book.chat()
    begun = book.switch.now
    book.center.wait(700)
    book.end()
    rows = _of(book, 4)
    assert [row.op_cause for row in rows] == ["1", "1", "0"]
    assert rows[0].begin_time == begun
    assert all(row.begin_time % SLICE == 0 for row in rows[1:])
    assert [row.end_time for row in rows[:-1]] == [row.begin_time for row in rows[1:]]
    assert rows[-1].end_time == book.switch.now


def test_ringing_and_dialling_are_not_written() -> None:
    book = Book()
    book.center.dial()
    book.center.wait(3)
    book.switch.answer_call(101)
    book.end()
    book.call_out("0201")
    book.end()
    assert {row.op_type for row in book.operations if row.agent_id == "101"} == {"1", "2", "60"}


def test_an_operation_tells_of_its_call_and_its_agent() -> None:
    book = Book()
    call = book.talk()
    book.end()
    row = book.operation(60)
    assert (row.call_id, row.skill_id, row.media_type) == (call, "1", "5")
    assert (row.call_in_out, row.agent_type, row.phone_no) == ("Incoming", "4", "40101")
    signed_in = _of(book, 1)[0]
    assert signed_in.skill_info_sn == ""
    assert row.logon_sn == str(signed_in.begin_time // SECOND)
    assert row.skill_info_sn


def test_an_agent_without_skills_has_no_list_of_them() -> None:
    book = Book()
    book.switch.set_skills(101, [])
    book.switch.set_not_ready(101)
    (row,) = _of(book, 2)[-1:]
    assert (row.agent_id, row.skill_info_sn) == ("101", "")


def test_a_call_outside_is_outgoing_and_a_previewed_one_the_systems() -> None:
    book = Book()
    for begin in (
        lambda: book.call_out("0201"),
        lambda: book.switch.call_preview(101, book.switch.offer_preview(101, ["0201"]), "0201"),
    ):
        begin()
        book.center.wait(2)
        book.end()
    assert [row.call_in_out for row in _of(book, 60)] == ["Outgoing", "Outbound"]


def test_a_transfer_outside_names_the_number() -> None:
    book = Book()
    book.transfer_outside(BLIND)
    assert book.operation(46).phone_no == "0201"


def test_a_conference_is_named_by_its_id() -> None:
    book = Book()
    book.confer()
    (conference,) = book.switch.tenants[1].conferences
    book.end()
    assert {row.phone_no for row in _of(book, 58)} == {str(conference)}


def test_a_transfer_that_fails_is_none() -> None:
    book = Book()
    book.talk()
    book.transfer(OUTSIDE, "0203", RELEASE_AFTER)
    book.transfer(AGENT, "102", RELEASE_AFTER)
    book.switch.reject_call(102, release=True)
    assert not {row.op_type for row in book.operations} & {"45", "46", "54", "55"}


def test_what_was_begun_goes_on_in_another_recorder() -> None:
    book = Book()
    call = book.talk()
    book.switch.hold_call(101)
    heir = Recorder(book.rows.append, lambda: book.switch)
    heir.take_up(book.recorder.running)
    book.rows.clear()
    book.switch._subscribers = (heir,)
    book.switch.outside_hangs_up(call)
    assert {row.op_type for row in book.operations} == {"38", "60"}


def test_supervising_in_another_way_goes_on() -> None:
    book = Book()
    book.supervise()
    book.switch.switch_supervision(190, 101, SupervisionMode.WHISPER)
    book.center.wait(3)
    book.switch.stop_supervision(190, 101)
    row = book.operation(20)
    assert row.end_time == row.begin_time + 3 * SECOND
