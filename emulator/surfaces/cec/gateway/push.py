"""Pushing to receivers: events to those of agents (CEC 6.1.4.2), words to subscribers (6.3.6).

Each outbox has a delivery of its own, so that a slow receiver holds up nobody else; it lives only
while there is something to tell. A delivery sends what is oldest and repeats the same request,
after growing pauses of wire time, until the receiver confirms it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Hashable, Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, Field

from emulator.platform import Platform
from emulator.surfaces.cec.gateway.outbox import Outbox, Post
from emulator.surfaces.coercion import Text
from emulator.traffic.exchange import Exchange, Verdict

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)
B = TypeVar("B", bound=Outbox)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds until a request is repeated for the first time, and at most."""
LONGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read."""
ENDING = 0.3
"""Seconds that the ends of deliveries and of connections may take, each, at a stop."""


def receiver_uri(text: str) -> str:
    """Give `text` if it is an http(s) address with a host and without credentials, or empty."""
    if not text:
        return text
    parts = urlsplit(text)
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("not an address")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("not an http address")
    if "@" in parts.netloc:
        raise ValueError("credentials in an address")
    return text


CallbackUri = Annotated[Text, Field(max_length=200), AfterValidator(receiver_uri)]


def pauses() -> Iterator[float]:
    """Seconds between the attempts at one request."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


class Courier(Generic[B]):
    """The deliveries of outboxes of one kind.

    `too_late` says whether an outbox whose receiver does not confirm is to be given up, and
    `finished` is told of each that is through or given up.
    """

    def __init__(
        self, platform: Platform, too_late: Callable[[B], bool], finished: Callable[[B], None]
    ) -> None:
        self._platform = platform
        self._too_late = too_late
        self._finished = finished
        self._deliveries: dict[B, asyncio.Task[None]] = {}
        self._latest: dict[Hashable, asyncio.Task[None]] = {}
        """By stream: an outbox that takes another's place waits for its end."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening: asyncio.Task[httpx.AsyncClient] | None = None
        self._stopped = False

    def deliver(self, box: B) -> None:
        """Push what waits, unless that is being done."""
        if self._stopped or box in self._deliveries or not box.events:
            return
        stream = box.stream
        work = self._deliver(box, self._latest.get(stream))
        task = asyncio.get_running_loop().create_task(work, name=f"push to {box.label}")
        self._deliveries[box] = self._latest[stream] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(stream, done))

    @property
    def under_way(self) -> list[B]:
        """The outboxes that are being delivered, in the order in which that began."""
        return list(self._deliveries)

    def abandon(self, box: B) -> None:
        """Push nothing more of this outbox."""
        task = self._deliveries.pop(box, None)
        if task is not None:
            task.cancel()

    def forget(self) -> None:
        """Push nothing more of any outbox, also of those that have been replaced."""
        for box in list(self._deliveries):
            self.abandon(box)

    async def stop(self) -> None:
        """End every delivery and close the connections; what was not delivered is lost."""
        self._stopped = True
        self.forget()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ENDING)
        if self._opening is not None:
            await self._close_client(self._opening)

    async def _close_client(self, opening: asyncio.Task[httpx.AsyncClient]) -> None:
        await asyncio.wait((opening,))
        if opening.exception() is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDING):
                    await opening.result().aclose()

    def _ended(self, stream: Hashable, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._latest.get(stream) is task:
            del self._latest[stream]
        if not task.cancelled() and task.exception() is not None:
            log.error("a delivery failed", exc_info=task.exception())

    # One delivery

    async def _deliver(self, box: B, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.wait((earlier,))
        waits = pauses()
        while box.events:
            repeated = box.in_flight > 0
            problem = await self._attempt(box)
            _note(box, problem, first=not repeated)
            if not problem:
                box.delivered(True)
                waits = pauses()
            elif self._too_late(box):
                log.warning("%d events of %s are lost", len(box.events), box.label)
                break
            else:
                await asyncio.sleep(next(waits))
        # In one step with the last look at the queue: the next event begins a new delivery.
        del self._deliveries[box]
        self._finished(box)

    async def _attempt(self, box: B) -> str:
        """Send the first events; empty if they have arrived, else what went wrong."""
        # The same ones as before if they did not arrive, even if more have come since.
        post = box.post(box.first_events(box.in_flight or box.batch))
        begun = self._platform.now, monotonic()
        problem = await self._send(post)
        self._journal(post, problem, *begun)
        return problem

    def _journal(self, post: Post, problem: str, at: int, begun: float) -> None:
        """Write down what was sent; its answer is what went wrong, if anything did."""
        traffic = self._platform.traffic
        headers = tuple((k.lower().encode(), v.encode()) for k, v in post.headers.items())
        latest = traffic.journal.last
        traffic.journal.note(
            Exchange(
                at,
                "gateway",
                post.section,
                "POST",
                post.uri,
                headers=headers,
                body=post.content,
                agent=post.agent,
                tenant=post.tenant or traffic.tenant_of(post.agent, ""),
                code="" if problem else "0",
                answer=problem.encode(),
                verdict=Verdict.REFUSED if problem else Verdict.DONE,
                events=(latest, latest),
                seconds=monotonic() - begun,
                outgoing=True,
            )
        )

    async def _send(self, post: Post) -> str:
        try:
            await self._platform.kept()
            client = await self._client()
            async with asyncio.timeout(self._platform.settings.push_timeout):
                return await _post(client, post)
        except TimeoutError:
            return "no answer in time"
        except Exception as error:
            return repr(error)

    async def _client(self) -> httpx.AsyncClient:
        """The HTTP client, made at the first delivery and not in the event loop: it takes long."""
        if self._opening is None:
            verify = self._platform.settings.push_verify
            opening = asyncio.to_thread(_open_client, verify)
            self._opening = asyncio.get_running_loop().create_task(opening)
        return await asyncio.shield(self._opening)


def _open_client(verify: bool) -> httpx.AsyncClient:
    import ssl

    import httpx

    return httpx.AsyncClient(
        verify=ssl.create_default_context() if verify else False,
        # As many connections as agents: a slow receiver must not use up those of the others.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
        timeout=None,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )


class _Opening:
    """Closes a connection whose TLS handshake was cut short: the HTTP library leaves it open."""

    def __init__(self) -> None:
        self._stream: Any = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Hear from the library how the connection is made (its extension `trace`)."""
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]
        elif event == "connection.start_tls.complete":
            self._stream = None

    async def cut_short(self) -> None:
        """The request was cancelled."""
        if self._stream is not None:
            await self._stream.aclose()


