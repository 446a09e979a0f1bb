"""What must be true in the end."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from emulator.scenario.file.part import Part
from emulator.scenario.file.quantities import SECOND, Duration, duration

EventName = Literal["delivered", "established", "cleared", "queued", "offered", "held", "retrieved"]


def _amount(value: Any) -> Any:
    """A number; a duration is a number of seconds."""
    return duration(value) / SECOND if isinstance(value, str) else value


Amount = Annotated[
    float,
    BeforeValidator(_amount),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "examples": ["20s"]}]}),
]


class Order(Part):
    """Each `after` is followed by one of `comes`, on the same call, within `within`."""

    after: EventName
    comes: tuple[EventName, ...] = Field(min_length=1)
    within: Duration


class Expectation(Part):
    """A figure, an indicator of 12.3.8.1 or a number of events, and what it must be.

    Of a queue, an agent, a flow's business type or a VDN; without any of these of all queues (or
    agents) together. `after` and `before` limit the time: whole steps, from the end of the warm-up
    on. `tolerance` widens every limit. Rates are percent, times seconds.
    """

    figure: str | None = None
    indicator: str | None = None
    event: str | None = None
    order: Order | None = None
    violations: int | None = Field(default=None, ge=0)
    within: Duration | None = None
    queue: int | None = None
    agent: int | None = None
    vdn: int | None = None
    ivr: str | None = None
    after: Duration | None = None
    before: Duration | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    equals: Amount | None = None
    tolerance: Amount = 0.0

    @model_validator(mode="after")
    def _is_one(self) -> Expectation:
        kinds = ("figure", "indicator", "event", "order", "violations")
        if sum(getattr(self, kind) is not None for kind in kinds) != 1:
            raise ValueError(f"must be one of: {', '.join(kinds)}")
        return self

    @model_validator(mode="after")
    def _limits(self) -> Expectation:
        limits = (self.at_least, self.at_most, self.equals)
        measured = self.order is None and self.violations is None
        if measured and all(limit is None for limit in limits):
            raise ValueError("must say at_least, at_most or equals")
        if sum(it is not None for it in (self.queue, self.agent, self.vdn, self.ivr)) > 1:
            raise ValueError("is about one of: queue, agent, vdn, ivr")
        return self

    @model_validator(mode="after")
    def _nothing_in_vain(self) -> Expectation:
        """What would not be looked at is refused: somebody has meant something by it."""
        if self.figure is not None or self.indicator is not None:
            return self
        unseen = {"within", "queue", "agent", "vdn", "ivr", "after", "before"}
        if self.event is None:
            unseen |= {"at_least", "at_most", "equals", "tolerance"}
        vain = [name for name in type(self).model_fields if name in unseen & self.model_fields_set]
        if vain:
            kind = next(
                it for it in ("event", "order", "violations") if getattr(self, it) is not None
            )
            raise ValueError(f"an expectation of {kind} takes no {', '.join(vain)}")
        return self
