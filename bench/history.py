"""Historical queries over many call records, and what goes on meanwhile.

    python -m bench.history [records] [database URL]

A month of calls to 50 queues with 1,000 agents is written to a store (a file, or a PostgreSQL
database that is empty) and counted. Then the monitoring interfaces are asked, and while they are
asked without a pause an agent's events are polled: the time is taken from the event to its answer.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import orjson

from bench.machine import machine
from bench.polling import PASSWORD
from emulator.app import World
from emulator.clients.signer import authorization_header
from emulator.domain.statistics import count
from emulator.platform import database_url
from emulator.settings import Settings
from emulator.store import records
from emulator.store.rows import CallRecord
from emulator.store.store import Store
from emulator.switch.clock import Clock
from emulator.switch.config import AgentConfig, PhoneConfig, QueueConfig, TenantConfig

SECOND = 1_000_000
DAYS = 30
LAST_DAY = int(datetime(2026, 6, 30, tzinfo=UTC).timestamp()) * SECOND
FIRST_DAY = LAST_DAY - (DAYS - 1) * 86_400 * SECOND
AGENTS, QUEUES, NUMBERS = 1_000, 50, 20
AT_ONCE = 5_000
ROUNDS = 5
KEY = ("bench-ak", "bench-sk")
TENANT = TenantConfig(
    1,
    "bench",
    agents=tuple(
        AgentConfig(no, f"agent {no}", f"agent{no}", PASSWORD, f"4{no:05}")
        for no in range(101, 101 + AGENTS)
    ),
    phones=tuple(PhoneConfig(f"4{no:05}") for no in range(101, 101 + AGENTS)),
    queues=tuple(QueueConfig(no, f"queue {no}") for no in range(1, QUEUES + 1)),
    secrets={"ak": KEY[0], "sk": KEY[1]},
)


# The month


def calls(number: int, rng: Random) -> Iterator[list[CallRecord]]:
    """Calls, evenly over the month: nine of ten are answered, the others wait in vain."""
    step = DAYS * 86_400 * SECOND // number
    for serial in range(number):
        yield call(serial, FIRST_DAY + serial * step, rng)


def call(serial: int, at: int, rng: Random) -> list[CallRecord]:
    """The records of one call: its wait, and perhaps a conversation."""
    queue, agent = 1 + rng.randrange(QUEUES), 101 + rng.randrange(AGENTS)
    waited = rng.randrange(60) * SECOND
    answered = at + waited + rng.randrange(1, 10) * SECOND
    ended = answered + rng.randrange(20, 300) * SECOND
    alike: dict[str, Any] = {
        "developer": "bench",
        "account_id": "bench",
        "cc_id": "1",
        "call_id": f"{at // SECOND}-{serial}",
        "caller_no": f"139{serial:08}",
        "callee_no": str(95001 + queue % NUMBERS),
        "vdn_id": "1",
        "skill_id": str(queue),
        "current_skill_id": str(queue),
        "media_type": "5",
    }
    waits = CallRecord(
        1,
        **alike,
        wait_begin=at,
        wait_end=at + waited,
        call_begin=answered,
        call_end=answered,
        device_type=1,
        device_no=queue,
        device_in="DEVICE_QUEUE",
    )
    if serial % 10 == 0:
        waits.leave_reason, waits.call_begin, waits.call_end = "15", waits.wait_end, waits.wait_end
        return [waits]
    waits.call_id_num, waits.leave_reason = 1, "0"
    talks = CallRecord(
        1,
        **alike,
        agent_id=str(agent),
        ack_begin=at + waited,
        ack_end=answered,
        call_begin=answered,
        call_end=ended,
        device_type=2,
        device_no=agent,
        device_in="DEVICE_AGENT",
        leave_reason="15",
    )
    return [waits, talks]


def fill(store: Store, number: int) -> None:
    """Write the month and count it."""
    store.save_tenant(TENANT)
    begun = time.perf_counter()
    rows = (row for call in calls(number * 10 // 19, Random(1)) for row in call)
    while some := list(islice(rows, AT_ONCE)):
        store.submit(partial(records.write, rows=some)).result()
    written = time.perf_counter()
    counted = partial(count, zones={1: "UTC"}, most_calls=AT_ONCE)
    while store.submit(counted).result():
        pass
    print(f"written                  {written - begun:8.1f} s")
    print(f"counted                  {time.perf_counter() - written:8.1f} s")


# Asking


async def ask(app: Any, path: str, body: dict[str, Any]) -> Any:
    """One signed request, without a network."""
    raw = orjson.dumps(body)
    headers = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "content-length": str(len(raw)),
    }
    headers["authorization"] = authorization_header(
        *KEY, method="POST", target=path.encode(), headers=headers, body=raw, at=datetime.now(UTC)
    )
    return await exchange(app, "POST", path, headers, raw)


async def exchange(
    app: Any, method: str, path: str, headers: dict[str, str], raw: bytes = b""
) -> Any:
    """The document that answers a request."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return orjson.loads(b"".join(it["body"] for it in sent[1:])), dict(sent[0]["headers"])