async def _post(client: httpx.AsyncClient, post: Post) -> str:
    """Send one request; empty if the receiver confirms it, else what went wrong."""
    headers = {
        "Content-Type": "application/json; charset=UTF-8",
        **post.headers,
        "Accept-Encoding": "identity",
    }
    opening = _Opening()
    request = client.build_request(
        "POST", post.uri, content=post.content, headers=headers, extensions={"trace": opening.trace}
    )
    try:
        answer = await client.send(request, stream=True)
    except asyncio.CancelledError:
        await opening.cut_short()
        raise
    try:
        return await _read(answer)
    finally:
        await answer.aclose()


async def _read(answer: httpx.Response) -> str:
    """Empty if the answer confirms the events."""
    if answer.status_code != 200:
        return f"status {answer.status_code}"
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > LONGEST_ANSWER:
            return "answer too long"
    return _refusal(bytes(body))


def _refusal(body: bytes) -> str:
    try:
        answer: Any = orjson.loads(body)
    except ValueError:
        return "answer is no JSON"
    retcode = answer.get("retcode") if isinstance(answer, dict) else None
    return "" if str(retcode) == "0" else f"retcode {retcode!r}"


def _note(box: Outbox, problem: str, *, first: bool) -> None:
    """Log the first failure and what was lost, once."""
    if problem and first:
        log.warning("events of %s are not taken: %s", box.label, problem)
    if box.dropped:
        log.warning("%d events of %s were dropped", box.dropped, box.label)
        box.dropped = 0
