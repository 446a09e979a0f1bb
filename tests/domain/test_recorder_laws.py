"""All commands of the switch at random: what is written of agents agrees with what they do."""

from __future__ import annotations

from collections import Counter

from emulator.domain import operations as op
from emulator.domain.operations import Span
from emulator.domain.recorder import Recorder
from emulator.store.rows import AgentOperation, CallRecord, Row
from emulator.switch.model import Agent
from emulator.switch.terms import HOLD, AgentState, DeviceType
from tests.switch.laws.commands import Command
from tests.switch.laws.test_laws import TheSwitch

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


class TheRecorder(TheSwitch):
    """The switch, and who writes down what it reports."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.recorder = Recorder(self.rows.append, lambda: self.switch)
        self.switch.subscribe(self.recorder)

    def give(self, given: Command) -> None:
        super().give(given)
        for agent in self.switch.agents.values():
            self._agrees(agent)
        self._rows_are_in_order()

    def _agrees(self, agent: Agent) -> None:
        work = self.recorder.running.get(agent.work_no)
        assert (work is not None) == agent.signed_in
        if work is None:
            return
        where = f"agent {agent.work_no} {agent.state.name}: {work}"
        assert work.state is not None, where
        assert work.state.type in _STATES[agent.state], where
        does = Counter(span.type for span in work.beside)
        assert does[op.SUPERVISES] == (agent.supervision is not None), where
        assert does[op.HEARS_RECORDING] == (agent.playback is not None), where
        paused = agent.playback is not None and agent.playback.paused
        assert does[op.PAUSES_RECORDING] == paused, where
        rooms = [c for c in agent.connections if c.call.room and c.call.room.of(c).entered]
        assert does[op.IN_CONFERENCE] == len(rooms), where
        three = [c for c in agent.connections if c.call.conference and c.talk_begin]
        assert does[op.IN_THREE_PARTY_CALL] == len(three), where
        for span in work.beside:
            self._goes_on(agent, span)

    def _goes_on(self, agent: Agent, span: Span) -> None:
        if not span.call:
            return
        call = self.switch.calls.get(span.call)
        assert call is not None, f"agent {agent.work_no}: {span}"
        own = agent.connection(call)
        assert own is not None, f"agent {agent.work_no}: {span}"
        if span.type == op.HOLDS:
            assert own.state is HOLD
        elif span.type == op.MUTES:
            assert own.muted

    def _rows_are_in_order(self) -> None:
        for row in self.rows:
            if isinstance(row, AgentOperation):
                assert row.end_time is not None
                assert row.begin_time <= row.end_time
            elif isinstance(row, CallRecord):
                assert row.call_begin is not None
                assert row.call_end is not None
                assert row.call_begin <= row.call_end
                if row.device_type == DeviceType.QUEUE:
                    assert row.call_begin == row.call_end
        self.rows.clear()


TheRecorder.TestCase.settings = TheSwitch.TestCase.settings
TestTheRecorder = TheRecorder.TestCase
