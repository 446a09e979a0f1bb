"""Who takes part: customers, agents, campaigns, supervisors; and what befalls them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from emulator.scenario.file.arrivals import Arrivals, Weekday
from emulator.scenario.file.distributions import (
    NEVER,
    NOTHING,
    Distribution,
    Exponential,
    Fixed,
)
from emulator.scenario.file.part import Part
from emulator.scenario.file.quantities import SECOND, Duration, TimeOfDay
from emulator.switch.terms import MediaType

Probability = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=1e9)]
Name = Annotated[str, Field(min_length=1, max_length=64)]

_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
MOST_AGENTS = 100_000
AGENTS_FORM = "must be work numbers: 101, '101-115', a list of these, or {first: 101, count: 15}"


def work_numbers(value: Any) -> tuple[int, ...]:
    """The work numbers that were written, in the order of the list."""
    if isinstance(value, Mapping):
        first, count = value.get("first"), value.get("count")
        if set(value) != {"first", "count"} or type(first) is not int or type(count) is not int:
            raise ValueError(AGENTS_FORM)
        if not 0 <= count <= MOST_AGENTS or not 0 <= first < MOST_AGENTS:
            raise ValueError(f"must be from 0 to {MOST_AGENTS - 1}, and at most {MOST_AGENTS}")
        return tuple(range(first, first + count))
    if isinstance(value, list | tuple):
        if any(isinstance(entry, list | tuple) for entry in value):
            raise ValueError(AGENTS_FORM)
        return tuple(number for entry in value for number in work_numbers(entry))
    match = None if isinstance(value, bool) else _RANGE.fullmatch(str(value))
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise ValueError(AGENTS_FORM)
    return tuple(range(int(match[1]), int(match[2] or match[1]) + 1))


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(numbers)) != len(numbers):
        raise ValueError("names an agent twice")
    return numbers


WorkNumbers = Annotated[
    tuple[int, ...],
    BeforeValidator(work_numbers),
    AfterValidator(_each_once),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer"},
                {"type": "string", "examples": ["101-115"]},
                {"type": "array", "items": {"type": ["integer", "string"]}},
                {
                    "type": "object",
                    "properties": {"first": {"type": "integer"}, "count": {"type": "integer"}},
                    "required": ["first", "count"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]

_MEDIA = {kind.name.lower(): kind for kind in MediaType}


def _media(value: Any) -> Any:
    return _MEDIA.get(value, value) if isinstance(value, str) else value


Media = Annotated[MediaType, BeforeValidator(_media), WithJsonSchema({"enum": sorted(_MEDIA)})]


# Customers


class Redial(Part):
    """After they gave up, customers call again: with this probability, at most so many `times`."""

    probability: Probability = 1.0
    after: Distribution = Exponential(exponential=120)
    times: int = Field(default=3, ge=1)


class Customers(Part):
    """How customers behave.

    They wait for an agent as long as their `patience` lasts, ringing included. At the node of a
    flow that `keys` names they press one of its keys, which have weights: `{"1": 3, "2": 1}`;
    `hang_up` among them ends the call, `nothing` waits. They do so after `thinking`. Surveys are
    nodes too.
    """

    patience: Distribution = NEVER
    redial: Redial | None = None
    keys: dict[str, dict[str, Weight]] = Field(default_factory=dict)
    thinking: Distribution = Fixed(fixed=2)

    @model_validator(mode="after")
    def _keys_exist(self) -> Customers:
        for node, keys in self.keys.items():
            for key in keys:
                if key not in ("hang_up", "nothing") and not re.fullmatch(r"[0-9*#]+", key):
                    raise ValueError(f"{node}: {key!r} is no key; use digits, hang_up or nothing")
            if not sum(keys.values()):
                raise ValueError(f"{node}: some key must have a weight")
        return self


class Stream(Part):
    """Customers who call a number: when, who, and what they are like.

    `callers` are the numbers they call from: each `#` in it is a digit by chance; several are
    taken in turn. `customers` is a name under `customers`, or says it here. `priority` and
    `language` go with the call: the latter as the variable `language` of its flows.
    """

    name: Name
    dials: str = Field(min_length=1, max_length=64)
    arrivals: Arrivals
    callers: tuple[str, ...] | str = "139########"
    customers: Customers | str = Customers()
    priority: int | None = Field(default=None, ge=0, le=100)
    language: str = Field(default="", max_length=16)
    media: Media | None = None
    data: str = ""
    at_most: int | None = Field(default=None, ge=1)
    """Calls, redials not counted."""


# Agents


class Shift(Part):
    """From and to which time of day, on which days; beyond midnight if `to` is less."""

    begin: TimeOfDay = Field(default=0, alias="from")
    end: TimeOfDay = Field(default=86_400 * SECOND, alias="to")
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Break(Part):
    """A rest at a time of day, or so long after signing in; it begins up to `spread` later.

    An agent in a call takes it when the call is over. `reason` is a rest reason of the tenant.
    """

    at: TimeOfDay | None = None
    after: Duration | None = None
    length: Distribution = Field(alias="for")
    spread: Duration = 0
    reason: int = Field(default=0, ge=0, le=255)

    @model_validator(mode="after")
    def _has_a_time(self) -> Break:
        if (self.at is None) == (self.after is None):
            raise ValueError("must have either `at`, a time of day, or `after`, a duration")
        return self


class Handling(Part):
    """How certain calls are handled: those of a queue, of a stream, or of a type."""

    queue: int | None = None
    stream: str | None = None
    call_type: Literal["inbound", "outbound", "previewed", "internal"] | None = None
    answer: Distribution | None = None
    talk: Distribution | None = None
    wrap_up: Distribution | None = None


class Where(Part):
    """A queue, an agent, a flow's access code, or an outside number."""

    queue: int | None = None
    agent: int | None = None
    ivr: str | None = None
    number: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Where:
        if sum(it is not None for it in (self.queue, self.agent, self.ivr, self.number)) != 1:
            raise ValueError("must be one of: queue, agent, ivr, number")
        return self


