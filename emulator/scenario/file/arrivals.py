"""When customers call.

arrivals: {poisson: 120/h}
arrivals: {constant: 2/s}
arrivals: {at: [10s, 1min, 1min 5s]}
arrivals: {profile: {step: 15min, from: "08:00", calls: [12, 20, 31]}}
arrivals: {ramp: {from: 0/s, to: 5/s}}
arrivals: {bursts: {size: 40, every: 1h, within: 30s}}
arrivals: {csv: calls.csv}
arrivals: {records: 20260302_call_1.csv}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field, Tag, model_validator

from emulator.scenario.file.part import Part, by_key
from emulator.scenario.file.quantities import SECOND, Duration, Rate, TimeOfDay

DAY = 86_400 * SECOND

Calls = Annotated[float, Field(ge=0, le=10_000_000)]
"""In an interval."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Arrival(NamedTuple):
    """A customer calls at `at` (µs after the begin); empty fields are for the stream to fill."""

    at: int
    caller: str = ""
    dialled: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """When a run takes place: it begins at `midnight + offset` (µs) and lasts `length`.

    `weekday` is that of the begin, Monday 0; `folder` is where files are looked for; `begin` is
    the instant in µs since the epoch, `zone` the time zone of what files say.
    """

    offset: int
    length: int
    weekday: int
    begin: int = 0
    zone: str = "UTC"
    folder: Path = Path()

    def days(self) -> range:
        """The days on which it takes place, and the one before; 0 is that of the begin."""
        return range(-1, (self.offset + self.length) // DAY + 2)

    def after_begin(self, day: int, time: int) -> int:
        """When it is that time (µs since midnight) of a day: µs after the begin.

        Clocks that are changed are taken into account: 09:00 is 09:00 of local time every day.
        """
        clock = day * DAY + time - self.offset
        zone = ZoneInfo(self.zone)
        begin = datetime.fromtimestamp(self.begin // SECOND, zone)
        local = begin.replace(tzinfo=None) + timedelta(microseconds=clock)
        ahead = (_ahead(begin), _ahead(local.replace(tzinfo=zone)))
        return clock - (ahead[1] - ahead[0])


def _ahead(at: datetime) -> int:
    """µs that a local time is ahead of UTC."""
    offset = at.utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) * SECOND


class At(Part):
    """At these times after the begin."""

    at: tuple[Duration, ...]

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        """Everybody who calls, in order."""
        yield from (Arrival(at) for at in sorted(self.at) if at < period.length)


class Constant(Part):
    """Evenly, at this rate."""

    constant: Rate

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        if not self.constant:
            return
        count, step = 0, SECOND / self.constant
        while (at := int(count * step)) < period.length:
            yield Arrival(at)
            count += 1


class Poisson(Part):
    """By chance, at this rate on average."""

    poisson: Rate

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        return (Arrival(at) for at in _poisson(self.poisson, 0, period.length, random))


class ProfileOfDay(Part):
    """So many calls in each interval of a day, from `from` on, on these `days`.

    `calls` are per interval; with `spread` even they come at equal distances, else by chance.
    `weekdays` has other numbers for some days of the week; `factor` multiplies all.
    """

    step: Duration = 900 * SECOND
    begin: TimeOfDay = Field(default=0, alias="from")
    calls: tuple[Calls, ...] = ()
    weekdays: dict[Weekday, tuple[Calls, ...]] = Field(default_factory=dict)
    spread: Literal["chance", "even"] = "chance"
    factor: Annotated[float, Field(ge=0, le=10_000)] = 1.0

    @model_validator(mode="after")
    def _fits(self) -> ProfileOfDay:
        if not self.step:
            raise ValueError("the step must be longer than nothing")
        for calls in (self.calls, *self.weekdays.values()):
            if self.begin + len(calls) * self.step > DAY:
                raise ValueError("the intervals go beyond the end of the day")
        return self

    def of_day(self, weekday: int) -> tuple[float, ...]:
        """The numbers of a day, Monday 0."""
        return self.weekdays.get(WEEKDAYS[weekday], self.calls)


class Profile(Part):
    """As many as a profile says, by the time of day."""

    profile: ProfileOfDay

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        profile = self.profile
        reached = 0  # hours that the clock shows twice are played once
        for day in period.days()[1:]:
            for place, calls in enumerate(profile.of_day((period.weekday + day) % 7)):
                begin = period.after_begin(day, profile.begin + place * profile.step)
                for at in self._interval(begin, calls * profile.factor, random):
                    if reached <= at < period.length:
                        reached = at
                        yield Arrival(at)

    def _interval(self, begin: int, calls: float, random: Random) -> Iterator[int]:
        step = self.profile.step
        if self.profile.spread == "chance":
            yield from _poisson(calls / step * SECOND, begin, begin + step, random)
        else:
            yield from (begin + int(step * place / calls) for place in range(round(calls)))


class Slope(Part):
    """From one rate to another, steadily, within `over` (by default the whole run)."""

    begin: Rate = Field(alias="from")
    end: Rate = Field(alias="to")
    over: Duration | None = None


class Ramp(Part):
    """More and more, or fewer and fewer, by chance."""

    ramp: Slope

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        begin, end = self.ramp.begin, self.ramp.end
        length = self.ramp.over or period.length
        most = max(begin, end)
        for at in _poisson(most, 0, period.length, random):
            now = begin + (end - begin) * min(at / length, 1)
            if random.random() * most < now:
                yield Arrival(at)


class Burst(Part):
    """`size` calls within `within`, for the first time at `first`, and then every `every`."""

    size: int = Field(ge=1, le=1_000_000)
    within: Duration = 0
    first: Duration = 0
    every: Duration | None = None

    @model_validator(mode="after")
    def _goes_on(self) -> Burst:
        if self.every is not None and not self.every:
            raise ValueError("bursts need some time between them")
        return self


class Bursts(Part):
    """Many at a time."""

    bursts: Burst

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        bursts = self.bursts
        begins = range(bursts.first, period.length, bursts.every or period.length)
        ats = [
            begin + int(random.random() * bursts.within)
            for begin in begins
            for _ in range(bursts.size)
        ]
        yield from (Arrival(at) for at in sorted(ats) if at < period.length)


class Csv(Part):
    """Those of a file with the columns `at` (seconds after the begin), `caller` and `dialled`."""

    csv: str

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        from emulator.scenario.file.tables import arrivals_of_csv

        return arrivals_of_csv(period.folder / self.csv, period)


class Records(Part):
    """Those of customers in a file of call records (CEC 13.2.2.1), from the first one on."""

    records: str

    def arrivals(self, period: Period, random: Random) -> Iterator[Arrival]:
        from emulator.scenario.replay.arriving import arrivals_of_records

        return arrivals_of_records(period.folder / self.records, period)


def _poisson(rate: float, begin: int, end: int, random: Random) -> Iterator[int]:
    """Instants at which something happens by chance; `rate` per second."""
    if not rate:
        return
    mean, draw = SECOND / rate, random.random
    at = begin - log(1.0 - draw()) * mean
    while at < end:
        yield int(at)
        at -= log(1.0 - draw()) * mean


KINDS: dict[str, type[Any]] = {
    "at": At,
    "constant": Constant,
    "poisson": Poisson,
    "profile": Profile,
    "ramp": Ramp,
    "bursts": Bursts,
    "csv": Csv,
    "records": Records,
}

Arrivals = Annotated[
    Annotated[At, Tag("at")]
    | Annotated[Constant, Tag("constant")]
    | Annotated[Poisson, Tag("poisson")]
    | Annotated[Profile, Tag("profile")]
    | Annotated[Ramp, Tag("ramp")]
    | Annotated[Bursts, Tag("bursts")]
    | Annotated[Csv, Tag("csv")]
    | Annotated[Records, Tag("records")],
    by_key(KINDS),
]
"""When customers call."""
