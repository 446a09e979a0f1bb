"""Session descriptions (RFC 4566, RFC 3264), as far as one stream of audio needs them.

The first stream of audio is talked in; all others of an offer are refused in the answer, each in
its place, as RFC 3264 (6) has it. Keys of SRTP are those of RFC 4568.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

MEDIA_TYPE = "application/sdp"
DTMF = "telephone-event"
NO_MEDIA = 9
"""The port that descriptions name where there is no sound: what is sent there is lost (RFC 863)."""
LONGEST = 16 * 1024
"""Characters of a description."""
PLAIN, SECURE = "RTP/AVP", "RTP/SAVP"
SUITES = ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
KEY_AND_SALT = 30
"""Bytes of a master key and its salt, in either suite."""


class Direction(StrEnum):
    """Which way the sound goes, as the one who writes it sees it (RFC 3264, 5.1)."""

    BOTH = "sendrecv"
    SEND = "sendonly"
    RECEIVE = "recvonly"
    NONE = "inactive"


_DIRECTIONS = {str(it): it for it in Direction}
_REVERSED = {Direction.SEND: Direction.RECEIVE, Direction.RECEIVE: Direction.SEND}


class NotAcceptable(Exception):
    """A description that is none, or has no audio that we know (488)."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A payload type with its name, clock rate and channels (RFC 3551)."""

    number: int
    name: str
    rate: int = 8000
    channels: int = 1

    def is_same(self, other: Codec) -> bool:
        """Whether both name one encoding, whatever its number."""
        return (self.name.upper(), self.rate, self.channels) == (
            other.name.upper(),
            other.rate,
            other.channels,
        )

    @property
    def is_events(self) -> bool:
        """Whether it carries keys."""
        return self.name.lower() == DTMF


KNOWN = (Codec(0, "PCMU"), Codec(8, "PCMA"), Codec(9, "G722"))
OPUS = Codec(107, "opus", 48000, 2)
EVENTS = Codec(101, DTMF)
"""Keys as RFC 4733 has them."""
_STATIC = {it.number: it for it in KNOWN}


@dataclass(frozen=True, slots=True)
class Crypto:
    """A key for what its writer sends (RFC 4568): master key and salt, in base64."""

    suite: str
    key: str
    tag: int = 1


@dataclass(frozen=True, slots=True)
class Description:
    """One stream of audio: where it is sent, in which codecs, which way."""

    host: str
    port: int
    codecs: tuple[Codec, ...] = (*KNOWN, EVENTS)
    direction: Direction = Direction.BOTH
    crypto: Crypto | None = None
    """With a key the profile is that of SRTP."""
    before: tuple[str, ...] = ()
    """Other streams in front of it, refused: their kind, profile and formats."""
    behind: tuple[str, ...] = ()

    @property
    def on_hold(self) -> bool:
        """Whether its writer does not want to hear anything."""
        return self.direction in (Direction.SEND, Direction.NONE) or self.host == "0.0.0.0"

    @property
    def spoken(self) -> Codec:
        """What is talked in, once there is an answer."""
        return next(it for it in self.codecs if not it.is_events)

    @property
    def events(self) -> Codec | None:
        """What carries keys."""
        return next((it for it in self.codecs if it.is_events), None)

    def answered_by(
        self,
        host: str,
        port: int,
        known: Sequence[Codec] = KNOWN,
        crypto: Crypto | None = None,
    ) -> Description:
        """The answer to this offer; `NotAcceptable` if no codec is known.

        `crypto` is our key, for an offer that has one.
        """
        chosen = next((it for it in self.codecs if any(map(it.is_same, known))), None)
        if chosen is None:
            raise NotAcceptable("no codec in common")
        events = sorted(
            (it for it in self.codecs if it.is_events), key=lambda it: it.rate != chosen.rate
        )
        return replace(
            self,
            host=host,
            port=port,
            codecs=(chosen, *events[:1]),
            direction=_REVERSED.get(self.direction, self.direction),
            crypto=crypto if self.crypto is not None else None,
        )


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
    session, *streams = _sections(lines)
    audio = next((it for it, lines in enumerate(streams) if _is_audio(lines[0])), None)
    if audio is None:
        raise NotAcceptable("no audio")
    _, ports, profile, *formats = streams[audio][0][2:].split()
    port = int(ports.partition("/")[0])
    host, direction, mapped, keys = "", Direction.BOTH, dict[int, Codec](), list[Crypto]()
    for line in (*session, *streams[audio][1:]):
        kind, value = line[:1], line[2:]
        if kind == "c":
            host = value.split()[2]
        elif kind == "a":
            direction = _DIRECTIONS.get(value, direction)
            mapped |= _mapping(value)
            keys += _crypto(value)
    if not host or not 0 <= port <= 65535 or (profile == SECURE and not keys):
        raise NotAcceptable("no audio that we could hear")
    numbers = [int(it) for it in formats]
    codecs = (mapped.get(it) or _STATIC.get(it) for it in numbers)
    others = [lines[0][2:] for lines in streams]
    return Description(
        host,
        port,
        tuple(it for it in codecs if it is not None),
        direction,
        keys[0] if profile == SECURE else None,
        tuple(map(_without_port, others[:audio])),
        tuple(map(_without_port, others[audio + 1 :])),
    )


