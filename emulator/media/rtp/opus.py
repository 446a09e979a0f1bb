"""Opus (RFC 6716), by the library of the machine if it has one.

Sound inside has 8000 Hz and one channel; the library converts it itself. Timestamps count 48000 in
a second whatever is sent (RFC 7587, 4.1).
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache

from emulator.media.rtp.frames import FRAME, RATE, Samples, as_samples

CLOCK = 48_000
_VOICE = 2048
"""OPUS_APPLICATION_VOIP"""
_MOST = 1275
"""Bytes of the longest frame."""
_LONGEST = RATE * 120 // 1000
"""Samples of the longest packet."""


@cache
def library() -> ctypes.CDLL | None:
    """The machine's library; None if it has none."""
    name = ctypes.util.find_library("opus")
    if name is None:
        return None
    try:
        found = ctypes.CDLL(name)
    except OSError:
        return None
    for function in (found.opus_encoder_create, found.opus_decoder_create):
        function.restype = ctypes.c_void_p
    return found


class OpusError(ValueError):
    """The library does not take the packet."""


class Decoder:
    """One direction's state; packets in their order."""

    def __init__(self) -> None:
        self._library = _loaded()
        error = ctypes.c_int()
        self._state = ctypes.c_void_p(
            self._library.opus_decoder_create(RATE, 1, ctypes.byref(error))
        )
        _check(error.value)
        self._samples = (ctypes.c_int16 * _LONGEST)()

    def decode(self, payload: bytes) -> Samples:
        """The sound in a packet; OpusError."""
        count = self._library.opus_decode(
            self._state, payload, len(payload), self._samples, _LONGEST, 0
        )
        _check(count)
        return as_samples(bytes(self._samples)[: 2 * count])

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            self._library.opus_decoder_destroy(self._state)


class Encoder:
    """One direction's state; frames in their order."""

    def __init__(self) -> None:
        self._library = _loaded()
        error = ctypes.c_int()
        self._state = ctypes.c_void_p(
            self._library.opus_encoder_create(RATE, 1, _VOICE, ctypes.byref(error))
        )
        _check(error.value)
        self._packet = ctypes.create_string_buffer(_MOST)

    def encode(self, samples: Samples) -> bytes:
        """A frame's packet."""
        length = self._library.opus_encode(
            self._state, samples.tobytes(), FRAME, self._packet, _MOST
        )
        _check(length)
        return self._packet.raw[:length]

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            self._library.opus_encoder_destroy(self._state)


def _loaded() -> ctypes.CDLL:
    found = library()
    if found is None:
        raise OpusError("no library")
    return found


def _check(code: int) -> None:
    if code < 0:
        raise OpusError(f"code {code}")
