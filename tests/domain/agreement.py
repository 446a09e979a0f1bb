"""What is written of agents, held against what they do."""

from __future__ import annotations

from collections import Counter

from emulator.domain import operations as op
from emulator.domain.operations import Span, Work
from emulator.domain.recorder import Recorder
from emulator.switch.model import Agent
from emulator.switch.switch import Switch
from emulator.switch.terms import CONNECTED, HOLD, AgentState

_STATES = {
    AgentState.IDLE: {op.SHOWS_IDLE},
    AgentState.BUSY: {op.SHOWS_BUSY},
    AgentState.REST: {op.RESTS},
    AgentState.WRAP_UP: {op.WORKS},
    AgentState.STUDY: {op.STUDIES},
    AgentState.PREOCCUPIED: {op.DIALS},
    AgentState.OCCUPIED: {op.DIALS},
    AgentState.ANSWERING: {op.WAITS_FOR_ANSWER},
    AgentState.TALKING: {op.TALKS, op.IN_TEXT},
}


def agree(switch: Switch, recorder: Recorder) -> None:
    """Each agent that has signed in does what the recorder believes it to do."""
    for agent in switch.agents.values():
        work = recorder.running.get(agent.work_no)
        assert (work is not None) == agent.signed_in
        if work is not None:
            _agrees(agent, work)
            for span in work.beside:
                _goes_on(switch, agent, span)


def _agrees(agent: Agent, work: Work) -> None:
    where = f"agent {agent.work_no} {agent.state.name}: {work}"
    assert work.state is not None, where
    assert work.state.type in _STATES[agent.state], where
    does = Counter(span.type for span in work.beside)
    assert does[op.SUPERVISES] == (agent.supervision is not None), where
    is_up = agent.line is not None and agent.line.state is CONNECTED
    assert does[op.HEARS_RECORDING] == (is_up and agent.playback is not None), where
    paused = agent.playback is not None and agent.playback.paused
    assert does[op.PAUSES_RECORDING] == paused, where
    rooms = [c for c in agent.connections if c.call.room and c.call.room.of(c).entered]
    assert does[op.IN_CONFERENCE] == len(rooms), where
    three = [c for c in agent.connections if c.call.conference and c.talk_begin]
    assert does[op.IN_THREE_PARTY_CALL] == len(three), where


def _goes_on(switch: Switch, agent: Agent, span: Span) -> None:
    if not span.call:
        return
    call = switch.calls.get(span.call)
    assert call is not None, f"agent {agent.work_no}: {span}"
    own = agent.connection(call)
    assert own is not None, f"agent {agent.work_no}: {span}"
    if span.type == op.HOLDS:
        assert own.state is HOLD
    elif span.type == op.MUTES:
        assert own.muted
