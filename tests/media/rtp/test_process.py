"""The media process with real sockets: started, asked, killed, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from emulator.media import wav
from emulator.media.rtp import client, codecs, packets, talk
from emulator.media.rtp.client import MediaProcess
from emulator.media.rtp.codecs import PCMA
from emulator.media.rtp.frames import FRAME
from emulator.media.rtp.packets import Event, Packet
from emulator.media.wiring import (
    Close,
    Closed,
    Connect,
    Hear,
    KeyPressed,
    NoPort,
    Order,
    Played,
    Record,
    Recorded,
    Report,
    Silent,
    StopRecording,
    Stream,
    Tone,
    Voice,
)
from tests.media.rtp.studio import noise

HOST = "127.0.0.1"


class Center:
    """The process as a door has it, and what it has reported."""

    def __init__(self, host: str = HOST, **how: Any) -> None:
        self.media = MediaProcess(host, **how)
        self.reports: list[Report] = []
        self.media.listen(self.reports.append)

    def ask(self, *orders: Order) -> None:
        for order in orders:
            self.media.ask(order)

    async def told(self, report: Report | type[Report]) -> Report:
        """Wait for a report, or the first of its kind."""

        def found() -> Report | None:
            for one in self.reports:
                if one == report or (isinstance(report, type) and isinstance(one, report)):
                    return one
            return None

        await until(lambda: found() is not None)
        told = found()
        assert told is not None
        return told


async def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 (what happens is in another process)
            await asyncio.sleep(0.005)


class Phone:
    """A telephone with a real socket."""

    def __init__(self, center: Center, host: str = HOST, **stream: Any) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self.port = center.media.open()
        self.host = host
        self.sequence = 0
        own = {"codec": "PCMA", "payload": 8, "events": 101} | stream
        center.ask(Connect(self.port, Stream(host, self.socket.getsockname()[1], **own)))

    def send(self, payload: bytes, payload_type: int = 8) -> None:
        self.sequence += 1
        packet = Packet(payload_type, self.sequence, self.sequence * FRAME, 7, payload)
        self.socket.sendto(packets.write(packet), (self.host, self.port))

    async def receive(self, count: int) -> list[Packet]:
        """That many packets of sound, in time."""
        loop = asyncio.get_running_loop()
        got: list[Packet] = []
        async with asyncio.timeout(10):
            while len(got) < count:
                raw = await loop.sock_recv(self.socket, 2048)
                packet = packets.read(raw)
                if packet is not None and not packets.is_rtcp(raw):
                    got.append(packet)
        return got


@pytest_asyncio.fixture
async def center() -> AsyncIterator[Center]:
    found = Center()
    await found.media.start()
    yield found
    await found.media.stop()


@pytest.fixture
def phones(center: Center) -> Any:
    made: list[Phone] = []

    def phone(**how: Any) -> Phone:
        made.append(Phone(center, **how))
        return made[-1]

    yield phone
    for one in made:
        one.socket.close()


async def test_two_talk_press_keys_are_recorded_and_hang_up(
    center: Center, phones: Callable[..., Phone], tmp_path: Path
) -> None:
    a, b = phones(), phones()
    center.ask(
        Hear(a.port, (Voice(b.port),)),
        Hear(b.port, (Voice(a.port),)),
        Record("r", tmp_path / "r.wav", (a.port,), (b.port,)),
    )
    says = [noise(seed, 20) for seed in (1, 2)]
    for begin in range(0, 20 * FRAME, FRAME):
        for phone, samples in zip((a, b), says, strict=True):
            phone.send(PCMA.encode(samples[begin : begin + FRAME]))
        await asyncio.sleep(0.02)
    for phone, samples in ((a, says[1]), (b, says[0])):
        heard = b"".join(packet.payload for packet in await phone.receive(20))
        assert PCMA.encode(samples) in heard + b"".join(
            packet.payload for packet in await phone.receive(1)
        )
    a.send(packets.write_event(Event("5", 160)), 101)
    await center.told(KeyPressed(a.port, "5"))
    center.ask(StopRecording("r"), Close(a.port), Close(b.port))
    recorded = await center.told(Recorded)
    assert isinstance(recorded, Recorded)
    kind, (left, right) = wav.read((tmp_path / "r.wav").read_bytes())
    assert kind.channels == 2
    assert len(left) == recorded.frames >= 20 * FRAME
    assert max(map(abs, left)) > 1000
    assert max(map(abs, right)) > 1000
    closed = await center.told(Closed)
    assert isinstance(closed, Closed)
    assert (closed.received, closed.lost) == (21, 0)


async def test_it_tells_which_codecs_there_are(center: Center) -> None:
    assert center.media.codecs == codecs.available()


async def test_a_tone_is_heard_and_its_end_reported(
    center: Center, phones: Callable[..., Phone]
) -> None:
    phone = phones()
    center.ask(Hear(phone.port, (), Tone("beep", 1), 5))
    heard = np.concatenate([PCMA.decode(packet.payload) for packet in await phone.receive(20)])
    assert np.abs(np.fft.rfft(heard)).argmax() * 8000 / len(heard) == pytest.approx(1000, abs=5)
    await center.told(Played(phone.port, 5))


async def test_the_beat_does_not_drift(center: Center, phones: Callable[..., Phone]) -> None:
    phone = phones()
    await phone.receive(1)
    begin = time.monotonic()
    await phone.receive(50)
    assert time.monotonic() - begin == pytest.approx(1, abs=0.1)


async def test_ports_are_even_and_another_s_until_they_are_closed(center: Center) -> None:
    taken = [center.media.open() for _ in range(100)]
    assert all(port % 2 == 0 for port in taken)
    assert len(set(taken)) == 100


async def test_more_ports_are_opened_while_they_are_taken(center: Center) -> None:
    taken = set()
    for _ in range(4):
        for _ in range(64):
            taken.add(center.media.open())
        await asyncio.sleep(0.1)
    assert len(taken) == 256


async def test_a_closed_port_rests_before_another_gets_it() -> None:
    center = Center(most=1)
    await center.media.start()
    try:
        port = center.media.open()
        with pytest.raises(NoPort):
            center.media.open()
        begin = time.monotonic()
        center.ask(Close(port))
        await center.told(Closed)
        with pytest.raises(NoPort):
            center.media.open()
        again: list[int] = []

        def is_open() -> bool:
            try:
                again.append(center.media.open())
            except NoPort:
                return False
            return True

        await until(is_open)
        assert time.monotonic() - begin > 1.9
        assert again == [port]
    finally:
        await center.media.stop()


async def test_ports_are_those_of_the_range() -> None:
    first = free_range(8)
    center = Center(ports=range(first + 1, first + 7))
    await center.media.start()
    try:
        assert [center.media.open() for _ in range(2)] == [first + 2, first + 4]
        with pytest.raises(NoPort):
            center.media.open()
    finally:
        await center.media.stop()


def free_range(count: int) -> int:
    """An even port behind which some are free."""
    for first in range(30_000, 32_000, count):
        try:
            for port in range(first, first + count):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
                    found.bind((HOST, port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as found:
            found.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6")
@pytest.mark.parametrize(("host", "phone_host"), [("::1", "::1"), ("::", "::1"), ("::", HOST)])
async def test_parties_are_reached_over_ipv6_too(host: str, phone_host: str) -> None:
    center = Center(host)
    await center.media.start()
    phone = Phone(center, phone_host)
    try:
        assert set((await phone.receive(3))[0].payload) == {0xD5}
        phone.send(b"\xd5" * FRAME)
        await phone.receive(3)
    finally:
        phone.socket.close()
        await center.media.stop()


async def test_a_host_that_is_not_ours_cannot_be_used() -> None:
    center = Center("192.0.2.1")
    with pytest.raises(OSError, match="assign"):
        await center.media.start()
    assert center.media.pid is None
    await center.media.stop()


async def test_orders_for_ports_that_nobody_has_are_left_alone(center: Center) -> None:
    center.ask(Close(2), Hear(4, (Voice(6),)), StopRecording("no such"))
    port = center.media.open()
    center.ask(Close(port), Close(port))
    await center.told(Closed(port, 0, 0, 0, 0))
    await asyncio.sleep(0.1)
    assert len(center.reports) == 1


async def test_bytes_of_anybody_do_no_harm(center: Center, phones: Callable[..., Phone]) -> None:
    phone = phones()
    for raw in (b"", b"\x80", b"\x80\xc8" + b"\xff" * 10, b"x" * 1500, b"\x90\x08" + b"\xff" * 20):
        phone.socket.sendto(raw, (phone.host, phone.port))
        phone.socket.sendto(raw, (phone.host, phone.port + 1))
    await phone.receive(5)


async def test_a_listener_that_fails_does_not_keep_others_from_hearing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Report) -> None:
        raise RuntimeError("not today")

    center = Center()
    center.media._ears.insert(0, fail)
    await center.media.start()
    center.ask(Close(center.media.open()))
    await center.told(Closed)
    await center.media.stop()
    assert "not today" in caplog.text


async def test_a_process_that_dies_is_replaced_and_its_calls_are_reported(
    center: Center, tmp_path: Path
) -> None:
    port, other = center.media.open(), center.media.open()
    center.ask(Record("r", tmp_path / "r.wav", (port,)))
    first = center.media.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await center.told(Silent(port))
    await center.told(Silent(other))
    await center.told(Recorded("r", 0))
    center.ask(Hear(port, (Voice(other),)), Close(port))
    await center.told(Closed(port, 0, 0, 0, 0))
    await until(lambda: center.media.pid not in (None, first) and bool(center.media._free))
    phone = Phone(center)
    await phone.receive(3)
    phone.socket.close()


async def test_while_there_is_no_process_nothing_can_be_had(center: Center, tmp_path: Path) -> None:
    assert center.media.pid is not None
    os.kill(center.media.pid, signal.SIGKILL)
    await until(lambda: center.media.pid is None)
    with pytest.raises(NoPort):
        center.media.open()
    center.ask(Record("late", tmp_path / "r.wav", (2,)), StopRecording("late"))
    await center.told(Recorded("late", 0))


async def test_to_stop_takes_less_than_a_second_and_completes_recordings(tmp_path: Path) -> None:
    center = Center()
    await center.media.start()
    phone = Phone(center)
    center.ask(Record("r", tmp_path / "r.wav", (phone.port,)))
    await phone.receive(5)
    begin = time.monotonic()
    await center.media.stop()
    assert time.monotonic() - begin < 1
    assert wav.layout((tmp_path / "r.wav").read_bytes(), 100_000).frames >= 4 * FRAME
    assert isinstance(await center.told(Recorded), Recorded)
    phone.socket.close()


async def test_a_process_that_hangs_is_ended_all_the_same() -> None:
    center = Center()
    await center.media.start()
    pid = center.media.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    await center.media.stop()
    assert time.monotonic() - begin < 1.5
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


PARENT = """
import asyncio, sys
from emulator.media.rtp.client import MediaProcess

