"""How many calls go by each gateway: counted as they come and go, whatever their number."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.surfaces.sip.party import Party


class Tally:
    """Parties that are behind gateways, by the names of these."""

    def __init__(self) -> None:
        self._behind: dict[Party, str] = {}
        self._counts: Counter[str] = Counter()

    def of(self, gateway: str) -> int:
        """How many parties are behind a gateway."""
        return self._counts[gateway]

    def enter(self, party: Party) -> None:
        """A party counts from now on, where it is."""
        self.leave(party)
        if party.gateway:
            self._behind[party] = party.gateway
            self._counts[party.gateway] += 1

    def leave(self, party: Party) -> None:
        """A party counts no more."""
        name = self._behind.pop(party, None)
        if name is not None:
            self._counts[name] -= 1

    def change(self, party: Party, gateway: str) -> None:
        """A party is called by another gateway."""
        party.gateway = gateway
        if party in self._behind:
            self.enter(party)
