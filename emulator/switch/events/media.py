"""Reports of recordings that are played to agents, and of recordings of their screens."""

from __future__ import annotations

from typing import NamedTuple

from emulator.switch.terms import PlaybackEnd


class PlaybackRequested(NamedTuple):
    """A playback is to begin; whether it does is told by the next report."""

    at: int
    tenant: int
    agent: int
    file: str


class PlaybackStarted(NamedTuple):
    """The agent hears the recording."""

    at: int
    tenant: int
    agent: int
    file: str


class PlaybackFailed(NamedTuple):
    """There is nothing to hear under that name, or not from that position."""

    at: int
    tenant: int
    agent: int
    file: str


class PlaybackStopped(NamedTuple):
    at: int
    tenant: int
    agent: int
    cause: PlaybackEnd


class PlaybackPaused(NamedTuple):
    at: int
    tenant: int
    agent: int


class PlaybackResumed(NamedTuple):
    at: int
    tenant: int
    agent: int


class PlaybackJumped(NamedTuple):
    """`position` in the file, in µs."""

    at: int
    tenant: int
    agent: int
    position: int


class ScreenRecordingStarted(NamedTuple):
    at: int
    tenant: int
    agent: int
    recording: int


class ScreenRecordingStopped(NamedTuple):
    """`session` tells the recording apart; `call` is the agent's when it began, if it had one."""

    at: int
    tenant: int
    agent: int
    recording: int
    session: str
    call: str
    begun: int


class ScreenRecordingRefused(NamedTuple):
    """`starting`: it runs already; otherwise there was none to stop."""

    at: int
    tenant: int
    agent: int
    starting: bool
