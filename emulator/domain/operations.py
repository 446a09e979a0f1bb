"""The operations of agents: their numbers, objects and causes (CEC 13.2.3.4).

34, 56 and 60 are of 12.3.8.12, which knows more. What its table says writes no row (waiting for an
answer, dialling, ending things) is not written, but ends what the agent did before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from emulator.switch.model import OperationKind
from emulator.switch.terms import CallType

LOGGED_OFF: Final = 0
LOGGED_ON: Final = 1
SHOWS_IDLE: Final = 2
SHOWS_BUSY: Final = 3
IN_TEXT: Final = 4
WAITS_FOR_ANSWER: Final = 5
DIALS: Final = 9
IN_THREE_PARTY_CALL: Final = 10
SUSPENDED: Final = 13
SUPERVISES: Final = 20
HEARS_RECORDING: Final = 22
RESTS: Final = 26
WORKS: Final = 27
FORCED_OUT: Final = 29
FORCED_IDLE: Final = 30
FORCED_BUSY: Final = 31
MUTES: Final = 32
STUDIES: Final = 34
HOLDS: Final = 38
ASKS_FOR_HELP: Final = 40
CALLS_AGENT: Final = 41
INTERCEPTS: Final = 43
PAUSES_RECORDING: Final = 44
TRANSFERS_INSIDE: Final = 45
TRANSFERS_OUT: Final = 46
TAKES_FROM_QUEUE: Final = 53
RELEASES_TO: Final = 54
TRANSFERS_TO_DEVICE: Final = 55
SHOWS_OWN_STATE: Final = 56
SWAPS_HELP: Final = 57
IN_CONFERENCE: Final = 58
TALKS: Final = 60

WITHOUT_ROW = frozenset({WAITS_FOR_ANSWER, DIALS})
IN_SLICES = frozenset({IN_TEXT, TALKS})
SLICE: Final = 300_000_000
"""µs between two bills of a conversation that goes on: 00:00, 00:05 … 23:55."""
NONE: Final = -1
"""An operation without object or cause."""

# Causes of signing out, where the client gave none.
OUT_BY_INSPECTOR, OUT_BY_ITSELF = 257, 258

# Causes of being busy.
BUSY_BY_WISH, BUSY_NOT_ANSWERED, BUSY_BY_INSPECTOR = 1, 2, 3
BUSY_PHONE_UNAVAILABLE, BUSY_REJECTED = 5, 7

# Causes of asking for help.
HELP_FROM_ANYBODY, HELP_TWO_PARTY, HELP_THREE_PARTY = 0, 1, 2
HELP_TALK_TRANSFER, HELP_THREE_PARTY_TRANSFER = 3, 4
HELP_JOINED, HELP_CONNECTED = 5, 6

TRANSFER_HELP = {
    OperationKind.TALK_TRANSFER: HELP_TALK_TRANSFER,
    OperationKind.THREE_PARTY_TRANSFER: HELP_THREE_PARTY_TRANSFER,
}

INCOMING, OUTGOING, BY_SYSTEM = "Incoming", "Outgoing", "Outbound"
DIRECTIONS = {
    CallType.INBOUND: INCOMING,
    CallType.CALLBACK: INCOMING,
    CallType.OUTBOUND: OUTGOING,
    CallType.RESERVED: BY_SYSTEM,
    CallType.PREOCCUPIED: BY_SYSTEM,
    CallType.PREDICTED: BY_SYSTEM,
    CallType.PREVIEWED: BY_SYSTEM,
}
"""The flag of column 18 by call type; calls among agents have none."""


@dataclass(slots=True)
class Span:
    """What an agent does since `begin` (µs). `phone` empty: the agent's own."""

    type: int
    begin: int
    cause: int = NONE
    object: int = NONE
    call: str = ""
    phone: str = ""
    queue: int = 0
    media: int = 0
    direction: str = ""


@dataclass(slots=True)
class Work:
    """An agent that has signed in: its state, and what it does besides."""

    tenant: int
    since: int
    phone: str
    skills: str = ""
    """The serial number of its list of skills; empty without any."""
    state: Span | None = None
    beside: list[Span] = field(default_factory=list)
    busy_cause: int = 0
    """Why the agent will be busy next, if not by its own wish."""
    handed_on: str = ""
    """The call that it has just handed on to somebody who had answered."""
