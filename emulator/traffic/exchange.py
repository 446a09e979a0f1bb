"""A request with its answer, as the journal keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

LONGEST_KEPT = 64 * 1024
"""Bytes of a body or an answer that are kept at most."""

OVERHEAD = 2_000
"""Bytes that an exchange takes besides its body and its answer: headers, path, the object."""


class Verdict(StrEnum):
    """What came of a request."""

    DONE = "done"
    REFUSED = "refused"
    """Answered with a documented error."""
    FAULT = "fault"
    """Not answered as it would have been, at the wish of whoever drives the emulator."""
    LOST = "lost"
    """The client had gone before the answer was written."""


class Offence(StrEnum):
    """How a client departs from the contract."""

    UNDOCUMENTED_FIELD = "undocumented_field"
    OTHER_TYPE = "other_type"
    """A spelling that is accepted for compatibility, like "4" where a number is documented."""
    MISSING_HEADER = "missing_header"
    INVALID_PARAMETER = "invalid_parameter"
    UNAUTHENTICATED = "unauthenticated"
    POLLING = "polling"
    """Two polls at once, or the next one too soon after a failure."""
    TOO_OFTEN = "too_often"
    """More requests than the flow control allows."""
    WRONG_STATE = "wrong_state"
    UNKNOWN_ADDRESS = "unknown_address"


class Violation(NamedTuple):
    """One departure; `detail` names the field, the header, the state."""

    offence: Offence
    detail: str


@dataclass(slots=True)
class Exchange:
    """One request. `at` is domain time in µs, `seconds` of real time passed until the answer.

    `agent` and `application` are who the request says it comes from (0 and empty: nobody).
    `events` are the numbers of the journal's latest event before and after it.
    """

    at: int
    surface: str
    section: str
    method: str
    path: str
    query: str = ""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""
    agent: int = 0
    application: str = ""
    tenant: int = 0
    status: int = 0
    code: str = ""
    answer: bytes = b""
    verdict: Verdict = Verdict.DONE
    violations: tuple[Violation, ...] = ()
    faults: tuple[int, ...] = ()
    events: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    number: int = 0
    source: str = ""
    """Transport and address of a sender that is known by nothing else."""
    outgoing: bool = False
    """Whether the emulator sent the request: pushed events, notifications."""

    @property
    def cost(self) -> int:
        """Bytes of memory, about."""
        return OVERHEAD + len(self.body) + len(self.answer)
