"""Load by SIP on a served emulator: customers, phones, handsets that talk, agents who come and go.

Used by `bench.sip_soak`. SIPp plays whoever signals. What is said comes from handsets here, in a
process of their own: each sends 50 packets in a second to where its own come from, as long as
some do, so that a call of two of them is one of two people.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx

from bench.polling import PASSWORD
from bench.sip import HOST, find_port

CROWD, TALKERS, VANISHING, COMING = "95001", "95002", "95003", "95004"
"""The codes that customers of each sort dial."""
AGENTS = {
    CROWD: range(101, 401),
    TALKERS: range(31_001, 31_026),
    VANISHING: range(801, 806),
    COMING: range(901, 911),
}
"""Agent 101 has the phone 400101; those of talkers are named after the ports of their handsets."""
CALLERS = range(32_001, 32_041)
"""The ports of those who call the talkers: more than there are at once, so that none is used by two
calls that follow each other closely."""
TALK_S = 8.0
CROWD_MS, VANISHING_MS = 400, 3000
BEATS = 20
"""Parts of 20 ms in which handsets send, one after the other."""
FORGETS_AFTER_NS = 500_000_000
"""A handset that has not heard anything for so long does not know any more where to send."""

SEED: dict[str, Any] = {
    "tenants": [
        {
            "id": tenant,
            "name": f"soak {tenant}",
            "record_calls": TALKERS in codes,
            "trunks": [{"name": "outside", "channels": 10_000}],
            "agents": [
                {
                    "range": f"{AGENTS[code][0]}-{AGENTS[code][-1]}",
                    "name": "agent {n}",
                    "password": PASSWORD,
                    "phone": prefix + "{n}",
                    "skills": [{"queue": int(code[-1])}],
                }
                for code, prefix in codes.items()
            ],
            "phones": [
                {
                    "range": f"{AGENTS[code][0]}-{AGENTS[code][-1]}",
                    "number": prefix + "{n}",
                    "password": PASSWORD,
                }
                for code, prefix in codes.items()
            ],
            "queues": [
                {"id": int(code[-1]), "name": code, "wrap_up": 0, "max_waiting": 10_000}
                for code in codes
            ],
            "access_codes": [
                {"code": code, "routes": [{"target": "queue", "target_id": int(code[-1])}]}
                for code in codes
            ],
        }
        for tenant, codes in (
            (1, {CROWD: "400", VANISHING: "400", COMING: "400"}),
            (2, {TALKERS: "4"}),
        )
    ]
}
"""Two tenants; the calls of the second are recorded."""

SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=soak 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio {port} RTP/AVP 0
a=rtpmap:0 PCMU/8000
"""
CALLER = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:139[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:[service]@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
{SDP.format(port="[field0]")}]]></send>
  <recv response="100" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:139[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <pause/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:139[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""
HEADERS = """[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:phone@[local_ip]:[local_port]>
"""
TAG = ";tag=[pid]p[call_number]"
PHONE = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="phone">
  <recv request="INVITE"><action>
    <ereg regexp="sip:4([0-9]+)@" search_in="msg" check_it="true" assign_to="whole,port"/>
  </action></recv>
  <Reference variables="whole"/>
  <send><![CDATA[
SIP/2.0 180 Ringing
{HEADERS.format(tag=TAG)}Content-Length: 0

]]></send>
  <pause milliseconds="300"/>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
{HEADERS.format(tag=TAG)}{SDP.format(port="[$port]")}]]></send>
  <recv request="ACK"/>
  <recv request="BYE"/>
  <send><![CDATA[
SIP/2.0 200 OK
{HEADERS.format(tag="")}Content-Length: 0

]]></send>
</scenario>
"""


# SIPp


class Sipp:
    """A SIPp at work, until it is told to end, or killed."""

    def __init__(self, *how: str, scenario: str = "", lines: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory()
        place = Path(self._folder.name)
        if scenario:
            (place / "scenario.xml").write_text(scenario)
            how = (*how, "-sf", "scenario.xml")
        if lines:
            (place / "lines.csv").write_text(lines)
            how = (*how, "-inf", "lines.csv")
        self._log = place / "log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                ["sipp", *how, "-i", HOST, "-nostdin"], cwd=place, stdout=log, stderr=log
            )

    def finish(self) -> tuple[int, int]:
        """Begin no further call, and end with the last one; how many were good, and failed."""
        self._process.send_signal(signal.SIGUSR1)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
        good, failed = (
            re.findall(rf"{kind} call\s*\|\s*\d+\s*\|\s*(\d+)", self._log.read_text())
            for kind in ("Successful", "Failed")
        )
        return (int(good[-1]), int(failed[-1])) if good and failed else (0, 0)

    def kill(self) -> None:
        """Disappear, whatever is under way."""
        self._process.kill()
        self._process.wait()


def customers(sip_port: int, code: str, rate: int, at_once: int, milliseconds: int) -> Sipp:
    how = ("-s", code, "-r", str(rate), "-l", str(at_once), "-d", str(milliseconds))
    return Sipp(f"{HOST}:{sip_port}", "-sn", "uac", *how)


def callers(sip_port: int, at_once: int) -> Sipp:
    """Those with handsets."""
    ports = "".join(f"{port};\n" for port in CALLERS)
    milliseconds = str(round(TALK_S * 1000))
    how = ("-s", TALKERS, "-r", "5", "-l", str(at_once), "-d", milliseconds)
    where = f"{HOST}:{sip_port}"
    return Sipp(where, *how, scenario=CALLER, lines=f"SEQUENTIAL\n{ports}")


def phones(port: int, scenario: str = "") -> Sipp:
    """All phones of some agents, at one port."""
    return Sipp(*(() if scenario else ("-sn", "uas")), "-p", str(port), scenario=scenario)


class Vanishing:
    """Phones and customers that disappear now and then, in mid-call, and come back later."""

    def __init__(self, sip_port: int) -> None:
        self._sip_port = sip_port
        self.port = find_port()
        self._there: tuple[Sipp, ...] = ()
        self.come()

    def come(self) -> None:
        customer = customers(self._sip_port, VANISHING, 2, 20, VANISHING_MS)
        self._there = (phones(self.port), customer)

    def go(self) -> None:
        for each in self._there:
            each.kill()
        self._there = ()


# Handsets


@dataclass(slots=True)
class Handset:
    socket: socket.socket
    to: tuple[str, int] = ("", 0)
    heard_at: int = 0
    sent: int = 0
    received: int = 0

    def read(self) -> None:
        """Hear a packet; RTCP comes to another port."""
        _, self.to = self.socket.recvfrom(2048)
        self.heard_at = time.monotonic_ns()
        self.received += 1

    def send(self, now: int) -> None:
        if now - self.heard_at < FORGETS_AFTER_NS:
            head = b"\x80\x00" + (self.sent & 0xFFFF).to_bytes(2, "big")
            head += (160 * self.sent & 0xFFFFFFFF).to_bytes(4, "big") + b"soak"
            self.socket.sendto(head + b"\x7e" * 160, self.to)
            self.sent += 1


def handsets_process(orders: Connection) -> None:
    """All handsets, until they are asked what they have sent and heard."""
    with ExitStack() as stack:
        handsets = []
        selector = stack.enter_context(selectors.DefaultSelector())
        for port in (*AGENTS[TALKERS], *CALLERS):
            own = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            own.bind((HOST, port))
            handset = Handset(own)
            handsets.append(handset)
            selector.register(own, selectors.EVENT_READ, handset.read)
        orders.send("there")
        due, beat = time.monotonic(), 0
        while not orders.poll():
            while (left := due - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    key.data()
            now = time.monotonic_ns()
            for handset in handsets[beat % BEATS :: BEATS]:
                handset.send(now)
            due, beat = due + 0.02 / BEATS, beat + 1
        orders.recv()
        orders.send((sum(it.sent for it in handsets), sum(it.received for it in handsets)))


# Agents by interfaces


async def come_and_go(http: httpx.AsyncClient, work_no: int) -> None:
    """Sign in, hear what happens, sign out; for ever. Their phones are simulated."""
    place = f"/agentgateway/resource/{{}}/{work_no}"
    while True:
        body = {"password": PASSWORD, "phonenum": f"400{work_no}"}
        # In a call one cannot sign out: the next sign-in does it.
        answer = await http.put(place.format("onlineagent") + "/forcelogin", json=body)
        guid = answer.headers["Set-GUID"].removeprefix("JSESSIONID=")
        with contextlib.suppress(httpx.TimeoutException):
            for _ in range(3):
                await http.get(place.format("agentevent"), headers={"guid": guid}, timeout=2)
        await http.delete(place.format("onlineagent") + "/logout", headers={"guid": guid})
        await asyncio.sleep(0.5)


async def call_by_interface(http: httpx.AsyncClient) -> None:
    """A customer of another door, again and again."""
    while True:
        placed = await http.post(
            "/_emulator/calls", json={"caller": "13900000000", "called": COMING}
        )
        await asyncio.sleep(0.5)
        call = placed.json().get("call")
        if call:
            await http.post(f"/_emulator/calls/{call}/hang-up", json={})


def phone_numbers(code: str) -> Iterator[str]:
    """The phones of those who serve a code."""
    yield from (f"4{work_no:05}" for work_no in AGENTS[code])
