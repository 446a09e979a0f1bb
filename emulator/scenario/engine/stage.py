"""The call center as those who act in it see it.

What they ask for is done at once or a little later, and may be refused; nobody waits for it. What
becomes of it they hear: `Hearing` tells each of them what concerns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from emulator.switch.agents import SignIn
from emulator.switch.terms import AgentState, MediaType, SupervisionMode, TransferMode

TargetSpec = tuple[str, str]
"""`queue`, `agent`, `ivr` or `number`, and which."""


@dataclass(slots=True)
class Dialling:
    """A call that a customer makes; `key` is the customer's own."""

    key: object
    caller: str
    dialled: str
    media: MediaType | None = None
    data: str = ""
    priority: int | None = None
    language: str = ""


class Stage(Protocol):
    """Where a scenario is played: a switch in this process, or an emulator behind its doors."""

    def dial_in(self, call: Dialling) -> None:
        """A customer calls; hears `begun` when the call is there."""

    def hang_up(self, call: str, number: str | None = None) -> None:
        """An outside party hangs up."""

    def press(self, call: str, digits: str) -> None:
        """The customer presses keys."""

    def outside_answers(self, call: str, number: str) -> None:
        """An outside number that rings is picked up."""

    def outside_refuses(self, call: str, number: str, cause: int) -> None:
        """An outside number that rings is not reached; `cause` of CEC Table 6-451."""

    def sign_in(self, agent: int, how: SignIn, queues: Sequence[int] | None = None) -> None:
        """An agent comes to work, for these of its queues; None: for all."""

    def sign_out(self, agent: int) -> None:
        """An agent goes home."""

    def answer(self, agent: int, call: str) -> None: ...

    def reject(self, agent: int, call: str) -> None: ...

    def release(self, agent: int, call: str) -> None: ...

    def hold(self, agent: int, call: str) -> None: ...

    def retrieve(self, agent: int, call: str) -> None: ...

    def transfer(self, agent: int, to: TargetSpec, mode: TransferMode) -> None:
        """Hand the conversation on at once."""

    def consult(self, agent: int, to: TargetSpec) -> None:
        """Ask somebody while the customer waits."""

    def complete_transfer(self, agent: int, held: str) -> None:
        """Connect the customer on hold with whom one has asked."""

    def join(self, agent: int, held: str) -> None:
        """Talk with both."""

    def make_call(self, agent: int, number: str, caller: str) -> None: ...

    def offer_preview(self, agent: int, number: str) -> None: ...

    def call_preview(self, agent: int, control: int, number: str) -> None: ...

    def cancel_state(self, agent: int, state: AgentState) -> None:
        """Leave busy, rest or wrap-up for idle."""

    def rest(self, agent: int, seconds: int, reason: int) -> None: ...

    def set_ready(self, agent: int) -> None: ...

    def set_skills(self, agent: int, queues: Sequence[int]) -> None: ...

    def supervise(self, inspector: int, agent: int, mode: SupervisionMode) -> None: ...

    def stop_supervision(self, inspector: int, agent: int) -> None: ...

    def intercept(self, inspector: int, agent: int) -> None: ...

    def force_sign_out(self, inspector: int, agent: int) -> None: ...

    def set_phone_online(self, agent: int, *, online: bool) -> None:
        """The agent's phone is cut off, or back."""

    def fault(self, fault: dict[str, object]) -> None:
        """Set a fault on the doors; a stage without doors notes that it cannot."""
