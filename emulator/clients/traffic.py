"""What a client of the control plane can ask about requests, and what can be made to go wrong."""

from __future__ import annotations

from typing import Any, Unpack

from emulator.clients import answers
from emulator.clients.command import Ask, command

FIELDS_SHOWN = 5
"""Near misses in the text of `NotAsExpected`."""


class NotAsExpected(AssertionError):
    """Requests came more or less often than expected; the text shows what came nearest."""


class TrafficCommands:
    """Journal and faults; a part of `Commands`.

    `which` describes requests, see `answers.Which`: `path` may hold `*` and `?`, of a JSON body
    only the fields given count.
    """

    # Journal

    @command
    def requests(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        wait: float = 0,
        **which: Unpack[answers.Which],
    ) -> Ask[list[answers.Exchange]]:
        """The requests that fit, with their answers; waits so many seconds if there is none."""
        body = {"after": after, "limit": limit, "wait": wait, **which}
        return Ask("POST", "/journal/search", json=body, pick="exchanges")

    @command
    def latest_request(self) -> Ask[int]:
        """The number of the latest request."""
        return Ask("POST", "/journal/search", json={"after": 2**53, "limit": 1}, pick="last")

    @command
    def verify(
        self,
        *,
        times: int | None = None,
        at_least: int = 1,
        at_most: int | None = None,
        after: int = 0,
        **which: Unpack[answers.Which],
    ) -> Ask[int]:
        """How many requests fit; `NotAsExpected` if not as many as expected."""
        body = {
            "times": times,
            "at_least": at_least,
            "at_most": at_most,
            "after": after,
            **which,
        }
        return Ask("POST", "/journal/verify", json=body, pick=lambda it: _counted(it, body))

    @command
    def violations(
        self, tenant: int | None = None, after: int = 0
    ) -> Ask[list[answers.CountedViolation]]:
        """In what clients departed from the contract, and how often, after a request's number."""
        params = {"after": after} if tenant is None else {"after": after, "tenant": tenant}
        return Ask("GET", "/journal/violations", params=params, pick="violations")

    @command
    def record(self, recording: bool) -> Ask[answers.Recording]:
        """Keep a journal from now on, or none."""
        return Ask("PUT", "/journal", json={"recording": recording})

    @command
    def clear_journal(self, tenant: int | None = None) -> Ask[answers.Done]:
        """Forget what happened, to everybody or to one tenant."""
        params = {} if tenant is None else {"tenant": tenant}
        return Ask("DELETE", "/journal", params=params)

    # Faults

    @command
    def fault_requests(
        self,
        effect: answers.RequestEffect,
        *,
        order: answers.FaultOrder | None = None,
        **which: Unpack[answers.RequestsAt],
    ) -> Ask[int]:
        """Order a fault of requests; its number.

        `effect`: `{"kind": "delay", "seconds": 2}`, `error_code` with `code`, `http_status` with
        `status`, `drop`, `half_sent`. `order`: probability, count, begin_after, end_after.
        """
        body = {"requests": which, "effect": effect, **(order or {})}
        return Ask("POST", "/faults", json=body, pick="number")

    @command
    def fault_events(
        self,
        effect: answers.EventEffect,
        *,
        order: answers.FaultOrder | None = None,
        **which: Unpack[answers.EventsFor],
    ) -> Ask[int]:
        """Order a fault of events (type, agent, tenant): lose, double, late, reorder."""
        body = {"events": which, "effect": effect, **(order or {})}
        return Ask("POST", "/faults", json=body, pick="number")

    @command
    def faults(self) -> Ask[list[answers.Fault]]:
        """The faults in force."""
        return Ask("GET", "/faults")

    @command
    def withdraw_fault(self, number: int) -> Ask[list[answers.Fault]]:
        """Take a fault back."""
        return Ask("DELETE", f"/faults/{number}")

    @command
    def clear_faults(self) -> Ask[list[answers.Fault]]:
        """Take all faults back."""
        return Ask("DELETE", "/faults")


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
