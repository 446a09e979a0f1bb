"""Half of the load that SIP can bear, for ten minutes: does anything of the emulator grow?

    python -m bench.sip_soak [seconds]

An emulator as `emulator serve` runs it, with sound, and its records on disk: what is on record
grows, and is no leak. At work on it (`bench.sip_load`): 100 calls/s of customers who come by a
queue to the SIP phones of 300 agents, half of what it bears with a processor of its own
(`python -m bench.sip`, two legs); 25 calls at once in which people talk by RTP, and which are
recorded; phones and customers that disappear in mid-call; all phones registering anew; all agents
polling at the REST gateway, ten of them signing in and out; a customer by the control plane.

Every ten seconds it is read what there is, from the emulator's own measurements and from /proc.
Status 1 if a call failed, if less than nine in ten of the crowd came to an agent before they hung
up, or if something has grown:

- of what ends by itself (calls, parties, dialogs, transactions, ports of sound, recordings, what
  phones are asked for) anything is left two minutes after the load has ended;
- tasks and timers are more then than before the load, or file descriptors than at half time;
- memory of either process, by a line through the readings of the second half, has risen by more
  than two hundredths in that time: of the emulator, about 100 bytes for each call.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import httpx
import yaml

from bench import sip_load
from bench.machine import machine
from bench.media import processor_time
from bench.polling import PASSWORD, Agent
from bench.sip import HOST, find_port, register
from bench.sip_load import AGENTS, COMING, CROWD, TALKERS, VANISHING
from bench.soak import resident_mebibytes
from bench.startup import free_port

RATE = 100
"""Calls of the crowd in a second."""
TALKING = 25
"""Calls at once with handsets."""
READ_EVERY_S = 10.0
VANISH_EVERY_S, VANISHED_S = 45.0, 15.0
REGISTER_EVERY_S, EXPIRES_S = 20.0, 60
BRING_BACK_EVERY_S = 5.0
SETTLED_WITHIN_S = 120.0
TALKED = 0.9
"""The share of the crowd that must have come to an agent, or there was no load of two legs."""
ALLOWED = 0.02
"""Of its memory, in the second half."""
ENDS = (
    "emulator_calls_in_progress",
    'emulator_sip_in_progress{kind="parties"',
    'emulator_sip_in_progress{kind="dialogs"',
    'emulator_sip_in_progress{kind="transactions"',
    'emulator_sip_in_progress{kind="sound_ports"',
    'emulator_sip_in_progress{kind="recordings"',
    "emulator_phones_asked",
)
STAYS = ("emulator_event_loop_tasks", "emulator_timers")


@dataclass(frozen=True, slots=True)
class Reading:
    """What there is; memory in MiB."""

    at: float
    counts: dict[str, float]
    memory: float
    media_memory: float
    files: int
    media_files: int

    def __str__(self) -> str:
        counts = "  ".join(f"{short(name)} {value:.0f}" for name, value in self.counts.items())
        return (
            f"{self.at:5.0f} s  {self.memory:6.1f} and {self.media_memory:5.1f} MiB  "
            f"files {self.files} and {self.media_files}  {counts}"
        )


def short(name: str) -> str:
    return (name.partition('"')[2] or name.removeprefix("emulator_")).removesuffix('"')


class Watch:
    """Reads one emulator and its media process."""

    def __init__(self, pid: int, http: httpx.AsyncClient) -> None:
        self.pid = pid
        self.media = media_process(pid)
        self._http = http
        self._begun = time.monotonic()

    async def read(self) -> Reading:
        text = (await self._http.get("/_emulator/metrics")).text
        return Reading(
            time.monotonic() - self._begun,
            {name: total(text, name) for name in (*ENDS, *STAYS)},
            resident_mebibytes(self.pid),
            resident_mebibytes(self.media),
            *(len(os.listdir(f"/proc/{pid}/fd")) for pid in (self.pid, self.media)),
        )


def total(text: str, name: str) -> float:
    """The sum of a measurement's samples that begin so."""
    return sum(
        float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if re.match(rf"{re.escape(name)}[{{, }}]", line)
    )


