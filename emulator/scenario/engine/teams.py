"""Teams of agents: their shifts, breaks, and how long they take for what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from emulator.scenario.engine.customers import RandomStream
from emulator.scenario.file.arrivals import DAY, WEEKDAYS, Period
from emulator.scenario.file.distributions import NOTHING, Sampler
from emulator.scenario.file.people import Agents, Habit, Habits, Handling, Shift
from emulator.switch.agents import SignIn
from emulator.switch.terms import CallType

_CALL_TYPES = {
    CallType.INBOUND: "inbound",
    CallType.OUTBOUND: "outbound",
    CallType.PREVIEWED: "previewed",
    CallType.INTERNAL: "internal",
    CallType.TWO_PARTY_CONSULTATION: "internal",
    CallType.THREE_PARTY_CONSULTATION: "internal",
}


@dataclass(frozen=True, slots=True)
class Times:
    """How long an agent takes for a call: to answer it, to talk, and after it. Gives µs."""

    answer: Sampler
    talk: Sampler
    wrap_up: Sampler


class Planned:
    """What agents may do in a conversation besides talking, with chances and durations drawn."""

    def __init__(self, habits: Habits, random: Random) -> None:
        self.luck = random.random
        self.hold, self.consult, self.transfer = habits.hold, habits.consult, habits.transfer
        self.holds_after = _sampler(habits.hold, "after", random)
        self.holds_for = _sampler(habits.hold, "length", random)
        self.consults_after = _sampler(habits.consult, "after", random)
        self.consults_for = _sampler(habits.consult, "length", random)
        self.transfers_after = _sampler(habits.transfer, "after", random)


def _sampler(habit: Habit | None, name: str, random: Random) -> Sampler:
    """Draws a duration of a habit that there may be."""
    return getattr(habit or NO_HABIT, name, NOTHING).sampler(random)


NO_HABIT = Habit(probability=0)


class Team:
    """What the agents of a team have in common; each kind of chance has a random stream."""

    def __init__(self, agents: Agents, random: RandomStream) -> None:
        self.agents = agents
        name = agents.name
        self.times = Times(
            agents.answer.sampler(random(f"{name}: answer")),
            agents.talk.sampler(random(f"{name}: talk")),
            agents.wrap_up.sampler(random(f"{name}: wrap-up")),
        )
        self._handling = [
            (it, self._times_of(it, place, random)) for place, it in enumerate(agents.handling)
        ]
        self._known: dict[tuple[int, str, int], Times] = {}
        self.late = agents.late.sampler(random(f"{name}: late"))
        self.leaves_early = agents.leaves_early.sampler(random(f"{name}: leaves early"))
        self.chance: Callable[[], float] = random(f"{name}: chance").random
        breaks = random(f"{name}: breaks")
        self.breaks = [(it, it.length.sampler(breaks)) for it in agents.breaks]
        self.break_chance = breaks.random
        self.forgotten_for = agents.mistakes.forgotten_for.sampler(random(f"{name}: mistakes"))
        self.habits = Planned(agents.habits, random(f"{name}: habits"))
        mistakes = agents.mistakes
        self.errs = bool(mistakes.no_answer or mistakes.rejects)
        self.has_habits = agents.habits != type(agents.habits)()
        wraps_up = agents.wrap_up != NOTHING or any(it.wrap_up for it in agents.handling)
        self.wraps_up = wraps_up or mistakes.stays_in_wrap_up > 0
        self.sign_in = SignIn(auto_answer=agents.auto_answer, auto_idle=not self.wraps_up)

    def _times_of(self, handling: Handling, place: int, random: RandomStream) -> Times:
        stream = random(f"{self.agents.name}: handling {place}")
        own = (handling.answer, handling.talk, handling.wrap_up)
        usual = (self.times.answer, self.times.talk, self.times.wrap_up)
        return Times(*(it.sampler(stream) if it else by for it, by in zip(own, usual, strict=True)))

    def times_for(self, queue: int, stream: str, call_type: int) -> Times:
        """How long a call of this kind takes; the first handling that fits counts."""
        if not self._handling:
            return self.times
        key = (queue, stream, call_type)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(queue, stream, call_type)
        return known

    def _find(self, queue: int, stream: str, call_type: int) -> Times:
        kind = _CALL_TYPES.get(CallType(call_type), "")
        for handling, times in self._handling:
            fits = (
                handling.queue in (None, queue)
                and handling.stream in (None, stream)
                and handling.call_type in (None, kind)
            )
            if fits:
                return times
        return self.times

    def stints(self, period: Period) -> Iterator[tuple[int, int | None]]:
        """When one agent comes and goes (µs after the begin); None: when the run is over."""
        yield from stints(self.agents.shifts, period, self.late, self.leaves_early)


def stints(
    shifts: tuple[Shift, ...], period: Period, late: Sampler, early: Sampler
) -> Iterator[tuple[int, int | None]]:
    """The parts of a run in which somebody with these shifts is there."""
    if not shifts:
        yield late(), None
        return
    for day in period.days():
        weekday = WEEKDAYS[(period.weekday + day) % 7]
        for shift in shifts:
            if weekday not in shift.days:
                continue
            length = (shift.end - shift.begin) % DAY or DAY
            begin = period.after_begin(day, shift.begin)
            end = period.after_begin(day, shift.begin + length)
            if end <= 0 or begin >= period.length:
                continue
            comes = max(begin, 0) + late()
            goes = max(end - early(), comes)
            yield comes, goes
