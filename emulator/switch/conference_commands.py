"""The commands of agents about conferences (CEC 6.1.6)."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.switch import conference_control as control
from emulator.switch import conference_opening, conferences, delivery
from emulator.switch.errors import InvalidValue
from emulator.switch.flow_commands import FlowCommands
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.terms import ChannelAttribute


class ConferenceCommands(FlowCommands):
    """Asking for conferences, inviting, holding, announcing and releasing."""

    __slots__ = ()

    def request_conference(self, work_no: int, wish: ConferenceWish) -> None:
        """Ask for a conference; that it begins, or does not, is reported."""
        conference_opening.request(self, self._actor(work_no), wish)
        self._done()

    def answer_conference(self, work_no: int) -> None:
        agent = self._actor(work_no)
        delivery.answer(self, agent, conferences.offered(agent).call)
        self._done()

    def reject_conference(self, work_no: int) -> None:
        conferences.refused(self, conferences.offered(self._actor(work_no)), rejected=True)
        self._done()

    def leave_conference(self, work_no: int) -> None:
        control.leave(self, self._actor(work_no))
        self._done()

    def release_conference(self, work_no: int) -> None:
        control.release(self, self._actor(work_no))
        self._done()

    def invite_participants(
        self,
        work_no: int,
        invitations: Sequence[Invitation],
        *,
        caller: str = "",
        welcome: str = "",
    ) -> None:
        """Invite agents and phones; `welcome` is played to each that joins."""
        control.invite(self, self._actor(work_no), invitations, caller, welcome)
        self._done()

    def remove_participants(self, work_no: int, addresses: Sequence[Address]) -> list[Address]:
        """Returns those that do not take part."""
        missing = control.remove(self, self._actor(work_no), addresses)
        self._done()
        return missing

    def hold_participant(self, work_no: int, address: Address, announcement: str) -> None:
        control.hold(self, self._actor(work_no), address, announcement)
        self._done()

    def unhold_participant(self, work_no: int, address: Address) -> None:
        control.unhold(self, self._actor(work_no), address)
        self._done()

    def change_participant(
        self, work_no: int, address: Address, attribute: ChannelAttribute
    ) -> None:
        if not isinstance(attribute, ChannelAttribute):
            raise InvalidValue(f"there is no channel attribute {attribute!r}")
        control.change_mode(self, self._actor(work_no), address, attribute)
        self._done()

    def announce(self, work_no: int, announcement: str, *, background: bool = False) -> None:
        control.play(self, self._actor(work_no), announcement, background=background)
        self._done()

    def stop_announcing(self, work_no: int) -> None:
        control.stop(self, self._actor(work_no))
        self._done()

    def announce_to(self, work_no: int, address: Address, announcement: str) -> None:
        control.play_to(self, self._actor(work_no), address, announcement)
        self._done()

    def stop_announcing_to(self, work_no: int, address: Address) -> None:
        control.stop_to(self, self._actor(work_no), address)
        self._done()

    def prolong_conference(self, work_no: int, minutes: int) -> int:
        """Returns by how many minutes the conference has become longer."""
        applied = control.prolong(self, self._actor(work_no), minutes)
        self._done()
        return applied

    def shift_chairperson(self, work_no: int, successor: int) -> None:
        control.shift_chair(self, self._actor(work_no), successor)
        self._done()

    def resize_conference(self, work_no: int, change: int) -> None:
        control.resize(self, self._actor(work_no), change)
        self._done()
