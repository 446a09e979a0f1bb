"""What a door for phones has under way, whatever the door is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Signalling:
    """How much there is of everything that ends by itself, and what was refused so far."""

    parties: int = 0
    """Callers, phones and numbers outside, from the first ring."""
    dialogs: int = 0
    transactions: int = 0
    sound_ports: int = 0
    """UDP ports that a party's sound comes to."""
    recordings: int = 0
    registrations: int = 0
    """Contacts of phones."""
    refused: Counter[int] = field(default_factory=Counter)
    """Messages, by the status that they were refused with; 0: they were not answered."""
