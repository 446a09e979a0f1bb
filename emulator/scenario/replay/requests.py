"""Sends the requests of a journal again, in order or at their times, and compares the answers.

Polls wait for events, so each agent's go beside the commands. A command is not sent before the
polls that had been answered when it was; so it meets the same state.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Any

import httpx

from emulator.clients.signer import AuthV2
from emulator.scenario.replay.identities import HIDDEN, Identities, headers_of
from emulator.traffic.exchange import LONGEST_KEPT

Matters = Callable[[dict[str, Any], dict[str, Any]], bool]

SECOND = 1_000_000
PATIENCE_S = 75.0
"""For an answer: longer than a poll is held."""
POLLS = "/agentevent/"
SIP = "sip"
"""The surface whose refusals are in the journal, and are no HTTP requests."""
EXAMPLES = 20
SAME, OTHER_CONTENT, OTHER_CODE, OTHER_STATUS, NO_ANSWER = (
    "the same answer",
    "the same code, other content",
    "another code",
    "another HTTP status",
    "no answer",
)
AGREE = (SAME, OTHER_CONTENT)
CUT, NO_TEXT = "its body was cut in the journal", "its body was no text"
_CODES = ("retcode", "resultCode", "returnCode", "resultcode", "code", "error_code")


class NotAllowed(Exception):
    """Requests are not sent to other hosts unless that is asked for."""


def require_allowed(url: str, *, other_host: bool) -> None:
    """Refuse what is not on this machine; `NotAllowed`."""
    host = httpx.URL(url).host
    if other_host or host == "localhost" or host.endswith(".localhost"):
        return
    try:
        if ipaddress.ip_address(host.strip("[]")).is_loopback:
            return
    except ValueError:
        pass
    raise NotAllowed(f"{host or url} is another host: say --to-other-host if you mean it")


@dataclass(slots=True)
class Recorded:
    """A journal: its requests, and its events if they were saved too."""

    exchanges: list[dict[str, Any]]
    events: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, document: Any) -> Recorded:
        """As `POST /_emulator/journal/search` and `GET /_emulator/events` give it; ValueError."""
        if isinstance(document, list):
            document = {"exchanges": document}
        found = document.get("exchanges") if isinstance(document, dict) else None
        if not isinstance(found, list) or not all(map(_is_exchange, found)):
            raise ValueError("holds no exchanges of a journal")
        if len({it["number"] for it in found}) < len(found):
            raise ValueError("holds two exchanges with the same number")
        ours = [it for it in found if not it.get("outgoing") and it.get("surface") != SIP]
        events = [it for it in document.get("events", ()) if it.get("event") == "Offered"]
        return cls(sorted(ours, key=lambda it: int(it["number"])), events)


def _is_exchange(value: Any) -> bool:
    return isinstance(value, dict) and all(it in value for it in ("number", "method", "path"))


@dataclass(slots=True)
class Sent:
    """What came of the requests, by how their answers compare."""

    sent: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    not_sent: dict[str, list[int]] = field(default_factory=dict)
    """Numbers in the journal, by the reason."""
    customers: int = 0
    """Calls of customers that were made anew."""
    examples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether every request had the same status and code."""
        return not self.not_sent and not any(it not in AGREE for it in self.answers)

    def note(self, exchange: dict[str, Any], verdict: str, was: Any, now: Any) -> None:
        """One request more was answered."""
        self.sent += 1
        self.answers[verdict] = self.answers.get(verdict, 0) + 1
        if verdict != SAME and len(self.examples) < EXAMPLES:
            request = f"{exchange['method']} {exchange['path']}"
            self.examples.append(
                {
                    "number": exchange["number"],
                    "request": request,
                    "verdict": verdict,
                    "recorded": was,
                    "replay": now,
                }
            )


