"""Call records, agent operations and recordings, written down as the switch reports them.

The rows are those of CEC 13.2.2.1 and 13.2.2.2. An agent operation is a span of an agent's time;
its row is complete, and handed on, when the span ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from emulator.domain.agent_work import AgentWork
from emulator.domain.numbers import Column, Numbers
from emulator.domain.operations import Work
from emulator.media.paths import call_file, message_file, screen_file
from emulator.store.rows import CallRecord, RecordingRow, Row
from emulator.switch.config import TenantConfig
from emulator.switch.events import (
    Event,
    MessageRecorded,
    RecordingStopped,
    ScreenRecordingStopped,
    StayEnded,
)
from emulator.switch.switch import Switch
from emulator.switch.terms import AGENT_DEVICE, DeviceType, LeaveReason, MediaType, TargetType

TEXT = Column()
REASONS = {reason: str(int(reason)) for reason in LeaveReason}
MEDIA = {media: str(int(media)) for media in MediaType}
DEVICE_IN = {
    0: "",
    DeviceType.QUEUE: "DEVICE_QUEUE",
    DeviceType.AGENT: "DEVICE_AGENT",
    DeviceType.TRUNK: "",
}
"""What columns 24 and 25 of the call record call a device, but for flows."""

Running = dict[int, Work]
"""What agents are doing, by agent."""


class Recorder:
    """Hears the switch's events and hands on rows; `handlers` take note of an event, by its type.

    `switch` gives the switch as it is. `numbers` tell operations of one instant apart; recorders
    that follow one another in a world share them.
    """

    def __init__(
        self,
        write: Callable[[Row], None],
        switch: Callable[[], Switch],
        numbers: Iterator[int] | None = None,
    ) -> None:
        self._write = write
        self._switch = switch
        self._agents = AgentWork(write, switch, Numbers() if numbers is None else numbers)
        self.handlers: dict[type[Any], Callable[[Any], None]] = {
            **self._agents.handlers,
            StayEnded: self._stay_ended,
            RecordingStopped: self._recording_stopped,
            ScreenRecordingStopped: self._screen_stopped,
            MessageRecorded: self._message_recorded,
        }

    def __call__(self, event: Event) -> None:
        """Take note of one event."""
        handler = self.handlers.get(type(event))
        if handler is not None:
            handler(event)

    @property
    def running(self) -> Running:
        """What has begun and is not over."""
        return self._agents.running

    def take_up(self, running: Running) -> None:
        """Go on with what another recorder had begun."""
        self._agents.take_up(running)

    def forget(self, tenant: int) -> None:
        """A tenant begins anew: what its agents were doing is not written down."""
        self._agents.forget(tenant)

    # Calls

    def _stay_ended(self, event: StayEnded) -> None:
        tenant = self._switch().tenants[event.tenant].config
        kind, previous, last = event.device_type, event.previous_type, event.last
        self._write(
            CallRecord(
                event.tenant,
                tenant.name,
                tenant.name,
                str(tenant.cc_id),
                event.device_no if kind is AGENT_DEVICE else "",
                event.call,
                event.caller,
                event.called,
                event.wait_begin or None,
                event.wait_end or None,
                event.ack_begin or None,
                event.ack_end or None,
                event.talk_begin or event.at,
                event.talk_end or event.at,
                int(kind),
                int(event.device_no),
                int(event.call_type),
                event.cause if last else 0,
                -1 if last else event.serial,
                str(event.tenant),
                TEXT[previous],
                event.previous_no,
                TEXT[event.wanted_queue],
                TEXT[event.queue],
                DEVICE_IN[kind] if kind in DEVICE_IN else _flow_in(tenant, event.device_no),
                (
                    DEVICE_IN[previous]
                    if previous in DEVICE_IN
                    else _flow_in(tenant, event.previous_no)
                ),
                leave_reason=REASONS[event.leave_reason],
                media_type=MEDIA[event.media],
            )
        )

    def _recording_stopped(self, event: RecordingStopped) -> None:
        self._write(
            recording_row(
                event.tenant,
                event.agent,
                event.recording,
                event.call,
                event.begun,
                event.at,
                video=event.video,
                file=event.file,
                appends=event.appends,
            )
        )

    def _screen_stopped(self, event: ScreenRecordingStopped) -> None:
        self._write(
            screen_row(
                event.tenant,
                event.agent,
                event.recording,
                event.session,
                event.call,
                event.begun,
                event.at,
            )
        )

    def _message_recorded(self, event: MessageRecorded) -> None:
        self._write(
            RecordingRow(
                event.tenant,
                f"Yc1v{event.tenant}m{event.at}c{event.call}",
                event.call,
                "",
                event.at - event.seconds * 1_000_000,
                event.at,
                message_file(event.tenant, event.at),
                int(MediaType.MESSAGE),
            )
        )


def _flow_in(tenant: TenantConfig, number: str) -> str:
    """The access code that the flow has, or by which customers come to it."""
    flow_id = int(number)
    for flow in tenant.flows:
        if flow.id == flow_id and flow.access_code:
            return flow.access_code
    for code in tenant.access_codes:
        for route in code.routes:
            if route.target is TargetType.IVR and route.target_id == flow_id:
                return code.code + route.extension
    return ""


def record_id(tenant: int, agent: int, recording: int, call: str) -> str:
    """The serial number of a recording, the same from its start to its file."""
    return f"Yc1v{tenant}a{agent}r{recording}c{call}"


def recording_row(
    tenant: int,
    agent: int,
    recording: int,
    call: str,
    begun: int,
    ended: int,
    *,
    video: bool,
    file: str,
    appends: bool,
) -> RecordingRow:
    """The row of a call's recording; `file` empty: it has the platform's name for it."""
    return RecordingRow(
        tenant,
        record_id(tenant, agent, recording, call),
        call,
        str(agent),
        begun,
        ended,
        file or call_file(tenant, agent, begun, video=video),
        int(MediaType.VIDEO if video else MediaType.VOICE),
        appends,
    )


def screen_row(
    tenant: int, agent: int, recording: int, session: str, call: str, begun: int, ended: int
) -> RecordingRow:
    """The row of a recording of an agent's screen, perhaps during a call."""
    return RecordingRow(
        tenant,
        record_id(tenant, agent, recording, session),
        call,
        str(agent),
        begun,
        ended,
        screen_file(tenant, agent, begun),
        int(MediaType.VIDEO),
    )
