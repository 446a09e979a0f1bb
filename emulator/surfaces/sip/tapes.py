"""Recordings of what real phones say, agents' calls and voice messages, to files of their names.

A call nobody of which has a real phone is not recorded here: the library makes its sound up.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from emulator.media import paths
from emulator.media.wiring import Media, Record, Recorded, StopRecording
from emulator.switch.events import (
    CallCleared,
    ConnectionMoved,
    Event,
    IvrNodeEntered,
    MessageRecorded,
    RecordingStarted,
    RecordingStopped,
)
from emulator.switch.model import Connection
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    from emulator.platform import Platform

log = logging.getLogger(__name__)

UNFINISHED = "unfinished"
"""The folder of messages whose names are not known yet; no name of a recording leads there."""


@dataclass(slots=True)
class _Tape:
    """A recording under way; `agent` 0: a voice message, of the customer alone."""

    name: str
    call: str
    agent: int
    place: Path
    append: bool = False
    sides: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    runs: bool = False


class Tapes:
    """What is being recorded on one leg; `port_of` gives the port of a connection."""

    def __init__(
        self, platform: Platform, media: Media, port_of: Callable[[Connection], int | None]
    ) -> None:
        self._platform = platform
        self._media = media
        self._port_of = port_of
        self._tapes: dict[str, _Tape] = {}
        self._finished: dict[str, tuple[Path, Path | None]] = {}
        """Where messages were recorded to, and what they are to be called (None: nothing)."""
        self._temporary: TemporaryDirectory[str] | None = None
        self._hear: dict[type[Any], Callable[[Any], None]] = {
            RecordingStarted: self._started,
            RecordingStopped: self._stopped,
            ConnectionMoved: self._moved,
            IvrNodeEntered: self._at_node,
            MessageRecorded: self._message_ended,
            CallCleared: self._cleared,
        }

    def start(self) -> None:
        """Have a folder; that of a world in memory goes with it."""
        library = self._platform.recordings.library
        if library.root is None:
            self._temporary = TemporaryDirectory(prefix="emulator-recordings-")
            library.root = Path(self._temporary.name)

    def stop(self) -> None:
        """Throw away what was to be thrown away."""
        if self._temporary is not None:
            self._platform.recordings.library.root = None
            self._temporary.cleanup()
            self._temporary = None

    @property
    def open(self) -> int:
        """How many recordings are under way, or have no name yet."""
        return len(self._tapes) + len(self._finished)

    def hear(self, event: Event) -> None:
        """Take note of an event of the switch."""
        handler = self._hear.get(type(event))
        if handler is not None:
            handler(event)

    def settle(self) -> None:
        """Have the sides of every tape be those who are on its call now."""
        for tape in self._tapes.values():
            sides = self._sides(tape)
            if sides == tape.sides or not (tape.runs or any(sides)):
                continue
            tape.sides, tape.runs = sides, True
            tape.place.parent.mkdir(parents=True, exist_ok=True)
            self._media.ask(Record(tape.name, tape.place, *sides, append=tape.append))

    def place(self, name: str) -> Path | None:
        """The file of a recording, if it is there."""
        found = self._place_of(name)
        return found if found is not None and found.is_file() else None

    def leave_behind(self, switch: Switch) -> None:
        """Stop what is recorded on calls that are not the switch's any more."""
        for key, tape in list(self._tapes.items()):
            if tape.call in switch.calls:
                continue
            if tape.agent:
                self._stop(key)
            else:
                self._discard(key)

    def recorded(self, report: Recorded) -> None:
        """A file is complete: messages get their names."""
        place, called = self._finished.pop(report.name, (None, None))
        if place is None:
            self._interrupted(report.name)
            return
        try:
            if called is None or not report.frames:
                place.unlink(missing_ok=True)
            else:
                called.parent.mkdir(parents=True, exist_ok=True)
                os.replace(place, called)
        except OSError as error:
            log.warning("a voice message was not kept: %s", error)

    def _interrupted(self, name: str) -> None:
        """It could not be written, or who wrote it has died: perhaps it is begun again."""
        tape = next((it for it in self._tapes.values() if it.name == name), None)
        if tape is not None:
            tape.sides, tape.runs = ((), ()), False

    def _sides(self, tape: _Tape) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Customer left, agent right; a message has one side."""
        call = self._platform.switch.calls.get(tape.call)
        if call is None:
            return tape.sides
        left: list[int] = []
        right: list[int] = []
        for connection in call.connections:
            port = self._port_of(connection)
            if port is not None:
                own = connection.agent is not None and connection.agent.work_no == tape.agent
                (right if own else left).append(port)
        return tuple(left), tuple(right)

    def _place_of(self, name: str) -> Path | None:
        try:
            return self._platform.recordings.library.place(paths.read(name))
        except paths.NotAName:
            return None

    # Calls of agents

    def _started(self, event: RecordingStarted) -> None:
        name = event.file or paths.call_file(event.tenant, event.agent, event.at)
        place = None if event.video else self._place_of(name)
        if place is None:
            return
        agent = self._platform.switch.agents[event.agent]
        own = agent.own_recording
        append = own is not None and own.number == event.recording and own.appends
        key = _key(event.agent, event.recording)
        self._tapes[key] = _Tape(key, event.call, event.agent, place, append)

    def _stopped(self, event: RecordingStopped) -> None:
        self._stop(_key(event.agent, event.recording))

    def _moved(self, event: ConnectionMoved) -> None:
        """An agent who was consulted has got the call: the recording goes on with the customer."""
        for tape in self._tapes.values():
            if event.agent and (tape.agent, tape.call) == (event.agent, event.from_call):
                tape.call = event.call

    def _stop(self, key: str) -> _Tape | None:
        tape = self._tapes.pop(key, None)
        if tape is None or not tape.runs:
            return None
        self._media.ask(StopRecording(tape.name))
        return tape

    # Voice messages

    def _at_node(self, event: IvrNodeEntered) -> None:
        self._discard(event.call)
        flow = self._platform.switch.tenants[event.tenant].flows.get(event.flow)
        root = self._platform.recordings.library.root
        if flow is None or root is None or flow.node(event.node)["type"] != "record":
            return
        # A call may leave another message while the file of the last one is being closed.
        name = f"{event.call}-{event.at}"
        place = root / UNFINISHED / f"{name}.wav"
        self._tapes[event.call] = _Tape(name, event.call, 0, place)

    def _message_ended(self, event: MessageRecorded) -> None:
        tape = self._stop(event.call)
        if tape is not None:
            called = self._place_of(paths.message_file(event.tenant, event.at))
            self._finished[tape.name] = tape.place, called

    def _cleared(self, event: CallCleared) -> None:
        self._discard(event.call)

    def _discard(self, call: str) -> None:
        tape = self._stop(call)
        if tape is not None:
            self._finished[tape.name] = tape.place, None


def _key(agent: int, recording: int) -> str:
    return f"{agent}/{recording}"
