"""The commands of agents about calls (CSTA 17: call control services; CEC 6.1.2)."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.switch import chats, delivery, dialling, operations, services, transfers, video_calls
from emulator.switch.agent_commands import AgentCommands
from emulator.switch.errors import NoCall, TransferNotAllowed, UnknownAgent
from emulator.switch.flow import IvrEntry
from emulator.switch.terms import CallType, TargetType, TransferMode

Target = tuple[TargetType, str]


class CallCommands(AgentCommands):
    """Making, answering, holding, transferring and ending calls."""

    __slots__ = ()

    def make_call(
        self,
        work_no: int,
        number: str,
        *,
        caller: str = "",
        video: bool = False,
        data: str = "",
    ) -> str:
        """Call an outside number; returns the call id."""
        agent = self._actor(work_no)
        call = dialling.make_call(
            self,
            agent,
            (TargetType.OUTSIDE, number),
            CallType.OUTBOUND,
            caller=caller,
            video=video,
            data=data,
        )
        self._done()
        return call.id

    def make_internal_call(
        self, work_no: int, called: int, *, caller: str = "", data: str = ""
    ) -> str:
        """Call another agent of the tenant; returns the call id."""
        agent = self._actor(work_no)
        target = (TargetType.AGENT, str(called))
        dialling.require_target(self, agent, target)
        call = dialling.make_call(self, agent, target, CallType.INTERNAL, caller=caller, data=data)
        self._done()
        return call.id

    def offer_preview(self, work_no: int, numbers: Iterable[str], data: str = "") -> int:
        agent = self._actor(work_no)
        control = dialling.offer_preview(self, agent, tuple(numbers), data)
        self._done()
        return control

    def call_preview(self, work_no: int, control: int, number: str) -> str:
        call = dialling.call_preview(self, self._actor(work_no), control, number)
        self._done()
        return call.id

    def answer_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        delivery.answer(self, agent, self._own_call(agent, call_id))
        self._done()

    def reject_call(self, work_no: int, call_id: str | None = None, *, release: bool) -> None:
        """Refuse a ringing call: to its queue's head, or released (CEC 6.1.2.22)."""
        agent = self._actor(work_no)
        delivery.reject(self, agent, self._own_call(agent, call_id), release=release)
        self._done()

    def hold_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        services.hold(self, agent, self._own_call(agent, call_id))
        self._done()

    def retrieve_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        services.retrieve(self, agent, self._own_call(agent, call_id))
        self._done()

    def alternate_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        services.alternate(self, agent, self._own_call(agent, call_id))
        self._done()

    def reconnect_call(self, work_no: int, call_id: str | None = None) -> None:
        """End the current call, and talk on the one held last."""
        agent = self._actor(work_no)
        services.reconnect(self, agent, self._own_call(agent, call_id))
        self._done()

    def mute(self, work_no: int, muted: bool) -> None:
        services.mute(self, self._actor(work_no), muted=muted)
        self._done()

    def generate_digits(self, work_no: int, digits: str, *, letters: bool = False) -> None:
        """Press 1 to 24 keys; `letters`: those from A to D are among them."""
        services.generate_digits(self, self._actor(work_no), digits, letters=letters)
        self._done()

    def consultation_call(
        self,
        work_no: int,
        target: Target,
        *,
        three_party: bool = False,
        data: str = "",
    ) -> str:
        """Ask an agent or queue for help; returns the id of the second call."""
        agent = self._actor(work_no)
        call = transfers.consult(self, agent, target, three_party=three_party, data=data)
        self._done()
        return call.id

    def conference_call(self, work_no: int, call_id: str, data: str = "") -> None:
        agent = self._actor(work_no)
        call = self._required_call(agent, call_id)
        transfers.conference(self, agent, call, data)
        self._done()

    def transfer_call(self, work_no: int, call_id: str) -> None:
        """Connect a held call with the current one, and leave both."""
        agent = self._actor(work_no)
        transfers.transfer_call(self, agent, self._required_call(agent, call_id))
        self._done()

    def single_step_transfer(
        self,
        work_no: int,
        target: Target,
        mode: TransferMode,
        *,
        caller: str = "",
        video: bool = False,
        data: str = "",
        entry: IvrEntry | None = None,
    ) -> None:
        """Transfer the current call in one of the modes of CEC Table 6-459.

        `entry`: where it enters a flow, and with which variables.
        """
        if not isinstance(mode, TransferMode):
            raise TransferNotAllowed(f"there is no transfer mode {mode!r}")
        agent = self._actor(work_no)
        transfers.transfer(
            self, agent, target, mode, caller=caller, video=video, data=data, entry=entry
        )
        self._done()

    def cancel_transfer(self, work_no: int) -> None:
        operations.cancel_transfer(self, self._actor(work_no))
        self._done()

    def release_call(self, work_no: int, call_id: str | None = None) -> None:
        """The agent hangs up its current call, or the given one."""
        agent = self._actor(work_no)
        services.release(self, agent, self._own_call(agent, call_id))
        self._done()

    def clear_call(self, work_no: int, call_id: str | None = None) -> None:
        """Release everybody from the agent's current call, or from the given one of its calls."""
        agent = self._actor(work_no)
        services.clear(self, agent, self._own_call(agent, call_id))
        self._done()

    def clear_connection(self, work_no: int, number: str) -> None:
        """Release one party of the agent's last call by its number."""
        services.clear_connection(self, self._actor(work_no), number)
        self._done()

    def set_call_data(self, call_id: str, data: str) -> None:
        self._guard()
        services.set_data(self, self.call(call_id), data)
        self._done()

    def switch_media(self, work_no: int, video: bool) -> None:
        video_calls.switch_media(self, self._actor(work_no), video)
        self._done()

    def set_video_mode(self, work_no: int, mode: int) -> None:
        video_calls.set_video_mode(self, self._actor(work_no), mode)
        self._done()

    def transmit_digits(self, work_no: int) -> None:
        video_calls.transmit_digits(self._actor(work_no))

    def pick_up(self, work_no: int, ringing_agent: int) -> None:
        """Take the call that rings at another agent of the tenant."""
        agent = self._actor(work_no)
        target = agent.tenant.agents.get(ringing_agent)
        if target is None:
            raise UnknownAgent(f"there is no agent {ringing_agent}")
        delivery.pick_up(self, agent, target)
        self._done()

    def request_queued_call(self, work_no: int, call_id: str, queue_id: int) -> None:
        """Ask for a call that waits in the queue."""
        agent = self._actor(work_no)
        call = self._required_call(agent, call_id)
        if call.entry is None or call.entry.queue.id != queue_id:
            raise NoCall(f"call {call_id} does not wait in queue {queue_id}")
        delivery.take_queued(self, agent, call)
        self._done()

    # Chats (CEC 6.1.5)

    def send_message(self, work_no: int, call_id: str, text: str) -> None:
        """Write to the customer of a chat."""
        agent = self._actor(work_no)
        chats.send(self, agent, self._required_call(agent, call_id), text)
        self._done()

    def limit_chats(self, work_no: int, limit: int) -> None:
        """Take at most so many chats at once, until signing in anew."""
        chats.limit(self, self._actor(work_no), limit)
        self._done()

    def transfer_chat(
        self, work_no: int, call_id: str, target: Target, mode: TransferMode, *, data: str = ""
    ) -> None:
        """Transfer a chat to a queue, an agent or an access code."""
        agent = self._actor(work_no)
        chats.transfer(self, agent, self._required_call(agent, call_id), target, mode, data)
        self._done()
