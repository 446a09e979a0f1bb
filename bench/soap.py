"""How fast the SOAP doors are, beside a bare operation and a handler written by hand.

    python -m bench.soap [seconds for each measurement]

Prints requests/s of an operation that returns its parameter, on the doors' own stack; of a raw ASGI
handler that does the same with one parse and one template; of UltraCRM's `ATGetUidInfo` and
Uncall's `popEvent` at the demo call center; and their ratios to the bare operation. All are
measured in turn, several rounds, and the medians are shown. Then, of each operation at half of its
own rate, the p99 of the time from when a request was due to its answer; and how long `emulator
serve` takes from SIGTERM to its exit while clients go on. Server and clients have a processor each,
if there are two.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from bench.http import CONNECTIONS, ROUNDS, free_port, measure, pin, signed_in
from bench.machine import machine
from emulator.app import open_doors
from emulator.control.seed import load_seed
from emulator.platform import Platform
from emulator.server import HttpServer, ServerSettings, run
from emulator.settings import Settings
from emulator.store.store import Store
from emulator.surfaces.dispatch import Dispatcher
from emulator.surfaces.soap.contract import Operation, Service, Style, Text
from emulator.surfaces.soap.desk import Result
from emulator.surfaces.soap.door import SoapDoor
from emulator.surfaces.wire import respond

AGENT = 101
EXTENSION = f"40{AGENT}"
TEMPURI = "http://tempuri.org/"
XML = b"text/xml; charset=utf-8"
END = b"Envelope>"
LEAST_RATIO = 0.6
LONGEST_P99_MS = 20
LONGEST_EXIT_S = 1.0
LOAD_BEFORE_EXIT_S = 1.0


# The bare operation, and the one that is written by hand

echo_service = Service("Echo", "bench", "0", "/Echo.asmx", TEMPURI, Style.DOCUMENT, "{}Result")


class EchoDesk:
    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def refused(self, operation: Operation, error: Exception) -> Result | None:
        return None

    def ordered(self, operation: Operation, code: str, message: str) -> Result:
        return code

    def caller(self, arguments: Mapping[str, Any]) -> int:
        return 0

    def code(self, operation: Operation, result: Result) -> str:
        return ""


@echo_service.operation("Echo")
def echo(_desk: EchoDesk, strText: Text) -> str:  # noqa: N803
    return strText


ANSWER = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    f'<EchoResponse xmlns="{TEMPURI}"><EchoResult>{{}}</EchoResult></EchoResponse>'
    "</soap:Body></soap:Envelope>"
)


async def written_by_hand(scope: Any, receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    text = etree.fromstring(body).findtext(f".//{{{TEMPURI}}}strText")
    await respond(scope, send, 200, ANSWER.format(escape(text)).encode(), XML)


# Server


async def serve(port: int, ready: Any) -> None:
    platform = Platform(Settings(), Store.open(), load_seed("demo"))
    doors = open_doors(platform)
    platform.start()
    bare = SoapDoor(echo_service, EchoDesk(platform))
    app = Dispatcher({echo_service.path: bare, "/by-hand": written_by_hand}, doors.app)
    server = HttpServer(app, ServerSettings("127.0.0.1", port, 0))
    await server.start()
    ready.put(True)
    await asyncio.Event().wait()


def server_process(port: int, ready: Any) -> None:
    pin(0)
    run(serve(port, ready))


# What clients send


@dataclass(frozen=True, slots=True)
class Target:
    """An operation: the request, and what every answer to it holds."""

    name: str
    request: bytes
    success: bytes


def request_to(path: str, message: str, action: str) -> bytes:
    content = message.encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f'SOAPAction: "{action}"\r\nContent-Length: {len(content)}\r\n\r\n'
    ).encode() + content


def document(path: str, operation: str, parameter: str, value: str) -> bytes:
    """A request as .NET writes it."""
    message = (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        f'<{operation} xmlns="{TEMPURI}"><{parameter}>{value}</{parameter}></{operation}>'
        "</soap:Body></soap:Envelope>"
    )
    return request_to(path, message, f"{TEMPURI}{operation}")


def encoded(path: str, operation: str, parameter: str, value: str) -> bytes:
    """A request as PHP writes it."""
    encoding = "http://schemas.xmlsoap.org/soap/encoding/"
    message = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:ns1="urn:uncall" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:SOAP-ENC="{encoding}" SOAP-ENV:encodingStyle="{encoding}"><SOAP-ENV:Body>'
        f'<ns1:{operation}><{parameter} xsi:type="xsd:string">{value}</{parameter}>'
        f"</ns1:{operation}></SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    )
    return request_to(path, message, f"urn:uncall#{operation}")


TEXT = "102,40102,客服中心"
BARE = Target(
    "bare operation", document("/Echo.asmx", "Echo", "strText", TEXT), f">{TEXT}<".encode()
)
BY_HAND = Target(
    "by hand, lxml", document("/by-hand", "Echo", "strText", TEXT), f">{TEXT}<".encode()
)
OPERATIONS = (
    Target(
        "ATGetUidInfo",
        document("/UltraCRM_ATClient.asmx", "ATGetUidInfo", "strUid", str(AGENT)),
        f"UID={AGENT};".encode(),
    ),
    Target(
        "popEvent",
        encoded("/uncall_services_api/index.php", "popEvent", "strExten", EXTENSION),
        b"&lt;uncall&gt;",
    ),
)


async def is_served(port: int, target: Target) -> bool:
    """Whether the operation is there at all; SystemExit if it answers something else."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(target.request)
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    content = await reader.readexactly(size)
    writer.close()
    if head.startswith(b"HTTP/1.1 404 "):
        print(f"{target.name}: there is no such door, nothing is measured")
        return False
    if target.success not in content:
        raise SystemExit(f"unexpected answer: {content!r}")
    return True


