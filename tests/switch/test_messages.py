"""Messages that begin a chat, with an agent or in a queue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emulator.switch import errors
from emulator.switch.config import QueueConfig, TenantConfig
from emulator.switch.events import CallCleared, Established, MessageSent, Offered
from emulator.switch.terms import AgentState, AgentType, CallType, MediaType, TransferMode
from tests.switch.support import (
    AGENT,
    IVR,
    QUEUE,
    CallCenter,
    agent,
    code,
    flow,
    small_call_center,
)

SENDER = "an-app-user-with-a-rather-long-name"


@pytest.fixture
def chats() -> CallCenter:
    """120 and 121 chat for queue 5 (95005), two at once; 122 for queue 6 (95006), "shop"."""
    small = small_call_center().config
    center = small_call_center(
        agents=(
            *small.agents,
            agent(121, 5, agent_type=AgentType.MULTIMEDIA, max_chats=2),
            agent(122, 6, agent_type=AgentType.VERSATILE, max_chats=2),
        ),
        queues=(
            *small.queues,
            QueueConfig(6, "shop", MediaType.WEB_CHAT),
            QueueConfig(7, "6", MediaType.TEXT_CHAT),
        ),
        flows=(flow(1, "a", a={"type": "queue", "queue": 5}),),
        access_codes=(
            *small.access_codes,
            code("95006", QUEUE, 6, media_type=MediaType.WEB_CHAT),
            code("95009", IVR, 1, media_type=MediaType.TEXT_CHAT),
        ),
        blacklist=("spammer",),
        priority_customers={"friend": 7},
    )
    center.sign_in(120, 122)
    return center


def send(center: CallCenter, point: str = "95005", text: str = "hello", **named: object) -> str:
    return center.switch.route_message(1, point, text, **named)  # type: ignore[arg-type]


def read(center: CallCenter) -> list[tuple[int, str]]:
    """Which agent read what."""
    return [(event.agent, event.text) for event in center.heard(MessageSent)]


# To a queue


@pytest.mark.parametrize(
    ("point", "media", "reader"),
    [
        ("95005", MediaType.TEXT_CHAT, 120),
        ("5", MediaType.TEXT_CHAT, 120),
        ("chat", MediaType.TEXT_CHAT, 120),
        ("95006", MediaType.WEB_CHAT, 122),
        ("6", MediaType.WEB_CHAT, 122),
        ("shop", MediaType.WEB_CHAT, 122),
    ],
)
def test_a_message_goes_to_the_queue_of_its_point(
    chats: CallCenter, point: str, media: MediaType, reader: int
) -> None:
    call = chats.call(send(chats, point, sender=SENDER))
    assert (call.media, call.type, call.is_chat) == (media, CallType.INBOUND, True)
    assert (call.caller, call.called, call.data) == (SENDER, point, "hello")
    assert chats.parties(call.id) == [f"agent:{reader}", f"trunk:{SENDER}"]
    assert chats.last(Offered).media is media
    assert read(chats) == [(reader, "hello")]


def test_it_is_reported_as_what_a_customer_writes_once_the_agent_has_it(chats: CallCenter) -> None:
    call = send(chats, sender="wx")
    told = chats.last(MessageSent)
    kinds = chats.kinds()
    assert kinds.index("MessageSent") > kinds.index("Established")
    chats.switch.outside_writes(call, "hello")
    assert chats.last(MessageSent) == told
    assert [(it.agent, it.text) for it in chats.call(call).messages] == [(0, "hello")] * 2


def test_without_a_sender_the_point_is_the_caller(chats: CallCenter) -> None:
    assert chats.call(send(chats, "shop")).caller == "shop"


def test_a_message_that_waits_is_read_by_whoever_takes_it(chats: CallCenter) -> None:
    chats.switch.set_not_ready(120)
    call = send(chats)
    assert not read(chats)
    assert chats.call(call).entry is not None
    chats.sign_in(121)
    assert read(chats) == [(121, "hello")]


def test_an_agent_to_whom_the_chat_is_transferred_is_not_told_again(chats: CallCenter) -> None:
    call = send(chats)
    chats.sign_in(121)
    chats.switch.transfer_chat(120, call, (AGENT, "121"), TransferMode.BLIND)
    assert read(chats) == [(120, "hello")]
    assert chats.parties(call)[0] == "agent:121"


def test_a_message_takes_no_line(chats: CallCenter) -> None:
    call = send(chats)
    assert chats.call(call).connections[0].channel == 0
    assert chats.switch.tenant(1).trunks[0].in_use == 0
    chats.switch.release_call(120, call)
    assert not chats.switch.calls


def test_a_friend_is_served_first_and_a_spammer_not_at_all(chats: CallCenter) -> None:
    assert chats.call(send(chats, sender="friend")).priority == 7
    barred = send(chats, sender="spammer")
    assert not chats.lives(barred)
    assert chats.last(CallCleared).cause == 604
    assert read(chats) == [(120, "hello")]


# To an agent


def test_a_message_goes_to_the_agent_that_it_is_for(chats: CallCenter) -> None:
    call = chats.call(send(chats, "anything", sender="wx", work_no=122))
    assert (call.media, call.called) == (MediaType.SOCIAL_CHAT, "anything")
    assert chats.parties(call.id) == ["agent:122", "trunk:wx"]
    assert chats.last(Established).agent == 122
    assert read(chats) == [(122, "hello")]
    assert chats.state(122) is AgentState.TALKING


def test_an_agent_with_room_for_another_chat_gets_it(chats: CallCenter) -> None:
    chats.sign_in(121)
    for _ in range(3):
        send(chats, work_no=121)
    assert (chats.agent(121).chats, chats.agent(120).chats) == (2, 1)


@pytest.mark.parametrize(
    "work_no", [101, 103, 121, 999, 201], ids=["voice", "signed out", "full", "nobody", "foreign"]
)
def test_an_agent_that_cannot_take_it_leaves_it_to_the_point(
    chats: CallCenter, work_no: int
) -> None:
    chats.switch.apply_tenant(
        TenantConfig(2, "other", agents=(agent(201, agent_type=AgentType.MULTIMEDIA),))
    )
    chats.sign_in(101, 121, 201)
    chats.switch.limit_chats(121, 1)
    send(chats, work_no=121)
    chats.forget()
    assert chats.call(send(chats, work_no=work_no)).media is MediaType.TEXT_CHAT
    assert read(chats) == [(120, "hello")]


def test_whoever_is_in_a_voice_call_or_not_to_be_disturbed_is_passed_over(
    chats: CallCenter,
) -> None:
    chats.switch.make_call(122, "0201")
    send(chats, work_no=122)
    chats.sign_in(121)
    chats.switch.set_do_not_disturb(121, True)
    send(chats, work_no=121)
    assert [reader for reader, _ in read(chats)] == [120, 120]


# Nowhere


@pytest.mark.parametrize("point", ["", "x", "9", "95001", "1", "sales", "95009", "950051", "96005"])
def test_a_point_that_leads_to_no_chat_queue_is_unknown(chats: CallCenter, point: str) -> None:
    other = replace(
        TenantConfig(2, "other"),
        queues=(QueueConfig(5, "chat", MediaType.TEXT_CHAT),),
        access_codes=(code("96005", QUEUE, 5, media_type=MediaType.TEXT_CHAT),),
    )
    chats.switch.apply_tenant(other)
    chats.forget()
    with pytest.raises(errors.UnknownQueue):
        send(chats, point, sender="wx")
    assert not chats.events
    assert not chats.switch.calls


@pytest.mark.parametrize("text", ["", "x" * 2049])
def test_a_message_has_a_text_of_some_length(chats: CallCenter, text: str) -> None:
    with pytest.raises(errors.InvalidValue):
        send(chats, text=text)
    assert not chats.switch.calls


def test_a_message_is_somebodys_and_for_a_tenant(chats: CallCenter) -> None:
    with pytest.raises(errors.InvalidValue):
        send(chats, "")
    with pytest.raises(errors.UnknownTenant):
        chats.switch.route_message(9, "95005", "hello")