class Habit(Part):
    """Something that agents do in a conversation: how likely, how long after it began."""

    probability: Probability
    after: Distribution = Fixed(fixed=20)


class Hold(Habit):
    """Puts the customer on hold."""

    length: Distribution = Field(default=Fixed(fixed=30), alias="for")


class Transfer(Habit):
    """Hands the customer on, and is free."""

    to: Where
    mode: Literal["blind", "release-after-transfer"] = "blind"


class Consult(Habit):
    """Asks somebody for advice while the customer waits; then returns, transfers or all talk.

    `length` is how long the two talk alone.
    """

    to: Where
    length: Distribution = Field(default=Fixed(fixed=40), alias="for")
    then: Literal["return", "transfer", "conference"] = "return"


class Habits(Part):
    """What agents do besides talking; at most one of these in a conversation, in this order."""

    hold: Hold | None = None
    consult: Consult | None = None
    transfer: Transfer | None = None


class Mistakes(Part):
    """What agents do wrong, in how many calls of a hundredth: lets it ring, refuses it.

    `forgets_wrap_up`: stays in wrap-up so much longer.
    """

    no_answer: Probability = 0
    rejects: Probability = 0
    stays_in_wrap_up: Probability = 0
    forgotten_for: Distribution = Fixed(fixed=300)


Players = Literal["engine", "rest", "sip", "none"]


