"""How many SIP calls a CPU second carries, beside a bare parser and a user agent without a switch.

    python -m bench.sip [calls of each measurement]

SIPp calls, `sipp -sn uac`, on a processor of its own. Prints, of each server, how many complete
calls (INVITE, 200, ACK, BYE, 200) it serves in a second of its own CPU time, how many failed and
how many were left over: a loop that reads each message with the parser and writes a canned answer;
the SIP stack with a user agent that accepts everything; the call center, which leads callers to a
flow; and the call center whose callers come by a queue to the phones of agents, so that a call has
two legs. All is signalling only. The last two are what is asked for: 800 and 400, none of 20,000
failed.

There are only so many calls at once as the rate needs: a server that gets no processor for a while
is not called any faster than it answers. `make bench` measures 4,000 calls of each.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from sipmessage import URI, Request, Response

from bench.http import pin
from bench.machine import machine
from emulator.app import open_doors
from emulator.platform import Platform
from emulator.server import GC_THRESHOLDS, run
from emulator.settings import Settings
from emulator.store.store import Store
from emulator.surfaces.sip.clock import LoopClock
from emulator.surfaces.sip.digest import answer, best_challenge
from emulator.surfaces.sip.leg import SipLeg
from emulator.surfaces.sip.messages import make_response, read, write
from emulator.surfaces.sip.opening import stack_settings
from emulator.surfaces.sip.stack import SipStack
from emulator.surfaces.sip.transactions import InviteServerTransaction, ServerTransaction
from emulator.surfaces.sip.transport import Flow
from emulator.switch.agents import SignIn
from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    FlowConfig,
    PhoneConfig,
    QueueConfig,
    RouteConfig,
    SkillConfig,
    TenantConfig,
    TrunkConfig,
)
from emulator.switch.terms import TargetType

HOST = "127.0.0.1"
SIP = Settings(host=HOST, sip_port=-1, sip_rate=0, journal_mb=0)
CALLS, SOME_CALLS = 20_000, 4_000
AGENTS = 500
FIRST = 101
PASSWORD = "Demo@2026"
FLOW, QUEUE = "95003", "95001"
TALK_MS = 400
"""How long a call of two legs lasts: its second leg is up long before."""
ANSWER = (
    b"v=0\r\no=bench 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)
LEAST = {"flow": 800, "two legs": 400}
ATTEMPTS = 10
WITHIN_S = 0.1
"""How long a call is expected to take beside what is said in it."""


# The servers


class BareParser(asyncio.DatagramProtocol):
    """Reads every message with the parser, and answers it, with nothing kept."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, source: Any) -> None:
        message = read(data)
        if isinstance(message, Request) and message.method != "ACK":
            response = make_response(message, 200, to_tag="bare")
            if message.method == "INVITE":
                response.headers.set("Contact", f"<sip:bare@{HOST}>")
                response.headers.set("Content-Type", "application/sdp")
                response.body = ANSWER
            self.transport.sendto(write(response), source)


class Accepting:
    """A user agent that accepts every call, on the emulator's stack."""

    def __init__(self) -> None:
        self.answered: dict[str, InviteServerTransaction] = {}

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        response = make_response(request, 200, to_tag="null")
        if isinstance(transaction, InviteServerTransaction):
            response.headers.set("Contact", f"<sip:null@{HOST}>")
            response.headers.set("Content-Type", "application/sdp")
            response.body = ANSWER
            self.answered[request.headers["Call-ID"]] = transaction
            transaction.insist(response)
        else:
            transaction.respond(response)

    def ack(self, request: Request, flow: Flow) -> None:
        transaction = self.answered.pop(request.headers["Call-ID"], None)
        if transaction is not None:
            transaction.settle()

    def stray(self, response: Response, flow: Flow) -> None: ...


