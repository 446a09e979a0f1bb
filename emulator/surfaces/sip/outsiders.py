"""Who is outside, found by the switch's call and device: callers, and whom gateways call."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.surfaces.sip.party import Party


class Outsiders:
    """Parties, each once in its call; what ends with a call costs no more when there are many."""

    def __init__(self) -> None:
        self._by_call: dict[str, dict[str, Party]] = {}

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
        self._by_call.setdefault(party.call, {})[party.device] = party

    def pop(self, call: str, device: str) -> Party | None:
        """Take away the party of a call that is the device, if there is one."""
        parties = self._by_call.get(call, {})
        party = parties.pop(device, None)
        if not parties:
            self._by_call.pop(call, None)
        return party

    def remove(self, party: Party) -> None:
        """Take this party away; another one that is its device stays."""
        if self.get(party.call, party.device) is party:
            self.pop(party.call, party.device)

    def pop_call(self, call: str) -> list[Party]:
        """Take away all parties of a call."""
        return list(self._by_call.pop(call, {}).values())

    def calls(self) -> list[str]:
        """The calls that have parties outside."""
        return list(self._by_call)
