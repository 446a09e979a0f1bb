"""Texts of customers and agents by SIP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.sip.digest import answer, best_challenge
from tests.contract.world import PASSWORD, World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.test_leg import AGENT, PHONE, SOUND, SWITCH, Site

COLLEAGUE = 102


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world)
        yield found
        nothing_is_left(found)


def write(site: Site, to: str, text: bytes = b"hello", **more: str) -> int:
    """A customer writes."""
    request = site.caller.plain("MESSAGE", to, text, Content_Type="text/plain", **more)
    [got] = site.world.do(lambda _: site.caller.send(request))
    return got.code


def inbox(site: Site) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = site.world.control("GET", "/messages").document
    return [it for it in rows if it["sender"] == "13800000001"]


def phone_writes(site: Site, to: str, text: bytes = b"lunch?") -> int:
    """The agent writes with the keys of its phone, and shows who it is."""
    request = site.phone.plain("MESSAGE", to, text, Content_Type="text/plain")
    request.headers.set("From", f"<sip:{PHONE}@{SWITCH}>;tag=writes")
    [asked] = site.phone.send(request)
    challenge = best_challenge(asked.headers.getlist("Proxy-Authenticate"))
    assert (asked.code, challenge is None) == (407, False)
    assert challenge is not None
    proof = answer(challenge, "MESSAGE", str(request.uri), PHONE, PASSWORD, cnonce="w")
    request.headers.set("Proxy-Authorization", proof)
    request.headers.set("CSeq", "2 MESSAGE")
    [got] = site.phone.send(request)
    return got.code


def test_a_customers_text_comes_into_the_inbox(site: Site) -> None:
    assert write(site, "95001", "hello é".encode()) == 202
    [row] = [it for it in inbox(site) if it["body"] == "hello é"]
    assert (row["channel"], row["recipient"], row["call_id"]) == ("sms", "95001", "")


def test_a_customer_writes_during_a_call(site: Site) -> None:
    site.caller.call("95003")
    [call] = site.world.platform.switch.calls
    how = {"Content_Type": "text/plain"}
    [got] = site.world.do(lambda _: site.caller.within("MESSAGE", b"my order is 7", **how))
    assert got.code == 202
    [row] = [it for it in inbox(site) if it["body"] == "my order is 7"]
    assert (row["recipient"], row["call_id"]) == ("95003", call)


@pytest.mark.parametrize(
    ("to", "text", "kind", "code"),
    [
        ("12345", b"x", "text/plain", 404),
        (PHONE, b"x", "text/plain", 404),
        ("95001", b"<b/>", "text/html", 415),
        ("95001", b"\xff", "text/plain; charset=UTF-8", 400),
    ],
)
def test_texts_that_nobody_would_read_are_refused(
    site: Site, to: str, text: bytes, kind: str, code: int
) -> None:
    request = site.caller.plain("MESSAGE", to, text, Content_Type=kind)
    [got] = site.caller.send(request)
    assert got.code == code
    assert (got.headers.get("Accept") == "text/plain") is (code == 415)


def test_an_agent_writes_to_another_one(site: Site) -> None:
    site.register()
    site.sign_in()
    assert phone_writes(site, str(COLLEAGUE)) == 480
    site.world.sign_in(COLLEAGUE)
    for to in (str(COLLEAGUE), f"40{COLLEAGUE}"):
        assert phone_writes(site, to) == 202
    told = [it for it in site.world.events(COLLEAGUE) if it["eventType"] == "AgentOther_Note"]
    assert len(told) == 2
    for to, text, code in (("999", b"x", 404), (str(COLLEAGUE), b"x" * 1024, 403)):
        assert phone_writes(site, to, text) == code


def test_nobody_writes_from_a_phone_without_an_agent(site: Site) -> None:
    site.register()
    assert phone_writes(site, str(COLLEAGUE)) == 403


def test_an_agents_phone_writes_to_nobody_within_a_call(site: Site) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(200, SOUND)
    [got] = site.phone.within("MESSAGE", b"x", Content_Type="text/plain")
    assert got.code == 405


@pytest.mark.parametrize("able", [True, False])
def test_a_note_is_shown_by_a_phone_that_can(site: Site, able: bool) -> None:
    site.register(allow="INVITE, ACK, MESSAGE" if able else "INVITE, ACK")
    site.sign_in()
    site.world.sign_in(COLLEAGUE)
    site.world.do(lambda switch: switch.send_note(COLLEAGUE, [AGENT], "lunch?"))
    site.pass_time(0.1)
    shown = [(it.headers["From"].partition("@")[0], it.body) for it in site.phone.heard]
    assert shown == ([(f"<sip:{COLLEAGUE}", b"lunch?")] if able else [])
