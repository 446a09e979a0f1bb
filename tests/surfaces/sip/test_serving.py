"""The SIP leg of a served emulator, by raw bytes."""

from __future__ import annotations

import asyncio
import re

import pytest

from emulator.app import Emulator
from emulator.settings import Settings

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


@pytest.mark.parametrize("advertise", ["", "pbx.example"])
async def test_it_says_where_it_is_and_answers_there(advertise: str) -> None:
    emulator = Emulator(Settings(http_port=-1, https_port=0, sip_port=-1, sip_advertise=advertise))
    await emulator.start()
    try:
        assert emulator.sip is not None
        by_udp, by_tcp = emulator.sip.addresses()
        assert re.fullmatch(r"sip:127\.0\.0\.1:\d+", by_udp)
        found = re.fullmatch(r"sip:(127\.0\.0\.1):(\d+);transport=tcp", by_tcp)
        assert found is not None
        reader, writer = await asyncio.open_connection(found[1], int(found[2]))
        writer.write(OPTIONS)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        writer.close()
    finally:
        await emulator.stop()
    assert answer.startswith(b"SIP/2.0 200 OK\r\n")
    assert (
        b"\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REGISTER\r\n" in answer
    )


async def test_without_a_port_there_is_none() -> None:
    emulator = Emulator(Settings(http_port=-1, https_port=0))
    await emulator.start()
    await emulator.stop()
    assert emulator.sip is None
