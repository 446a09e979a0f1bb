"""Recordings of agents' calls and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch.events import (
    RecordingStarted,
    RecordingStopped,
    ScreenRecordingRefused,
    ScreenRecordingStarted,
    ScreenRecordingStopped,
)
from emulator.switch.model import Agent, Connection, OwnRecording, ScreenRecording
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


def start_own(sw: Core, agent: Agent, connection: Connection, file: str, *, appends: bool) -> int:
    """The agent begins to record; returns the recording's number."""
    call = connection.call
    number = connection.recording = sw.next_recording()
    connection.recording_begun = sw.now
    agent.own_recording = OwnRecording(connection, number, file, appends)
    sw.report(
        RecordingStarted(
            sw.now,
            call.tenant.id,
            call.id,
            agent.work_no,
            number,
            call.caller,
            call.called,
            False,
            file,
        )
    )
    return number


def stop_recording(sw: Core, connection: Connection) -> None:
    call, agent = connection.call, connection.agent
    if agent is None or not connection.recording:
        return
    own = agent.own_recording
    if own is not None and own.connection is connection:
        _stop_own(sw, agent, own)
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


def _stop_own(sw: Core, agent: Agent, own: OwnRecording) -> None:
    connection = own.connection
    agent.own_recording = None
    connection.recording = 0
    sw.report(
        RecordingStopped(
            sw.now,
            agent.tenant.id,
            connection.call.id,
            agent.work_no,
            own.number,
            connection.recording_begun,
            False,
            own.file,
            own.appends,
        )
    )


# Screens


def start_screen(sw: Core, agent: Agent) -> None:
    """Record the agent's screen, until it is stopped or the agent signs out."""
    if agent.screen is not None:
        sw.report(ScreenRecordingRefused(sw.now, agent.tenant.id, agent.work_no, True))
        return
    active = agent.active
    agent.screen = ScreenRecording(
        sw.next_recording(), sw.next_call_id(), active.call.id if active is not None else "", sw.now
    )
    sw.report(ScreenRecordingStarted(sw.now, agent.tenant.id, agent.work_no, agent.screen.number))


def stop_screen(sw: Core, agent: Agent) -> None:
    screen = agent.screen
    if screen is None:
        sw.report(ScreenRecordingRefused(sw.now, agent.tenant.id, agent.work_no, False))
        return
    agent.screen = None
    sw.report(
        ScreenRecordingStopped(
            sw.now,
            agent.tenant.id,
            agent.work_no,
            screen.number,
            screen.session,
            screen.call,
            screen.begun,
        )
    )
