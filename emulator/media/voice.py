"""Whether a file is what a voice robot may be given: G.711 at 64 kbit/s (CEC 13.2.1.13)."""

from __future__ import annotations

from emulator.media import wav

RATE = 8000
BITS = 8
_TAGS = (1, 6, 7)
"""8-bit PCM, A-law, µ-law."""


class NotVoice(ValueError):
    """The file is none that may be uploaded; `flaw` says why."""

    flaw = "format"


class NotRiff(NotVoice):
    """It is no WAVE file at all."""

    flaw = "type"


class WrongChannels(NotVoice):
    """It is not mono."""

    flaw = "channels"


class WrongBits(NotVoice):
    """Its samples have not 8 bits."""

    flaw = "bits"


class WrongRate(NotVoice):
    """It has not 8000 samples in a second."""

    flaw = "rate"


def check(content: bytes) -> None:
    """Raise a `NotVoice` unless it is mono sound of 8 bits at 8000 Hz, complete."""
    parts = _parts(content)
    if b"data" not in parts:
        raise NotVoice("no samples")
    try:
        tag, channels, rate, bits = wav.described(parts.get(b"fmt ", b""))
    except wav.NotAWave as error:
        raise NotVoice("no format") from error
    if tag not in _TAGS and bits == BITS:
        raise NotVoice(f"format {tag}")
    if channels != 1:
        raise WrongChannels(f"{channels} channels")
    if bits != BITS:
        raise WrongBits(f"{bits} bits")
    if rate != RATE:
        raise WrongRate(f"{rate} Hz")


def _parts(content: bytes) -> dict[bytes, bytes]:
    try:
        found = list(wav.chunks(content))
    except wav.NotAWave as error:
        raise NotRiff("no RIFF WAVE file") from error
    if any(begin + length > len(content) for _, begin, length in found):
        raise NotVoice("the file is not complete")
    return {name: content[begin : begin + length] for name, begin, length in found}