def call_center() -> TenantConfig:
    """Agents with phones, a queue for them, a flow."""
    numbers = range(FIRST, FIRST + AGENTS)
    return TenantConfig(
        1,
        "bench",
        agents=tuple(
            AgentConfig(
                no, f"agent {no}", f"agent{no}", PASSWORD, f"4{no:05}", skills=(SkillConfig(1),)
            )
            for no in numbers
        ),
        phones=tuple(PhoneConfig(f"4{no:05}", PASSWORD) for no in numbers),
        queues=(QueueConfig(1, "queue", wrap_up=0, max_waiting=10_000),),
        flows=(
            FlowConfig(
                1,
                "flow",
                "start",
                {
                    "start": {"type": "menu", "timeout": 60, "digits": {}, "otherwise": "end"},
                    "end": {"type": "hang_up"},
                },
            ),
        ),
        access_codes=(
            AccessCodeConfig(QUEUE, routes=(RouteConfig(TargetType.QUEUE, 1),)),
            AccessCodeConfig(FLOW, routes=(RouteConfig(TargetType.IVR, 1),)),
        ),
        trunks=(TrunkConfig("outside", 100_000),),
    )


async def serve(kind: str, orders: Connection) -> None:
    """One of the servers; tells its port, and its CPU time whenever it is asked."""
    loop = asyncio.get_running_loop()
    leg: SipLeg | None = None
    if kind == "parser":
        transport, _ = await loop.create_datagram_endpoint(BareParser, local_addr=(HOST, 0))
        port = transport.get_extra_info("sockname")[1]
    elif kind == "stack":
        stack = SipStack(stack_settings(SIP), Accepting(), LoopClock(), Random(1))
        await stack.start()
        port = stack.transport.bound[0].port
    else:
        platform = Platform(SIP, Store.open(), [call_center()])
        open_doors(platform)
        platform.start()
        leg = SipLeg(platform, stack_settings(SIP))
        await leg.start()
        port = leg.stack.transport.bound[0].port
        for no in range(FIRST, FIRST + AGENTS):
            platform.advance().log_on(no, SignIn(f"4{no:05}", auto_answer=False))
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)  # as the emulator has them
    orders.send(port)
    while True:
        await loop.run_in_executor(None, orders.recv)
        orders.send((time.process_time(), len(leg.parties) if leg is not None else 0))


def server_process(kind: str, orders: Connection) -> None:
    pin(0)
    run(serve(kind, orders))


@dataclass
class Server:
    """A server in a process of its own."""

    port: int
    orders: Connection

    def cpu(self) -> tuple[float, int]:
        """Its CPU seconds so far, and how many parties are on a call."""
        self.orders.send("cpu")
        said: tuple[float, int] = self.orders.recv()
        return said


@contextlib.contextmanager
def serving(kind: str) -> Iterator[Server]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=server_process, args=(kind, theirs), daemon=True)
    process.start()
    try:
        yield Server(ours.recv(), ours)
    finally:
        process.terminate()
        process.join()


# The others


