"""All commands of the switch at random: what is written of agents agrees with what they do."""

from __future__ import annotations

from emulator.domain.recorder import Recorder
from emulator.store.rows import AgentOperation, CallRecord, Row
from emulator.switch.terms import DeviceType
from tests.domain.agreement import agree
from tests.switch.laws.commands import Command
from tests.switch.laws.test_laws import TheSwitch


class TheRecorder(TheSwitch):
    """The switch, and who writes down what it reports."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.recorder = Recorder(self.rows.append, lambda: self.switch)
        self.switch.subscribe(self.recorder)

    def give(self, given: Command) -> None:
        super().give(given)
        agree(self.switch, self.recorder)
        self._rows_are_in_order()

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
