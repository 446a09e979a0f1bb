"""Call records, agent operations and recordings, written down as the switch reports them.

The rows are those of CEC 13.2.2.1 and 13.2.2.2. An agent operation is a span of an agent's time;
its row is complete, and handed on, when the span ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.domain.numbers import Numbers
from emulator.media.paths import call_file, message_file, screen_file
from emulator.store.rows import AgentOperation, CallRecord, RecordingRow, Row
from emulator.switch.config import TenantConfig
from emulator.switch.events import (
    AgentBusy,
    AgentLoggedOff,
    AgentLoggedOn,
    AgentNotReady,
    AgentReady,
    AgentResting,
    AgentStateChanged,
    AgentWorkingAfterCall,
    ConferenceRinging,
    Delivered,
    Event,
    MessageRecorded,
    RecordingStopped,
    ScreenRecordingStopped,
    StayEnded,
)
from emulator.switch.terms import AgentState, DeviceType, MediaType

DEVICE_IN = {
    DeviceType.QUEUE: "DEVICE_QUEUE",
    DeviceType.AGENT: "DEVICE_AGENT",
    DeviceType.IVR: "DEVICE_IVR",
}

OPERATION_LOGGED_OFF = 0
OPERATION_LOGGED_ON = 1
OPERATION_IDLE = 2
OPERATION_BUSY = 3
OPERATION_TALKING = 4
OPERATION_WAITING_FOR_ANSWER = 5
OPERATION_DIALLING = 9
OPERATION_REST = 26
OPERATION_WORK = 27
OPERATION_STUDY = 34
"""Operation types of CEC 13.2.3.4."""


@dataclass(slots=True)
class Span:
    """What an agent does since `begin` (µs)."""

    tenant: int
    type: int
    begin: int
    cause: int = 0
    call: str = ""
    phone: str = ""


Running = tuple[dict[int, Span], dict[int, int]]
"""By agent: what it does, and since when it is signed in (µs)."""


class Recorder:
    """Hears the switch's events and hands on rows.

    `tenant` gives a tenant's configuration by id. `numbers` tell operations of one instant apart;
    recorders that follow one another in a world share them.
    """

    def __init__(
        self,
        write: Callable[[Row], None],
        tenant: Callable[[int], TenantConfig],
        numbers: Iterator[int] | None = None,
    ) -> None:
        self._write = write
        self._tenant = tenant
        self._spans: dict[int, Span] = {}
        self._logged_on: dict[int, int] = {}
        self._numbers = Numbers() if numbers is None else numbers
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            StayEnded: self._stay_ended,
            RecordingStopped: self._recording_stopped,
            ScreenRecordingStopped: self._screen_stopped,
            MessageRecorded: self._message_recorded,
            AgentLoggedOn: self._logged_on_at,
            AgentLoggedOff: self._logged_off,
            AgentReady: lambda e: self._begin(e, OPERATION_IDLE),
            AgentNotReady: lambda e: self._begin(e, OPERATION_BUSY, e.reason),
            AgentResting: lambda e: self._begin(e, OPERATION_REST, e.reason),
            AgentWorkingAfterCall: lambda e: self._begin(e, OPERATION_WORK),
            AgentBusy: lambda e: self._begin(e, OPERATION_TALKING),
            AgentStateChanged: self._state_changed,
            Delivered: self._delivered,
            ConferenceRinging: self._conference_rings,
        }

    def __call__(self, event: Event) -> None:
        """Take note of one event."""
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    @property
    def running(self) -> Running:
        """What has begun and is not over."""
        return self._spans, self._logged_on

    def take_up(self, running: Running) -> None:
        """Go on with what another recorder had begun."""
        self._spans, self._logged_on = running

    def forget(self, tenant: int) -> None:
        """A tenant begins anew: what its agents were doing is not written down."""
        for agent in [agent for agent, span in self._spans.items() if span.tenant == tenant]:
            del self._spans[agent]
            self._logged_on.pop(agent, None)

    # Calls

    def _stay_ended(self, event: StayEnded) -> None:
        tenant = self._tenant(event.tenant)
        is_agent = event.device_type is DeviceType.AGENT
        self._write(
            CallRecord(
                event.tenant,
                developer=tenant.name,
                account_id=tenant.name,
                cc_id=str(tenant.cc_id),
                agent_id=event.device_no if is_agent else "",
                call_id=event.call,
                caller_no=event.caller,
                callee_no=event.called,
                wait_begin=event.wait_begin or None,
                wait_end=event.wait_end or None,
                ack_begin=event.ack_begin or None,
                ack_end=event.ack_end or None,
                call_begin=event.talk_begin or event.wait_begin or event.ack_begin,
                call_end=event.talk_end or event.at,
                device_type=int(event.device_type),
                device_no=int(event.device_no),
                call_type=int(event.call_type),
                release_cause=event.cause if event.last else 0,
                call_id_num=-1 if event.last else event.serial,
                vdn_id=str(event.tenant),
                pre_device_type=str(int(event.previous_type)) if event.previous_type else "",
                pre_device_no=event.previous_no,
                skill_id=str(event.wanted_queue or ""),
                current_skill_id=str(event.queue or ""),
                device_in=DEVICE_IN[event.device_type],
                pre_device_in=DEVICE_IN.get(DeviceType(event.previous_type), "")
                if event.previous_type
                else "",
                leave_reason=str(int(event.leave_reason)),
                media_type=str(int(event.media)),
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

    # Agents

    def _logged_on_at(self, event: AgentLoggedOn) -> None:
        self._logged_on[event.agent] = event.at
        self._put(event.agent, Span(event.tenant, OPERATION_LOGGED_ON, event.at), event.at)

    def _logged_off(self, event: AgentLoggedOff) -> None:
        self._end(event.agent, event.at)
        self._spans.pop(event.agent, None)
        span = Span(event.tenant, OPERATION_LOGGED_OFF, event.at, event.reason)
        self._put(event.agent, span, event.at)
        self._logged_on.pop(event.agent, None)

    def _begin(self, event: Any, operation: int, cause: int = 0) -> None:
        self._end(event.agent, event.at)
        self._spans[event.agent] = Span(event.tenant, operation, event.at, cause)

    def _delivered(self, event: Delivered) -> None:
        if event.work_no == event.agent and event.agent:
            self._waits_for_answer(event)

    def _conference_rings(self, event: ConferenceRinging) -> None:
        if event.agent:
            self._waits_for_answer(event)

    def _waits_for_answer(self, event: Delivered | ConferenceRinging) -> None:
        self._end(event.agent, event.at)
        self._spans[event.agent] = Span(
            event.tenant, OPERATION_WAITING_FOR_ANSWER, event.at, call=event.call
        )

    def _state_changed(self, event: AgentStateChanged) -> None:
        if event.state is AgentState.STUDY:
            self._begin(event, OPERATION_STUDY)
        elif event.state is AgentState.OCCUPIED:
            self._begin(event, OPERATION_DIALLING)

    def _end(self, agent: int, at: int) -> None:
        span = self._spans.pop(agent, None)
        if span is not None:
            self._put(agent, span, at)

    def _put(self, agent: int, span: Span, end: int) -> None:
        tenant = self._tenant(span.tenant)
        logged_on = self._logged_on.get(agent, span.begin)
        self._write(
            AgentOperation(
                span.tenant,
                f"{span.begin}{agent}{next(self._numbers):06d}"[:32],
                span.begin,
                developer_id=tenant.name,
                account_id=tenant.name,
                agent_id=str(agent),
                call_id=span.call,
                end_time=end,
                op_type=str(span.type),
                op_cause=str(span.cause),
                vdn_id=str(span.tenant),
                cc_id=str(tenant.cc_id),
                phone_no=span.phone,
                logon_sn=str(logged_on // 1_000_000),
            )
        )


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
