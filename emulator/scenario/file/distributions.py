"""Distributions of durations: how long customers wait, agents talk, and whatever else varies.

talk: 3min                                  always the same
talk: {exponential: 3min}                   with this mean
talk: {lognormal: {mean: 3min, sd: 2min}}
patience: {weibull: {mean: 2min, shape: 1.5}}
answer: {uniform: [1s, 6s]}
patience: never                             no end
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from itertools import accumulate
from math import exp, gamma, log, sqrt
from random import Random
from typing import Annotated, Any, Literal

from pydantic import Field, Tag, model_validator

from emulator.scenario.file.part import Part, Plain, by_key
from emulator.scenario.file.quantities import Duration

Sampler = Callable[[], int]
"""Gives the next duration, in µs."""
ENDLESS = 1 << 60
"""µs that never pass."""


class Fixed(Part):
    """Always the same; `never` has no end."""

    fixed: Duration | Literal["never"]

    @property
    def mean(self) -> float:
        """µs."""
        return ENDLESS if self.fixed == "never" else self.fixed

    def sampler(self, random: Random | None = None) -> Sampler:
        """Gives the next duration, in µs."""
        value = ENDLESS if self.fixed == "never" else self.fixed
        return lambda: value


class Exponential(Part):
    """Memoryless, with this mean."""

    exponential: Duration

    @property
    def mean(self) -> float:
        return self.exponential

    def sampler(self, random: Random) -> Sampler:
        mean, draw = self.exponential, random.random
        return lambda: int(-log(1.0 - draw()) * mean)


class Spread(Part):
    """Mean and standard deviation."""

    mean: Duration
    sd: Duration


class Lognormal(Part):
    """Whose logarithm is normally distributed."""

    lognormal: Spread

    @property
    def mean(self) -> float:
        return self.lognormal.mean

    def sampler(self, random: Random) -> Sampler:
        mean, sd = self.lognormal.mean, self.lognormal.sd
        if not mean or not sd:
            return lambda: mean
        variance = log(1 + (sd / mean) ** 2)
        middle, width, draw = log(mean) - variance / 2, sqrt(variance), random.normalvariate
        return lambda: int(exp(draw(middle, width)))


class Shape(Part):
    """Mean and shape; a shape of 1 is exponential, larger ones are narrower."""

    mean: Duration
    shape: float = Field(gt=0.05, le=1000)


class Weibull(Part):
    """Weibull: patience that wears off, or grows, while one waits."""

    weibull: Shape

    @property
    def mean(self) -> float:
        return self.weibull.mean

    def sampler(self, random: Random) -> Sampler:
        shape, draw = self.weibull.shape, random.weibullvariate
        scale = self.weibull.mean / gamma(1 + 1 / shape)
        return lambda: int(draw(scale, shape))


class Gamma(Part):
    """Gamma; with a whole shape the sum of so many exponential phases (Erlang)."""

    gamma: Shape

    @property
    def mean(self) -> float:
        return self.gamma.mean

    def sampler(self, random: Random) -> Sampler:
        if not self.gamma.mean:
            return lambda: 0
        shape, draw = self.gamma.shape, random.gammavariate
        scale = self.gamma.mean / shape
        return lambda: int(draw(shape, scale))


class Uniform(Part):
    """Anything between the two."""

    uniform: tuple[Duration, Duration]

    @model_validator(mode="after")
    def _in_order(self) -> Uniform:
        if self.uniform[0] > self.uniform[1]:
            raise ValueError("must be the shorter duration first")
        return self

    @property
    def mean(self) -> float:
        return sum(self.uniform) / 2

    def sampler(self, random: Random) -> Sampler:
        least, most = self.uniform
        width, draw = most - least, random.random
        return lambda: least + int(draw() * width)


class Empirical(Part):
    """One of these durations, each as likely."""

    empirical: tuple[Duration, ...] = Field(min_length=1)

    @property
    def mean(self) -> float:
        return sum(self.empirical) / len(self.empirical)

    def sampler(self, random: Random) -> Sampler:
        values, count, draw = self.empirical, len(self.empirical), random.random
        return lambda: values[int(draw() * count)]


class Share(Part):
    """A distribution and how much of the mixture it is."""

    weight: float = Field(gt=0, le=1e9)
    of: Distribution


class Mixture(Part):
    """Now this distribution, now that one."""

    mixture: tuple[Share, ...] = Field(min_length=1)

    @property
    def mean(self) -> float:
        total = sum(share.weight for share in self.mixture)
        return sum(share.weight * share.of.mean for share in self.mixture) / total

    def sampler(self, random: Random) -> Sampler:
        samplers = [share.of.sampler(random) for share in self.mixture]
        bounds = list(accumulate(share.weight for share in self.mixture))
        total, draw = bounds[-1], random.random
        return lambda: samplers[bisect(bounds, draw() * total, hi=len(bounds) - 1)]()


KINDS: dict[str, type[Any]] = {
    "fixed": Fixed,
    "exponential": Exponential,
    "lognormal": Lognormal,
    "weibull": Weibull,
    "gamma": Gamma,
    "uniform": Uniform,
    "empirical": Empirical,
    "mixture": Mixture,
}

Distribution = Annotated[
    Annotated[Fixed, Tag("fixed")]
    | Annotated[Exponential, Tag("exponential")]
    | Annotated[Lognormal, Tag("lognormal")]
    | Annotated[Weibull, Tag("weibull")]
    | Annotated[Gamma, Tag("gamma")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Empirical, Tag("empirical")]
    | Annotated[Mixture, Tag("mixture")],
    by_key(KINDS),
    Plain("fixed", {"type": ["number", "string"], "examples": ["3min", "never"]}),
]
"""Durations of one kind; a plain duration is `fixed`."""

NOTHING = Fixed(fixed=0)
NEVER = Fixed(fixed="never")

Share.model_rebuild()
Mixture.model_rebuild()
