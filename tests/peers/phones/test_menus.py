"""Customers at real phones in a flow: what they hear, what they press, what they leave behind."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.peers.phones.baresip import comes_true
from tests.peers.phones.center import (
    CALLER,
    CUSTOMER,
    FIRST,
    SECOND,
    Center,
    baresip,
    center,
    house,
    required,
    said_in,
)
from tests.peers.phones.tones import write_keys, write_tone

__all__ = ["baresip", "center", "house"]
PROMPT, NOTICE = 1900, 1500
"""Hz."""
NOTICE_S = 3
TALKS_S = 2
NEWS: dict[str, Any] = {
    "id": 2,
    "name": "news",
    "start": "news",
    "nodes": {
        "news": {"type": "play", "prompt": "all is well today", "seconds": 3, "next": "offer"},
        "offer": {
            "type": "menu",
            "prompt": "offer.wav",
            "digits": {"1": "support", "2": "sales"},
            "timeout": 30,
            "retries": 1,
            "otherwise": "bye",
        },
        "support": {"type": "queue", "queue": 1},
        "sales": {"type": "queue", "queue": 2},
        "bye": {"type": "hang_up"},
    },
}
CODE = {"code": "95005", "description": "news", "routes": [{"target": "ivr", "target_id": 2}]}
QUEUES = [
    {"code": "95001", "description": "support", "routes": [{"target": "queue", "target_id": 1}]}
]


@pytest.fixture
def news(center: Center) -> Center:
    """A call center whose access code 95005 tells news, in words, and then offers in a file."""
    write_tone(center.house.prompts / "offer.wav", PROMPT, 20)
    center.configure(flows=[NEWS], access_codes=[*QUEUES, CODE])
    return center


def test_words_are_read_aloud_and_a_file_is_played(news: Center) -> None:
    customer = news.customer()
    customer.dial("95005")
    assert comes_true(lambda: bool(customer.hears() - {PROMPT})), "the news"
    assert comes_true(lambda: customer.hears() == {PROMPT}), "the offer"
    assert news.calls()


def test_an_announcement_is_heard_to_its_end_before_the_flow_goes_on(news: Center) -> None:
    write_tone(news.house.prompts / "notice.wav", NOTICE, NOTICE_S)
    notice = {"type": "play", "prompt": "notice", "next": "offer"}
    flow = {**NEWS, "nodes": {**NEWS["nodes"], "news": notice}}
    news.configure(flows=[flow], access_codes=[*QUEUES, CODE])
    customer = news.customer()
    customer.dial("95005")
    assert comes_true(lambda: customer.hears() == {NOTICE})
    assert comes_true(lambda: customer.hears() == {PROMPT})
    [call] = news.calls()
    assert nodes(news, call["id"]) == ["news", "offer"]


@pytest.mark.parametrize(("key", "work_no", "hertz"), [("1", 101, FIRST), ("2", 111, SECOND)])
def test_each_key_leads_to_its_own_agents(news: Center, key: str, work_no: int, hertz: int) -> None:
    desk = news.desk(work_no, hertz)
    customer = news.customer()
    customer.dial("95005")
    assert comes_true(lambda: customer.hears() == {PROMPT})
    customer.press(key)
    assert comes_true(lambda: customer.hears() == {hertz})
    assert comes_true(lambda: desk.hears() == {CUSTOMER})


def test_keys_are_heard_in_the_sound_of_a_caller_without_events(news: Center) -> None:
    required("sipp")
    desk = news.desk(111, SECOND)
    # Pressed more than once, as people do: SIPp's sound is not steady on a busy machine.
    write_keys(news.folder / "voice.alaw", "2222", 3, CUSTOMER)
    news.sipp("talks", "-s", "95005", "-d", "30000")
    assert comes_true(lambda: desk.hears() == {CUSTOMER})


def test_a_message_that_a_customer_leaves_is_the_customers_voice(center: Center) -> None:
    customer = center.customer()
    customer.dial("95003")
    assert comes_true(lambda: bool(customer.hears()))
    customer.press("9")
    assert comes_true(lambda: nodes(center)[-1] == "message")
    time.sleep(TALKS_S)
    customer.hang_up()
    assert comes_true(lambda: bool(messages(center)))
    [message] = messages(center)
    assert message["sender"] == CALLER
    [file] = message["files"]
    center.sign_in(101)
    url = "/agentgateway/resource/recordfile/101"
    query = {"recordId": file, "filetype": "2"}
    assert comes_true(
        lambda: said_in(center.http.get(url, params=query).content) == ({CUSTOMER}, set())
    )


def nodes(center: Center, call: str = "") -> list[str]:
    """The nodes of flows that calls have come to, or that one call has."""
    events = center.http.get("/_emulator/events").json()["events"]
    entered = [it for it in events if it["event"] == "IvrNodeEntered"]
    return [it["node"] for it in entered if call in ("", it["call"])]


def messages(center: Center) -> list[dict[str, Any]]:
    """What is in the voice mail box."""
    query = {"tenant": "1", "channel": "voice_mail"}
    found: list[dict[str, Any]] = center.http.get("/_emulator/messages", params=query).json()
    return found
