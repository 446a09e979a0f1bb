"""An agenda among greenlets: it does what is due while Locust's users do theirs.

Only for processes that Locust has started: it has made everything that waits give way to others.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import gevent
from gevent.event import Event

from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.file.quantities import SECOND

LONGEST_WAIT_S = 1.0


class GreenAgenda:
    """Drives an agenda in the time of an emulator's clock, from `now` (µs) on at its scale."""

    def __init__(self, now: int, scale: float) -> None:
        self.agenda = Agenda(now)
        self._begin = now
        self._begun = time.monotonic()
        self._scale = scale
        self._news = Event()

    def present(self) -> None:
        """Bring the agenda's time to the present."""
        passed = (time.monotonic() - self._begun) * self._scale
        self.agenda.now = max(self.agenda.now, self._begin + int(passed * SECOND))

    def hear(self, hear: Callable[..., None], *what: object) -> None:
        """Tell somebody at the present instant; what comes of it is done soon."""
        self.present()
        hear(*what)
        self._news.set()

    def drive(self) -> None:
        """Do what is due, without end."""
        agenda = self.agenda
        while True:
            self.present()
            while (due := agenda.next) is not None and due <= agenda.now:
                action, subject = agenda.take()
                action(subject)
            wait = LONGEST_WAIT_S
            if due is not None:
                wait = min(wait, (due - agenda.now) / SECOND / self._scale)
            self._news.wait(wait)
            self._news.clear()
            gevent.sleep(0)
