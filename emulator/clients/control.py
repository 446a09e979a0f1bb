"""A client of the emulator's own API, for tests, demonstrations and scripts.

    with ControlClient("http://127.0.0.1:8000") as control:
        call = control.dial_in("13900000000", "95001")

`AsyncControlClient` has the same methods, each to be awaited. What they give is typed: see
`emulator.clients.answers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, Unpack
from urllib.parse import quote

import httpx

from emulator.clients import answers
from emulator.clients.command import Ask, Awaits, Waits, command
from emulator.clients.traffic import TrafficCommands

T = TypeVar("T")

PREFIX = "/_emulator"
FILES = ("image/png", "application/vnd.call-center-snapshot")
"""Answers that are given as they are."""
TEXT = "text/plain"
TIMEOUT_S = 75.0
"""Longer than the longest wait for events."""


class ControlRefused(Exception):
    """The emulator refused: HTTP status, type of the error, and why."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.status = status
        self.kind = kind


class Commands(TrafficCommands):
    """What can be asked of an emulator."""

    # World

    @command
    def health(self) -> Ask[answers.Health]:
        """Status and version."""
        return Ask("GET", "/health")

    @command
    def reset(self, tenant: int | None = None) -> Ask[answers.Begun]:
        """Begin anew with the seed of the start, or have one tenant do so."""
        return Ask("POST", "/reset", params=_given(tenant=tenant))

    @command
    def load_seed(self, text: str, source: str = "seed") -> Ask[answers.Begun]:
        """Begin anew with this seed in YAML."""
        headers = {"content-type": "application/yaml"}
        return Ask(
            "POST", "/seed", content=text.encode(), headers=headers, params={"source": source}
        )

    @command
    def save_snapshot(self) -> Ask[bytes]:
        """The whole world as it is: the bytes of a file."""
        return Ask("GET", "/snapshot")

    @command
    def load_snapshot(self, content: bytes) -> Ask[answers.Begun]:
        """Go on as the file has it."""
        return Ask("PUT", "/snapshot", content=content)

    @command
    def metrics(self) -> Ask[str]:
        """What a Prometheus server collects, in its text format."""
        return Ask("GET", "/metrics")

    @command
    def state(self, tenant: int | None = None) -> Ask[answers.State]:
        """Everything that lives."""
        return Ask("GET", "/state", params=_given(tenant=tenant))

    @command
    def events(
        self, after: int = 0, *, wait: float = 0, limit: int = 1000
    ) -> Ask[list[answers.SwitchEvent]]:
        """The switch's events after a number: a list of objects, each with its `number`."""
        params = {"after": after, "wait": wait, "limit": limit}
        return Ask("GET", "/events", params=params, pick="events")

    @command
    def latest_event(self) -> Ask[int]:
        """The number of the switch's latest event."""
        return Ask("GET", "/events", params={"after": 2**53, "limit": 1}, pick="last")

    @command
    def switch_over(self) -> Ask[int]:
        """The agent gateway fails, and another takes its place; how many agents are told."""
        return Ask("POST", "/gateway/switch-over", pick="agents")

    # Worlds

    @command
    def make_world(
        self,
        name: str = "",
        *,
        seed: str | None = None,
        settings: Mapping[str, bool | int | float | str] | None = None,
        start: int | None = None,
        port: bool = False,
        as_here: bool = False,
    ) -> Ask[answers.World]:
        """Make a world beside the first.

        `settings`: by the names of the emulator's own; `start`: the domain time at which it
        begins, in µs; `port`: whether it gets a port of its own; `as_here`: it goes on from how
        the world that is asked is now. Gives path, host and port at which it is reached.
        """
        order = _given(
            name=name, seed=seed, settings=settings, start=start, port=port, as_here=as_here
        )
        return Ask("POST", "/worlds", json=order)

    @command
    def worlds(self) -> Ask[list[answers.World]]:
        """The worlds beside the first."""
        return Ask("GET", "/worlds")

    @command
    def drop_world(self, name: str) -> Ask[list[answers.World]]:
        """End a world."""
        return Ask("DELETE", f"/worlds/{name}")

    # Time

    @command
    def clock(self) -> Ask[answers.Clock]:
        """The domain clock."""
        return Ask("GET", "/clock")

    @command
    def freeze(self) -> Ask[answers.Clock]:
        """Have domain time stand still."""
        return Ask("POST", "/clock/freeze")

    @command
    def run(self, scale: float = 1.0) -> Ask[answers.Clock]:
        """Have domain time follow real time."""
        return Ask("POST", "/clock/run", json={"scale": scale})

    @command
    def advance(self, seconds: float, *, trip_watchdogs: bool = False) -> Ask[answers.Clock]:
        """Move domain time forward."""
        move = {"seconds": seconds, "trip_watchdogs": trip_watchdogs}
        return Ask("POST", "/clock/advance", json=move)

    # World outside

    @command
    def dial_in(
        self,
        caller: str,
        called: str,
        *,
        media_type: str | None = None,
        data: str = "",
        priority: int | None = None,
        language: str = "",
    ) -> Ask[str]:
        """A customer calls; the id of the call."""
        body = _given(
            caller=caller,
            called=called,
            media_type=media_type,
            data=data,
            priority=priority,
            language=language or None,
        )
        return Ask("POST", "/calls", json=body, pick="call")

    @command
    def calls(self, tenant: int | None = None) -> Ask[list[answers.Call]]:
        """The calls that are not over."""
        return Ask("GET", "/calls", params=_given(tenant=tenant))

    @command
    def call(self, call: str) -> Ask[answers.Call]:
        """One of them."""
        return Ask("GET", f"/calls/{call}")

    @command
    def press(self, call: str, digits: str, number: str | None = None) -> Ask[answers.Done]:
        """The customer, or the outside party with the number, presses keys."""
        body = _given(digits=digits, number=number)
        return Ask("POST", f"/calls/{call}/digits", json=body)

    @command
    def write(self, call: str, text: str) -> Ask[answers.Done]:
        """The customer of a chat writes."""
        return Ask("POST", f"/calls/{call}/messages", json={"text": text})

    @command
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
    ) -> Ask[answers.Done]:
        """An agent on the call, or without `agent` its customer, says something."""
        body = _given(
            text=text,
            agent=agent,
            confidence=confidence,
            final=final,
            error=error,
            analysis=analysis,
        )
        return Ask("POST", f"/calls/{call}/speech", json=body)

    @command
    def script_speech(self, call: str, *utterances: dict[str, Any]) -> Ask[answers.Done]:
        """The call talks by itself: each utterance as in `speak`, `after` so many seconds."""
        body = {"utterances": utterances}
        return Ask("POST", f"/calls/{call}/speech-script", json=body)

    @command
    def hang_up(self, call: str, number: str | None = None) -> Ask[answers.Done]:
        """The customer, or the outside party with the number, hangs up."""
        return Ask("POST", f"/calls/{call}/hang-up", json=_given(number=number))

    @command
    def answer(self, call: str, number: str | None = None) -> Ask[answers.Done]:
        """An outside number that rings is picked up."""
        return Ask("POST", f"/calls/{call}/answer", json=_given(number=number))

    @command
    def refuse(self, call: str, cause: int = 604, number: str | None = None) -> Ask[answers.Done]:
        """An outside number that rings refuses."""
        body = _given(cause=cause, number=number)
        return Ask("POST", f"/calls/{call}/refuse", json=body)

    @command
    def set_outside_number(
        self,
        number: str,
        *,
        tenant: int = 1,
        answer_after: float | None = 2.0,
        refuse: int | None = None,
        video: bool = False,
        digits: str = "",
        digits_after: float = 1.0,
        hang_up_after: float | None = None,
        ring_patience: float | None = None,
    ) -> Ask[answers.Done]:
        """How an outside number behaves when it is called, and what it does in a call."""
        body = {
            "tenant": tenant,
            "answer_after": answer_after,
            "refuse": refuse,
            "video": video,
            "digits": digits,
            "digits_after": digits_after,
            "hang_up_after": hang_up_after,
            "ring_patience": ring_patience,
        }
        return Ask("PUT", f"/outside-numbers/{number}", json=body)

    @command
    def phones(self, tenant: int | None = None) -> Ask[list[answers.PhoneDetails]]:
        """The phones, with what is registered for them."""
        return Ask("GET", "/phones", params=_given(tenant=tenant))

    @command
    def gateways(self) -> Ask[list[answers.Gateway]]:
        """The gateways to the world outside: which are there, and how many calls each has."""
        return Ask("GET", "/gateways")

    @command
    def phone(self, phone: str) -> Ask[answers.PhoneDetails]:
        """One phone."""
        return Ask("GET", f"/phones/{phone}")

    @command
    def set_phone_password(self, phone: str, password: str) -> Ask[answers.Done]:
        """What the phone's next registration needs."""
        return Ask("PUT", f"/phones/{phone}/password", json={"password": password})

    @command
    def off_hook(self, phone: str) -> Ask[answers.Done]:
        """Somebody picks a phone up."""
        return Ask("POST", f"/phones/{phone}/off-hook")

    @command
    def on_hook(self, phone: str) -> Ask[answers.Done]:
        """Somebody hangs a phone up."""
        return Ask("POST", f"/phones/{phone}/on-hook")

    @command
    def set_phone_condition(self, phone: str, condition: str) -> Ask[answers.Done]:
        """Calls can ring at a phone (`in service`), it is `busy` without them, or `offline`."""
        return Ask("PUT", f"/phones/{phone}/condition", json={"condition": condition})

    @command
    def phone_mutes(self, phone: str, *, muted: bool = True) -> Ask[answers.Done]:
        """Somebody presses the mute key of a linked phone."""
        return Ask("POST", f"/phones/{phone}/{'mute' if muted else 'unmute'}")

    @command
    def phone_holds(self, phone: str) -> Ask[answers.Done]:
        """Somebody presses the hold key of a linked phone."""
        return Ask("POST", f"/phones/{phone}/hold")

    @command
    def phone_retrieves(self, phone: str) -> Ask[answers.Done]:
        """Somebody presses the hold key of a linked phone again."""
        return Ask("POST", f"/phones/{phone}/retrieve")

    @command
    def phone_transfers(self, phone: str, to: str) -> Ask[answers.Done]:
        """Somebody sends the call away with the keys of a linked phone."""
        return Ask("POST", f"/phones/{phone}/transfer", json={"to": to})

    @command
    def phone_dials(self, phone: str, to: str) -> Ask[str]:
        """Somebody calls with the keys of a linked phone; the id of the call."""
        return Ask("POST", f"/phones/{phone}/dial", json={"to": to}, pick="call")

    # Agents

    @command
    def offer_preview(self, work_no: int, *numbers: str, data: str = "") -> Ask[int]:
        """Offer a previewed call; its control number."""
        body = {"numbers": numbers, "data": data}
        return Ask("POST", f"/agents/{work_no}/preview", json=body, pick="control")

    @command
    def study(self, work_no: int, *, studying: bool) -> Ask[answers.Done]:
        """Send an agent to study, or back."""
        return Ask("POST", f"/agents/{work_no}/study", json={"studying": studying})

    @command
    def decide_rest(self, work_no: int, *, inspector: int, approve: bool) -> Ask[answers.Done]:
        """Approve or refuse an agent's rest."""
        body = {"inspector": inspector, "approve": approve}
        return Ask("POST", f"/agents/{work_no}/rest-decision", json=body)

    # Records

    @command
    def call_records(self, **wanted: Unpack[answers.Page]) -> Ask[list[answers.CallRecord]]:
        """Call records, by their end."""
        return Ask("GET", "/records/calls", params=wanted)

    @command
    def operations(self, **wanted: Unpack[answers.Page]) -> Ask[list[answers.OperationRecord]]:
        """Agents' operations."""
        return Ask("GET", "/records/operations", params=wanted)

    @command
    def recordings(self, **wanted: Unpack[answers.Page]) -> Ask[list[answers.RecordingRecord]]:
        """Recordings."""
        return Ask("GET", "/records/recordings", params=wanted)

    # Messages and customers

    @command
    def messages(self, **wanted: Unpack[answers.MessagePage]) -> Ask[list[answers.Message]]:
        """What is in the inboxes and outboxes, the newest last."""
        return Ask("GET", "/messages", params=wanted)

    @command
    def put_message(
        self,
        channel: str,
        direction: str = "received",
        *,
        tenant: int = 1,
        **content: Unpack[answers.MessageContent],
    ) -> Ask[answers.Message]:
        """Put a message into an inbox, or into an outbox (`sent`)."""
        body = {"tenant": tenant, "channel": channel, "direction": direction, **content}
        return Ask("POST", "/messages", json=body)

    @command
    def customers(self, **which: Unpack[answers.WhichCustomers]) -> Ask[list[answers.Customer]]:
        """Customers of whom all that is given holds, by their ids."""
        return Ask("GET", "/customers", params=which)

    @command
    def save_customer(
        self, customer: str, *, tenant: int = 1, **details: Unpack[answers.CustomerDetails]
    ) -> Ask[answers.Customer]:
        """Add a customer, or replace the one with this id; what is not said is empty."""
        return Ask("PUT", f"/customers/{_quoted(customer)}", json={"tenant": tenant, **details})

    @command
    def remove_customer(self, customer: str, *, tenant: int = 1) -> Ask[answers.Done]:
        """Forget a customer and its contacts."""
        return Ask("DELETE", f"/customers/{_quoted(customer)}", params={"tenant": tenant})

    @command
    def contacts(self, **which: Unpack[answers.WhichContacts]) -> Ask[list[answers.Contact]]:
        """Contacts of whom all that is given holds, by their ids."""
        return Ask("GET", "/contacts", params=which)

    @command
    def save_contact(
        self,
        contact: str,
        *,
        customer: str,
        tenant: int = 1,
        **details: Unpack[answers.ContactDetails],
    ) -> Ask[answers.Contact]:
        """Add a contact of a customer, or replace the one with this id."""
        body = {"tenant": tenant, "customer": customer, **details}
        return Ask("PUT", f"/contacts/{_quoted(contact)}", json=body)

    @command
    def remove_contact(self, contact: str, *, tenant: int = 1) -> Ask[answers.Done]:
        """Forget a contact."""
        return Ask("DELETE", f"/contacts/{_quoted(contact)}", params={"tenant": tenant})

    @command
    def picture(self, file: str) -> Ask[bytes]:
        """The picture that an event names: the bytes of a PNG file."""
        return Ask("GET", "/pictures", params={"file": file})


