"""Why calls fail, in three languages, in one table.

| cause of the switch (CEC Table 6-451, 12.3.8.10) | SIP status (RFC 3261, 21) | Q.850 |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Cause(NamedTuple):
    """One reason; `switch` is a cause of CEC Table 6-451 or 12.3.8.10."""

    switch: int
    status: int
    q850: int


CAUSES = (
    Cause(537, 486, 17),  # busy
    Cause(538, 404, 1),  # no such number
    Cause(548, 480, 20),  # powered off
    Cause(549, 480, 27),  # out of service
    Cause(604, 603, 21),  # rejected, barred
    Cause(603, 408, 19),  # no answer
    Cause(853, 480, 19),  # the agent does not answer
    Cause(852, 603, 21),  # the agent rejects
    Cause(602, 503, 34),  # no resource
    Cause(526, 404, 3),  # no route
    Cause(512, 480, 42),  # the queue is full
    Cause(561, 480, 42),  # overflows go round
    Cause(562, 480, 20),  # no agent
    Cause(606, 480, 102),  # waited too long
    Cause(518, 480, 16),  # released by a client
    Cause(531, 480, 16),  # normal
    Cause(256, 480, 16),  # released by a flow
    Cause(360, 500, 41),  # a flow without end
    Cause(601, 487, 16),  # given up while waiting
)
_BY_SWITCH = {it.switch: it for it in CAUSES}
OTHER = Cause(0, 480, 31)
UNREACHABLE = 549
"""Out of service: outside, and for no reason that is known."""
NO_RESOURCE = 602
NO_ANSWER = 603


def of_switch(cause: int) -> Cause:
    """The row of a cause of the switch."""
    return _BY_SWITCH.get(cause, OTHER)


_BY_STATUS = {
    301: 538,
    401: 604,
    403: 604,
    404: 538,
    407: 604,
    408: 603,
    410: 538,
    480: 548,
    484: 538,
    486: 537,
    487: 603,
    500: 602,
    502: 602,
    503: 602,
    504: 602,
    600: 537,
    603: 604,
    604: 538,
}
_BY_Q850 = {
    1: 538,
    3: 526,
    17: 537,
    18: 603,
    19: 603,
    20: 548,
    21: 604,
    22: 538,
    27: 549,
    28: 538,
    34: 602,
    38: 602,
    41: 602,
    42: 602,
}
_REASON = re.compile(r"\s*Q\.850\s*;.*?\bcause\s*=\s*([0-9]{1,3})(?![0-9])", re.IGNORECASE)


def of_refusal(status: int, reasons: Iterable[str] = ()) -> int:
    """The switch's cause for a call that was refused outside; a Q.850 reason goes before status."""
    for text in reasons:
        found = _REASON.match(text)
        if found is not None and int(found[1]) in _BY_Q850:
            return _BY_Q850[int(found[1])]
    return _BY_STATUS.get(status, UNREACHABLE)


def reason(cause: int) -> str:
    """The Reason header of a cause (RFC 3326)."""
    return f"Q.850;cause={of_switch(cause).q850}"
