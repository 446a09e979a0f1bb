"""The media process under load: how long packets are in it, and whether any are lost.

    python -m bench.media [seconds] [calls] [parties]

Phones in one process, the media process in another, each on a core of its own where there are two;
50 packets in a second from and to each phone, spread over the 20 ms in steps of 1 ms, as those of a
real call center are. Both come before whatever else the machine does, where it lets them: the media
process always tries to, and the phones stand for machines of their own.

Relayed: 100 calls of two phones in G.711. A packet's delay is from just before the phone sends it
until the other phone has read it: the clock is the machine's, and the instant is in the packet.

Mixed: one conference of 30 phones. Sound waits there on purpose, until its frame is due, so what
is counted is how late frames are: each phone reads its packets against the beat, which is what the
earliest of its packets say (their timestamps tell which frame each is). A frame that comes when
the next one is due is 20 ms late. How long a word takes from mouth to ear, that wait included, is
measured too: all phones say a click by turns, and it is looked for in what another one hears.

Loss is what was sent to a port and is not reported by it, or was sent by it and not read.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from bench.http import pin
from emulator.media.rtp.client import MediaProcess
from emulator.media.rtp.server import come_first
from emulator.media.wiring import Close, Closed, Connect, Hear, NoPort, Report, Stream, Voice

HOST = "127.0.0.1"
CALLS = 100
PARTIES = 30
PERIOD = 0.02
PAYLOAD = 8
"""A-law."""
NANOSECONDS = 1_000_000_000
SILENCE = b"\xd5" * 160
CLICK = b"\xaa" * 160
CLICK_EVERY = 10
"""Packets."""
WARM_UP = 50
"""Packets that are not counted."""
TARGET = 10.0
"""ms at the 99th percentile."""


# Phones


@dataclass(slots=True, eq=False)
class Phone:
    """One telephone; instants in ns."""

    number: int
    port: int
    """Where it sends to."""
    socket: socket.socket
    sent: int = 0
    delays: list[int] = field(default_factory=list)
    """Of what was relayed to it."""
    frames: list[tuple[int, int, int]] = field(default_factory=list)
    """Sequence, timestamp and instant of what was mixed for it."""
    heard: list[int] = field(default_factory=list)
    """Instants of the clicks that it has heard."""

    def send(self, now: int, payload: bytes) -> None:
        number = self.sent
        self.sent += 1
        head = b"\x80\x08" + (number & 0xFFFF).to_bytes(2, "big")
        head += (160 * number).to_bytes(4, "big") + self.number.to_bytes(4, "big")
        self.socket.sendto(head + payload, (HOST, self.port))

    def read_relayed(self) -> None:
        raw = self.socket.recv(2048)
        now = time.monotonic_ns()
        # What was sent before there was anything to relay is silence; RTCP is of no interest.
        if raw[1] & 0x7F == PAYLOAD and raw[12:20] != SILENCE[:8]:
            self.delays.append(now - int.from_bytes(raw[12:20], "big"))

    def read_mixed(self) -> None:
        raw = self.socket.recv(2048)
        now = time.monotonic_ns()
        if raw[1] & 0x7F != PAYLOAD:
            return
        sequence, timestamp = int.from_bytes(raw[2:4], "big"), int.from_bytes(raw[4:8], "big")
        self.frames.append((sequence, timestamp, now))
        if raw[92] == CLICK[0]:
            self.heard.append(now)


class Phones:
    """All telephones, in a process of their own."""

    def __init__(self, count: int) -> None:
        self.phones = [Phone(number, 0, _socket()) for number in range(count)]
        self.clicks: list[tuple[int, int]] = []
        """Who has said them, and when."""
        self._selector = selectors.DefaultSelector()

    @property
    def ports(self) -> list[int]:
        return [phone.socket.getsockname()[1] for phone in self.phones]

    def talk(self, seconds: float, *, mixed: bool) -> None:
        """Send and read for so long; then read what is still on its way."""
        for phone in self.phones:
            read = phone.read_mixed if mixed else phone.read_relayed
            self._selector.register(phone.socket, selectors.EVENT_READ, read)
        gap = PERIOD * NANOSECONDS / len(self.phones)
        begin = time.monotonic_ns()
        for place in range(int(seconds / PERIOD) * len(self.phones)):
            self._read_until(begin + int(place * gap))
            turn, number = divmod(place, len(self.phones))
            now = time.monotonic_ns()
            payload = self._word(turn, number, now) if mixed else now.to_bytes(8, "big") * 20
            self.phones[number].send(now, payload)
        self._read_until(time.monotonic_ns() + NANOSECONDS // 2)

    def _word(self, turn: int, number: int, now: int) -> bytes:
        """Silence, and now and then a click of one phone."""
        which, rest = divmod(turn, CLICK_EVERY)
        if rest or which % len(self.phones) != number or turn < WARM_UP:
            return SILENCE
        self.clicks.append((number, now))
        return CLICK

    def _read_until(self, instant: int) -> None:
        while (left := instant - time.monotonic_ns()) > 0:
            for key, _ in self._selector.select(left / NANOSECONDS):
                key.data()


def _socket() -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    found.bind((HOST, 0))
    return found


def phones_process(count: int, seconds: float, mixed: bool, orders: Connection) -> None:
    pin(0)
    come_first()
    phones = Phones(count)
    orders.send(phones.ports)
    for phone, port in zip(phones.phones, orders.recv(), strict=True):
        phone.port = port
    phones.talk(seconds, mixed=mixed)
    orders.send(measured_mixed(phones) if mixed else measured_relayed(phones))


# Figures


@dataclass(frozen=True, slots=True)
class Figures:
    """What the phones have measured; delays in ms."""

    delays: list[float]
    sent: int
    lost: int
    mouth_to_ear: list[float] = field(default_factory=list)


def measured_relayed(phones: Phones) -> Figures:
    sent = sum(phone.sent for phone in phones.phones)
    read = sum(len(phone.delays) for phone in phones.phones)
    delays = [delay / 1e6 for phone in phones.phones for delay in phone.delays[WARM_UP:]]
    return Figures(delays, sent, sent - read)


def measured_mixed(phones: Phones) -> Figures:
    lost = 0
    for phone in phones.phones:
        sequences = [sequence for sequence, _, _ in phone.frames]
        lost += (sequences[-1] - sequences[0] & 0xFFFF) + 1 - len(sequences)
    sent = sum(phone.sent for phone in phones.phones)
    return Figures(list(_lateness(phones)), sent, lost, list(_mouth_to_ear(phones)))


def _lateness(phones: Phones) -> Iterator[float]:
    """How much later than the earliest of any phone each frame is, beat by beat."""
    period = int(PERIOD * NANOSECONDS)
    lines = []
    for phone in phones.phones:
        frames = phone.frames[WARM_UP:]
        first = frames[0][1]
        lines.append(
            [at - (timestamp - first & 0xFFFFFFFF) * period // 160 for _, timestamp, at in frames]
        )
    beat = min(lines[0])
    shifts = [round((min(line) - beat) / period) * period for line in lines]
    earliest = min(min(line) - shift for line, shift in zip(lines, shifts, strict=True))
    for line, shift in zip(lines, shifts, strict=True):
        for instant in line:
            yield (instant - shift - earliest) / 1e6


def _mouth_to_ear(phones: Phones) -> Iterator[float]:
    """For each click, how long until the next phone has heard it; one that is not heard is lost."""
    for number, said in phones.clicks:
        listener = phones.phones[(number + 1) % len(phones.phones)]
        yield min((at - said for at in listener.heard if at > said), default=10**12) / 1e6


def processor_time(pid: int) -> float:
    """Seconds of a processor that a process has used."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Rounds