def _sections(lines: list[str]) -> list[list[str]]:
    """The lines of the session, and of each stream, which begin with its `m=`."""
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def _is_audio(line: str) -> bool:
    """An audio stream that is not refused, by RTP as we know it."""
    media, ports, profile, *_ = line[2:].split()
    return media == "audio" and ports != "0" and profile in (PLAIN, SECURE)


def _without_port(line: str) -> str:
    media, _, profile, *formats = line.split()
    return " ".join((media, profile, *formats))


def _mapping(attribute: str) -> dict[int, Codec]:
    """`rtpmap:101 telephone-event/8000`."""
    if not attribute.startswith("rtpmap:"):
        return {}
    number, encoding = attribute.removeprefix("rtpmap:").split(maxsplit=1)
    name, rate, *channels = encoding.strip().split("/")
    several = int(channels[0]) if channels else 1
    return {int(number): Codec(int(number), name, int(rate), several)}


def _crypto(attribute: str) -> list[Crypto]:
    """`crypto:1 AES_CM_128_HMAC_SHA1_80 inline:<key>|2^20`; nothing if we cannot use it."""
    if not attribute.startswith("crypto:"):
        return []
    tag, suite, key, *_ = attribute.removeprefix("crypto:").split()
    secret = key.removeprefix("inline:").partition("|")[0]
    known = suite in SUITES and key.startswith("inline:") and _is_key(secret)
    return [Crypto(suite, secret, int(tag))] if known else []


def _is_key(secret: str) -> bool:
    try:
        return len(b64decode(secret, validate=True)) == KEY_AND_SALT
    except ValueError:
        return False


def write(it: Description, session: int, version: int = 1) -> bytes:
    """The description as it is sent; `session` and `version` name it (RFC 4566, 5.2)."""
    family = "IP6" if ":" in it.host else "IP4"
    profile = PLAIN if it.crypto is None else SECURE
    lines = [
        "v=0",
        f"o=emulator {session} {version} IN {family} {it.host}",
        "s=-",
        f"c=IN {family} {it.host}",
        "t=0 0",
        *map(_refused, it.before),
        f"m=audio {it.port} {profile} {' '.join(str(c.number) for c in it.codecs)}",
        *(f"a=rtpmap:{c.number} {_encoding(c)}" for c in it.codecs),
        *(f"a=fmtp:{c.number} 0-15" for c in it.codecs if c.is_events),
        *(() if it.crypto is None else (_key_line(it.crypto),)),
        f"a={it.direction}",
        *map(_refused, it.behind),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _encoding(codec: Codec) -> str:
    several = f"/{codec.channels}" if codec.channels > 1 else ""
    return f"{codec.name}/{codec.rate}{several}"


def _key_line(crypto: Crypto) -> str:
    return f"a=crypto:{crypto.tag} {crypto.suite} inline:{crypto.key}"


def _refused(stream: str) -> str:
    media, rest = stream.split(maxsplit=1)
    return f"m={media} 0 {rest}"
