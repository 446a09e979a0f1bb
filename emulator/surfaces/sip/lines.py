"""Phones that have a second call beside the first: which dialog is whose, and which one talks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from emulator.surfaces.sip.party import PhoneParty, Stage
from emulator.switch.events import ConnectionCleared, ConnectionMoved
from emulator.switch.model import Agent

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg


class Lines:
    """The dialogs of each phone; one of them is in front, and has the sound."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self._tally = leg.tally
        self.front: dict[str, PhoneParty] = {}
        """The only dialog of a phone, or the one in which it talks, by the phone's number."""
        self._behind: dict[str, list[PhoneParty]] = {}
        """Further dialogs, for the phones that have some."""

    def __len__(self) -> int:
        return len(self.front) + sum(map(len, self._behind.values()))

    def __iter__(self) -> Iterator[PhoneParty]:
        for number in self.front:
            yield from self.of(number)

    def of(self, number: str) -> list[PhoneParty]:
        """All dialogs of a phone, the one in front first."""
        front = self.front.get(number)
        return [] if front is None else [front, *self._behind.get(number, ())]

    def add(self, party: PhoneParty) -> None:
        """A new dialog comes in front."""
        before = self.front.get(party.number)
        if before is not None:
            self._behind.setdefault(party.number, []).insert(0, before)
        self.front[party.number] = party
        self._tally.enter(party)

    def remove(self, party: PhoneParty) -> bool:
        """A dialog is over; whether the phone has others."""
        self._tally.leave(party)
        number = party.number
        rest = [it for it in self.of(number) if it is not party]
        self.front.pop(number, None)
        self._behind.pop(number, None)
        if rest:
            self.front[number] = rest[0]
        if len(rest) > 1:
            self._behind[number] = rest[1:]
        return bool(rest)

    def bring_forward(self, party: PhoneParty) -> None:
        """The phone talks in this dialog from now on."""
        if self.front.get(party.number) is not party:
            self.remove(party)
            self.add(party)

    def has_two(self, number: str) -> bool:
        """Whether the phone has a dialog for each call."""
        return number in self._behind

    # What the switch does

    def cleared(self, event: ConnectionCleared | ConnectionMoved) -> None:
        """A connection is over, or another call's: where a phone has two dialogs, one may be."""
        if self._behind and event.agent:
            agent = self._leg.platform.switch.agents.get(event.agent)
            if agent is not None and agent.phone is not None and self.has_two(agent.phone.number):
                self._leg.clock.call_later(0, partial(self._tidy, agent))

    def _tidy(self, agent: Agent) -> None:
        """Hang up what is for no call of the agent any more; never the last dialog."""
        phone = agent.phone
        if phone is None:
            return
        calls = {it.call.id for it in agent.connections}
        active = agent.active
        for party in self.of(phone.number):
            if self.has_two(phone.number) and party.call not in calls:
                self.remove(party)
                self._leg.end(party)
            elif active is not None and party.call == active.call.id and party.stage is Stage.UP:
                self.bring_forward(party)
