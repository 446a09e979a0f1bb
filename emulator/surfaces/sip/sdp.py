"""Session descriptions (RFC 4566, RFC 3264), as far as one stream of audio needs them.

The media itself is not here: an offer names an address to which sound could be sent, and an answer
takes the first codec that both know.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MEDIA_TYPE = "application/sdp"
DTMF = "telephone-event"
NO_MEDIA = 9
"""The port that our descriptions name: what is sent there is thrown away (RFC 863)."""
LONGEST = 16 * 1024
"""Characters of a description."""


class Direction(StrEnum):
    """Which way the sound goes, as the one who writes it sees it (RFC 3264, 5.1)."""

    BOTH = "sendrecv"
    SEND = "sendonly"
    RECEIVE = "recvonly"
    NONE = "inactive"


_REVERSED = {Direction.SEND: Direction.RECEIVE, Direction.RECEIVE: Direction.SEND}


class NotAcceptable(Exception):
    """A description that is none, or has no audio that we know (488)."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A payload type with its name and clock rate (RFC 3551)."""

    number: int
    name: str
    rate: int = 8000


KNOWN = (Codec(0, "PCMU"), Codec(8, "PCMA"), Codec(9, "G722"))
EVENTS = Codec(101, DTMF)
"""Keys as RFC 4733 has them."""
_STATIC = {it.number: it for it in KNOWN}


@dataclass(frozen=True, slots=True)
class Description:
    """One stream of audio: where it is sent, in which codecs, which way."""

    host: str
    port: int
    codecs: tuple[Codec, ...] = (*KNOWN, EVENTS)
    direction: Direction = Direction.BOTH

    @property
    def on_hold(self) -> bool:
        """Whether its writer does not want to hear anything."""
        return self.direction in (Direction.SEND, Direction.NONE) or self.host == "0.0.0.0"

    def answered_by(self, host: str, port: int) -> Description:
        """The answer to this offer; `NotAcceptable` if no codec is known."""
        chosen = next((it for it in self.codecs if _is_known(it)), None)
        if chosen is None:
            raise NotAcceptable("no codec in common")
        events = tuple(it for it in self.codecs if it.name.lower() == DTMF)[:1]
        direction = _REVERSED.get(self.direction, self.direction)
        return Description(host, port, (chosen, *events), direction)


def _is_known(codec: Codec) -> bool:
    return any(codec.name.upper() == it.name and codec.rate == it.rate for it in KNOWN)


def read(body: bytes) -> Description:
    """The first audio stream of a description; `NotAcceptable`."""
    try:
        text = body.decode("utf-8")
        if len(text) > LONGEST or not text.startswith("v=0"):
            raise NotAcceptable("no session description")
        return _read(text.splitlines())
    except (ValueError, IndexError):
        raise NotAcceptable("a session description that cannot be read") from None


def _read(lines: list[str]) -> Description:
    session_host, host, port = "", "", 0
    numbers: list[int] = []
    mapped: dict[int, Codec] = {}
    direction = Direction.BOTH
    in_media = found = False
    for line in lines:
        kind, value = line[:1], line[2:]
        if kind == "m":
            if found:
                break
            in_media = True
            media, ports, _, *formats = value.split()
            found = media == "audio"
            if found:
                port, numbers = int(ports.partition("/")[0]), [int(it) for it in formats]
        elif in_media and not found:
            continue
        elif kind == "c":
            host, session_host = (
                (value.split()[2], session_host) if in_media else (host, value.split()[2])
            )
        elif kind == "a":
            direction = Direction(value) if value in set(Direction) else direction
            mapped |= _mapping(value)
    if not found or not 0 <= port <= 65535 or not (host or session_host):
        raise NotAcceptable("no audio")
    codecs = (mapped.get(it) or _STATIC.get(it) for it in numbers)
    return Description(
        host or session_host, port, tuple(it for it in codecs if it is not None), direction
    )


def _mapping(attribute: str) -> dict[int, Codec]:
    """`rtpmap:101 telephone-event/8000`."""
    if not attribute.startswith("rtpmap:"):
        return {}
    number, encoding = attribute.removeprefix("rtpmap:").split(maxsplit=1)
    name, rate, *_ = encoding.strip().split("/")
    return {int(number): Codec(int(number), name, int(rate))}


def write(it: Description, session: int, version: int = 1) -> bytes:
    """The description as it is sent; `session` and `version` name it (RFC 4566, 5.2)."""
    family = "IP6" if ":" in it.host else "IP4"
    maps = "".join(f"a=rtpmap:{c.number} {c.name}/{c.rate}\r\n" for c in it.codecs)
    keys = "".join(f"a=fmtp:{c.number} 0-15\r\n" for c in it.codecs if c.name.lower() == DTMF)
    return (
        f"v=0\r\no=emulator {session} {version} IN {family} {it.host}\r\ns=-\r\n"
        f"c=IN {family} {it.host}\r\nt=0 0\r\n"
        f"m=audio {it.port} RTP/AVP {' '.join(str(c.number) for c in it.codecs)}\r\n"
        f"{maps}{keys}a={it.direction}\r\n"
    ).encode()
