"""Keys that parties press as telephone events, and those that we press for them to hear."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from emulator.media.rtp import tones
from emulator.media.rtp.frames import FRAME, Samples
from emulator.media.rtp.packets import EVENTS, Event, Packet, read_event

HOLD = 5
"""Frames for which a key is pressed: 100 ms."""
PAUSE = 3
"""Frames between keys."""
ENDS = 3
"""How often the end of a press is told."""
UNIT = 160
"""Duration of a frame, at 8000 in a second whatever the codec's clock is."""
_REMEMBERED = 4


@dataclass(slots=True)
class Presses:
    """Finds the presses in packets of events: one for each timestamp of a source."""

    _known: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def heard(self, packet: Packet) -> str | None:
        """The key, if this is the first that is heard of its being pressed."""
        event = read_event(packet.payload)
        press = packet.source, packet.timestamp
        if event is None or press in self._known:
            return None
        self._known.append(press)
        return event.key


@dataclass(slots=True)
class Keypad:
    """Presses keys one after the other, a frame at a time."""

    _waiting: deque[str] = field(default_factory=deque)
    _frame: int = 0

    def press(self, keys: str) -> None:
        """Press these when those before are done; what is no key is left out."""
        self._waiting.extend(key for key in keys.upper() if key in EVENTS)

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting)

    def next(self) -> tuple[str, int] | None:
        """The key of this frame, and in which of its frames it is; None between keys."""
        frame = self._frame
        key = self._waiting[0]
        self._frame += 1
        if self._frame >= HOLD + PAUSE:
            self._waiting.popleft()
            self._frame = 0
        return (key, frame) if frame < HOLD else None


def events(key: str, frame: int) -> list[Event]:
    """What is sent in a frame of a press."""
    duration = (frame + 1) * UNIT
    if frame + 1 < HOLD:
        return [Event(key, duration)]
    return [Event(key, duration, ended=True)] * ENDS


def tone(key: str, frame: int) -> Samples:
    """What sounds in a frame of a press."""
    return tones.key(key)[frame * FRAME : (frame + 1) * FRAME]
