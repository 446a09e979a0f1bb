"""An agent's client at the agent gateway (CEC 6.1): commands, and a loop that polls for events.

    async with AgentClient("http://127.0.0.1:8000", 101, "Demo@2026") as agent:
        await agent.sign_in("40101")
        ringing = await agent.expect("AgentEvent_Ringing")
        await agent.put("voicecall", "answer")

It behaves as real clients do: the guid is taken from Set-GUID after `=`, and every answer that
carries a new one replaces it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import httpx

ROOT = "/agentgateway/resource"
TIMEOUT_S = 60.0
"""Longer than a gateway holds a poll."""
PATIENCE_S = 5.0
"""How long an expected event may take."""

SIGNED_OUT_CODES = ("100-006", "000-003")
SHUTDOWN = "AgentOther_ShutdownService"


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """An event of 6.5.1."""

    type: str
    content: Any

    def carries(self, fields: dict[str, Any]) -> bool:
        """Whether the content has all these fields with these values."""
        content = self.content if isinstance(self.content, dict) else {}
        return all(content.get(name) == value for name, value in fields.items())


class GatewayRefused(Exception):
    """The gateway answered with another retcode than 0."""

    def __init__(self, agent: int, interface: str, retcode: str, message: str) -> None:
        super().__init__(f"agent {agent}: {interface} answered {retcode} ({message})")
        self.retcode = retcode


class NotHeard(AssertionError):
    """An event did not come in time: what was expected, and what came instead."""

    def __init__(self, agent: int, expected: str, heard: list[str]) -> None:
        super().__init__(
            f"agent {agent}: expected {expected}, heard {', '.join(heard) or 'nothing'}"
        )


class Answer(Protocol):
    """What is read of an answer."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By names in lower case."""
        ...

    def json(self) -> Any:
        """What its JSON says."""
        ...


class Http(Protocol):
    """Who sends requests: an httpx client, or `emulator.clients.lean`."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Any = None,
        json: Any = None,
    ) -> Answer:
        """Send a request and read its answer."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""