class Agents(Part):
    """A team: who, when, how they work, and who plays them.

    Without `shifts` they work as long as the run lasts. They come up to `late` late and go up to
    `leaves_early` early. `queues` None: all their queues. `ends_call` is how many of the
    conversations the agent ends, not the customer. `played_by` is what the command line says,
    unless it is said here: `none` leaves them to the application under test. In virtual time the
    engine plays all the others.
    """

    name: Name
    agents: WorkNumbers
    played_by: Players | None = None
    shifts: tuple[Shift, ...] = ()
    late: Distribution = NOTHING
    leaves_early: Distribution = NOTHING
    queues: tuple[int, ...] | None = None
    auto_answer: bool = False
    answer: Distribution = NOTHING
    talk: Distribution = Exponential(exponential=180)
    wrap_up: Distribution = NOTHING
    handling: tuple[Handling, ...] = ()
    ends_call: Probability = 0
    breaks: tuple[Break, ...] = ()
    habits: Habits = Habits()
    mistakes: Mistakes = Mistakes()


# Calls out


class Outcome(Part):
    """What becomes of a call out: weights of how it ends, and how long it rings before."""

    answers: Weight = 1
    busy: Weight = 0
    refuses: Weight = 0
    no_answer: Weight = 0
    rings: Distribution = Fixed(fixed=6)

    @model_validator(mode="after")
    def _something_happens(self) -> Outcome:
        if not self.answers + self.busy + self.refuses + self.no_answer:
            raise ValueError("some outcome must have a weight")
        return self


class Campaign(Part):
    """Agents who call out by themselves, or are shown whom to call (`preview`).

    An agent that is idle is given the next number after `pause`. To a preview it makes up its
    mind after `looks` and calls, or lets it go (`skips`). Talk and wrap-up are the team's, by call
    type.
    """

    name: Name
    agents: WorkNumbers
    mode: Literal["manual", "preview"] = "preview"
    numbers: tuple[str, ...] | str = "137########"
    at_most: int | None = Field(default=None, ge=1)
    begin: Duration = Field(default=0, alias="from")
    end: Duration | None = Field(default=None, alias="to")
    pause: Distribution = Fixed(fixed=5)
    looks: Distribution = Fixed(fixed=10)
    skips: Probability = 0
    outcome: Outcome = Outcome()
    caller: str = ""

    @model_validator(mode="after")
    def _previews_have_no_caller(self) -> Campaign:
        if self.mode == "preview" and self.caller:
            raise ValueError(
                "previews are called with the tenant's number; caller is for mode manual"
            )
        return self


class Supervisor(Part):
    """An inspector who signs in and looks in on agents, now and then, each time in one mode."""

    inspector: int
    watches: WorkNumbers | None = None
    shifts: tuple[Shift, ...] = ()
    every: Distribution = Exponential(exponential=300)
    length: Distribution = Field(default=Fixed(fixed=60), alias="for")
    modes: dict[Literal["listen", "whisper", "barge_in"], Weight] = Field(default={"listen": 1.0})
    intercepts: Probability = 0


# What happens


class PhonesOffline(Part):
    """The phones of these agents are cut off `for` so long; their calls are lost."""

    agents: WorkNumbers
    length: Duration = Field(alias="for")


class ForcedSignOut(Part):
    """An inspector signs these agents out; those of the engine sign in again after `back_after`."""

    agents: WorkNumbers
    inspector: int
    back_after: Duration | None = None


class SkillChange(Part):
    """These agents serve these queues from now on."""

    agents: WorkNumbers
    queues: tuple[int, ...]


class CallsCut(Part):
    """This share of the calls in progress is lost, as when a trunk goes down."""

    share: Probability = 1.0


class Incident(Part):
    """Something at a given time: exactly one of these. `fault` is one of the control API's."""

    at: Duration
    phones_offline: PhonesOffline | None = None
    forced_sign_out: ForcedSignOut | None = None
    skills: SkillChange | None = None
    calls_cut: CallsCut | None = None
    fault: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Incident:
        kinds = ("phones_offline", "forced_sign_out", "skills", "calls_cut", "fault")
        if sum(getattr(self, kind) is not None for kind in kinds) != 1:
            raise ValueError(f"must be one of: {', '.join(kinds)}")
        return self
