"""What came of a run: plain data, the same to the byte for the same file and seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of somebody: `of` is queue, agent, ivr or vdn, `id` empty: all of them together."""

    figure: str
    of: str
    id: str
    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """An expectation, in words, and whether it was met."""

    expected: str
    seen: str
    met: bool


@dataclass(slots=True)
class QueueSeries:
    """A queue by interval; rates in percent, times in seconds, None where nothing happened."""

    id: str
    name: str
    tenant: int
    offered: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    abandoned: list[int] = field(default_factory=list)
    service_level: list[float | None] = field(default_factory=list)
    asa: list[float | None] = field(default_factory=list)
    longest_queue: list[int] = field(default_factory=list)
    mean_queue: list[float] = field(default_factory=list)
    waits_answered: dict[int, int] = field(default_factory=dict)
    """How many waited so many whole seconds and were answered."""
    waits_abandoned: dict[int, int] = field(default_factory=dict)
    theoretical_waits: list[float] = field(default_factory=list)
    """The share of customers who are answered within 0, 1, 2 … seconds, where a theory says so."""


@dataclass(slots=True)
class AgentSpans:
    """An agent's day: [state, seconds after the begin, seconds after the begin]."""

    agent: int
    spans: list[tuple[str, float, float]] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """A run. Times are seconds after `begins`, unless they say otherwise."""

    scenario: str
    purpose: str
    seed: int
    begins: str
    zone: str
    simulated: float
    """Seconds, from the begin to the end of the last call."""
    counted_from: float
    step: float
    complete: bool
    """False: the run was interrupted; what was seen until then is here."""
    dialled: int
    redialled: int
    given_up: int
    records: int
    operations: int
    unfinished: int
    """Calls that were not over in the end."""
    figures: list[Value] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)
    queues: list[QueueSeries] = field(default_factory=list)
    agent_states: dict[str, list[float]] = field(default_factory=dict)
    """How many agents were in a state, on average, by interval."""
    agents: list[AgentSpans] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    """What the call center did not do, by what was asked and why."""
    incidents: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    version: int = VERSION

    @property
    def met(self) -> bool:
        """Whether every expectation was met."""
        return all(verdict.met for verdict in self.verdicts)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    def value(self, figure: str, of: str = "") -> float:
        """A figure of the one with that id, or of all together."""
        for it in self.figures:
            if it.figure == figure and it.id == of:
                return it.value
        raise KeyError(f"{figure} {of}")


def result_of(document: dict[str, Any]) -> Result:
    """The result that a document was made of; `ValueError` if it is none."""
    # Loaded for those who compare results: whoever plays has no need of it.
    from pydantic import TypeAdapter

    made = dict(document)
    if made.get("version") != VERSION:
        raise ValueError("is not the result of a scenario, or of another version")
    return TypeAdapter(Result).validate_python(made)