class AgentClient:
    """One agent. `on_request` and `on_event` are told of what goes out and comes in.

    `http`, which others may use too and who gave it closes, is by default a client of its own.
    """

    def __init__(self, url: str, work_no: int, password: str, http: Http | None = None) -> None:
        self.work_no = work_no
        self.guid = ""
        self.events: list[GatewayEvent] = []
        """Every event heard, in order."""
        self.on_request: Callable[[AgentClient, str, str, str], None] = _ignore
        """Agent, method, path, retcode; polls are not told."""
        self.on_event: Callable[[AgentClient, GatewayEvent], None] = _ignore
        self._url = url.rstrip("/")
        self._password = password
        self._is_own = http is None
        self._http: Http = http or httpx.AsyncClient(timeout=TIMEOUT_S, verify=False)
        self._unclaimed: list[GatewayEvent] = []
        self._news = asyncio.Condition()
        self._polling: asyncio.Task[None] | None = None
        self._fault = ""

    # Commands

    async def sign_in(self, phone: str, **how: Any) -> Any:
        """Sign in at the phone (6.1.1.1) and begin to poll; `how`: further fields of the body.

        With a `callbackUri` among them events are pushed there, and nobody polls.
        """
        body = {"password": self._password, "phonenum": phone, **how}
        result = await self.put("onlineagent", **body)
        if self._polling is None and not how.get("callbackUri"):
            self._polling = asyncio.create_task(self._poll(), name=f"agent {self.work_no} polls")
        return result

    async def sign_out(self) -> None:
        """Sign out (6.1.1.18) and hear the last events."""
        await self.delete("onlineagent", "logout")
        if self._polling is not None:
            await asyncio.wait([self._polling], timeout=PATIENCE_S)

    async def get(self, component: str, rest: str = "", **params: Any) -> Any:
        """GET /resource/<component>/<agent>/<rest>; the answer's result."""
        return await self.request("GET", component, rest, params=params)

    async def put(self, component: str, rest: str = "", **body: Any) -> Any:
        """PUT, with a JSON body."""
        return await self.request("PUT", component, rest, json=body)

    async def post(self, component: str, rest: str = "", **body: Any) -> Any:
        """POST, with a JSON body."""
        return await self.request("POST", component, rest, json=body)

    async def delete(self, component: str, rest: str = "", **params: Any) -> Any:
        """DELETE."""
        return await self.request("DELETE", component, rest, params=params)

    async def request(
        self, method: str, component: str, rest: str = "", *, params: Any = None, json: Any = None
    ) -> Any:
        """Ask any interface of the agent; the answer's result. `GatewayRefused` if it refuses."""
        path = f"{ROOT}/{component}/{self.work_no}" + (f"/{rest}" if rest else "")
        answer = await self._send(method, path, params=params or None, json=json)
        retcode = str(answer.get("retcode"))
        self.on_request(self, method, path, retcode)
        if retcode != "0":
            raise GatewayRefused(
                self.work_no, f"{method} {path}", retcode, str(answer.get("message"))
            )
        return answer.get("result")

    async def _send(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        answer = await self._http.request(
            method, self._url + path, headers={"guid": self.guid}, **request
        )
        handed = answer.headers.get("set-guid")
        if handed:
            self.guid = handed.partition("=")[2] or handed
        content: dict[str, Any] = answer.json()
        return content

    # Events

    async def expect(
        self, event_type: str, *, within: float = PATIENCE_S, **content: Any
    ) -> GatewayEvent:
        """The first event of the type, with this content, that was not claimed before.

        Events that came earlier and that nobody asked for stay to be claimed. `NotHeard` after
        `within` seconds.
        """
        try:
            async with asyncio.timeout(within), self._news:
                while (found := self._claim(event_type, content)) is None:
                    if self._fault:
                        break
                    await self._news.wait()
        except TimeoutError:
            found = None
        if found is None:
            heard = [event.type for event in self._unclaimed]
            expected = event_type + (f" with {content}" if content else "")
            raise NotHeard(self.work_no, expected, [*heard, *filter(None, [self._fault])])
        return found

    def _claim(self, event_type: str, content: dict[str, Any]) -> GatewayEvent | None:
        for event in self._unclaimed:
            if event.type == event_type and event.carries(content):
                self._unclaimed.remove(event)
                return event
        return None

    def forget(self) -> None:
        """Let nobody claim what was heard so far."""
        self._unclaimed.clear()

    async def _poll(self) -> None:
        path = f"{ROOT}/agentevent/{self.work_no}"
        while True:
            try:
                answer = await self._send("GET", path)
            except (httpx.HTTPError, ValueError) as error:
                await self._end_polling(f"the poll failed: {error!r}")
                return
            if answer.get("retcode") != "0":
                over = answer.get("retcode") in SIGNED_OUT_CODES and self._saw_shutdown()
                await self._end_polling("" if over else f"the poll was refused: {answer}")
                return
            if answer.get("event"):
                await self._heard(answer["event"])

    def _saw_shutdown(self) -> bool:
        return bool(self.events) and self.events[-1].type == SHUTDOWN

    async def _heard(self, event: dict[str, Any]) -> None:
        heard = GatewayEvent(event["eventType"], event.get("content"))
        self.events.append(heard)
        self.on_event(self, heard)
        async with self._news:
            self._unclaimed.append(heard)
            self._news.notify_all()

    async def _end_polling(self, fault: str) -> None:
        self._polling = None
        async with self._news:
            self._fault = fault
            self._news.notify_all()

    # Life

    async def close(self) -> None:
        """Stop polling and close the connections; the agent stays signed in."""
        if self._polling is not None:
            self._polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling
        if self._is_own:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()


def _ignore(*told: Any) -> None:
    """Nobody wants to know."""
