"""Requests that are too long for a datagram go by TCP, if the peer takes that (RFC 3261 18.1.1).

Who has refused a stream, or not answered on one in time, is sent datagrams for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emulator.surfaces.sip.transport import Destination, Flow, Target

LONGEST_DATAGRAM = 1300
"""Bytes."""
WITHIN_S = 2.0
"""A peer that has said nothing for so long may not take streams."""
REMEMBERED_S = 300.0
_CAPACITY = 1000


@dataclass(slots=True, eq=False)
class Way:
    """Where a request goes, and where else if it does not get there."""

    target: Target
    otherwise: Target | None = None


class Large:
    """Which peers of one stack take streams; `now` is wire time, `reaches` whether we have TCP."""

    def __init__(self, now: Callable[[], float], reaches: Callable[[Target], bool]) -> None:
        self._now = now
        self._reaches = reaches
        self._refused: dict[tuple[str, int], float] = {}

    def stream_for(self, length: int, target: Target) -> Destination | None:
        """Where a request of so many bytes goes instead of its target, if it should."""
        if length <= LONGEST_DATAGRAM or target.transport != "UDP":
            return None
        host, port = _address(target)
        stream = Destination("TCP", host, port)
        known = self._now() < self._refused.get((host, port), 0)
        return None if known or not self._reaches(stream) else stream

    def refuses(self, target: Target) -> None:
        """A peer takes no streams."""
        if len(self._refused) >= _CAPACITY:
            self._refused.clear()
        self._refused[_address(target)] = self._now() + REMEMBERED_S


def _address(target: Target) -> tuple[str, int]:
    if isinstance(target, Flow):
        return target.peer_host, target.peer_port
    return target.host, target.port
