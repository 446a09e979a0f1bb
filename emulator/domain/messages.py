"""Messages that customers and agents send each other: voice mail, fax, short messages, e-mail.

They are records: committed as calls are, past when their tenant begins anew, part of snapshots.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter
from typing import Any

from emulator.domain.calendar import SECOND
from emulator.domain.numbers import Numbers
from emulator.media.paths import message_file
from emulator.store import records
from emulator.store.rows import Entry, MessageChannel, MessageDirection, MessageRow
from emulator.store.store import Store
from emulator.switch.clock import END_OF_TIME
from emulator.switch.events import MessageRecorded

MOST = 10_000
"""Messages that are found at once."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says, to whom, and whose it is; see `MessageRow`."""

    channel: MessageChannel
    sender: str = ""
    recipient: str = ""
    copy: str = ""
    blind_copy: str = ""
    party_name: str = ""
    subject: str = ""
    body: str = ""
    files: tuple[str, ...] = ()
    agent_id: str = ""
    call_id: str = ""
    called: str = ""
    line: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class EarlierMessage:
    """A message from before a tenant begins: of the instant `at`, or `ago` before that; µs."""

    message: Message
    direction: MessageDirection
    at: int | None = None
    ago: int = 0


class Messages:
    """Files messages, and finds them.

    `write` has a row committed, `kept` waits until the store has what was written, `now` is the
    present (µs). The `numbers` in the ids go on through the lives of a store.
    """

    def __init__(
        self,
        write: Callable[[Entry], None],
        kept: Callable[[], Awaitable[None]],
        store: Store,
        now: Callable[[], int],
        numbers: Numbers,
    ) -> None:
        self._write = write
        self._kept = kept
        self._store = store
        self._now = now
        self._numbers = numbers

    def send(self, tenant: int, message: Message, at: int | None = None) -> MessageRow:
        """File a message in the outbox: it was sent at that instant (µs), by default now."""
        return self._file(tenant, message, MessageDirection.SENT, at)

    def receive(self, tenant: int, message: Message, at: int | None = None) -> MessageRow:
        """File a message in the inbox: it came at that instant (µs), by default now."""
        return self._file(tenant, message, MessageDirection.RECEIVED, at)

    def recorded(self, event: MessageRecorded) -> None:
        """A customer has left a voice message."""
        message = Message(
            MessageChannel.VOICE_MAIL,
            sender=event.caller,
            files=(message_file(event.tenant, event.at),),
            call_id=event.call,
            called=event.called,
            line=event.channel,
            seconds=event.seconds,
        )
        self.receive(event.tenant, message, event.at)

    async def find(
        self,
        tenant: int,
        channel: MessageChannel | None = None,
        direction: MessageDirection | None = None,
        since: int = 0,
        until: int = END_OF_TIME,
        agent: str | None = None,
        *,
        limit: int = MOST,
        offset: int = 0,
    ) -> list[MessageRow]:
        """Messages of since ≤ instant < until (µs), the newest last, also those just filed.

        None: of any channel, in either direction, whosever they are; an empty `agent`: nobody's.
        """
        await self._kept()
        query = partial(
            records.messages,
            tenant_id=tenant,
            channel=channel,
            direction=direction,
            since=since,
            until=until,
            agent=agent,
            limit=limit,
            offset=offset,
        )
        return await self._store.perform(query, read_only=True)

    def before(self, tenant: int, earlier: Iterable[EarlierMessage], now: int) -> list[MessageRow]:
        """The rows of what a tenant has that begins `now` (µs); they are not written here."""
        return [
            self._row(
                tenant, it.message, it.direction, max(0, now - it.ago) if it.at is None else it.at
            )
            for it in earlier
        ]

    def _file(
        self, tenant: int, message: Message, direction: MessageDirection, at: int | None
    ) -> MessageRow:
        row = self._row(tenant, message, direction, self._now() if at is None else at)
        self._write(row)
        return row

    def _row(
        self, tenant: int, message: Message, direction: MessageDirection, at: int
    ) -> MessageRow:
        message_id = f"{at // SECOND}-{next(self._numbers)}"
        return MessageRow(tenant, message_id, message.channel, direction, at, *_content(message))


_content: Callable[[Message], tuple[Any, ...]] = attrgetter(
    *(field.name for field in fields(Message) if field.name != "channel")
)
