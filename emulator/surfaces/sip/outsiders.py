"""Who is outside, found by the switch's call and device: callers, and whom gateways call."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.surfaces.sip.party import Party
from emulator.surfaces.sip.tally import Tally


class Outsiders:
    """Parties, each once in its call; what ends with a call costs no more when there are many."""

    def __init__(self, tally: Tally) -> None:
        self._by_call: dict[str, dict[str, Party]] = {}
        self._tally = tally

    def __iter__(self) -> Iterator[Party]:
        for parties in self._by_call.values():
            yield from parties.values()

    def __len__(self) -> int:
        return sum(map(len, self._by_call.values()))

    def get(self, call: str, device: str) -> Party | None:
        """The party of a call that is the device."""
        return self._by_call.get(call, {}).get(device)

    def add(self, party: Party) -> None:
        """A party has come into its call."""
        parties = self._by_call.setdefault(party.call, {})
        before = parties.get(party.device)
        if before is not None:
            self._tally.leave(before)
        parties[party.device] = party
        self._tally.enter(party)

    def pop(self, call: str, device: str) -> Party | None:
        """Take away the party of a call that is the device, if there is one."""
        parties = self._by_call.get(call, {})
        party = parties.pop(device, None)
        if not parties:
            self._by_call.pop(call, None)
        if party is not None:
            self._tally.leave(party)
        return party

    def remove(self, party: Party) -> None:
        """Take this party away; another one that is its device stays."""
        if self.get(party.call, party.device) is party:
            self.pop(party.call, party.device)

    def pop_call(self, call: str) -> list[Party]:
        """Take away all parties of a call."""
        parties = list(self._by_call.pop(call, {}).values())
        for party in parties:
            self._tally.leave(party)
        return parties

    def calls(self) -> list[str]:
        """The calls that have parties outside."""
        return list(self._by_call)
