"""How refusals become documented answers: one table for each component.

Exceptions of the doors themselves (the switch's own are in its `errors` module):

    DoorError
      ParameterError     the request's body, path or query is not what the reference describes
      Unauthenticated    the request does not prove who sent it
      TooManyRequests    the sender asks more often than it may
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

log = logging.getLogger(__name__)


class DoorError(Exception):
    """A request that a door refuses before it reaches the call center."""


class ParameterError(DoorError):
    """A malformed request. `problems` are for the journal; no answer shows them."""

    def __init__(self, *problems: str) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class Unauthenticated(DoorError):
    """A request without valid proof of its sender."""


class TooManyRequests(DoorError):
    """One request more than the flow control allows."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A documented refusal: code and message for the envelope, status for the status line."""

    code: str
    message: str
    status: int = 200


Row = Failure | Callable[[Exception], Failure]


class ErrorTable:
    """Exception type → documented failure, for one component.

    A row is found by the exception's type, then by its bases, nearest first. A row may be a
    function of the exception where the code depends on what the exception carries. Exceptions
    without a row are the unforeseen: logged with their traceback, answered with `unforeseen`.
    """

    __slots__ = ("_rows", "parameter", "unforeseen", "unknown_path", "wrong_method")

    def __init__(
        self,
        rows: Mapping[type[Exception], Row],
        *,
        parameter: Failure,
        unforeseen: Failure,
        unknown_path: Failure,
        wrong_method: Failure,
    ) -> None:
        self._rows: dict[type[Exception], Row] = {ParameterError: parameter, **rows}
        self.parameter = parameter
        self.unforeseen = unforeseen
        self.unknown_path = unknown_path
        self.wrong_method = wrong_method

    @property
    def statuses(self) -> list[int]:
        """The statuses other than 200 of the refusals that are foreseen."""
        rows = (row for row in self._rows.values() if isinstance(row, Failure))
        return sorted({row.status for row in rows} - {200})

    def failure(self, error: Exception) -> Failure:
        """Give the documented failure for `error`; never raises."""
        for kind in type(error).__mro__:
            row = self._rows.get(kind)
            if row is not None:
                return row if isinstance(row, Failure) else row(error)
        log.error("unforeseen error behind a door", exc_info=error)
        return self.unforeseen