class Sender:
    """Sends requests to the emulator at `url`.

    `speed` None: as fast as they are answered; else at their times, so many times as fast.
    `key` and `secret` sign requests of mode C2 anew. Customers' calls are made by the control
    plane there, if the journal's events tell of them; `token` is its bearer token.
    """

    def __init__(
        self,
        url: str,
        identities: Identities,
        *,
        speed: float | None = None,
        key: str = "",
        secret: str = "",
        token: str = "",
    ) -> None:
        self.sent = Sent()
        self._url = url.rstrip("/")
        self._identities = identities
        self._speed = speed
        self._auth = AuthV2(key, secret) if key else None
        self._token = token
        self._begun = 0.0
        self._first = 0
        self._over: dict[int, asyncio.Event] = {}
        self._pending: dict[int, dict[str, Any]] = {}
        self._customers: list[dict[str, Any]] = []

    async def send(self, recorded: Recorded) -> Sent:
        """Send everything; what came of it."""
        exchanges = recorded.exchanges
        self._customers = sorted(recorded.events, key=lambda it: int(it["number"]))
        self._over = {it["number"]: asyncio.Event() for it in exchanges}
        self._pending = {it["number"]: it for it in exchanges}
        self._begun = time.monotonic()
        self._first = min((it.get("at", 0) for it in exchanges), default=0)
        polls: dict[int, list[dict[str, Any]]] = {}
        for it in exchanges:
            if POLLS in it["path"]:
                polls.setdefault(it.get("agent", 0), []).append(it)
        async with self._client() as http, asyncio.TaskGroup() as tasks:
            for own in polls.values():
                tasks.create_task(self._poll(http, own))
            for it in exchanges:
                if POLLS not in it["path"]:
                    await self._customers_before(http, it)
                    await self._wait_for(it, _brought_event)
                    await self._due(it)
                    await self._send(http, it)
            await self._customers_before(http, None)
        return self.sent

    async def _poll(self, http: httpx.AsyncClient, polls: list[dict[str, Any]]) -> None:
        """Send the polls of an agent, one after the other."""
        for it in polls:
            await self._wait_for(it, _of_same_agent)
            await self._due(it)
            await self._send(http, it)

    async def _due(self, exchange: dict[str, Any]) -> None:
        """Wait for the time of a request, if they are sent at their times."""
        if self._speed is not None:
            at = (exchange.get("at", 0) - self._first) / SECOND / self._speed
            await asyncio.sleep(max(0.0, at - (time.monotonic() - self._begun)))

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=PATIENCE_S, verify=False, limits=limits) as http:
            yield http

    async def _wait_for(self, exchange: dict[str, Any], matters: Matters) -> None:
        """Wait until those that were over when this one began, and matter to it, are over again."""
        number, earlier = exchange["number"], []
        for it in self._pending.values():
            if it["number"] >= number:
                break
            if _precedes(it, exchange) and matters(it, exchange):
                earlier.append(self._over[it["number"]])
        for over in earlier:
            await over.wait()

    async def _customers_before(
        self, http: httpx.AsyncClient, exchange: dict[str, Any] | None
    ) -> None:
        """Have those customers call who had called before the request."""
        number = inf if exchange is None else exchange["number"]
        until = inf if exchange is None else _events(exchange)[0]
        while self._customers and self._customers[0]["number"] <= until:
            offered = self._customers.pop(0)
            moment = {"number": number, "events": {"after": offered["number"] - 1}}
            await self._wait_for(moment, _brought_event)
            headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
            body = {"caller": offered["caller"], "called": offered["called"]}
            answer = await http.post(f"{self._url}/_emulator/calls", json=body, headers=headers)
            if answer.is_success:
                self.sent.customers += 1
                self._identities.stands_for(offered["call"], answer.json().get("call", ""))

    async def _send(self, http: httpx.AsyncClient, exchange: dict[str, Any]) -> None:
        try:
            reason = _unfit(exchange.get("body"))
            if reason:
                self.sent.not_sent.setdefault(reason, []).append(exchange["number"])
                return
            try:
                answer = await http.send(
                    self._request(http, exchange), auth=self._auth_of(exchange)
                )
            except httpx.HTTPError as error:
                self.sent.note(exchange, NO_ANSWER, exchange.get("status"), str(error))
                return
            self._compare(exchange, answer)
        finally:
            self._over[exchange["number"]].set()
            del self._pending[exchange["number"]]

    def _request(self, http: httpx.AsyncClient, exchange: dict[str, Any]) -> httpx.Request:
        identities, agent = self._identities, exchange.get("agent", 0)
        shown = exchange.get("headers", {})
        headers = dict(headers_of(shown, identities.guid(agent)))
        if _bears(exchange) and identities.token:
            headers["authorization"] = f"Bearer {identities.token}"
        query = identities.query(exchange.get("query", ""))
        url = self._url + identities.path(exchange["path"]) + (f"?{query}" if query else "")
        body = identities.revealed(identities.renamed(exchange.get("body")), agent)
        if body is None:
            return http.build_request(exchange["method"], url, headers=headers)
        if isinstance(body, str):
            return http.build_request(exchange["method"], url, headers=headers, content=body)
        return http.build_request(exchange["method"], url, headers=headers, json=body)

    def _auth_of(self, exchange: dict[str, Any]) -> httpx.Auth | None:
        hidden = exchange.get("headers", {}).get("authorization") == HIDDEN
        return self._auth if hidden and not _bears(exchange) else None

    def _compare(self, exchange: dict[str, Any], answer: httpx.Response) -> None:
        identities = self._identities
        if "set-guid" in answer.headers:
            identities.keep_guid(exchange.get("agent", 0), answer.headers["set-guid"])
        try:
            new = answer.json()
        except ValueError:
            new = answer.text or None
        old = exchange.get("answer")
        was, now = _code(old), _code(new)
        if exchange.get("status", 0) != answer.status_code:
            self.sent.note(exchange, OTHER_STATUS, exchange.get("status"), answer.status_code)
        elif was != now:
            self.sent.note(exchange, OTHER_CODE, was, now)
        else:
            identities.learn(old, new)
            same = identities.renamed(old) == new
            self.sent.note(exchange, SAME if same else OTHER_CONTENT, old, new)


