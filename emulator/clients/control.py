"""A client of the emulator's own API, for tests, demonstrations and scripts.

    with ControlClient("http://127.0.0.1:8000") as control:
        call = control.dial_in("13900000000", "95001")

`AsyncControlClient` has the same methods, each to be awaited.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import httpx

from emulator.clients.traffic import TrafficCommands

PREFIX = "/_emulator"
Pick = str | Callable[[Any], Any] | None
TIMEOUT_S = 75.0
"""Longer than the longest wait for events."""


class ControlRefused(Exception):
    """The emulator refused: HTTP status, type of the error, and why."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.status = status
        self.kind = kind


class Commands(TrafficCommands):
    """What can be asked of an emulator; each method gives what `_ask` gives for its request."""

    # World

    def health(self) -> Any:
        """Status and version."""
        return self._ask("GET", "/health")

    def reset(self, tenant: int | None = None) -> Any:
        """Begin anew with the seed of the start, or have one tenant do so."""
        return self._ask("POST", "/reset", params=_given(tenant=tenant))

    def load_seed(self, text: str, source: str = "seed") -> Any:
        """Begin anew with this seed in YAML."""
        headers = {"content-type": "application/yaml"}
        return self._ask(
            "POST", "/seed", content=text.encode(), headers=headers, params={"source": source}
        )

    def state(self, tenant: int | None = None) -> Any:
        """Everything that lives."""
        return self._ask("GET", "/state", params=_given(tenant=tenant))

    def events(self, after: int = 0, *, wait: float = 0, limit: int = 1000) -> Any:
        """The switch's events after a number: a list of objects, each with its `number`."""
        params = {"after": after, "wait": wait, "limit": limit}
        return self._ask("GET", "/events", params=params, pick="events")

    def switch_over(self) -> Any:
        """The agent gateway fails, and another takes its place; how many agents are told."""
        return self._ask("POST", "/gateway/switch-over", pick="agents")

    # Worlds

    def make_world(self, name: str = "", **order: Any) -> Any:
        """Make a world beside the first: `seed`, `settings`, `start` in µs, `port` true or false.

        Gives its name, and path, host and port at which it is reached.
        """
        return self._ask("POST", "/worlds", json={"name": name, **order})

    def worlds(self) -> Any:
        """The worlds beside the first."""
        return self._ask("GET", "/worlds")

    def drop_world(self, name: str) -> Any:
        """End a world."""
        return self._ask("DELETE", f"/worlds/{name}")

    # Time

    def clock(self) -> Any:
        """The domain clock."""
        return self._ask("GET", "/clock")

    def freeze(self) -> Any:
        """Have domain time stand still."""
        return self._ask("POST", "/clock/freeze")

    def run(self, scale: float = 1.0) -> Any:
        """Have domain time follow real time."""
        return self._ask("POST", "/clock/run", json={"scale": scale})

    def advance(self, seconds: float, *, trip_watchdogs: bool = False) -> Any:
        """Move domain time forward."""
        move = {"seconds": seconds, "trip_watchdogs": trip_watchdogs}
        return self._ask("POST", "/clock/advance", json=move)

    # World outside

    def dial_in(
        self, caller: str, called: str, *, media_type: str | None = None, data: str = ""
    ) -> Any:
        """A customer calls; the id of the call."""
        body = _given(caller=caller, called=called, media_type=media_type, data=data)
        return self._ask("POST", "/calls", json=body, pick="call")

    def calls(self, tenant: int | None = None) -> Any:
        """The calls that are not over."""
        return self._ask("GET", "/calls", params=_given(tenant=tenant))

    def call(self, call: str) -> Any:
        """One of them."""
        return self._ask("GET", f"/calls/{call}")

    def press(self, call: str, digits: str, number: str | None = None) -> Any:
        """The customer, or the outside party with the number, presses keys."""
        body = _given(digits=digits, number=number)
        return self._ask("POST", f"/calls/{call}/digits", json=body)

    def write(self, call: str, text: str) -> Any:
        """The customer of a chat writes."""
        return self._ask("POST", f"/calls/{call}/messages", json={"text": text})

    def speak(
        self,
        call: str,
        text: str,
        *,
        agent: int | None = None,
        confidence: int = 100,
        final: bool = False,
        error: int | None = None,
        analysis: dict[str, Any] | None = None,
    ) -> Any:
        """An agent on the call, or without `agent` its customer, says something."""
        body = _given(
            text=text,
            agent=agent,
            confidence=confidence,
            final=final,
            error=error,
            analysis=analysis,
        )
        return self._ask("POST", f"/calls/{call}/speech", json=body)

    def script_speech(self, call: str, *utterances: dict[str, Any]) -> Any:
        """The call talks by itself: each utterance as in `speak`, `after` so many seconds."""
        body = {"utterances": utterances}
        return self._ask("POST", f"/calls/{call}/speech-script", json=body)

    def hang_up(self, call: str, number: str | None = None) -> Any:
        """The customer, or the outside party with the number, hangs up."""
        return self._ask("POST", f"/calls/{call}/hang-up", json=_given(number=number))

    def answer(self, call: str, number: str | None = None) -> Any:
        """An outside number that rings is picked up."""
        return self._ask("POST", f"/calls/{call}/answer", json=_given(number=number))

    def refuse(self, call: str, cause: int = 604, number: str | None = None) -> Any:
        """An outside number that rings refuses."""
        body = _given(cause=cause, number=number)
        return self._ask("POST", f"/calls/{call}/refuse", json=body)

    def set_outside_number(
        self,
        number: str,
        *,
        tenant: int = 1,
        answer_after: float | None = 2.0,
        refuse: int | None = None,
        video: bool = False,
    ) -> Any:
        """How an outside number behaves when it is called."""
        body = {
            "tenant": tenant,
            "answer_after": answer_after,
            "refuse": refuse,
            "video": video,
        }
        return self._ask("PUT", f"/outside-numbers/{number}", json=body)

    def off_hook(self, phone: str) -> Any:
        """Somebody picks a phone up."""
        return self._ask("POST", f"/phones/{phone}/off-hook")

    def on_hook(self, phone: str) -> Any:
        """Somebody hangs a phone up."""
        return self._ask("POST", f"/phones/{phone}/on-hook")

    def set_phone_condition(self, phone: str, condition: str) -> Any:
        """Calls can ring at a phone (`in service`), it is `busy` without them, or `offline`."""
        return self._ask("PUT", f"/phones/{phone}/condition", json={"condition": condition})

    def phone_mutes(self, phone: str, *, muted: bool = True) -> Any:
        """Somebody presses the mute key of a linked phone."""
        return self._ask("POST", f"/phones/{phone}/{'mute' if muted else 'unmute'}")

    def phone_holds(self, phone: str) -> Any:
        """Somebody presses the hold key of a linked phone."""
        return self._ask("POST", f"/phones/{phone}/hold")

    def phone_retrieves(self, phone: str) -> Any:
        """Somebody presses the hold key of a linked phone again."""
        return self._ask("POST", f"/phones/{phone}/retrieve")

    def phone_transfers(self, phone: str, to: str) -> Any:
        """Somebody sends the call away with the keys of a linked phone."""
        return self._ask("POST", f"/phones/{phone}/transfer", json={"to": to})

    def phone_dials(self, phone: str, to: str) -> Any:
        """Somebody calls with the keys of a linked phone; the id of the call."""
        return self._ask("POST", f"/phones/{phone}/dial", json={"to": to}, pick="call")

    # Agents

    def offer_preview(self, work_no: int, *numbers: str, data: str = "") -> Any:
        """Offer a previewed call; its control number."""
        body = {"numbers": numbers, "data": data}
        return self._ask("POST", f"/agents/{work_no}/preview", json=body, pick="control")

    def study(self, work_no: int, *, studying: bool) -> Any:
        """Send an agent to study, or back."""
        return self._ask("POST", f"/agents/{work_no}/study", json={"studying": studying})

    def decide_rest(self, work_no: int, *, inspector: int, approve: bool) -> Any:
        """Approve or refuse an agent's rest."""
        body = {"inspector": inspector, "approve": approve}
        return self._ask("POST", f"/agents/{work_no}/rest-decision", json=body)

    # Records

    def call_records(self, **wanted: Any) -> Any:
        """Call records; `wanted`: tenant, since, until, agent, call, limit, offset."""
        return self._ask("GET", "/records/calls", params=wanted)

    def operations(self, **wanted: Any) -> Any:
        """Agents' operations."""
        return self._ask("GET", "/records/operations", params=wanted)

    def recordings(self, **wanted: Any) -> Any:
        """Recordings."""
        return self._ask("GET", "/records/recordings", params=wanted)

    def picture(self, file: str) -> Any:
        """The picture that an event names: the bytes of a PNG file."""
        return self._ask("GET", "/pictures", params={"file": file})


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _read(answer: httpx.Response, pick: Pick) -> Any:
    if answer.is_success and answer.headers.get("content-type") == "image/png":
        return answer.content
    if answer.is_success:
        found = answer.json()
        if pick is None:
            return found
        return found[pick] if isinstance(pick, str) else pick(found)
    try:
        error = answer.json()["error"]
        kind, message = error["type"], error["message"]
    except (ValueError, KeyError, TypeError):
        kind, message = "HTTPError", f"{answer.request.url} answered {answer.status_code}"
    raise ControlRefused(answer.status_code, kind, message)


class ControlClient(Commands):
    """Waits for each answer. `http` may be any httpx client, of a test for example."""

    def __init__(self, url: str, token: str = "", http: httpx.Client | None = None) -> None:
        self._http = http or httpx.Client(timeout=TIMEOUT_S, verify=False)
        self._url = url.rstrip("/") + PREFIX
        self._token = token

    def _ask(self, method: str, path: str, *, pick: Pick = None, **request: Any) -> Any:
        headers = {**request.pop("headers", {}), **_headers(self._token)}
        return _read(self._http.request(method, self._url + path, headers=headers, **request), pick)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class AsyncControlClient(Commands):
    """The same; each method is to be awaited."""

    def __init__(self, url: str, token: str = "", http: httpx.AsyncClient | None = None) -> None:
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT_S, verify=False)
        self._url = url.rstrip("/") + PREFIX
        self._token = token

    async def _ask(self, method: str, path: str, *, pick: Pick = None, **request: Any) -> Any:
        headers = {**request.pop("headers", {}), **_headers(self._token)}
        url = self._url + path
        return _read(await self._http.request(method, url, headers=headers, **request), pick)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
