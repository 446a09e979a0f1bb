"""What is asked of the process that handles the sound, and what it reports.

A *port* is a UDP port at which one party's sound arrives, and the name by which it is known. What
each hears is said whole, and said again when it changes: `Hear` replaces what was to be heard
before. The process decides how: a party that hears just one other, in the same codec, gets its
packets as they come; all else is mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Keys:
    """SRTP as the descriptions have agreed on it (RFC 4568): master key and salt, in base64."""

    suite: str
    own: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Stream:
    """How a party's sound is sent: where to, and in what.

    Sound is sent to the address from which theirs comes, as soon as some does (symmetric RTP).
    """

    host: str
    port: int
    codec: str
    """PCMU, PCMA, G722 or OPUS."""
    payload: int
    """Payload type, both ways."""
    events: int | None = None
    """Payload type of telephone events (RFC 4733); None: keys are in the sound."""
    sends: bool = True
    """Whether the party may send us sound."""
    receives: bool = True
    """Whether we send it any."""
    keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class Tone:
    """A named tone: ringback, busy, music (on hold), beep."""

    name: str
    times: int = 0
    """0: until something else is to be heard."""


@dataclass(frozen=True, slots=True)
class File:
    """A WAV file."""

    path: Path
    times: int = 1
    offset: int = 0
    """Where it begins, in µs."""
    gain: float = 1.0
    """1: as loud as it is."""
    speed: float = 1.0
    """2: twice as fast as it is, at the same pitch."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A text that is read aloud where a speech engine is installed; beeps elsewhere."""

    text: str
    language: str = ""
    times: int = 1


Sound = Tone | File | Speech


@dataclass(frozen=True, slots=True)
class Voice:
    """One of those who are heard; `gain` 1 is as it comes."""

    port: int
    gain: float = 1.0


# What is asked


@dataclass(frozen=True, slots=True)
class Connect:
    """A party is there, or its stream has changed (re-INVITE)."""

    port: int
    stream: Stream


@dataclass(frozen=True, slots=True)
class Hear:
    """All that a party hears from now on: other parties, and perhaps a sound beside them.

    `serial` tells this sound from others; the same serial again lets the sound go on.
    """

    port: int
    voices: tuple[Voice, ...] = ()
    sound: Sound | None = None
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Press:
    """Let a party hear keys: as events if it knows them, else as tones."""

    port: int
    keys: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record two sides of a conversation, or what one party says, to a WAV file from now on.

    Asked again for the same name, the sides change and the file goes on. Sides are what the ports
    say; what they hear is not in it.
    """

    name: str
    path: Path
    left: tuple[int, ...]
    right: tuple[int, ...] = ()
    append: bool = False


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Close a recording's file."""

    name: str


@dataclass(frozen=True, slots=True)
class Close:
    """A party has gone; its port may be given to another one after a while."""

    port: int


Order = Connect | Hear | Press | Record | StopRecording | Close


# What is reported


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A party has pressed a key, by an event or in its sound; once for each press."""

    port: int
    key: str


@dataclass(frozen=True, slots=True)
class Played:
    """A sound that was to be heard a number of times is over."""

    port: int
    serial: int


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing has come from a party for a while, which should send: its network may be gone.

    RTCP is something: some phones send no silence.
    """

    port: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording's file is complete; `frames` at 8000 Hz. 0 if it could not be written."""

    name: str
    frames: int


@dataclass(frozen=True, slots=True)
class Closed:
    """What went over a port: packets received, missing, sent; jitter in timestamp units."""

    port: int
    received: int
    lost: int
    sent: int
    jitter: int


Report = KeyPressed | Played | Silent | Recorded | Closed


class NoPort(Exception):
    """Every port is taken."""


class Media(Protocol):
    """The way to the process, as a door has it. Orders are done in their order; nothing blocks."""

    codecs: Collection[str]
    """What it can code, once it is started: names as a `Stream` has them."""

    def open(self) -> int:
        """Take a port that is open already; its sound is thrown away until it is connected.

        NoPort if none is left.
        """

    def ask(self, order: Order) -> None:
        """Have something done; what does not exist any more is left alone."""

    def listen(self, ear: Callable[[Report], None]) -> None:
        """Give reports to `ear` from now on."""

    async def start(self) -> None:
        """Start the process, and have ports opened; OSError."""

    async def stop(self) -> None:
        """Close every file and port, and end the process."""