async def main():
    media = MediaProcess("127.0.0.1")
    await media.start()
    print(media.pid, "numpy" in sys.modules, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_it_ends_when_who_has_started_it_dies_and_only_it_has_loaded_numpy() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid, has_numpy = parent.stdout.readline().split()
        parent.kill()
    assert has_numpy == b"False"
    for _ in range(200):
        if not Path(f"/proc/{int(pid)}/cmdline").exists():
            break
        time.sleep(0.01)
    else:
        raise AssertionError("it is still there")


def test_what_is_said_in_pieces_is_understood() -> None:
    said = [Close(2), talk.Open(3), Hear(4, (Voice(6, 0.5),), Tone("beep"), 7)]
    raw = b"".join(map(talk.write, said))
    reader = talk.Reader()
    heard = [thing for place in range(len(raw)) for thing in reader.feed(raw[place : place + 1])]
    assert heard == said


async def test_a_process_that_cannot_be_started_again_at_once_is_tried_again(
    center: Center, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    launch, failures = client._launch, [OSError(11, "no processes"), OSError(12, "no memory")]

    def fail_twice(channel: socket.socket) -> subprocess.Popen[bytes]:
        if failures:
            raise failures.pop(0)
        return launch(channel)

    monkeypatch.setattr(client, "_launch", fail_twice)
    assert center.media.pid is not None
    os.kill(center.media.pid, signal.SIGKILL)
    await until(lambda: "no memory" in caplog.text)
    await until(lambda: bool(center.media._free))
    assert center.media.open() % 2 == 0


async def test_a_start_that_is_given_up_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    launch, launched = client._launch, []

    def slow(channel: socket.socket) -> subprocess.Popen[bytes]:
        launched.append(launch(channel))
        time.sleep(0.2)
        return launched[0]

    monkeypatch.setattr(client, "_launch", slow)
    center = Center()
    starting = asyncio.create_task(center.media.start())
    await until(lambda: bool(launched))
    starting.cancel()
    await asyncio.wait([starting])
    assert starting.cancelled()
    assert launched[0].returncode is not None
    await center.media.stop()


async def test_to_stop_while_it_starts_ends_it() -> None:
    center = Center()
    starting = asyncio.create_task(center.media.start())
    await until(lambda: center.media.pid is not None)
    await center.media.stop()
    with pytest.raises(OSError, match="not wanted"):
        await starting
    assert center.media.pid is None
