"""The stage that is a switch in this process: what is asked for is done at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from emulator.scenario.engine.customers import Customer
from emulator.scenario.engine.hearing import Hearing
from emulator.scenario.engine.stage import Dialling, TargetSpec
from emulator.switch.agents import SignIn
from emulator.switch.errors import SwitchError
from emulator.switch.events import Offered
from emulator.switch.switch import Switch, Target
from emulator.switch.terms import (
    AgentState,
    PhoneCondition,
    SupervisionMode,
    TargetType,
    TransferMode,
)

TARGETS = {
    "queue": TargetType.QUEUE,
    "agent": TargetType.AGENT,
    "ivr": TargetType.IVR,
    "number": TargetType.OUTSIDE,
}


class SwitchStage:
    """`refused` counts what the switch did not do, by what was asked and why."""

    def __init__(self, switch: Switch, hearing: Hearing) -> None:
        self.switch = switch
        self.hearing = hearing
        self.refused: Counter[str] = Counter()
        self.unheard: Counter[str] = Counter()
        """What has no effect here, by its name."""
        self._dialling: Customer | None = None
        hearing.handlers[Offered] = self._offered

    def _offered(self, event: Offered) -> None:
        if self._dialling is not None:
            self.hearing.begun(self._dialling, event.call, event.media)
            self._dialling = None

    def _refuse(self, what: str, error: SwitchError) -> None:
        self.refused[f"{what}: {type(error).__name__}"] += 1

    def _try(self, what: str, command: Callable[..., object], *args: object) -> None:
        try:
            command(*args)
        except SwitchError as error:
            self._refuse(what, error)

    # Outside

    def dial_in(self, call: Dialling) -> None:
        assert isinstance(call.key, Customer)
        self._dialling = call.key
        try:
            self.switch.dial_in(
                call.caller,
                call.dialled,
                media=call.media,
                data=call.data,
                priority=call.priority,
                language=call.language,
            )
        except SwitchError as error:
            self._dialling = None
            self._refuse("dial_in", error)

    def hang_up(self, call: str, number: str | None = None) -> None:
        try:
            self.switch.outside_hangs_up(call, number)
        except SwitchError as error:
            self._refuse("hang_up", error)

    def press(self, call: str, digits: str) -> None:
        self._try("press", self.switch.outside_presses, call, digits)

    def outside_answers(self, call: str, number: str) -> None:
        self._try("outside_answers", self.switch.outside_answers, call, number)

    def outside_refuses(self, call: str, number: str, cause: int) -> None:
        self._try("outside_refuses", self.switch.outside_refuses, call, cause, number)

    # Agents

    def sign_in(self, agent: int, how: SignIn, queues: Sequence[int] | None = None) -> None:
        self._try("sign_in", self.switch.log_on, agent, how)
        if queues is not None:
            self.set_skills(agent, queues)

    def sign_out(self, agent: int) -> None:
        self._try("sign_out", self.switch.log_off, agent)

    def answer(self, agent: int, call: str) -> None:
        try:
            self.switch.answer_call(agent, call)
        except SwitchError as error:
            self._refuse("answer", error)

    def reject(self, agent: int, call: str) -> None:
        try:
            self.switch.reject_call(agent, call, release=False)
        except SwitchError as error:
            self._refuse("reject", error)

    def release(self, agent: int, call: str) -> None:
        self._try("release", self.switch.release_call, agent, call)

    def hold(self, agent: int, call: str) -> None:
        self._try("hold", self.switch.hold_call, agent, call)

    def retrieve(self, agent: int, call: str) -> None:
        self._try("retrieve", self.switch.retrieve_call, agent, call)

    def transfer(self, agent: int, to: TargetSpec, mode: TransferMode) -> None:
        self._try("transfer", self.switch.single_step_transfer, agent, target(to), mode)

    def consult(self, agent: int, to: TargetSpec) -> None:
        self._try("consult", self.switch.consultation_call, agent, target(to))

    def complete_transfer(self, agent: int, held: str) -> None:
        self._try("complete_transfer", self.switch.transfer_call, agent, held)

    def join(self, agent: int, held: str) -> None:
        self._try("join", self.switch.conference_call, agent, held)

    def make_call(self, agent: int, number: str, caller: str) -> None:
        try:
            self.switch.make_call(agent, number, caller=caller)
        except SwitchError as error:
            self._refuse("make_call", error)

    def offer_preview(self, agent: int, number: str) -> None:
        self._try("offer_preview", self.switch.offer_preview, agent, [number])

    def call_preview(self, agent: int, control: int, number: str) -> None:
        self._try("call_preview", self.switch.call_preview, agent, control, number)

    def cancel_state(self, agent: int, state: AgentState) -> None:
        try:
            self.switch.cancel_state(agent, state)
        except SwitchError as error:
            self._refuse("cancel_state", error)

    def rest(self, agent: int, seconds: int, reason: int) -> None:
        self._try("rest", self.switch.request_rest, agent, seconds, reason)

    def set_ready(self, agent: int) -> None:
        self._try("set_ready", self.switch.set_ready, agent)

    def set_skills(self, agent: int, queues: Sequence[int]) -> None:
        self._try("set_skills", self.switch.set_skills, agent, list(queues))

    # Supervisors, and what befalls people

    def supervise(self, inspector: int, agent: int, mode: SupervisionMode) -> None:
        self._try("supervise", self.switch.supervise, inspector, agent, mode)

    def stop_supervision(self, inspector: int, agent: int) -> None:
        self._try("stop_supervision", self.switch.stop_supervision, inspector, agent)

    def intercept(self, inspector: int, agent: int) -> None:
        self._try("intercept", self.switch.intercept, inspector, agent)

    def force_sign_out(self, inspector: int, agent: int) -> None:
        self._try("force_sign_out", self.switch.force_sign_out, inspector, agent)

    def set_phone_online(self, agent: int, *, online: bool) -> None:
        known = self.switch.agent(agent)
        # Who has signed out meanwhile has no phone, but the phone is still there.
        number = known.phone.number if known.phone is not None else known.config.phone
        condition = PhoneCondition.IN_SERVICE if online else PhoneCondition.OFFLINE
        self._try("set_phone_online", self.switch.set_phone_condition, number, condition)

    def fault(self, fault: dict[str, object]) -> None:
        self.unheard["fault: no doors"] += 1


def target(to: TargetSpec) -> Target:
    """A target as the switch has it."""
    return TARGETS[to[0]], to[1]
