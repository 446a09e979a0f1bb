"""What the control client says it gives is what comes: by mypy, and at a running call center."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import httpx
import pytest

from emulator.app import Emulator
from emulator.clients import answers
from emulator.clients.control import AsyncControlClient
from emulator.settings import Settings
from emulator.switch.agents import SignIn
from emulator.switch.clock import Clock

USERS_TEST = """
from emulator.clients.control import AsyncControlClient, ControlClient

def waits(control: ControlClient) -> None:
    reveal_type(control.dial_in("139", "95001"))
    reveal_type(control.clock()["now"])
    reveal_type(control.verify(times=1, path="/a"))
    reveal_type(control.state()["tenants"][0]["agents"][0]["state"])
    control.verify(colour=1)
    control.dial_in("139")
    control.clock()["never"]

async def awaits(control: AsyncControlClient) -> None:
    reveal_type(await control.dial_in("139", "95001"))
    reveal_type((await control.clock())["next_timer"])
    reveal_type((await control.call_records(agent="101"))[0]["call_id"])
"""


def test_a_users_test_file_is_checked_with_real_types(tmp_path: Path) -> None:
    file = tmp_path / "test_users.py"
    file.write_text(USERS_TEST, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert re.findall(r'Revealed type is "(.*)"', checked.stdout) == [
        *("str", "int", "int", "str"),
        *("str", "int | None", "str"),
    ], checked.stdout + checked.stderr
    assert re.findall(r"\[([a-z-]+)\]$", checked.stdout, re.MULTILINE) == [
        "call-arg",
        "call-arg",
        "misc",
    ]


def problems(value: Any, kind: Any, place: str = "") -> list[str]:
    """In what a value is not of a type, at which place."""
    if kind is Any:
        return []
    origin = get_origin(kind)
    if origin in (UnionType, Union):
        tried = [problems(value, one, place) for one in get_args(kind)]
        return min(tried, key=len)
    if origin is Literal:
        return [] if value in get_args(kind) else [f"{place}: {value!r} is no {kind}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{place}: {value!r} is no {kind}"]
        return [it for one in value for it in problems(one, get_args(kind)[0], f"{place}[]")]
    if origin is dict:
        return [it for one in value.values() for it in problems(one, get_args(kind)[1], place)]
    if is_typeddict(kind):
        return _problems_of_fields(value, kind, place)
    right = value is None if kind is NoneType else type(value) is kind
    return [] if right else [f"{place}: {value!r} is no {kind}"]


def _problems_of_fields(value: Any, kind: Any, place: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no {kind}"]
    hints = get_type_hints(kind)
    found = [f"{place}.{name} is not told" for name in sorted(set(value) - set(hints))]
    found += [f"{place}.{name} is missing" for name in sorted(kind.__required_keys__ - set(value))]
    for name in set(value) & set(hints):
        found += problems(value[name], hints[name], f"{place}.{name}")
    return found


@pytest.fixture
async def control() -> AsyncIterator[AsyncControlClient]:
    """A call center in which a lot goes on: see `_keep_busy`."""
    emulator = Emulator(Settings(seed="demo"), Clock(1_700_000_000_000_000))
    emulator.platform.start()
    transport = httpx.ASGITransport(emulator.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        client = AsyncControlClient("http://127.0.0.1", http=http)
        await _keep_busy(emulator, client, http)
        yield client
    await emulator.stop()


async def _keep_busy(
    emulator: Emulator, control: AsyncControlClient, http: httpx.AsyncClient
) -> None:
    """Somebody talks, is supervised, previews, waits, is in the menu; a call is over."""
    switch = emulator.platform.switch
    for work_no in (101, 106):
        switch.log_on(work_no, SignIn(phone=f"40{work_no}", auto_answer=True))
    over = await control.dial_in("1300", "95001")
    await control.advance(5)
    await control.hang_up(over)
    await control.advance(60)
    for caller, called in (("1301", "95001"), ("1302", "95002"), ("1303", "95003")):
        await control.dial_in(caller, called)
    for caller in ("1304", "1305"):
        await control.dial_in(caller, "95002")
    await control.put_message("email", "sent", recipient="ada@example.com", files=["a.pdf"])
    await control.fault_requests({"kind": "delay", "seconds": 0}, path="*/resetskill")
    await http.put("/agentgateway/resource/onlineagent/101", json={"colour": "red"})


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("health", {}, answers.Health),
        ("metrics", {}, str),
        ("state", {}, answers.State),
        ("events", {}, list[dict[str, Any]]),
        ("make_world", {}, answers.World),
        ("worlds", {}, list[answers.World]),
        ("clock", {}, answers.Clock),
        ("advance", {"seconds": 1}, answers.Clock),
        ("calls", {}, list[answers.Call]),
        ("call_records", {}, list[answers.CallRecord]),
        ("operations", {}, list[answers.OperationRecord]),
        ("recordings", {}, list[answers.RecordingRecord]),
        ("messages", {}, list[answers.Message]),
        ("put_message", {"channel": "sms", "body": "hello"}, answers.Message),
        ("customers", {}, list[answers.Customer]),
        ("save_customer", {"customer": "7", "name": "Ada"}, answers.Customer),
        ("contacts", {}, list[answers.Contact]),
        ("save_contact", {"contact": "7", "customer": "1"}, answers.Contact),
        ("remove_contact", {"contact": "1"}, answers.Done),
        ("requests", {}, list[answers.Exchange]),
        ("violations", {}, list[answers.CountedViolation]),
        ("faults", {}, list[answers.Fault]),
        ("record", {"recording": True}, answers.Recording),
        ("reset", {}, answers.Begun),
    ],
)
async def test_an_answer_has_exactly_the_fields_of_its_type(
    control: AsyncControlClient, name: str, arguments: dict[str, Any], kind: Any
) -> None:
    assert problems(await getattr(control, name)(**arguments), kind) == []


async def test_what_goes_on_is_more_than_empty_lists(control: AsyncControlClient) -> None:
    [tenant] = (await control.state())["tenants"]
    assert any(agent["calls"] for agent in tenant["agents"])
    assert any(queue["waiting"] for queue in tenant["queues"])
    assert any(call["ivr"] for call in tenant["calls"])
    assert any(call["queue"] for call in tenant["calls"])
    assert await control.call_records()
    assert await control.messages()
    assert await control.customers()
    assert await control.contacts()
    assert await control.requests()
    assert await control.violations()
    assert await control.faults()
