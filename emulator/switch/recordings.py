"""Recordings of agents' calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch.events import RecordingStarted, RecordingStopped
from emulator.switch.model import Connection
from emulator.switch.terms import VOICE_AND_VIDEO

if TYPE_CHECKING:
    from emulator.switch.core import Core


def start_recording(sw: Core, connection: Connection) -> None:
    call, agent = connection.call, connection.agent
    if agent is None or connection.recording or not call.tenant.config.record_calls:
        return
    connection.recording = sw.next_recording()
    connection.recording_begun = sw.now
    sw.report(
        RecordingStarted(
            sw.now,
            call.tenant.id,
            call.id,
            agent.work_no,
            connection.recording,
            call.caller,
            call.called,
            call.ability == VOICE_AND_VIDEO,
        )
    )


def stop_recording(sw: Core, connection: Connection) -> None:
    call, agent = connection.call, connection.agent
    if agent is None or not connection.recording:
        return
    sw.report(
        RecordingStopped(
            sw.now,
            call.tenant.id,
            call.id,
            agent.work_no,
            connection.recording,
            connection.recording_begun,
            call.ability == VOICE_AND_VIDEO,
        )
    )
    connection.recording = 0