def _quoted(text: str) -> str:
    """A text as one part of a path."""
    return quote(text, safe="")


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _with_token(request: dict[str, Any], token: str) -> dict[str, Any]:
    if not token:
        return request
    headers = {**request.get("headers", {}), "authorization": f"Bearer {token}"}
    return {**request, "headers": headers}


def _content(answer: httpx.Response) -> Any:
    if answer.is_success and answer.headers.get("content-type") in FILES:
        return answer.content
    if answer.is_success and answer.headers.get("content-type", "").startswith(TEXT):
        return answer.text
    if answer.is_success:
        return answer.json()
    try:
        error = answer.json()["error"]
        kind, message = error["type"], error["message"]
    except (ValueError, KeyError, TypeError):
        kind, message = "HTTPError", f"{answer.request.url} answered {answer.status_code}"
    raise ControlRefused(answer.status_code, kind, message)


class ControlClient(Commands, Waits):
    """Waits for each answer. `http` may be any httpx client, of a test for example."""

    def __init__(self, url: str, token: str = "", http: httpx.Client | None = None) -> None:
        self._http = http or httpx.Client(timeout=TIMEOUT_S, verify=False)
        self._url = url.rstrip("/") + PREFIX
        self._token = token

    def ask(self, ask: Ask[T]) -> T:
        """Send the request and read its answer; `ControlRefused` if the emulator refuses."""
        request = _with_token(ask.request, self._token)
        return ask.read(_content(self._http.request(ask.method, self._url + ask.path, **request)))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class AsyncControlClient(Commands, Awaits):
    """The same; each method is to be awaited."""

    def __init__(self, url: str, token: str = "", http: httpx.AsyncClient | None = None) -> None:
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT_S, verify=False)
        self._url = url.rstrip("/") + PREFIX
        self._token = token

    async def ask(self, ask: Ask[T]) -> T:
        """Send the request and read its answer; `ControlRefused` if the emulator refuses."""
        request = _with_token(ask.request, self._token)
        answer = await self._http.request(ask.method, self._url + ask.path, **request)
        return ask.read(_content(answer))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
