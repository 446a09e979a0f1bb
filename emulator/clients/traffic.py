"""What a client of the control plane can ask about requests, and what can be made to go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FIELDS_SHOWN = 5
"""Near misses in the text of `NotAsExpected`."""


class NotAsExpected(AssertionError):
    """Requests came more or less often than expected; the text shows what came nearest."""


class TrafficCommands:
    """Journal and faults; a part of `Commands`.

    `which` describes requests: surface, section, method, path (may hold `*` and `?`), agent,
    tenant, application, status, code, verdict, offence, outgoing, query, headers, body. Of a JSON
    body only the fields given count.
    """

    def _ask(
        self,
        method: str,
        path: str,
        *,
        pick: str | Callable[[Any], Any] | None = None,
        **request: Any,
    ) -> Any:
        """Send a request; the answer's JSON, or what `pick` gives of it."""
        raise NotImplementedError

    # Journal

    def requests(self, *, after: int = 0, limit: int = 1000, wait: float = 0, **which: Any) -> Any:
        """The requests that fit, with their answers; waits so many seconds if there is none."""
        body = {"after": after, "limit": limit, "wait": wait, **which}
        return self._ask("POST", "/journal/search", json=body, pick="exchanges")

    def verify(
        self,
        *,
        times: int | None = None,
        at_least: int = 1,
        at_most: int | None = None,
        after: int = 0,
        **which: Any,
    ) -> Any:
        """How many requests fit; `NotAsExpected` if not as many as expected."""
        body = {
            "times": times,
            "at_least": at_least,
            "at_most": at_most,
            "after": after,
            **which,
        }
        return self._ask("POST", "/journal/verify", json=body, pick=lambda it: _counted(it, body))

    def violations(self, tenant: int | None = None) -> Any:
        """In what clients departed from the contract, and how often."""
        params = {} if tenant is None else {"tenant": tenant}
        return self._ask("GET", "/journal/violations", params=params, pick="violations")

    def record(self, recording: bool) -> Any:
        """Keep a journal from now on, or none."""
        return self._ask("PUT", "/journal", json={"recording": recording})

    def clear_journal(self, tenant: int | None = None) -> Any:
        """Forget what happened, to everybody or to one tenant."""
        params = {} if tenant is None else {"tenant": tenant}
        return self._ask("DELETE", "/journal", params=params)

    # Faults

    def fault_requests(
        self, effect: dict[str, Any], *, order: dict[str, Any] | None = None, **which: Any
    ) -> Any:
        """Order a fault of requests; its number.

        `effect`: `{"kind": "delay", "seconds": 2}`, `error_code` with `code`, `http_status` with
        `status`, `drop`, `half_sent`. `order`: probability, count, begin_after, end_after.
        """
        body = {"requests": which, "effect": effect, **(order or {})}
        return self._ask("POST", "/faults", json=body, pick="number")

    def fault_events(
        self, effect: dict[str, Any], *, order: dict[str, Any] | None = None, **which: Any
    ) -> Any:
        """Order a fault of events (type, agent, tenant): lose, double, late, reorder."""
        body = {"events": which, "effect": effect, **(order or {})}
        return self._ask("POST", "/faults", json=body, pick="number")

    def faults(self) -> Any:
        """The faults in force."""
        return self._ask("GET", "/faults")

    def withdraw_fault(self, number: int) -> Any:
        """Take a fault back."""
        return self._ask("DELETE", f"/faults/{number}")

    def clear_faults(self) -> Any:
        """Take all faults back."""
        return self._ask("DELETE", "/faults")


def _counted(answer: Any, wanted: dict[str, Any]) -> int:
    count: int = answer["count"]
    if not answer["verified"]:
        raise NotAsExpected("\n".join(_story(count, answer, wanted)))
    return count


def _story(count: int, answer: Any, wanted: dict[str, Any]) -> list[str]:
    given = {name: value for name, value in wanted.items() if value not in (None, {}, 0)}
    lines = [f"expected {given}, found {count}"]
    for missed in answer["near_misses"][:FIELDS_SHOWN]:
        seen = missed["exchange"]
        lines.append(f"  #{seen['number']} {seen['method']} {seen['path']} → {seen['code']}")
        lines += [f"      {difference}" for difference in missed["differences"]]
    if not answer["near_misses"] and not count:
        lines.append("  there was no request at all")
    return lines