CMS = "/rest/cmsapp/v1"
BY_DAY = {"beginDayTime": "2026-06-30 00:00:00", "endDayTime": "2026-07-01 00:00:00"}
MONTHS = {"beginMonthTime": "202606", "endMonthTime": "202606"}
OF_QUEUES = ["IDX_COUNT_SKILL_REQUEST", "IDX_RATE_SKILL_CONNECTED", "IDX_DURATION_SKILL_ALL_ACK"]
OF_AGENTS = ["IDX_COUNT_AGENT_REQUEST", "IDX_DURATION_AGENT_CONVERSATION_IN"]
OF_VDNS = ["IDX_COUNT_INBOUND_CALL", "IDX_RATE_INBOUND_CONNECTED"]
ALL_QUEUES = list(range(1, QUEUES + 1))
ALL_AGENTS = list(range(101, 101 + AGENTS))
CALLED = [str(95001 + it) for it in range(NUMBERS)]


def settled(begin: str, end: str) -> dict[str, Any]:
    days = {"beginLogDay": begin, "endLogDay": end}
    return {"vdn": 1, "calleeNos": CALLED, "callTypes": [0], **days}


def missed(begin: str) -> dict[str, Any]:
    times = {"beginTime": f"{begin} 00:00:00", "endTime": "2026-06-30 23:59:59"}
    return {"vdn": 1, "offset": 0, "limit": 100, **times}


QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "day: VDN by 15 minutes": (
        f"{CMS}/openapi/hisindex/vdn",
        {"vdnIds": [1], "indexIds": OF_VDNS, "timeGrain": "15MIN"},
    ),
    "day: 50 queues": (
        f"{CMS}/openapi/hisindex/skill",
        {"vdn": 1, "skillIds": ALL_QUEUES, "indexIds": OF_QUEUES},
    ),
    "day: 50 queues by 15 minutes": (
        f"{CMS}/openapi/hisindex/skill",
        {"vdn": 1, "skillIds": ALL_QUEUES, "indexIds": OF_QUEUES[:1], "timeGrain": "15MIN"},
    ),
    "day: 100 agents by 15 minutes": (
        f"{CMS}/openapi/hisindex/agent",
        {"vdn": 1, "agentIds": ALL_AGENTS[:100], "indexIds": OF_AGENTS, "timeGrain": "15MIN"},
    ),
    "day: 1,000 agents": (
        f"{CMS}/openapi/hisindex/agentforday",
        {"vdn": 1, "agentIds": ALL_AGENTS, "indexIds": OF_AGENTS, **BY_DAY},
    ),
    "day: settlement of 20 numbers": (
        f"{CMS}/callinday/querymanualindexesbycondition",
        settled("2026-06-30", "2026-06-30"),
    ),
    "day: missed calls": (f"{CMS}/callin/queryMissedCalls", missed("2026-06-30")),
    "month: 50 queues": (
        f"{CMS}/openapi/hisindex/skillformonth",
        {"vdn": 1, "skillIds": ALL_QUEUES, "indexIds": OF_QUEUES, **MONTHS},
    ),
    "month: 1,000 agents": (
        f"{CMS}/openapi/hisindex/agentformonth",
        {"vdn": 1, "agentIds": ALL_AGENTS, "indexIds": OF_AGENTS, **MONTHS},
    ),
    "month: settlement of 20 numbers": (
        f"{CMS}/callinday/querymanualindexesbycondition",
        settled("2026-06-01", "2026-06-30"),
    ),
    "month: missed calls": (f"{CMS}/callin/queryMissedCalls", missed("2026-06-01")),
}