async def measure(count: int, seconds: float, *, mixed: bool) -> tuple[Figures, float, int]:
    """What phones measure, the part of a core that was needed, and what ports have missed."""
    media = MediaProcess(HOST)
    reports: list[Report] = []
    media.listen(reports.append)
    await media.start()
    assert media.pid is not None
    settle(media.pid)
    context = multiprocessing.get_context("spawn")
    orders, theirs = context.Pipe()
    args = (count, seconds, mixed, theirs)
    process = context.Process(target=phones_process, args=args, daemon=True)
    process.start()
    try:
        ports = await connect(media, await ask(orders), mixed=mixed)
        before, begin = processor_time(media.pid), time.monotonic()
        orders.send(ports)
        figures: Figures = await ask(orders)
        used = (processor_time(media.pid) - before) / (time.monotonic() - begin)
        for port in ports:
            media.ask(Close(port))
        await asyncio.sleep(0.2)
        return figures, used, missed(reports, count, figures.sent)
    finally:
        process.terminate()
        process.join()
        await media.stop()


def settle(pid: int) -> None:
    """Keep the media process off the phones' core."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})


async def connect(media: MediaProcess, phones: list[int], *, mixed: bool) -> list[int]:
    """Let phones hear each other: two and two, or all."""
    ports = []
    for _ in phones:
        while not (found := _open(media)):  # noqa: ASYNC110 (they are opened by another process)
            await asyncio.sleep(0.05)
        ports.append(found)
    for place, (port, phone) in enumerate(zip(ports, phones, strict=True)):
        media.ask(Connect(port, Stream(HOST, phone, "PCMA", PAYLOAD, 101)))
        others = [other for other in ports if other != port] if mixed else [ports[place ^ 1]]
        media.ask(Hear(port, tuple(Voice(other) for other in others)))
    return ports


def _open(media: MediaProcess) -> int:
    try:
        return media.open()
    except NoPort:
        return 0


async def ask(orders: Connection) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, orders.recv)


def missed(reports: list[Report], count: int, sent: int) -> int:
    """Packets that were sent to ports and did not arrive there."""
    closed = [report for report in reports if isinstance(report, Closed)]
    if len(closed) != count:
        raise SystemExit("not every port was closed")
    return sent - sum(report.received for report in closed)


def show(name: str, figures: Figures, used: float, missed: int) -> None:
    middle, last = percentile(figures.delays, 50), percentile(figures.delays, 99)
    print(
        f"{name:34} median {middle:5.2f} ms, p99 {last:5.2f} ms, longest "
        f"{max(figures.delays):5.2f} ms, lost {figures.lost + missed} of {figures.sent}, "
        f"{used:.0%} of a core{'' if last < TARGET else ': TARGET MISSED'}"
    )
    if figures.mouth_to_ear:
        heard = figures.mouth_to_ear
        print(
            f"{'  from mouth to ear':34} median {statistics.median(heard):5.1f} ms, "
            f"longest {max(heard):5.1f} ms"
        )


def percentile(values: list[float], place: int) -> float:
    return statistics.quantiles(values, n=100)[place - 1]


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    calls = int(sys.argv[2]) if len(sys.argv) > 2 else CALLS
    parties = int(sys.argv[3]) if len(sys.argv) > 3 else PARTIES
    relayed = asyncio.run(measure(2 * calls, seconds, mixed=False))
    show(f"{calls} relayed calls", *relayed)
    mixed = asyncio.run(measure(parties, seconds, mixed=True))
    show(f"{parties} mixed parties", *mixed)


if __name__ == "__main__":
    main()
