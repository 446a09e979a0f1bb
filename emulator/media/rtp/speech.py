"""Texts read aloud by espeak-ng, where it is installed."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess

from emulator.media.rtp import tones, waves
from emulator.media.rtp.frames import Samples
from emulator.media.wav import NotAWave

log = logging.getLogger(__name__)

ENGINE = "espeak-ng"
MOST = 5000
"""Letters that are read at once."""
_PATIENCE = 30
"""Seconds."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_VOICES = {"zh": "cmn", "zh-cn": "cmn", "zh-hk": "yue"}
"""Languages that the engine knows by other names."""


def engine() -> str | None:
    """The program that reads; None if there is none."""
    return shutil.which(ENGINE)


def say(text: str, language: str = "") -> Samples:
    """The text read aloud, or in beeps if nobody can read it."""
    program = engine()
    if program is None:
        return tones.code(text)
    for voice in dict.fromkeys((_voice(language), "")):
        try:
            return _read(program, text, voice)
        except (OSError, subprocess.SubprocessError, NotAWave) as error:
            log.warning("%s does not read this (%s): %s", ENGINE, voice or "default", error)
    return tones.code(text)


def _voice(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        return ""
    name = language.lower().replace("_", "-")
    return _VOICES.get(name, name)


def _read(program: str, text: str, voice: str) -> Samples:
    chosen = ["-v", voice] if voice else []
    done = subprocess.run(
        [program, "--stdin", "--stdout", *chosen],
        input=text[:MOST].encode(),
        capture_output=True,
        timeout=_PATIENCE,
        check=True,
    )
    return waves.read(done.stdout)
