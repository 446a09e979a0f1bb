"""One running call center: switch, clock, store, accounts, random streams and identifiers.

It is the only object a door is handed. Before a door commands the switch it calls `advance()`,
which brings the switch to the present; before it answers it awaits `committed()`, so that what was
acknowledged is kept.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from emulator.alarm import Alarm
from emulator.domain.accounts import Accounts
from emulator.domain.counts import CallCounts
from emulator.domain.customers import Customers
from emulator.domain.gateways import GatewayState
from emulator.domain.history import History
from emulator.domain.holdings import Holdings, beginning_of
from emulator.domain.live.live import Live
from emulator.domain.messages import Messages
from emulator.domain.numbers import Numbers
from emulator.domain.pictures import Pictures
from emulator.domain.recorder import Recorder, Running
from emulator.domain.recordings import Recordings
from emulator.domain.registrations import Registration
from emulator.domain.signalling import Signalling
from emulator.domain.statistics import Statistics
from emulator.domain.tallies import Tallies
from emulator.lookups import Lookups
from emulator.media.library import Library
from emulator.reports import Reports
from emulator.settings import Settings
from emulator.snapshot.guest import Guest
from emulator.snapshot.part import Part, attribute
from emulator.store import beginnings, generations
from emulator.store import records as store_records
from emulator.store import tenants as store_tenants
from emulator.store.beginnings import Beginning
from emulator.store.engine import MEMORY_URL, file_url
from emulator.store.group_commit import GroupCommit, Outstanding
from emulator.store.kinds import Item
from emulator.store.lane import Change, ConfigurationLane, Removal, Together, with_change
from emulator.store.rows import AccountState, Directory, Entry, Row
from emulator.store.store import Store
from emulator.streams import Streams
from emulator.switch import ivr
from emulator.switch.clock import Clock, ClockMode, ClockState
from emulator.switch.config import TenantConfig
from emulator.switch.events import Event, MessageRecorded, StayEnded
from emulator.switch.switch import Subscriber, Switch
from emulator.traffic import Traffic
from emulator.traffic.journal import MEBIBYTE, Journal

if TYPE_CHECKING:
    from emulator.snapshot.world import Form, Saved

log = logging.getLogger(__name__)

PURGED_AT_ONCE = 2_000
"""Records of each sort that are deleted in one transaction, while others wait for the store."""
UNHURRIED = 0.05
"""Seconds that records of a world in memory may lie, unless somebody asks for them."""
CALL_IDS_RESERVED = 100_000
CALL_IDS_LEFT = 20_000
"""When so few reserved call ids are left, the next block is reserved."""


def real_time() -> int:
    """Microseconds since the epoch, for the clock; steps of the wall clock do not show."""
    return _EPOCH + time.monotonic_ns() // 1000


_EPOCH = time.time_ns() // 1000 - time.monotonic_ns() // 1000


def database_url(settings: Settings) -> str:
    """Where the settings say that everything is kept."""
    if settings.database:
        return settings.database
    if settings.data is None:
        return MEMORY_URL
    settings.data.mkdir(parents=True, exist_ok=True)
    return file_url(settings.data)


def _folder(settings: Settings) -> Path | None:
    """Where files of recordings are kept."""
    return settings.data / "recordings" if settings.data is not None else None


class Platform:
    """A world. `start` it inside the event loop that will own it."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        tenants: Sequence[TenantConfig],
        clock: Clock | None = None,
    ) -> None:
        """`tenants` are applied; `clock` is by default the real one at the settings' scale."""
        self.settings = settings
        self.store = store
        self._streams = Streams(settings.random_seed)
        self.clock = clock or Clock(real_time(), real_time, scale=settings.clock_scale)
        self.started_at = self.clock.now()
        self._reserved = store.reserve("call", CALL_IDS_RESERVED) + CALL_IDS_RESERVED
        self.switch = Switch(self.clock.now(), first_call=self._reserved - CALL_IDS_RESERVED + 1)
        self.accounts = Accounts(self._save_account)
        self.records = GroupCommit(
            store,
            patience=0.0 if settings.durable else UNHURRIED,
            on_commit=lambda rows: self.statistics.committed(rows),
        )
        self.reports = Reports(store, self.records.flushed)
        self.statistics = Statistics(store, self.reports, self._zones)
        self.history = History(self.reports)
        library = Library(_folder(settings))
        self.recordings = Recordings(self.advance, self.records.flushed, store, library)
        self._lookups = Lookups(self.advance)
        self.traffic = Traffic(
            Journal(settings.journal_mb * MEBIBYTE, recording=settings.journal_mb > 0),
            self.random("faults"),
            self.clock.now,
            self._tenant_of,
        )
        self._lane = ConfigurationLane(store, self._check_change)
        # From where the call ids begin, which no earlier life of the store has used.
        self._operation_numbers = Numbers(self.switch.next_call - 1)
        self._message_numbers = Numbers(self.switch.next_call - 1)
        self.messages = Messages(
            self._record, self.records.flushed, store, self.clock.now, self._message_numbers
        )
        self.customers = Customers(self._record, self.records.flushed, store)
        self._heard: dict[type[Any], Callable[[Any], None]] = {
            StayEnded: self.customers.stay_ended,
            MessageRecorded: self.messages.recorded,
        }
        self.pictures = Pictures(settings.data / "pictures" if settings.data else None)
        self.counts = CallCounts()
        self.live = Live(lambda: self.switch)
        self.tallies = Tallies(
            lambda call_id: self.switch.calls.get(call_id),
            lambda work_no: self.switch.agents.get(work_no),
        )
        self.registrations: Callable[[], Sequence[Registration]] = list
        """The phones that are registered, if there is a door at which they can."""
        self.gateways: Callable[[], Sequence[GatewayState]] = list
        """The gateways to the world outside, if there is a door with some."""
        self.signalling: Callable[[], Signalling] = Signalling
        """What that door has under way."""
        self.registrar = Guest(load=self._detach)
        """What snapshots keep of that door."""
        self.on_anew: Callable[[], object] = _nobody
        """Hears that all or a tenant has begun anew, of which no event tells."""
        self._subscribers: list[Subscriber] = [
            self.pictures.hear,
            self.counts,
            self.live,
            self.tallies,
        ]
        self._unsaved: list[Future[None]] = []
        self._last_save: Future[None] | None = None
        self._reserving: Future[int] | None = None
        self._dirty = False
        self._alarm = Alarm(self.clock, lambda: self.switch.timers.next_deadline(), self.advance)
        self._running = False
        self._purging: asyncio.Task[None] | None = None
        self._generations = store.load_generations()
        self._parts: list[Part] = []
        self._form: Form | None = None
        self._populate(tenants, store.load_accounts())
        self.keep(*self._own_parts())
        self.subscribe(self.traffic.journal.hear)

    def _zones(self) -> dict[int, str]:
        return {it.id: it.config.timezone for it in self.switch.tenants.values()}

    def _tenant_of(self, work_no: int, application: str) -> int:
        agent = self.switch.agents.get(work_no)
        if agent is not None:
            return agent.tenant.id
        if application:
            for tenant in self.switch.tenants.values():
                if application in tenant.config.secrets.values():
                    return tenant.id
        return 0

    def _populate(
        self, tenants: Sequence[TenantConfig], accounts: Sequence[AccountState] = ()
    ) -> None:
        for tenant in tenants:
            self.switch.apply_tenant(tenant)
        self.accounts.load(tenants, accounts)
        self._listen()

    def _listen(self) -> None:
        """Hear the switch, which is a new one."""
        self.switch.on_subscriber_error = _log_subscriber_error
        self.recorder = Recorder(self._record, lambda: self.switch, self._operation_numbers)
        self.switch.subscribe(self.recorder)
        self.switch.subscribe(self._on_event)
        for subscriber in self._subscribers:
            self.switch.subscribe(subscriber)

    # Time

    @property
    def now(self) -> int:
        """Domain time, in microseconds since the epoch."""
        return self.clock.now()

    def advance(self) -> Switch:
        """Bring the switch to the present and give it."""
        self.switch.advance_to(self.clock.now())
        if self.switch.next_call > self._reserved - CALL_IDS_LEFT:
            self._reserve_call_ids()
        return self.switch

    def move_clock(self, microseconds: int) -> None:
        """Move domain time forward by hand; timers fire in order."""
        self.clock.advance(microseconds)
        self.advance()
        self._alarm.set()

    def clock_changed(self) -> None:
        """The clock was frozen, released or scaled: the next alarm is due at another time."""
        self.advance()
        self._alarm.set()

    def _on_event(self, event: Event) -> None:
        heard = self._heard.get(type(event))
        if heard is not None:
            heard(event)
        if not self._running:
            return
        self._lookups.hear(event, self.switch)
        self._alarm.set_soon()

    # Life

    def start(self) -> None:
        """Let time drive the switch."""
        self._running = True
        self._alarm.start()

    async def stop(self) -> None:
        """Stop time and commit what is left."""
        self._running = False
        self._alarm.stop()
        if self._purging is not None:
            self._purging.cancel()
        await self._lookups.close()
        await self.reports.close()
        await self.committed()
        await self.statistics.close()
        await self.records.close()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Hear every event, also after a reset."""
        self._subscribers.append(subscriber)
        self.switch.subscribe(subscriber)

    def is_configured_as(self, tenants: Sequence[TenantConfig]) -> bool:
        """Whether the world consists of just these tenants, unchanged."""
        return [tenant.config for tenant in self.switch.tenants.values()] == list(tenants)

    def beginning(self, holdings: Mapping[int, Holdings]) -> Beginning:
        """What is on record of tenants that begin now, and whom they know."""
        return beginning_of(holdings, self.messages, self.now)

    def fill_store(self, holdings: Mapping[int, Holdings]) -> None:
        """Give an empty store the tenants and what they have, before the world is started."""
        begun = self.beginning(holdings)
        tenants = [tenant.config for tenant in self.switch.tenants.values()]
        self.store.submit(partial(_fill, tenants=tenants, beginning=begun)).result()
        self.customers.owners = begun.owners

    def reset(
        self, tenants: Sequence[TenantConfig], generations: Mapping[int, int] | None = None
    ) -> None:
        """Begin anew with these tenants; call ids go on.

        `generations` are what the store says now: records of earlier ones are not shown any more.
        """
        self.advance()
        first = self.switch.next_call
        self.switch = Switch(self.clock.now(), first_call=first)
        self._generations = dict(self._generations if generations is None else generations)
        self.live.forget()
        self._populate(tenants)
        self._alarm.set()
        self._purge()
        self.on_anew()

    def reset_tenant(self, tenant: TenantConfig, generations: Mapping[int, int]) -> None:
        """Let one tenant begin anew; nothing happens to the others."""
        switch = self.advance()
        self._generations = dict(generations)
        self.recorder.forget(tenant.id)
        switch.forget_tenant(tenant.id)
        self.live.forget(tenant.id)
        switch.apply_tenant(tenant)
        self.accounts.load_tenant(tenant)
        self._alarm.set()
        self._purge()
        self.on_anew()

    def _purge(self) -> None:
        """A world in memory lets go of what nobody can see, a little at a time."""
        if not self.settings.durable and self._running and self._purging is None:
            self._purging = asyncio.get_running_loop().create_task(self._purge_all())

    async def _purge_all(self) -> None:
        await self.records.flushed()
        work = partial(generations.purge, most=PURGED_AT_ONCE)
        while await self.store.perform(work):
            pass
        self._purging = None

    async def configure(self, tenant_id: int, item: Item) -> None:
        """Change or add one item of a tenant's configuration (rule 10).

        Checked, committed, then live. `ConfigurationError` and `UnknownTenant` change nothing.
        """
        await self._lane.change(tenant_id, item, lambda: self._apply(tenant_id, item))

    async def edit(
        self, tenant_id: int, plan: Callable[[TenantConfig], Sequence[Item | Removal]]
    ) -> None:
        """Change several items of a tenant's configuration together (rule 10).

        `plan` is given the configuration with every change before this one, and may raise.
        """
        await self._lane.edit(
            tenant_id,
            lambda: Together(tuple(plan(self.switch.tenant(tenant_id).config))),
            lambda change: self._apply(tenant_id, change),
        )

    def _check_change(self, tenant_id: int, change: Change) -> None:
        self.switch.check_tenant(with_change(self.switch.tenant(tenant_id).config, change))

    def _apply(self, tenant_id: int, change: Change) -> None:
        before = self.switch.tenant(tenant_id).config
        after = with_change(before, change)
        self.advance().apply_tenant(after)
        self.accounts.follow(before, after, self.now)

    def random(self, stream: str) -> Random:
        """The named random stream, from the settings' seed."""
        return self._streams.get(stream)

    # Snapshots

    def keep(self, *parts: Part) -> None:
        """Have snapshots keep these parts of the world too; they are loaded in this order."""
        self._parts += parts
        self._form = None

    def _own_parts(self) -> Sequence[Part]:
        return (
            Part("switch", Switch, self.advance, self._take_up),
            Part(
                "clock",
                ClockState,
                lambda: self.clock.state(self.switch.now),
                self.clock.take_up,
            ),
            attribute(self, "started_at", int, "begin"),
            self._streams.part(),
            Part(
                "recorder",
                Running,
                lambda: self.recorder.running,
                lambda running: self.recorder.take_up(running),
            ),
            _numbers("operation numbers", self._operation_numbers),
            _numbers("message numbers", self._message_numbers),
            Part(
                "accounts",
                dict[int, AccountState],
                lambda: self.accounts.states,
                self.accounts.take_up,
            ),
            self.pictures.part(),
            self.live.part(),
            self.tallies.part(),
            *self.traffic.faults.parts(),
            Part(
                "registrar",
                Any,
                lambda: self.registrar.save(),
                lambda kept: self.registrar.load(kept),
                lambda kept: self.registrar.check(kept),
            ),
        )

    def _detach(self, _: Any) -> None:
        """Where no phone can register none is registered any more, and there is no gateway."""
        for phone in self.switch.phones.values():
            if phone.attached or phone.lost:
                self.switch.attach_phone(phone.number, False)
        for tenant in self.switch.tenants.values():
            for trunk in tenant.trunks:
                if trunk.attached:
                    self.switch.attach_trunk(tenant.id, trunk.config.name, False)

    def _take_up(self, switch: Switch) -> None:
        switch.next_call = max(switch.next_call, self.switch.next_call)
        self.switch = switch
        switch.listen()
        self._listen()

    @property
    def form(self) -> Form:
        """How this world's snapshots look."""
        if self._form is None:
            # Loaded for the first snapshot: the start has no time for it.
            from emulator.snapshot.world import Form

            self._form = Form(self._parts)
        return self._form

    async def snapshot(self) -> bytes:
        """The world at this instant as a file, with all that its tenants have on record."""
        form = self.form
        world = form.take()
        tenants, outstanding = list(self.switch.tenants), self.records.outstanding()
        find = partial(_found, outstanding=outstanding, tenants=tenants)
        rows, known = await self.store.perform(find, read_only=True)
        return await asyncio.to_thread(form.write, world, rows, known)

    def restore(self, saved: Saved, generations: Mapping[int, int], calls: range) -> None:
        """Go on as the snapshot has it; its records are in the store, of these `generations`.

        `calls` are the call ids that are reserved, if the snapshot is beyond those of this world.
        """
        if calls:
            saved.switch.next_call = max(saved.switch.next_call, calls.start)
            self._reserved = calls[-1]
        self.form.load(saved)
        self.customers.owners = saved.beginning.owners
        self._generations = dict(generations)
        for asked in ivr.lookups(self.switch):
            self._on_event(asked)
        self._alarm.set()
        self._purge()

    def missing_call_ids(self, saved: Saved) -> int:
        """How many call ids must be reserved before the snapshot can go on; 0: there are enough."""
        beyond = saved.switch.next_call - self._reserved
        return max(0, beyond + CALL_IDS_RESERVED) if beyond > -CALL_IDS_LEFT else 0

    # Keeping

    def _record(self, row: Entry) -> None:
        self._dirty = True
        row.generation = self._generations.get(row.tenant_id, 0)
        self.records.add(row)

    def _save_account(self, state: AccountState) -> None:
        work = partial(store_records.save_account, account=state)
        self._last_save = self.store.submit(work)
        self._unsaved.append(self._last_save)

    def _reserve_call_ids(self) -> None:
        """Raise the stored high-water mark ahead of need, in the store's thread."""
        if self._reserving is None:
            work = partial(store_records.reserve, name="call", block=CALL_IDS_RESERVED)
            self._reserving = self.store.submit(work)
        elif self._reserving.done():
            self._reserved = self._reserving.result() + CALL_IDS_RESERVED
            self._reserving = None

    @property
    def needs_commit(self) -> bool:
        """Whether an answer given now would acknowledge something that is not kept yet."""
        return bool(self._unsaved) or (self._dirty and self.settings.durable)

    async def committed(self) -> None:
        """Wait until everything done so far is kept, if this world keeps anything."""
        unsaved, self._unsaved = self._unsaved, []
        for saved in unsaved:
            await asyncio.shield(asyncio.wrap_future(saved))
        if self._dirty and self.settings.durable:
            self._dirty = False
            await self.records.flushed()

    async def kept(self) -> None:
        """Wait, on nobody's behalf, until everything done so far is kept.

        For those who tell of it outside an answer. Answers that wait for the same go first.
        """
        save = self._last_save
        if save is not None and not save.done():
            # The store saves in order: the last one is enough. Its failure is the answer's matter.
            saved = asyncio.shield(asyncio.wrap_future(save))
            await asyncio.gather(saved, return_exceptions=True)
        if self.settings.durable:
            await self.records.flushed()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run the action soon; in a durable world not before its records are kept."""
        loop = asyncio.get_running_loop()
        if self._dirty and self.settings.durable:
            task = loop.create_task(self.records.flushed())
            task.add_done_callback(lambda done: _run_after(done, action))
        else:
            loop.call_soon(action)


def _fill(connection: Connection, tenants: Sequence[TenantConfig], beginning: Beginning) -> None:
    for tenant in tenants:
        store_tenants.save_tenant(connection, tenant)
    ids = [tenant.id for tenant in tenants]
    beginnings.write(connection, ids, beginning, generations.load(connection))


def _found(
    connection: Connection, outstanding: Outstanding, tenants: Sequence[int]
) -> tuple[list[Row], dict[int, Directory]]:
    """All that is on record of the tenants, and whom they know."""
    rows = outstanding.everything(connection, tenants)
    return rows, outstanding.directories(connection, tenants)


def _numbers(name: str, numbers: Numbers) -> Part:
    """Numbers of which none is given twice, whichever world had it."""

    def go_on(last: int) -> None:
        numbers.last = max(last, numbers.last)

    return Part(name, int, lambda: numbers.last, go_on)


def _nobody() -> None:
    """There is no such door."""


def _run_after(done: asyncio.Task[None], action: Callable[[], None]) -> None:
    if not done.cancelled():
        if done.exception() is not None:
            log.error("records were not committed", exc_info=done.exception())
        action()


def _log_subscriber_error(subscriber: Subscriber, error: Exception) -> None:
    log.error("a subscriber of the switch failed", exc_info=error)


__all__ = ["ClockMode", "Platform", "database_url", "real_time"]
