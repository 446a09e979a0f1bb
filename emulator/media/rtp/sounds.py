"""What is played: sounds are made or read once, apart from the beat, and then kept a while."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np

from emulator.media.rtp import speech, tones, waves
from emulator.media.rtp.frames import FRAME, RATE, SILENCE, Samples
from emulator.media.rtp.stretch import Stretcher
from emulator.media.wav import NotAWave
from emulator.media.wiring import File, Sound, Speech, Tone

log = logging.getLogger(__name__)

MOST_KEPT = 32_000_000
"""Samples of files and texts that are kept: 64 MB."""
MOST_SOUNDS = 1000
"""Files and texts that are kept, however short."""
NOTHING: Samples = np.zeros(0, np.int16)


class Sounds:
    """Gives samples of sounds, as soon as it has them.

    Files and texts are read by `executor`; without one, at once.
    """

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        self._kept: OrderedDict[Hashable, Samples] = OrderedDict()
        self._coming: dict[Hashable, Future[Samples]] = {}

    def get(self, sound: Sound) -> Samples | None:
        """One turn of a sound; empty if it cannot be played, None as long as it is being read."""
        if isinstance(sound, Tone):
            tone = tones.named(sound.name)
            return NOTHING if tone is None else tone
        if isinstance(sound, File):
            key: Hashable = (sound.path, _stamp(sound))
            return self._fetch(key, lambda: _file(sound))
        return self._fetch((sound.text, sound.language), lambda: _speech(sound))

    def _fetch(self, key: Hashable, make: Callable[[], Samples]) -> Samples | None:
        self._take_in()
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        if self._executor is None:
            return self._keep(key, make())
        if key not in self._coming:
            self._coming[key] = self._executor.submit(make)
        return None

    def _take_in(self) -> None:
        """Keep what was read, though whoever was to hear it may have gone."""
        for key in [key for key, coming in self._coming.items() if coming.done()]:
            self._keep(key, self._coming.pop(key).result())

    def _keep(self, key: Hashable, samples: Samples) -> Samples:
        self._kept[key] = samples
        while len(self._kept) > 1 and self._is_too_much():
            self._kept.popitem(last=False)
        return samples

    def _is_too_much(self) -> bool:
        if len(self._kept) > MOST_SOUNDS:
            return True
        return sum(map(len, self._kept.values())) > MOST_KEPT


def _stamp(sound: File) -> int:
    """Tells a file from an older one of its name."""
    try:
        return sound.path.stat().st_mtime_ns
    except OSError:
        return 0


def _file(sound: File) -> Samples:
    try:
        return waves.load(sound.path)
    except (OSError, NotAWave) as error:
        log.warning("%s cannot be played: %s", sound.path.name, error)
        return NOTHING


def _speech(sound: Speech) -> Samples:
    return speech.say(sound.text, sound.language)


@dataclass(slots=True)
class Playing:
    """A sound on its way, for one listener."""

    sound: Sound
    serial: int
    place: int = 0
    is_over: bool = False
    _samples: Samples | None = None
    _left: int = 0
    """Turns, this one included."""
    _gain: float = 1.0
    _speed: float = 1.0
    _rest: float = 0.0
    """Part of a sample by which the place is too small."""
    _stretcher: Stretcher | None = None

    def frame(self, sounds: Sounds) -> Samples:
        """The next 20 ms of it; silence before it is there, and when it is over."""
        if self._samples is None:
            self._begin(sounds)
        samples = self._samples
        if self.is_over or samples is None:
            return SILENCE
        if self._stretcher is not None:
            frame = self._stretched(samples, self._stretcher)
        else:
            frame = self._next(samples)
        return frame if self._gain == 1 else _amplified(frame, self._gain)

    def _next(self, samples: Samples) -> Samples:
        place, self.place = self.place, self.place + FRAME
        if self.place <= len(samples):
            piece = samples[place : self.place]
            if self.place == len(samples):
                self._turn()
            return piece
        return self._around(samples, place)

    def _stretched(self, samples: Samples, stretcher: Stretcher) -> Samples:
        frame = stretcher.frame(samples, self.place)
        further = FRAME * self._speed + self._rest
        self.place += int(further)
        self._rest = further % 1
        if self.place >= len(samples):
            turns, place = divmod(self.place, len(samples))
            self._turn(turns)
            self.place = place
        return frame

    def _begin(self, sounds: Sounds) -> None:
        self._samples = sounds.get(self.sound)
        if self._samples is None:
            return
        self._left = self.sound.times
        if isinstance(self.sound, File):
            self.place = self.sound.offset * RATE // 1_000_000
            self._gain, self._speed = self.sound.gain, self.sound.speed
            self._stretcher = Stretcher() if self._speed != 1 else None
        self.is_over = len(self._samples) == 0
        if self.place >= len(self._samples) and not self.is_over:
            self._turn()

    def _around(self, samples: Samples, place: int) -> Samples:
        """A frame in which a turn ends, and perhaps the next begins."""
        pieces = [samples[place:]]
        wanted = FRAME - len(pieces[0])
        while wanted > 0:
            self._turn()
            if self.is_over:
                pieces.append(SILENCE[:wanted])
                break
            pieces.append(samples[:wanted])
            self.place = len(pieces[-1])
            wanted -= self.place
        return np.concatenate(pieces)

    def _turn(self, count: int = 1) -> None:
        self.place = 0
        if self._left > 0:
            self._left = max(self._left - count, 0)
            self.is_over = self._left == 0


def _amplified(samples: Samples, gain: float) -> Samples:
    louder: Samples = np.clip(np.rint(samples * gain), -32768, 32767).astype(np.int16)
    return louder
