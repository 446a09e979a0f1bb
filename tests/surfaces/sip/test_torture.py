"""What a whole leg answers to the messages of RFC 4475, in memory and on a UDP socket."""

from __future__ import annotations

import asyncio
import re
import socket

import pytest

from emulator.surfaces.sip.leg import SipLeg
from emulator.surfaces.sip.stack import StackSettings
from emulator.surfaces.sip.transport import Flow, Listener, TransportSettings
from tests.contract.world import World
from tests.surfaces.sip.test_leg import SOUND, SWITCH, Site, site
from tests.surfaces.sip.torture import ALL, SILENCE, Torture
from tests.surfaces.sip.wire import request

__all__ = ["site"]
ANSWERS = {
    "wsinv": 481,  # its To has a tag
    "intmeth": 501,
    "esc01": 404,
    "escnull": 401,
    "esc02": 501,
    "lwsdisp": 200,
    "longreq": 484,
    "dblreq": 401,
    "semiuri": 200,
    "transports": 200,
    "mpart01": 415,
    "unreason": SILENCE,
    "noreason": SILENCE,
    "badbranch": 404,
    "unksm2": 400,
    "bext01": 420,
    "invut": 415,
    "regaut01": 401,
    "bcast": SILENCE,
    "zeromf": 200,
    "cparam01": 401,
    "cparam02": 401,
    "regescrt": 401,
    "sdp01": 406,
    "inv2543": 404,
}
"""Of those that can be read; the rest is refused by what is wrong with it."""
ELSEWHERE = Flow("UDP", "192.0.2.77", 5070, SWITCH, 5060)


def expected(torture: Torture) -> int:
    return ANSWERS.get(torture.name, torture.verdict)


def test_a_call_center_answers_the_torture_as_it_deserves(site: Site) -> None:
    got = {}
    for torture in ALL:
        site.network.log.clear()
        site.leg.stack.received(torture.data, ELSEWHERE)
        site.pass_time(0.1)
        answers = [line for _, to, line in site.network.log if to == ELSEWHERE.peer_host]
        got[torture.name] = [int(it.split()[1]) for it in answers if it.startswith("SIP/2.0")]
        site.pass_time(100)
    assert got == {it.name: [expected(it)] if expected(it) else [] for it in ALL}
    assert (site.calls(), site.leg.stack.pending) == (0, 0)


def test_it_says_what_it_knows_instead(site: Site) -> None:
    got = {}
    for name in ("intmeth", "bext01", "invut", "sdp01"):
        torture = next(it for it in ALL if it.name == name)
        got[name] = answer_to(site, torture.data)
    assert b"\r\nAllow: INVITE, ACK," in got["intmeth"]
    unsupported = b"\r\nUnsupported: nothingsupportsthis, nothingsupportsthiseither\r\n"
    assert unsupported in got["bext01"]
    assert b"\r\nAccept: application/sdp, multipart/mixed\r\n" in got["invut"]
    assert b"\r\nAccept: application/sdp, multipart/mixed\r\n" in got["sdp01"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (("Content-Type: application/sdp", "Accept: text/plain, application/*;q=0.5"), 200),
        (("Content-Type: Application/SDP;x=y", "Content-Encoding: identity"), 200),
        (("Content-Type: application/sdp", "Content-Encoding: gzip"), 415),
        (("Content-Type: application/isup",), 415),
        (("Content-Type: application/isup", "Content-Disposition: signal;handling=required"), 415),
        (("Content-Type: application/isup", "Content-Disposition: signal;handling=optional"), 200),
    ],
)
def test_what_a_call_carries_is_read_or_refused(
    site: Site, fields: tuple[str, ...], code: int
) -> None:
    site.sign_in()
    data = request("INVITE", "sip:95001@call.example", *fields, body=SOUND)
    assert answer_to(site, data).startswith(f"SIP/2.0 {code} ".encode())


def answer_to(site: Site, data: bytes) -> bytes:
    """The last that is sent to who has sent this."""
    got: list[bytes] = []
    site.network.peers[ELSEWHERE.peer_host] = lambda answer, _: got.append(answer)
    site.world.do(lambda _: site.leg.stack.received(data, ELSEWHERE))
    site.pass_time(0.1)
    return got[-1]


def test_on_a_socket_a_call_center_answers_likewise_and_goes_on(site: Site) -> None:
    asyncio.run(_torture_on_a_socket(site.world))


async def _torture_on_a_socket(world: World) -> None:
    listeners = (Listener("UDP", "127.0.0.1", 0),)
    loop = asyncio.get_running_loop()
    leg = SipLeg(world.platform, StackSettings(TransportSettings(listeners)))
    await leg.start()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
            mouth.setblocking(False)
            await loop.sock_connect(mouth, ("127.0.0.1", leg.stack.transport.bound[0].port))
            for number, torture in enumerate(ALL):
                await loop.sock_sendall(mouth, _from_here(torture.data, number))
                if expected(torture):
                    head = (await asyncio.wait_for(loop.sock_recv(mouth, 65536), 10)).split()
                    assert (torture.name, int(head[1])) == (torture.name, expected(torture))
    finally:
        await leg.stop()


def _from_here(data: bytes, number: int) -> bytes:
    """A transaction of its own, whose answers find back to its port (RFC 3581)."""
    data = data.replace(b"z9hG4bK776", b"z9hG4bK776-%d" % number, 1)
    return re.sub(rb"(/\s*(?:UDP|TCP)\s+[\w.:]+)", rb"\1;rport", data, count=1)
