"""An agent's state in the three encodings of CEC 6.5.3."""

from __future__ import annotations

from emulator.switch.model import Agent, OperationKind
from emulator.switch.terms import AgentState, ConnectionState, SupervisionMode

GATEWAY_STATE = {
    AgentState.SIGNED_OUT: 2,
    AgentState.IDLE: 4,
    AgentState.PREOCCUPIED: 7,
    AgentState.OCCUPIED: 7,
    AgentState.ANSWERING: 7,
    AgentState.TALKING: 7,
    AgentState.WRAP_UP: 5,
    AgentState.BUSY: 3,
    AgentState.REST: 8,
    AgentState.STUDY: 0,
}
"""Table 6-452, by the CTI platform's state (Table 6-453, which is the switch's own)."""

PRE_REST = 9
"""A rest waits for its approval (Table 6-452)."""

_PLAIN = {
    AgentState.IDLE: 1,
    AgentState.WRAP_UP: 2,
    AgentState.REST: 3,
    AgentState.BUSY: 4,
    AgentState.PREOCCUPIED: 7,
    AgentState.OCCUPIED: 6,
    AgentState.ANSWERING: 8,
}

ABNORMAL = 255
LISTENING = 5
"""To a recording that is played to it."""
THREE_PARTY, HELD, MUTED, CONSULTING, TRANSFERRING = 10, 11, 12, 13, 14

_SUPERVISING = {
    SupervisionMode.BARGE_IN: 15,
    SupervisionMode.LISTEN: 16,
    SupervisionMode.WHISPER: 17,
}


def gateway_state(agent: Agent) -> int:
    """The state of Table 6-452."""
    if agent.work_no in agent.tenant.rest_requests:
        return PRE_REST
    return GATEWAY_STATE[agent.state]


def cti_state(agent: Agent) -> int:
    """The state of Table 6-453."""
    return int(agent.state)


def agent_state(agent: Agent) -> int:
    """The state of Table 6-454, with what the agent does on the phone."""
    if agent.supervision is not None:
        return _SUPERVISING[agent.supervision.mode]
    if agent.playback is not None:
        return LISTENING
    if agent.state is not AgentState.TALKING:
        return _PLAIN.get(agent.state, ABNORMAL)
    operation = agent.operation
    if operation is not None:
        consulting = operation.kind in (
            OperationKind.CONSULTATION,
            OperationKind.THREE_PARTY_CONSULTATION,
        )
        return CONSULTING if consulting else TRANSFERRING
    active = agent.active
    if active is None:
        return HELD if agent.held else 9
    if active.call.conference:
        return THREE_PARTY
    if active.muted:
        return MUTED
    return 9 if active.talk_begin or active.state is ConnectionState.CONNECTED else 8


def last_state(agent: Agent) -> int:
    """The state before this one (Table 6-454), 255 when there is none to tell."""
    if agent.last_state is None:
        return ABNORMAL
    if agent.last_state is AgentState.TALKING:
        return 9
    return _PLAIN.get(agent.last_state, ABNORMAL)


_COMMANDS = {
    OperationKind.CONSULTATION: 16,
    OperationKind.THREE_PARTY_CONSULTATION: 17,
    OperationKind.RELEASE_AFTER_TRANSFER: 11,
    OperationKind.TALK_TRANSFER: 12,
    OperationKind.THREE_PARTY_TRANSFER: 13,
    OperationKind.HANG_UP_TRANSFER: 14,
}
_SUPERVISION_COMMANDS = {
    SupervisionMode.BARGE_IN: 20,
    SupervisionMode.LISTEN: 21,
    SupervisionMode.WHISPER: 24,
}
FIRST_OUTBOUND, OUTBOUND, HOLDING, MUTING = 4, 5, 6, 8
CONFERENCING, PLAYING, SHOWING_BUSY, RESTING = 18, 19, 30, 31


def current_command(agent: Agent) -> tuple[int, int]:
    """What the agent is in the middle of (Table 6-93), 0 if nothing, and since when (µs)."""
    if agent.supervision is not None:
        return _SUPERVISION_COMMANDS[agent.supervision.mode], agent.state_since
    if agent.playback is not None:
        return PLAYING, agent.state_since
    operation = agent.operation
    if operation is not None:
        own = agent.connection(operation.call)
        return _COMMANDS[operation.kind], own.held_at if own is not None else agent.state_since
    active, held = agent.active, agent.held
    if active is not None and active.call.target is not None and not active.talk_begin:
        return (OUTBOUND if held else FIRST_OUTBOUND), active.ack_begin
    if active is not None and active.call.conference:
        return CONFERENCING, active.talk_begin
    if active is not None and active.muted:
        return MUTING, active.talk_begin
    if held and active is None:
        return HOLDING, held[-1].held_at
    if agent.state is AgentState.BUSY:
        return SHOWING_BUSY, agent.state_since
    if agent.state is AgentState.REST:
        return RESTING, agent.state_since
    return 0, 0
