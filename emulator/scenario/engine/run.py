"""One run of a scenario in virtual time, on a switch in this process."""

from __future__ import annotations

from collections.abc import Callable

from emulator.scenario.accounts import Books, Outcome
from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.cast import Cast
from emulator.scenario.engine.garbage import little_garbage
from emulator.scenario.engine.hearing import Hearing
from emulator.scenario.engine.in_switch import SwitchStage
from emulator.scenario.engine.world import period_of, tenants_of
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.result import Result
from emulator.store.rows import Row
from emulator.switch.switch import Subscriber, Switch

STEPS_BETWEEN_LOOKS = 2_000
"""Actions after which the run looks whether it is to go on."""

GoesOn = Callable[["Run"], bool]
Wait = Callable[[int], bool]
"""Waits until the instant (µs) has come; False: it is not to go on."""


class Run:
    """Plays a scenario; `result` tells what came of it, also before the end.

    `seed` is by default the scenario's own. `sink` is given every call record, operation and
    recording.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        *,
        sink: Callable[[Row], None] | None = None,
    ) -> None:
        tenants = tenants_of(scenario)
        self.scenario = scenario
        self.seed = scenario.random_seed if seed is None else seed
        self.period = period_of(scenario, tenants)
        self.switch = Switch(self.period.begin)
        self.switch.on_subscriber_error = _fail
        for tenant in tenants:
            self.switch.apply_tenant(tenant)
        self.agenda = Agenda(self.period.begin)
        self.hearing = Hearing()
        self.stage = SwitchStage(self.switch, self.hearing)
        self.cast = Cast(scenario, self.stage, self.agenda, self.hearing, self.seed)
        self.books = Books(scenario, self.period, self.switch, sink)
        for subscriber in self.books.subscribers:
            self.switch.subscribe(subscriber)
        self.books.dispatch.add(self.hearing.handlers)
        self.complete = False
        self._wait: Wait | None = None

    def subscribe(self, subscriber: Subscriber) -> None:
        """Hear every event of the switch."""
        self.switch.subscribe(subscriber)

    @property
    def now(self) -> int:
        """µs since the epoch."""
        return self.switch.now

    @property
    def begins(self) -> int:
        """When it begins (µs since the epoch)."""
        return self.period.begin

    @property
    def dialled(self) -> int:
        """How many calls customers made so far."""
        return self.cast.dialled

    @property
    def ends(self) -> int:
        """When customers do not call any more (µs since the epoch)."""
        return self.period.begin + self.scenario.duration

    def play(self, goes_on: GoesOn | None = None, wait: Wait | None = None) -> Result:
        """Play to the end, or until `goes_on`, which is asked now and then, says no.

        `wait` is called before time goes on to an instant; without it nobody waits.
        """
        self._wait = wait
        with little_garbage():
            self._play(goes_on)
        return self.result()

    def _play(self, goes_on: GoesOn | None) -> None:
        self.cast.begin(self.period)
        over = self.ends + self.scenario.run_out
        if self._until(self.ends, goes_on) and self._until_calm(over, goes_on):
            self.cast.go_home()
            over = min(self.now + self.scenario.run_out, over)
            self.complete = self._until_all_are_gone(over, goes_on)

    def result(self) -> Result:
        """What came of it so far."""
        outcome = Outcome(
            self.cast,
            self.seed,
            self.now,
            complete=self.complete,
            refused={**self.stage.refused, **self.stage.unheard},
            incidents=tuple(self.cast.incidents.told),
        )
        return self.books.close(outcome)

    def _until_calm(self, over: int, goes_on: GoesOn | None) -> bool:
        """Go on until no call is left, at most to the instant."""
        return self._while(lambda: bool(self.switch.calls), over, goes_on)

    def _until_all_are_gone(self, over: int, goes_on: GoesOn | None) -> bool:
        """Go on until nobody is at work; what is on the agenda then is pointless."""
        return self._while(lambda: bool(self.switch.calls) or self.cast.is_at_work, over, goes_on)

    def _while(self, what: Callable[[], bool], over: int, goes_on: GoesOn | None) -> bool:
        """Go on as long as that is so, at most to the instant; False: the run was interrupted."""
        while what():
            instant = self._next()
            if instant is None or instant > over:
                return True
            if not self._until(instant, goes_on):
                return False
        return True

    def _next(self) -> int | None:
        instants = (self.agenda.next, self.switch.timers.next_deadline())
        return min((it for it in instants if it is not None), default=None)

    def _until(self, end: int, goes_on: GoesOn | None) -> bool:
        """Do everything that is due until the instant; False: the run was interrupted."""
        wait = self._wait
        if wait is None:
            return self._at_once_until(end, goes_on)
        while (instant := self._next()) is not None and instant <= end:
            if not (wait(instant) and self._at_once_until(instant, goes_on)):
                return False
        return (self._is_over or wait(end)) and self._at_once_until(end, goes_on)

    def _at_once_until(self, end: int, goes_on: GoesOn | None) -> bool:
        switch, agenda, timers = self.switch, self.agenda, self.switch.timers
        looks = STEPS_BETWEEN_LOOKS
        while True:
            due, deadline = agenda.next, timers.next_deadline()
            if deadline is not None and (due is None or deadline < due):
                if deadline > end:
                    break
                agenda.now = deadline
                switch.advance_to(deadline)
            elif due is None or due > end:
                break
            else:
                action, subject = agenda.take()
                if due > switch.now:
                    agenda.now = due
                    switch.advance_to(due)
                action(subject)
            looks -= 1
            if not looks:
                looks = STEPS_BETWEEN_LOOKS
                if goes_on is not None and not goes_on(self):
                    return False
        if end > switch.now and not self._is_over:
            agenda.now = end
            switch.advance_to(end)
        return True

    @property
    def _is_over(self) -> bool:
        return self.now >= self.ends


def _fail(subscriber: Subscriber, error: Exception) -> None:
    """Whoever plays or counts must not fail: the run would go on with half a truth."""
    raise error
