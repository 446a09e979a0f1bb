"""The commands of agents about flows that their calls go through (CSTA 17)."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.switch import flow_services
from emulator.switch.call_commands import CallCommands
from emulator.switch.flow import IvrEntry


class FlowCommands(CallCommands):
    """Joining a flow to a call, having one follow it, and telling it what it needs."""

    __slots__ = ()

    def join_ivr(
        self,
        work_no: int,
        flow: str,
        entry: IvrEntry | None = None,
        *,
        data: str | None = None,
    ) -> None:
        """Let the customer go through a flow, by its access code or id, while the agent stays."""
        flow_services.join(self, self._actor(work_no), flow, entry, data)
        self._done()

    def follow_up(self, work_no: int, flow: str = "") -> None:
        """Have the customer go to a flow when everybody else on the agent's call has hung up.

        `flow`: its access code or id; empty: the tenant's first one with a survey, or a survey of
        one question.
        """
        flow_services.follow_up(self._actor(work_no), flow)

    def set_flow_variables(self, call_id: str, values: Mapping[str, str]) -> None:
        """Set variables of the flow in which the call is."""
        self._guard()
        flow_services.set_variables(self.call(call_id), values)
        self._done()