def media_process(parent: int) -> int:
    """The child that handles the sound."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            line = (place / "cmdline").read_text()
            above = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if above == parent and "emulator.media.rtp" in line:
            return int(place.name)
    raise SystemExit("there is no media process")


# The emulator, and who is at work on it


@asynccontextmanager
async def served(folder: Path, http_port: int, sip_port: int) -> AsyncIterator[int]:
    """An emulator in a process of its own; its number."""
    (folder / "seed.yaml").write_text(yaml.safe_dump(sip_load.SEED))
    options = ["--http-port", str(http_port), "--https-port", "0", "--sip-port", str(sip_port)]
    options += ["--data", str(folder / "data"), "--seed", str(folder / "seed.yaml")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulator.cli", "serve", *options),
        stdout=subprocess.PIPE,
        # A journal that is full within seconds: what grows afterwards is a leak.
        env={**os.environ, "EMULATOR_JOURNAL_MB": "1"},
    )
    try:
        if process.stdout is None or not (await process.stdout.readline()).startswith(b"ready"):
            raise SystemExit("the server did not start")
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def sign_in(http_port: int) -> list[Agent]:
    """All agents but those who come and go; they poll from now on."""
    loop = asyncio.get_running_loop()
    codes = (CROWD, TALKERS, VANISHING)
    agents = [Agent(no, b',"autoanswer":false') for code in codes for no in AGENTS[code]]
    for agent in agents:
        await loop.create_connection(lambda agent=agent: agent, HOST, http_port)
    await asyncio.gather(*(agent.signed_in for agent in agents))
    return agents


async def bring_back(http: httpx.AsyncClient, agents: list[Agent]) -> None:
    """Have agents say that they are free: those are set busy whose phone did not ring in time."""
    known = {agent.work_no: agent for agent in agents}
    while True:
        await asyncio.sleep(BRING_BACK_EVERY_S)
        state = (await http.get("/_emulator/state")).json()
        for agent in (it for tenant in state["tenants"] for it in tenant["agents"]):
            number = agent["work_no"]
            if agent["state"] == "busy" and number in known:
                place = f"/agentgateway/resource/onlineagent/{number}/sayfree"
                await http.post(place, headers={"guid": known[number].guid.decode()})


async def keep_registered(sip_port: int, places: dict[str, int]) -> None:
    """Register all phones, again and again."""
    while True:
        for code, port in places.items():
            numbers = list(sip_load.phone_numbers(code))
            await asyncio.to_thread(
                register, sip_port, f"{HOST}:{port}", numbers, PASSWORD, EXPIRES_S
            )
        await asyncio.sleep(REGISTER_EVERY_S)


async def vanish(vanishing: sip_load.Vanishing) -> None:
    while True:
        await asyncio.sleep(VANISH_EVERY_S)
        vanishing.go()
        await asyncio.sleep(VANISHED_S)
        vanishing.come()


class Load:
    """Everybody who is at work on an emulator."""

    def __init__(self, http: httpx.AsyncClient, sip_port: int) -> None:
        self._http, self._sip_port = http, sip_port
        self._places = {code: find_port() for code in (CROWD, TALKERS)}
        self._phones = [
            sip_load.phones(self._places[CROWD]),
            sip_load.phones(self._places[TALKERS], sip_load.PHONE),
        ]
        self._vanishing = sip_load.Vanishing(sip_port)
        self._places[VANISHING] = self._vanishing.port
        context = get_context("spawn")
        self._orders, theirs = context.Pipe()
        self._handsets = context.Process(
            target=sip_load.handsets_process, args=(theirs,), daemon=True
        )
        self._handsets.start()
        self._orders.recv()
        self._tasks = [asyncio.create_task(keep_registered(sip_port, self._places))]

    def begin(self, agents: list[Agent]) -> None:
        """Have customers call the agents, who have signed in."""
        self._tasks.append(asyncio.create_task(bring_back(self._http, agents)))
        at_once = round(RATE * sip_load.CROWD_MS / 1000 * 2)
        self._crowd = sip_load.customers(self._sip_port, CROWD, RATE, at_once, sip_load.CROWD_MS)
        self._talkers = sip_load.callers(self._sip_port, TALKING)
        self._tasks += [
            asyncio.create_task(sip_load.come_and_go(self._http, no)) for no in AGENTS[COMING]
        ]
        self._tasks.append(asyncio.create_task(sip_load.call_by_interface(self._http)))
        self._tasks.append(asyncio.create_task(vanish(self._vanishing)))

    async def end(self) -> bool:
        """Have everybody go; whether all was well with the crowd."""
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._vanishing.go()
        crowd, talkers = await asyncio.gather(
            asyncio.to_thread(self._crowd.finish), asyncio.to_thread(self._talkers.finish)
        )
        self._orders.send("what?")
        sent, received = await asyncio.to_thread(self._orders.recv)
        answered = await self._answered()
        print(f"{answered:.1%} of the crowd have talked to an agent")
        print(
            f"crowd: {crowd[0]} calls, {crowd[1]} failed; by RTP: {talkers[0]}, {talkers[1]} failed"
        )
        print(f"handsets: {sent} packets sent, {received} heard")
        troubles = [it for it in ended if isinstance(it, Exception)]
        for trouble in troubles:
            print(f"somebody at work has failed: {trouble!r}")
        return answered >= TALKED and talkers[0] > 0 and not (crowd[1] or talkers[1] or troubles)

    async def _answered(self) -> float:
        """The share of the crowd that came to an agent before it hung up."""
        text = (await self._http.get("/_emulator/metrics")).text
        left = f'emulator_queue_left_total{{name="{CROWD}"'
        good = total(text, f'{left},outcome="answered"')
        return good / (good + total(text, f'{left},outcome="abandoned"'))

    def leave(self) -> None:
        """Take the phones away."""
        for each in self._phones:
            each.kill()
        self._handsets.terminate()


# What is found


def risen(readings: list[Reading], which: str) -> float:
    """By how much of its size a line through the readings has risen."""
    values = [getattr(it, which) for it in readings]
    instants = [it.at for it in readings]
    slope, begin = statistics.linear_regression(instants, values)
    first = begin + slope * instants[0]
    return slope * (instants[-1] - instants[0]) / first


def grown(begin: list[Reading], half: list[Reading], end: list[Reading]) -> list[str]:
    """What has grown, in words."""
    found = []
    for name in ENDS:
        if left := min(it.counts[name] for it in end):
            found.append(f"{short(name)}: {left:.0f} are left")
    for name in STAYS:
        before, after = (max(it.counts[name] for it in begin), min(it.counts[name] for it in end))
        if after > before:
            found.append(f"{short(name)}: {after:.0f}, at the begin {before:.0f}")
    for which in ("files", "media_files"):
        before, after = getattr(half[0], which), min(getattr(it, which) for it in end)
        if after > before:
            found.append(f"{which}: {after}, at half time {before}")
    for which in ("memory", "media_memory"):
        rise = risen(half, which)
        print(f"{which} has risen by {rise:+.2%} in the second half ({ALLOWED:.0%} are allowed)")
        if rise > ALLOWED:
            found.append(f"{which}: {rise:+.2%}")
    return found


async def settled(watch: Watch) -> list[Reading]:
    """Readings once nothing is left, or after as long as that may take."""
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while time.monotonic() < deadline:
        reading = await watch.read()
        if not any(reading.counts[name] for name in ENDS):
            break
        await asyncio.sleep(1)
    return [await watch.read() for _ in range(5)]


async def soak(seconds: float, folder: Path) -> int:
    http_port, sip_port = free_port(), find_port()
    async with (
        served(folder, http_port, sip_port) as pid,
        httpx.AsyncClient(base_url=f"http://{HOST}:{http_port}", timeout=30) as http,
    ):
        watch = Watch(pid, http)
        load = Load(http, sip_port)
        try:
            agents = await sign_in(http_port)
            await asyncio.sleep(3)
            begin = [await watch.read() for _ in range(5)]
            print(begin[-1], flush=True)
            load.begin(agents)
            readings = await watched(watch, seconds)
            well = await load.end()
            end = await settled(watch)
            print(end[-1])
        finally:
            load.leave()
        found = grown(begin, readings[len(readings) // 2 :], end)
        if failures := sum(agent.failures for agent in agents):
            found.append(f"{failures} polls of agents failed")
    print("grown or failed:", ", ".join(found) or "nothing")
    return int(bool(found) or not well)


async def watched(watch: Watch, seconds: float) -> list[Reading]:
    """Readings during the load, and what it takes of a core."""
    readings, begun = [], time.monotonic()
    before = [processor_time(pid) for pid in (watch.pid, watch.media)]
    while time.monotonic() < begun + seconds:
        await asyncio.sleep(READ_EVERY_S)
        readings.append(await watch.read())
        print(readings[-1], flush=True)
    took = time.monotonic() - begun
    used: list[Any] = [
        (processor_time(pid) - since) / took
        for pid, since in zip((watch.pid, watch.media), before, strict=True)
    ]
    print("the emulator took {:.0%} of a core, its media process {:.0%}".format(*used))
    return readings


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    if shutil.which("sipp") is None:
        print("sip soak: sipp is not installed")
        return
    print(f"{RATE} calls/s, {TALKING} with sound, {seconds:.0f} s ({machine()})")
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(asyncio.run(soak(seconds, Path(folder))))


if __name__ == "__main__":
    main()
