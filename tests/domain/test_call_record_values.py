"""Every documented value of a call record: a story that ends with it, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from emulator.switch.rooms import Address
from emulator.switch.terms import CallType, MediaType, TransferMode
from tests.contract import facts
from tests.domain.agreement import agree
from tests.domain.book import NOBODY, Book
from tests.switch.support import AGENT, IVR, OUTSIDE, QUEUE

Story = Callable[[Book], object]

RELEASE_AFTER, BLIND = TransferMode.RELEASE_AFTER, TransferMode.BLIND
QUEUE_ROW, AGENT_ROW, IVR_ROW = 1, 2, 3


def _in_turn(*steps: Story) -> Story:
    def story(book: Book) -> None:
        for step in steps:
            step(book)

    return story


def _talks(book: Book) -> None:
    book.talk()


def _ends(book: Book) -> None:
    book.end()


def _customer_hangs_up(book: Book) -> None:
    book.switch.outside_hangs_up(next(iter(book.switch.calls)))


def _agent_hangs_up(book: Book) -> None:
    book.switch.release_call(101)


def _does_not_answer(book: Book) -> None:
    book.center.wait(31)


def _waits_in_queue_1(book: Book) -> None:
    for work_no in (101, 102):
        book.switch.set_not_ready(work_no)
    book.center.dial()


def _calls_out(number: str) -> Story:
    return lambda book: (book.call_out(number), book.center.wait(61))


def _helps(three_party: bool) -> Story:
    return lambda book: (book.talk(), book.ask_for_help(three_party=three_party))


def _transfers_to_busy_queue(book: Book) -> None:
    book.talk()
    book.switch.set_not_ready(106)
    book.transfer(QUEUE, "4", RELEASE_AFTER)
    book.center.wait(11)


def _asks_queue_for_help(book: Book) -> None:
    book.talk()
    book.switch.consultation_call(101, (QUEUE, "4"), three_party=True)


def _wants_to_take_over(book: Book) -> None:
    book.talk()
    book.transfer(OUTSIDE, "0202", TransferMode.TALK)
    book.switch.cancel_transfer(101)


def _picks_up(book: Book) -> None:
    book.center.dial()
    book.switch.pick_up(102, 101)
    book.switch.answer_call(102)


def _is_removed(book: Book) -> None:
    book.confer()
    book.switch.remove_participants(101, [Address(True, "102")])


def _comes_back_from_flow(book: Book) -> None:
    book.talk()
    book.transfer(IVR, "7001", TransferMode.HANG_UP)
    book.center.wait(6)


def _takes_two_calls(book: Book) -> str:
    call = book.talk()
    book.ask_for_help()
    return call


LEAVE_REASONS: Mapping[int, tuple[int, Story]] = {
    0: (QUEUE_ROW, _talks),
    1: (QUEUE_ROW, lambda book: (book.fill(), book.center.dial("95004", "2"))),
    2: (QUEUE_ROW, _in_turn(_waits_in_queue_1, lambda book: book.center.wait(61))),
    3: (QUEUE_ROW, lambda book: book.center.dial("95003")),
    4: (QUEUE_ROW, lambda book: (book.fill(), book.drop_queue(4))),
    5: (AGENT_ROW, _in_turn(lambda book: book.center.dial(), _does_not_answer)),
    6: (IVR_ROW, _comes_back_from_flow),
    7: (AGENT_ROW, lambda book: book.switch.transfer_call(101, _takes_two_calls(book))),
    8: (AGENT_ROW, _helps(three_party=True)),
    9: (AGENT_ROW, _wants_to_take_over),
    10: (AGENT_ROW, lambda book: book.switch.conference_call(101, _takes_two_calls(book))),
    11: (AGENT_ROW, _in_turn(_helps(three_party=False), _agent_hangs_up)),
    12: (AGENT_ROW, lambda book: (book.supervise(), book.switch.intercept(190, 101))),
    13: (AGENT_ROW, _picks_up),
    14: (AGENT_ROW, lambda book: (book.talk(), book.switch.consultation_call(101, (QUEUE, "5")))),
    15: (AGENT_ROW, _in_turn(_talks, _customer_hangs_up)),
    16: (AGENT_ROW, _in_turn(_talks, _agent_hangs_up)),
    17: (AGENT_ROW, lambda book: book.to_queue_2(BLIND)),
    20: (AGENT_ROW, _calls_out("0203")),
    22: (AGENT_ROW, _calls_out("0548")),
    23: (AGENT_ROW, _calls_out("0549")),
    24: (AGENT_ROW, _calls_out("0538")),
    26: (AGENT_ROW, _calls_out("0202")),
    27: (AGENT_ROW, _calls_out("0604")),
    28: (QUEUE_ROW, lambda book: book.to_queue_2(RELEASE_AFTER)),
    29: (QUEUE_ROW, lambda book: (_asks_queue_for_help(book), book.switch.answer_call(106))),
    30: (QUEUE_ROW, _transfers_to_busy_queue),
    31: (
        QUEUE_ROW,
        lambda book: (
            book.switch.set_not_ready(106),
            _asks_queue_for_help(book),
            book.center.wait(11),
        ),
    ),
    50: (
        AGENT_ROW,
        lambda book: (book.center.dial(), book.switch.reject_call(101, release=False)),
    ),
    52: (AGENT_ROW, lambda book: (book.confer(), book.switch.release_conference(101))),
    53: (AGENT_ROW, _is_removed),
}
"""Leave reason → the device that is left so, and the story."""

_NO_CDN = "there is no CDN and no PGR"
_NO_NETWORK = "there is one call center, and no network of them"

NO_LEAVE_REASON = {
    18: "a held call stays at its agent's device: holding is an operation, no end of a stay",
    19: "the switch has no internal errors to tell of",
    25: "who has no channel is told so before there is a call; phones fail as 26",
    34: _NO_NETWORK,
    35: _NO_NETWORK,
    36: "a waiting call goes elsewhere by 1, 2, 3 or 4",
    **dict.fromkeys(range(37, 47), _NO_CDN),
    47: "a call waits in one queue",
    48: "a call waits in one queue",
    51: "a call that becomes a conference stays at its devices",
    54: "no routing by completion rate",
    88: "15 says the same",
    89: "15 says the same",
}


CAUSES: Mapping[int, Story] = {
    256: lambda book: (book.center.dial("95009"), book.center.wait(6)),
    360: lambda book: book.center.dial("95008"),
    512: lambda book: (book.fill(), book.center.dial("95004", "2")),
    518: _in_turn(_talks, _agent_hangs_up),
    521: lambda book: book.switch.conference_call(101, _takes_two_calls(book)),
    526: lambda book: (book.fill(), book.drop_queue(4)),
    531: _in_turn(_talks, _customer_hangs_up),
    537: _calls_out("0203"),
    538: _calls_out("0538"),
    548: _calls_out("0548"),
    549: _calls_out("0549"),
    561: lambda book: book.center.dial("95007"),
    562: lambda book: book.center.dial("95003"),
    601: _in_turn(_waits_in_queue_1, _customer_hangs_up),
    603: _calls_out("0202"),
    604: _calls_out("0604"),
    605: _calls_out("0605"),
    606: _in_turn(_waits_in_queue_1, lambda book: book.center.wait(61)),
    732: lambda book: (book.confer(), book.switch.release_conference(101)),
    852: lambda book: (book.center.dial(), book.switch.reject_call(101, release=True)),
    853: lambda book: (book.switch.make_internal_call(101, 102), book.center.wait(31)),
    1077: lambda book: (book.confer(4), book.center.wait(241)),
}
"""Release cause → the story of a call whose last row has it."""

_INSIDE = "parts of a platform that wait for one another: the switch is one part"
_MAIL = "there are no mail calls"
_MESSAGES = "messages that customers leave are recorded by a flow, and are no calls"
_MEETING = "conferences are the switch's own; what cannot begin is refused before it is a call"

NO_CAUSE = {
    80: "nobody who waits hears a flow in which it could cancel",
    263: _INSIDE,
    338: "configuration with a missing or broken flow is refused",
    **dict.fromkeys((339, 340, 342, 346, 350, 354, 356, 357, 359), _INSIDE),
    501: "the default: the switch always knows a better one",
    **dict.fromkeys((502, 503, *range(505, 512)), _INSIDE),
    513: "512 says the same",
    **dict.fromkeys((514, 515, 516, 517, 519, 520), _INSIDE),
    522: "a flow hands its call on without ending it",
    **dict.fromkeys((523, 525, 528, 529, 530, 533, 534, 535), _INSIDE),
    536: "who waits cancels by hanging up: 601",
    539: _INSIDE,
    540: "a flow that ends after an announcement: 256",
    **dict.fromkeys((541, 542, 543, 544, 547), _INSIDE),
    **dict.fromkeys((550, 552, 553), _NO_NETWORK),
    551: "the switch always knows a better one",
    564: "calls in progress are limited by channels: refused before there is a call",
    565: "calls in flows are not limited",
    566: "calls in flows are not limited",
    567: "538 says the same",
    568: "customer levels are not checked",
    602: "who has no channel is told so before there is a call",
    607: _MAIL,
    608: _MAIL,
    **dict.fromkeys(range(609, 620), _INSIDE),
    714: "configuration with a missing flow is refused",
    **dict.fromkeys(range(1057, 1064), _MESSAGES),
    **dict.fromkeys(range(1064, 1077), _MEETING),
}

CALL_TYPES: Mapping[int, Story] = {
    CallType.INBOUND: _in_turn(_talks, _ends),
    CallType.INTERNAL: lambda book: (
        book.switch.make_internal_call(101, 102),
        book.switch.answer_call(102),
        book.end(),
    ),
    CallType.OUTBOUND: _in_turn(_calls_out("0201"), _ends),
    CallType.PREVIEWED: lambda book: (
        book.switch.call_preview(101, book.switch.offer_preview(101, ["0201"]), "0201"),
        book.end(),
    ),
    CallType.CALLBACK: lambda book: (
        book.center.dial(media=MediaType.CALLBACK),
        book.end(),
    ),
    CallType.TWO_PARTY_CONSULTATION: _in_turn(_helps(three_party=False), _ends),
    CallType.THREE_PARTY_CONSULTATION: _in_turn(_helps(three_party=True), _ends),
}

_PRI = "trunks have no PRI mode of their own"
_ABROAD = "numbers are not told apart by distance"
_TASKS = "the switch makes no calls of outbound tasks"

NO_CALL_TYPE = {
    5: _ABROAD,
    8: "an agent's outgoing call is 7",
    9: _PRI,
    10: "what a flow calls belongs to the customer's call",
    11: "what a phone dials by itself is 7",
    12: _PRI,
    **dict.fromkeys(range(13, 19), _NO_NETWORK),
    **dict.fromkeys(range(20, 24), "there is no international switchboard"),
    40: _TASKS,
    41: _TASKS,
    42: _TASKS,
    43: _TASKS,
    46: _ABROAD,
    50: "there are no ring back tones",
    **dict.fromkeys(range(60, 65), _PRI),
}

DEVICES: Mapping[int, Story] = {
    QUEUE_ROW: _in_turn(_talks, _ends),
    AGENT_ROW: _in_turn(_talks, _ends),
    IVR_ROW: lambda book: (book.center.dial("95009"), book.end()),
}

NO_DEVICE = {
    5: "a party outside has no row: the call is recorded by what serves it (13.2.2.1, column 14)",
    7: "calls are routed at once, without a device for it",
    8: "there are no virtual devices",
    10: _NO_CDN,
    11: "there is no such device",
    14: _NO_CDN,
    15: "a conference is recorded by its agents' rows",
}


def _by_medium(medium: MediaType) -> Story:
    chat = medium in (MediaType.TEXT_CHAT, MediaType.WEB_CHAT, MediaType.SOCIAL_CHAT)
    number = "95005" if chat else "95001"
    return lambda book: (book.center.dial(number, media=medium), book.end())


MEDIA: Mapping[int, Story] = {int(medium): _by_medium(medium) for medium in MediaType}

NO_MEDIUM = {
    **dict.fromkeys((3, 9, 10, 11, 21), "sharing is no call here"),
    **dict.fromkeys((6, 7, 20, 50, 52, 54), "there are no mails, faxes and other slow calls"),
    **dict.fromkeys((8, 12, 13), "video is 18 or 19"),
    14: "there is no international switchboard",
    22: "no callers stand in for queues",
    23: "a count, no medium",
    55: "H5 video calls are 18 or 19",
}


def _columns(book: Book, name: str) -> set[str]:
    return {str(getattr(row, name)) for row in book.stays}


@pytest.mark.parametrize("reason", LEAVE_REASONS)
def test_a_call_leaves_a_device_for_this_reason(reason: int) -> None:
    book = Book()
    device, story = LEAVE_REASONS[reason]
    story(book)
    agree(book.switch, book.recorder)
    book.end()
    assert (device, str(reason)) in {(row.device_type, row.leave_reason) for row in book.stays}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_call_ends_for_this_cause(cause: int) -> None:
    book = Book()
    CAUSES[cause](book)
    assert cause in {row.release_cause for row in book.stays if row.call_id_num == -1}


@pytest.mark.parametrize("call_type", CALL_TYPES)
def test_a_call_is_of_this_type(call_type: int) -> None:
    book = Book()
    CALL_TYPES[call_type](book)
    assert str(int(call_type)) in _columns(book, "call_type")


@pytest.mark.parametrize("device", DEVICES)
def test_a_call_is_at_this_device(device: int) -> None:
    book = Book()
    DEVICES[device](book)
    assert str(device) in _columns(book, "device_type")


@pytest.mark.parametrize("medium", MEDIA)
def test_a_call_is_of_this_medium(medium: int) -> None:
    book = Book()
    MEDIA[medium](book)
    assert _columns(book, "media_type") == {str(medium)}


@pytest.mark.parametrize(
    ("name", "told", "untold"),
    [
        ("leave_reasons", LEAVE_REASONS, NO_LEAVE_REASON),
        ("release_causes", CAUSES, NO_CAUSE),
        ("record_call_types", CALL_TYPES, NO_CALL_TYPE),
        ("device_types", DEVICES, NO_DEVICE),
        ("media_types", MEDIA, NO_MEDIUM),
    ],
)
def test_each_documented_value_has_a_story_or_a_reason_why_not(
    name: str, told: Mapping[int, object], untold: Mapping[int, str]
) -> None:
    assert not set(told) & set(untold)
    assert sorted([*map(int, told), *untold]) == list(facts.code_lists()[name].codes)


# The other columns


def test_who_gives_up_waiting_has_not_talked() -> None:
    book = Book()
    _waits_in_queue_1(book)
    book.center.wait(7)
    _customer_hangs_up(book)
    (row,) = book.stays
    assert row.wait_begin is not None
    assert row.wait_end == row.wait_begin + 7_000_000
    assert row.call_begin == row.call_end == row.wait_end


def test_who_is_not_answered_has_not_talked() -> None:
    book = Book()
    book.center.dial()
    book.center.wait(31)
    book.end()
    row = next(row for row in book.stays if row.leave_reason == "5")
    assert (row.ack_begin, row.ack_end) == (row.call_begin - 30_000_000, row.call_end)  # type: ignore[operator]
    assert row.call_begin == row.call_end


def test_a_conversation_lasts_as_long_as_its_row_says() -> None:
    book = Book()
    book.talk()
    book.center.wait(12)
    _agent_hangs_up(book)
    row = book.stays[-1]
    assert row.call_end - row.call_begin == 12_000_000  # type: ignore[operator]


def test_a_call_that_overflowed_belongs_to_the_first_queue() -> None:
    book = Book()
    book.center.dial("95006")
    book.switch.answer_call(104)
    book.end()
    assert [(row.skill_id, row.current_skill_id) for row in book.stays] == [
        ("9", "9"),
        ("9", "2"),
        ("9", "2"),
    ]


def test_a_call_that_an_agent_transfers_to_a_queue_belongs_to_it() -> None:
    book = Book()
    book.to_queue_2(BLIND)
    book.end()
    assert [row.skill_id for row in book.stays] == ["1", "1", "2", "2"]


def test_devices_are_named_and_a_flow_by_its_access_code() -> None:
    book = Book()
    book.center.dial("95010")
    book.switch.answer_call(101)
    book.end()
    assert [(row.pre_device_in, row.device_in) for row in book.stays] == [
        ("", "95010"),
        ("95010", "DEVICE_QUEUE"),
        ("DEVICE_QUEUE", "DEVICE_AGENT"),
    ]
    book.center.dial("95009")
    book.end()
    assert book.stays[-1].device_in == "7001"


def test_exactly_the_last_row_of_a_call_is_numbered_minus_one() -> None:
    book = Book()
    call = book.talk()
    book.transfer(AGENT, "102", RELEASE_AFTER)
    book.switch.answer_call(102)
    book.end()
    rows = [row for row in book.stays if row.call_id == call]
    assert [row.call_id_num for row in rows] == [1, 2, -1]
    assert [row.release_cause for row in rows] == [0, 0, 518]


def test_an_agents_own_call_shows_the_tenants_number_and_whom_it_called() -> None:
    book = Book()
    book.call_out("0201")
    book.end()
    assert [(row.caller_no, row.callee_no) for row in book.stays] == [("95000", "0201")]


def test_a_queue_without_agents_has_the_cause_on_its_only_row() -> None:
    book = Book()
    book.center.dial("95003")
    (row,) = book.stays
    assert (row.device_no, row.release_cause, row.call_id_num) == (NOBODY, 562, -1)