# At half the rate


class Paced(asyncio.Protocol):
    """Sends requests when they are due, one after the other, however long the answers take."""

    def __init__(self, target: Target, due: list[float]) -> None:
        self.target = target
        self.due = due
        self.delays: list[float] = []
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send_when_due()

    def data_received(self, data: bytes) -> None:
        self._pending += data
        if not self._pending.endswith(END):
            return
        answer, self._pending = self._pending, b""
        if self.target.success not in answer:
            raise SystemExit(f"unexpected answer: {answer!r}")
        self.delays.append(time.perf_counter() - self.due[len(self.delays)])
        if len(self.delays) < len(self.due):
            self._send_when_due()
        else:
            self._transport.close()
            self.finished.set_result(None)

    def _send_when_due(self) -> None:
        wait = self.due[len(self.delays)] - time.perf_counter()
        if wait <= 0:
            self._transport.write(self.target.request)
        else:
            loop = asyncio.get_running_loop()
            loop.call_later(wait, self._transport.write, self.target.request)


async def p99_at(port: int, target: Target, rate: float, seconds: float) -> float:
    """Milliseconds from due to answered, with so many requests in a second, evenly in time."""
    loop, begin = asyncio.get_running_loop(), time.perf_counter() + 0.1
    clients = []
    for number in range(CONNECTIONS):
        count = int(rate * seconds / CONNECTIONS)
        due = [begin + (number + CONNECTIONS * it) / rate for it in range(count)]
        client = Paced(target, due)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
        clients.append(client)
    await asyncio.gather(*(client.finished for client in clients))
    delays = [delay for client in clients for delay in client.delays]
    return statistics.quantiles(delays, n=100)[98] * 1000


async def compare(port: int, seconds: float) -> None:
    await signed_in(port, AGENT)
    operations = [it for it in OPERATIONS if await is_served(port, it)]
    targets = [BARE, BY_HAND, *operations]
    rates: dict[str, list[float]] = {it.name: [] for it in targets}
    for _ in range(ROUNDS):
        for it in targets:
            requests = [[it.request]] * CONNECTIONS
            rates[it.name].append(await measure(port, requests, seconds, it.success, END))
    median = {name: statistics.median(values) for name, values in rates.items()}
    for name, rate in median.items():
        print(f"{name:24} {rate:8.0f} requests/s")
    print(f"bare / by hand           {median[BARE.name] / median[BY_HAND.name]:8.2f}")
    for it in operations:
        ratio = median[it.name] / median[BARE.name]
        print(f"{it.name + ' / bare':24} {ratio:8.2f}  (at least {LEAST_RATIO})")
    for it in operations:
        half = median[it.name] / 2
        p99 = await p99_at(port, it, half, seconds * ROUNDS)
        print(
            f"{it.name + ', p99':24} {p99:8.2f} ms at {half:.0f} requests/s"
            f"  (less than {LONGEST_P99_MS})"
        )


# The end


async def time_to_exit(port: int, process: subprocess.Popen[str]) -> float | None:
    """Seconds from SIGTERM to the exit of a server whose clients go on; None: nobody to ask."""
    await signed_in(port, AGENT)
    targets = [it for it in OPERATIONS if await is_served(port, it)]
    if not targets:
        return None
    load = [
        asyncio.create_task(go_on(port, targets[number % len(targets)]))
        for number in range(CONNECTIONS)
    ]
    await asyncio.sleep(LOAD_BEFORE_EXIT_S)
    begun = time.perf_counter()
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.wait, 30)
    elapsed = time.perf_counter() - begun
    answers = sum(await asyncio.gather(*load))
    print(f"answers before the end   {answers:8}")
    return elapsed


async def go_on(port: int, target: Target) -> int:
    """Ask again and again until the server is gone; how many answers there were."""
    answers = 0
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            writer.write(target.request)
            await reader.readuntil(END)
            answers += 1
    except (OSError, asyncio.IncompleteReadError):
        return answers


def start_emulator(port: int) -> subprocess.Popen[str]:
    """`emulator serve` on the servers' processor, not yet ready."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "emulator.cli",
            "serve",
            "--http-port",
            str(port),
            "--https-port",
            "0",
        ],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: pin(0),
    )


def measure_exit(port: int, process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    try:
        process.stdout.readline()
        elapsed = run(time_to_exit(port, process))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    if elapsed is not None:
        print(f"SIGTERM to exit          {elapsed:8.2f} s  (less than {LONGEST_EXIT_S})")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    print(machine())
    context = multiprocessing.get_context("spawn")
    port, ready = free_port(), context.Queue()
    process = context.Process(target=server_process, args=(port, ready), daemon=True)
    process.start()
    try:
        ready.get(timeout=60)
        with on_another_processor():
            run(compare(port, seconds))
    finally:
        process.terminate()
        process.join()
    port = free_port()
    emulator = start_emulator(port)
    with on_another_processor():
        measure_exit(port, emulator)


@contextlib.contextmanager
def on_another_processor() -> Iterator[None]:
    """Leave the first processor to the server, for a while."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    pin(-1)
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


if __name__ == "__main__":
    main()
