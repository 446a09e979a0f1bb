"""The SIP leg of a served emulator, by raw bytes."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator.app import Emulator
from emulator.certificate import CertificateFiles, ensure_certificate
from emulator.settings import Settings
from emulator.surfaces.sip.leg import SipLeg

OPTIONS = (
    b"OPTIONS sip:emulator@127.0.0.1 SIP/2.0\r\n"
    b"Via: SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bK1\r\n"
    b"Max-Forwards: 70\r\n"
    b"From: <sip:monitor@127.0.0.1>;tag=m\r\n"
    b"To: <sip:emulator@127.0.0.1>\r\n"
    b"Call-ID: alive\r\n"
    b"CSeq: 1 OPTIONS\r\n"
    b"Content-Length: 0\r\n"
    b"\r\n"
)


FLOOD = 1000
"""Requests that come at once, from one address."""


@asynccontextmanager
async def emulating(**settings: Any) -> AsyncIterator[SipLeg]:
    """The SIP leg of an emulator with such settings."""
    emulator = Emulator(Settings(http_port=-1, https_port=0, **settings))
    try:
        await emulator.start()
        assert emulator.sip is not None
        yield emulator.sip
    finally:
        await emulator.stop()


async def ask(leg: SipLeg, tls: ssl.SSLContext | None = None) -> bytes:
    """The answer to OPTIONS on a stream to the address that the leg names last."""
    found = re.fullmatch(r"sip:(127\.0\.0\.1):(\d+);transport=t..", leg.addresses()[-1])
    assert found is not None
    reader, writer = await asyncio.open_connection(found[1], int(found[2]), ssl=tls)
    writer.write(OPTIONS)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    return answer


@pytest.mark.parametrize("advertise", ["", "pbx.example"])
async def test_it_says_where_it_is_and_answers_there(advertise: str) -> None:
    async with emulating(sip_port=-1, sip_advertise=advertise) as leg:
        by_udp, by_tcp = leg.addresses()
        assert re.fullmatch(r"sip:127\.0\.0\.1:\d+", by_udp)
        assert by_tcp.endswith(";transport=tcp")
        answer = await ask(leg)
    assert answer.startswith(b"SIP/2.0 200 OK\r\n")
    allowed = b"INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REGISTER, REFER, MESSAGE"
    assert b"\r\nAllow: " + allowed + b", SUBSCRIBE\r\n" in answer


async def test_without_a_port_there_is_none() -> None:
    emulator = Emulator(Settings(http_port=-1, https_port=0))
    await emulator.start()
    await emulator.stop()
    assert emulator.sip is None


async def test_by_tls_it_shows_the_certificate_of_the_emulator(tmp_path: Path) -> None:
    async with emulating(sip_tls_port=-1, data=tmp_path) as leg:
        assert len(leg.addresses()) == 1
        own = ssl.create_default_context(cafile=str(tmp_path / "server-cert.pem"))
        assert (await ask(leg, own)).startswith(b"SIP/2.0 200 OK\r\n")


def in_one_file(files: CertificateFiles) -> dict[str, Path]:
    both = files.certificate.with_name("both.pem")
    both.write_bytes(files.key.read_bytes() + files.certificate.read_bytes())
    return {"sip_certificate": both}


def in_two_files(files: CertificateFiles) -> dict[str, Path]:
    return {"sip_certificate": files.certificate, "sip_key": files.key}


@pytest.mark.parametrize("given", [in_one_file, in_two_files])
async def test_by_tls_it_shows_the_certificate_that_it_was_given(
    given: Any, tmp_path: Path
) -> None:
    files = ensure_certificate(tmp_path)
    known = ssl.create_default_context(cafile=str(files.certificate))
    async with emulating(sip_port=-1, sip_tls_port=-1, **given(files)) as leg:
        assert (await ask(leg, known)).startswith(b"SIP/2.0 200 OK\r\n")


async def test_by_tls_it_shows_one_of_its_own_if_nothing_is_kept() -> None:
    unknown = ssl.create_default_context()
    async with emulating(sip_tls_port=-1) as leg:
        with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
            await ask(leg, unknown)


@pytest.mark.parametrize("text", [None, "nonsense"])
async def test_a_certificate_that_is_none_is_named(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "mine.pem"
    if text is not None:
        file.write_text(text)
    with pytest.raises(OSError, match=r"the certificate .*mine\.pem cannot be used"):
        async with emulating(sip_tls_port=-1, sip_certificate=file):
            pass


class Flooding(asyncio.DatagramProtocol):
    """Sends the same question from many transactions; `answers` are the first lines."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        for number in range(FLOOD):
            branch = b"branch=z9hG4bK%d;rport" % number
            transport.sendto(OPTIONS.replace(b"/TCP", b"/UDP").replace(b"branch=z9hG4bK1", branch))

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.answers.append(data)


@pytest.mark.parametrize(("rate", "served"), [(20.0, 41), (0.0, 41)])
async def test_who_floods_is_told_to_come_later(rate: float, served: int) -> None:
    """What does not fit into the socket is lost: without a limit more than the burst is served."""
    async with emulating(sip_port=-1, sip_rate=rate) as leg:
        loop, port = asyncio.get_running_loop(), int(leg.addresses()[0].rpartition(":")[2])
        transport, flood = await loop.create_datagram_endpoint(
            Flooding, remote_addr=("127.0.0.1", port)
        )
        async with asyncio.timeout(10):
            while len(flood.answers) < served:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        transport.close()
    later = [it for it in flood.answers if it.startswith(b"SIP/2.0 503")]
    assert bool(later) is bool(rate)
    assert all(b"\r\nRetry-After: 2\r\n" in it for it in later)
