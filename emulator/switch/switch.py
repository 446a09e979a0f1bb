"""The switch: every command of the call center, and the events it publishes.

Pure, synchronous and deterministic (rules 1 to 9 of the house). Time is given: `advance_to` fires
the timers that are due, in order, and every command happens at the instant last advanced to.
A command either raises a `SwitchError` and has changed nothing, or is done, and its events are
published in order before it returns. Agents are named by work number, calls by id.
"""

from __future__ import annotations

from collections.abc import Sequence

from emulator.switch import (
    chats,
    configuration,
    endpoints,
    ivr,
    linkage,
    outside,
    services,
    speech,
    trunks,
    video_rooms,
)
from emulator.switch.agents import SignIn
from emulator.switch.call_commands import Target
from emulator.switch.config import TenantConfig
from emulator.switch.core import Subscriber
from emulator.switch.errors import InvalidNumber, InvalidValue
from emulator.switch.supervision_commands import SupervisionCommands
from emulator.switch.terms import MediaType, PhoneCondition
from emulator.switch.utterance import Utterance


class Switch(SupervisionCommands):
    """One call center. `now` is the start, in µs since the epoch.

    `first_call` is the sequence number of the first call id: above every number ever used, so
    that ids are not repeated after a restart (`next_call` is the high-water mark to keep).
    """

    __slots__ = ()

    # Configuration

    def check_tenant(self, config: TenantConfig) -> None:
        """Raise `ConfigurationError` if the tenant contradicts itself or others."""
        configuration.check_tenant(self, config)

    def apply_tenant(self, config: TenantConfig) -> None:
        """Make a tenant live, new or changed."""
        self._guard()
        configuration.check_tenant(self, config)
        configuration.apply_tenant(self, config)
        self._done()

    def forget_tenant(self, tenant_id: int) -> None:
        """Let a tenant vanish with all that lives in it; no event tells of it."""
        self._guard()
        configuration.forget_tenant(self, self.tenant(tenant_id))

    # The world outside

    def dial_in(
        self,
        caller: str,
        dialled: str,
        *,
        media: MediaType | None = None,
        data: str = "",
        priority: int | None = None,
        language: str = "",
        listens: bool = False,
    ) -> str:
        """A customer dials an access code, perhaps with an extension; returns the call id.

        `priority` None: as the tenant's list of customers has it. Flows find the `language` in the
        variable of that name. `listens`: announcements are heard, and said to be over by
        `announcement_over`.
        """
        if self._publishing:
            self._guard()
        if not (1 <= len(caller) <= 24 and caller.isprintable()):
            # Databases do not keep what ends a text elsewhere (NUL).
            raise InvalidNumber("a calling number has 1 to 24 characters that can be shown")
        services.require_data(data)
        call = outside.dial_in(
            self, caller, dialled, media, data, priority, language, listens=listens
        )
        self._done()
        return call.id

    def outside_hangs_up(self, call_id: str, number: str | None = None) -> None:
        """The customer of the call, or its outside party with the number, hangs up."""
        if self._publishing:
            self._guard()
        outside.hang_up(self, outside.party(self.call(call_id), number))
        self._done()

    def outside_presses(self, call_id: str, digits: str, number: str | None = None) -> None:
        self._guard()
        if not digits or any(digit not in "0123456789*#" for digit in digits):
            raise InvalidValue("keys are digits, * and #")
        outside.press(self, outside.party(self.call(call_id), number), digits)
        self._done()

    def route_message(
        self,
        tenant_id: int,
        point: str,
        text: str,
        *,
        sender: str = "",
        work_no: int | None = None,
    ) -> str:
        """Somebody writes, and a chat begins; returns the call id.

        `point`: an access code, or the id or name of a queue, for chats. It goes to the agent
        `work_no` in place of that if this one can take a chat now. Without a `sender` the point
        is shown as the caller.
        """
        self._guard()
        call = chats.route(self, self.tenant(tenant_id), point, text, sender, work_no)
        self._done()
        return call.id

    def outside_writes(self, call_id: str, text: str) -> None:
        """The customer of a chat writes."""
        self._guard()
        chats.receive(self, self.call(call_id), text)
        self._done()

    def speak(self, call_id: str, utterance: Utterance) -> None:
        """Somebody on the call says something."""
        self._guard()
        speech.speak(self, self.call(call_id), utterance)
        self._done()

    def script_speech(self, call_id: str, parts: Sequence[tuple[float, Utterance]]) -> None:
        """Have the call say each utterance so many seconds from now."""
        self._guard()
        speech.script(self, self.call(call_id), parts)
        self._done()

    def capture_image(self, work_no: int, call_id: str) -> None:
        """The agent takes a picture of the customer that it sees."""
        agent = self._actor(work_no)
        video_rooms.capture(self, agent, self._required_call(agent, call_id))
        self._done()

    def outside_answers(self, call_id: str, number: str | None = None) -> None:
        """An outside number that rings is picked up."""
        self._guard()
        outside.answer(self, outside.ringing_party(self.call(call_id), number))
        self._done()

    def outside_refuses(self, call_id: str, cause: int = 604, number: str | None = None) -> None:
        """An outside number that rings refuses the call; `cause` of CEC Table 6-451."""
        self._guard()
        outside.fail(self, outside.ringing_party(self.call(call_id), number), cause)
        self._done()

    # Endpoints and effects

    def attach_trunk(self, tenant_id: int, name: str, attached: bool) -> None:
        """A real gateway can be called through by the trunk group, or none can any more."""
        self._guard()
        trunks.attach(self.tenant(tenant_id), name, attached=attached)
        self._done()

    def outside_rings(self, request: int) -> None:
        """Who was to be called by a gateway rings; once is enough."""
        self._guard()
        trunks.rings(self, request)
        self._done()

    def outside_answered(self, request: int, *, listens: bool = False) -> None:
        """Who was to be called by a gateway has answered; `listens` as in `dial_in`."""
        self._guard()
        trunks.answered(self, request, listens=listens)
        self._done()

    def outside_failed(self, request: int, cause: int) -> None:
        """Who was to be called by a gateway was not reached; `cause` of CEC Table 6-451."""
        self._guard()
        trunks.failed(self, request, cause)
        self._done()

    def endpoint_confirmed(self, request: int) -> None:
        """An external phone did what it was asked."""
        self._guard()
        endpoints.confirmed(self, request)
        self._done()

    def endpoint_failed(self, request: int) -> None:
        """An external phone could not do what it was asked."""
        self._guard()
        endpoints.failed(self, request)
        self._done()

    def attach_phone(self, number: str, attached: bool) -> None:
        """A real phone has registered under the number, or is there no more."""
        self._guard()
        endpoints.attach(self, number, attached=attached)
        self._done()

    def lose_phone(self, number: str) -> None:
        """Nothing is heard of the real phone any more that is, or should be, there."""
        self._guard()
        endpoints.lose(self, number)
        self._done()

    def phone_off_hook(self, number: str) -> None:
        """Somebody picks up a phone."""
        self._guard()
        endpoints.off_hook(self, number)
        self._done()

    def phone_on_hook(self, number: str, *, unanswered: bool = False) -> None:
        """Somebody hangs up a phone; `unanswered`: it rang, and does so no more by itself."""
        self._guard()
        endpoints.on_hook(self, number, unanswered=unanswered)
        self._done()

    def set_phone_condition(self, number: str, condition: PhoneCondition) -> None:
        """Somebody uses a phone without the call center, cuts it off, or neither any more."""
        self._guard()
        endpoints.set_condition(self, number, condition)
        self._done()

    def phone_mutes(self, number: str, muted: bool) -> None:
        """Somebody presses the mute key of a linked phone."""
        self._guard()
        linkage.mute(self, number, muted=muted)
        self._done()

    def phone_holds(self, number: str) -> None:
        """Somebody presses the hold key of a linked phone."""
        self._guard()
        linkage.hold(self, number)
        self._done()

    def phone_retrieves(self, number: str, call_id: str | None = None) -> None:
        """Somebody presses the hold key again, on the line of the call if there are two."""
        self._guard()
        linkage.retrieve(self, number, None if call_id is None else self.call(call_id))
        self._done()

    def phone_transfers(self, number: str, to: str) -> None:
        """Somebody sends the call away with the keys of a linked phone."""
        self._guard()
        linkage.transfer(self, number, to)
        self._done()

    def phone_dials(self, number: str, to: str) -> str:
        """Somebody calls with the keys of a linked phone; returns the call id."""
        self._guard()
        call = linkage.dial(self, number, to)
        self._done()
        return call

    def lookup_answered(self, request: int, values: dict[str, str] | None) -> None:
        """The answer to a lookup: variables to set, None if it failed; late answers are ignored."""
        self._guard()
        found = self.requests.get(request)
        if found is None or found[1] != ivr.LOOKUP:
            return
        ivr.lookup_answered(self, found[0].call, values)
        self._done()

    def announcement_over(self, request: int) -> None:
        """An announcement was heard to its end; of one that nobody waits for that is ignored."""
        self._guard()
        found = self.requests.get(request)
        if found is None or found[1] != ivr.ANNOUNCEMENT:
            return
        ivr.announced(self, found[0].call)
        self._done()


__all__ = ["SignIn", "Subscriber", "Switch", "Target"]
