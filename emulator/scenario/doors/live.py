"""Does what an agenda says when its time comes by the clock of a running emulator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from emulator.clients.answers import Clock
from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.file.quantities import SECOND


class RemoteClock:
    """The emulator's domain time as far as it can be known here, in µs since the epoch.

    It is taken from answers that say it: each was given at about half the time of its request.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.scale = 1.0
        """Domain seconds in a real one."""
        self._now = 0
        self._at = 0.0

    def set(self, shown: Clock, asked_at: float) -> None:
        """The emulator has shown its clock, asked at that instant of the monotonic clock."""
        self._now = shown["now"]
        self._at = (asked_at + self._monotonic()) / 2
        self.scale = shown["scale"]

    def now(self) -> int:
        """The present."""
        return self._now + int((self._monotonic() - self._at) * self.scale * SECOND)


class LiveAgenda:
    """Drives an agenda. Its time stands still until `begin`, and follows the clock from then on.

    `failed` has the error of whoever failed in doing something.
    """

    def __init__(self, agenda: Agenda, clock: RemoteClock) -> None:
        self.agenda = agenda
        self._clock = clock
        self._behind = 0
        self._runs = False
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for: int | None = None
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def begin(self) -> None:
        """Go on from where the agenda's time stands."""
        self._behind = self._clock.now() - self.agenda.now
        self._runs = True
        self.turn()

    def stop(self) -> None:
        """Do nothing more."""
        self._runs = False
        if self._timer is not None:
            self._timer.cancel()

    def present(self) -> None:
        """Bring the agenda's time to the present."""
        if self._runs:
            self.agenda.now = max(self.agenda.now, self._clock.now() - self._behind)

    def turn(self) -> None:
        """Do what is due, and wake up for what comes next."""
        self.present()
        agenda = self.agenda
        while (due := agenda.next) is not None and due <= agenda.now:
            action, subject = agenda.take()
            try:
                action(subject)
            except Exception as error:
                self.fail(error)
                return
        if self._runs:
            self._arm(agenda.next)

    def hear(self, hear: Callable[..., None], *what: object) -> None:
        """Tell somebody at the present instant, and do what comes of it."""
        self.present()
        try:
            hear(*what)
        except Exception as error:
            self.fail(error)
            return
        self.turn()

    def fail(self, error: Exception) -> None:
        """Somebody failed: do nothing more, and say so."""
        self.stop()
        if not self.failed.done():
            self.failed.set_exception(error)

    def _arm(self, due: int | None) -> None:
        if self._timer is not None:
            if due == self._armed_for and not self._timer.cancelled():
                return
            self._timer.cancel()
            self._timer = None
        if due is not None:
            delay = (due - self.agenda.now) / SECOND / self._clock.scale
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)
            self._armed_for = due

    def _wake(self) -> None:
        self._timer = None
        self.turn()