async def time_questions(app: Any) -> None:
    """Print how long each question takes, the first one with the start of its process."""
    for name, (path, body) in QUESTIONS.items():
        took = []
        for _ in range(ROUNDS + 1):
            begun = time.perf_counter()
            answer, _ = await ask(app, path, body)
            took.append((time.perf_counter() - begun) * 1000)
            if answer.get("resultCode", answer.get("returnCode")) not in ("0100000", "0"):
                raise SystemExit(f"{name}: {answer}")
        first, *rest = took
        median = statistics.median(rest)
        print(f"{name:32} {median:8.1f} ms, at most {max(rest):.1f} ms, first {first:.1f} ms")


# Meanwhile


async def poll_meanwhile(world: World, seconds: float) -> None:
    """Print how soon an agent's events are there while questions are asked without a pause."""
    quiet = await polls(world, seconds)
    asking = asyncio.get_running_loop().create_task(ask_on(world.app))
    try:
        busy = await polls(world, seconds)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    for name, found in (("alone", quiet), ("while asking", busy)):
        last = statistics.quantiles(found, n=100)[98]
        print(f"event to poll, {name:16} p99 {last:8.2f} ms, {len(found)} events")


async def ask_on(app: Any) -> None:
    while True:
        for path, body in QUESTIONS.values():
            await ask(app, path, body)


async def polls(world: World, seconds: float) -> list[float]:
    """Milliseconds from an event to its answer, again and again."""
    app, work_no = world.app, 101
    path = f"/agentgateway/resource/onlineagent/{work_no}"
    body = orjson.dumps({"password": PASSWORD, "phonenum": f"4{work_no:05}"})
    _, headers = await exchange(
        app, "PUT", f"{path}/forcelogin", {"content-type": "application/json"}, body
    )
    guid = {"guid": headers[b"Set-GUID"].decode().removeprefix("JSESSIONID=")}
    events = f"/agentgateway/resource/agentevent/{work_no}"
    while (await exchange(app, "GET", events, guid))[0].get("event"):
        pass
    found, until = [], time.perf_counter() + seconds
    ready = False
    while time.perf_counter() < until:
        held = asyncio.get_running_loop().create_task(exchange(app, "GET", events, guid))
        await asyncio.sleep(0.005)
        begun = time.perf_counter()
        switch = world.platform.advance()
        (switch.set_ready if ready else switch.set_not_ready)(work_no)
        ready = not ready
        await held
        found.append((time.perf_counter() - begun) * 1000)
    await exchange(app, "DELETE", f"{path}/logout", guid)
    return found


async def measure(settings: Settings) -> None:
    """Ask a call center whose day is the last one of the month."""
    noon = LAST_DAY + 12 * 3600 * SECOND
    world = World(settings, Clock(noon, lambda: noon + time.monotonic_ns() // 1000))
    await world.start()
    try:
        await time_questions(world.app)
        await poll_meanwhile(world, 10)
    finally:
        await world.stop()


def main() -> None:
    """Fill a store, ask, poll."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    database = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder:
        data = None if database else Path(folder)
        settings = Settings(data=data, database=database, poll_wait=1.0)
        print(f"{number} call records, {'PostgreSQL' if database else 'SQLite'}, {machine()}")
        store = Store.open(database_url(settings))
        try:
            fill(store, number)
        finally:
            store.close()
        asyncio.run(measure(settings))


if __name__ == "__main__":
    main()