def register(
    port: int, phones: str, numbers: Iterable[str], password: str = PASSWORD, expires: int = 3600
) -> None:
    """Register phones, or once more; all are to be found at one address."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.connect((HOST, port))
        sock.settimeout(2)
        for user in numbers:
            challenged = _ask(sock, _registration(sock, user, phones, expires, ""))
            challenge = best_challenge(challenged.headers.getlist("WWW-Authenticate"))
            assert challenge is not None
            proof = answer(challenge, "REGISTER", f"sip:{HOST}", user, password, cnonce="bench")
            assert _ask(sock, _registration(sock, user, phones, expires, proof)).code == 200


def _registration(sock: socket.socket, user: str, phones: str, expires: int, proof: str) -> Request:
    request = Request("REGISTER", URI.parse(f"sip:{HOST}"))
    host, port = sock.getsockname()
    number = time.monotonic_ns() // 1_000_000 * 2 % 2**31 + bool(proof)
    fields = {
        "Via": f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{user}{number}",
        "Max-Forwards": "70",
        "From": f"<sip:{user}@{HOST}>;tag=bench",
        "To": f"<sip:{user}@{HOST}>",
        "Call-ID": user,
        "CSeq": f"{number} REGISTER",
        "Contact": f"<sip:{user}@{phones}>",
        "Expires": str(expires),
    }
    if proof:
        fields["Authorization"] = proof
    for name, value in fields.items():
        request.headers.set(name, value)
    return request


def _ask(sock: socket.socket, request: Request) -> Response:
    """Send a request until it is answered; TimeoutError."""
    for _ in range(ATTEMPTS):
        sock.send(write(request))
        with contextlib.suppress(TimeoutError):
            while True:
                response = read(sock.recv(65_536))
                same = response.headers["CSeq"] == request.headers["CSeq"]
                if isinstance(response, Response) and same:
                    return response
    raise TimeoutError(f"no answer to {request.headers['To']}")


def find_port() -> int:
    """A port of UDP that nobody has now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def sipp_phones() -> Iterator[str]:
    """SIPp as all phones; where it is."""
    port = find_port()
    with tempfile.TemporaryDirectory() as folder:
        phones = subprocess.Popen(
            ["sipp", "-sn", "uas", "-i", HOST, "-p", str(port), "-nostdin"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: pin(1),
        )
        try:
            yield f"{HOST}:{port}"
        finally:
            phones.terminate()
            phones.wait()


def call(port: int, dialled: str, calls: int, rate: int, milliseconds: int) -> int:
    """SIPp as customers; how many calls failed."""
    at_once = round(rate * (milliseconds / 1000 + WITHIN_S))
    how = ["-r", str(rate), "-m", str(calls), "-l", str(at_once), "-d", str(milliseconds)]
    how += ["-nostdin", "-timeout", str(4 * calls // rate + 60), "-recv_timeout", "20000"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["sipp", f"{HOST}:{port}", "-sn", "uac", "-i", HOST, "-s", dialled, *how],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            preexec_fn=lambda: pin(1),
        )
    counted = re.findall(r"Successful call\s*\|\s*\d+\s*\|\s*(\d+)", done.stdout)
    return calls - int(counted[-1]) if counted else calls


@dataclass(frozen=True, slots=True)
class Measured:
    per_cpu_second: float
    failed: int
    left: int


def measure(server: Server, dialled: str, calls: int, rate: int, milliseconds: int) -> Measured:
    call(server.port, dialled, max(calls // 20, 200), rate, milliseconds)  # warm
    before, _ = server.cpu()
    failed = call(server.port, dialled, calls, rate, milliseconds)
    after, _ = server.cpu()
    time.sleep(1)
    return Measured(calls / (after - before), failed, server.cpu()[1])


def main(default: int = SOME_CALLS) -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else default
    if shutil.which("sipp") is None:
        print("sip: sipp is not installed")
        return
    print(f"SIP calls, signalling only ({machine()})")
    found: dict[str, Measured] = {}
    for kind, dialled, rate in (("parser", "x", 1000), ("stack", "x", 1000), ("flow", FLOW, 400)):
        with serving(kind) as server:
            found[kind] = measure(server, dialled, calls, rate, 0)
            show(kind, found, calls)
    with serving("two legs") as server, sipp_phones() as phones:
        register(server.port, phones, (f"4{no:05}" for no in range(FIRST, FIRST + AGENTS)))
        found["two legs"] = measure(server, QUEUE, calls, 200, TALK_MS)
        show("two legs", found, calls)


NAMES = {
    "parser": "bare parser, canned answers",
    "stack": "transactions, accepts everything",
    "flow": "call center: customer, flow",
    "two legs": "call center: customer, queue, phone",
}


def show(kind: str, found: dict[str, Measured], calls: int) -> None:
    it = found[kind]
    ratio = it.per_cpu_second / found["parser"].per_cpu_second
    asked = f", asked {LEAST[kind]}" if kind in LEAST else ""
    print(
        f"  {NAMES[kind]:38} {it.per_cpu_second:7,.0f} calls/CPU s  {ratio:5.2f} of the parser's"
        f"  {it.failed} of {calls:,} failed, {it.left} left{asked}",
        flush=True,
    )


if __name__ == "__main__":
    main(CALLS)
