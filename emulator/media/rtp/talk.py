"""What the media process and who has started it say to each other, beside orders and reports.

Each thing is its length in four bytes and a pickle.
"""

from __future__ import annotations

import pickle
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Begin:
    """The first thing that is said: where ports are opened, and how."""

    host: str
    ports: range | None
    seed: int
    patience: int
    """µs of silence after which a party is reported."""


@dataclass(frozen=True, slots=True)
class Open:
    """Have more ports opened."""

    count: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End."""


@dataclass(frozen=True, slots=True)
class Able:
    """The first answer: the names of the codecs there are."""

    codecs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Ports that may be taken; fewer than were asked for if there are no more."""

    ports: tuple[int, ...]
    asked: int = 0
    """How many were asked for; 0 for one that may be taken again."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No port can be opened at all."""

    number: int
    text: str


def write(thing: Any) -> bytes:
    """The bytes that say something."""
    raw = pickle.dumps(thing)
    return len(raw).to_bytes(_LENGTH, "big") + raw


def receive(channel: socket.socket) -> Any | None:
    """Wait for one thing and take no more; None at the end."""
    head = channel.recv(_LENGTH, socket.MSG_WAITALL)
    length = int.from_bytes(head, "big")
    raw = channel.recv(length, socket.MSG_WAITALL) if len(head) == _LENGTH else b""
    return pickle.loads(raw) if raw and len(raw) == length else None


class Reader:
    """Puts what was said together again."""

    def __init__(self) -> None:
        self._raw = bytearray()

    def feed(self, raw: bytes) -> Iterator[Any]:
        """All that is complete with these bytes."""
        self._raw += raw
        while len(self._raw) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._raw[:_LENGTH], "big")
            if len(self._raw) < end:
                return
            thing = pickle.loads(memoryview(self._raw)[_LENGTH:end].tobytes())
            del self._raw[:end]
            yield thing