def _events(exchange: dict[str, Any]) -> tuple[int, int]:
    """The numbers of the latest event before the request and at its end."""
    found = exchange.get("events") or {}
    return int(found.get("after", 0)), int(found.get("until", 0))


def _precedes(earlier: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether one request was over when the other began, as far as events tell."""
    before = earlier["number"] < later["number"]
    return bool(before and _events(earlier)[1] <= _events(later)[0])


def _of_same_agent(earlier: dict[str, Any], later: dict[str, Any]) -> bool:
    return bool(earlier.get("agent") == later.get("agent"))


def _brought_event(earlier: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether the earlier one is a poll that brought an event."""
    answer = earlier.get("answer")
    brought = isinstance(answer, dict) and bool(answer.get("event"))
    return POLLS in earlier["path"] and brought


def _bears(exchange: dict[str, Any]) -> bool:
    """Whether the request carried a bearer token (modes C1), and no signature (C2)."""
    hidden = exchange.get("headers", {}).get("authorization") == HIDDEN
    return hidden and str(exchange["path"]).startswith("/apiaccess/")


def _unfit(body: Any) -> str:
    """Why a body cannot be sent again."""
    if not isinstance(body, str):
        return ""
    if len(body.encode()) >= LONGEST_KEPT:
        return CUT
    return NO_TEXT if "\ufffd" in body else ""


def _code(answer: Any) -> str:
    """The code in an answer, wherever its interface has it."""
    if not isinstance(answer, dict):
        return ""
    for name in _CODES:
        if name in answer and not isinstance(answer[name], dict | list):
            return str(answer[name])
    inner = answer.get("result") or answer.get("resultData") or answer.get("response")
    return _code(inner) if isinstance(inner, dict) else ""
