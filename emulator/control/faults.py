"""Faults: what shall go wrong from now on, where, and how often."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from emulator.control.desk import Desk
from emulator.switch.clock import MICROSECONDS
from emulator.switch.errors import NotFound
from emulator.traffic import faults as model

router = APIRouter(prefix="/faults", tags=["faults"])

Seconds = Annotated[float, Field(ge=0, le=3600)]


class NoSuchFault(NotFound):
    """There is no fault with this number."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Delay(_Body):
    """The answer comes so many real seconds later. `served` false: so does what it does."""

    kind: Literal["delay"]
    seconds: Seconds
    served: bool = True


class ErrorCode(_Body):
    """A refusal with this code. `served`: the request has taken effect all the same."""

    kind: Literal["error_code"]
    code: Annotated[str, Field(min_length=1, max_length=32)]
    message: str = "fault"
    served: bool = False


class HttpStatus(_Body):
    """Another status, with this body."""

    kind: Literal["http_status"]
    status: Annotated[int, Field(ge=200, le=599)]
    body: str = ""
    served: bool = False


class Drop(_Body):
    """The connection breaks without an answer."""

    kind: Literal["drop"]
    served: bool = False


class HalfSent(_Body):
    """The connection breaks in the middle of the answer."""

    kind: Literal["half_sent"]


class Lose(_Body):
    """The client never hears of the event."""

    kind: Literal["lose"]


class Double(_Body):
    """The client hears of it twice."""

    kind: Literal["double"]


class Late(_Body):
    """The client hears of it so many real seconds later."""

    kind: Literal["late"]
    seconds: Seconds


class Reorder(_Body):
    """The client hears of the agent's next event first."""

    kind: Literal["reorder"]


RequestEffect = Annotated[
    Delay | ErrorCode | HttpStatus | Drop | HalfSent, Field(discriminator="kind")
]
EventEffect = Annotated[Lose | Double | Late | Reorder, Field(discriminator="kind")]

_KINDS: dict[str, Any] = {
    "delay": model.Delay,
    "error_code": model.ErrorCode,
    "http_status": model.HttpStatus,
    "drop": model.Drop,
    "half_sent": model.HalfSent,
    "lose": model.Lose,
    "double": model.Double,
    "late": model.Late,
    "reorder": model.Reorder,
}


class _Order(_Body):
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    count: Annotated[int, Field(ge=1)] | None = None
    """How many times at most."""
    begin_after: Annotated[float, Field(ge=0)] = 0
    """Seconds of domain time from now on until it begins."""
    end_after: Annotated[float, Field(gt=0)] | None = None
    """Seconds of domain time from now on until it ends."""


class RequestFault(_Order):
    """A fault of requests."""

    requests: model.RequestPattern
    effect: RequestEffect


class EventFault(_Order):
    """A fault of events."""

    events: model.EventPattern
    effect: EventEffect


class FaultView(BaseModel):
    """A fault in force; `hits` is how often it has struck."""

    number: int
    hits: int
    order: dict[str, Any]


@router.post("", status_code=201)
async def order(desk: Desk, wanted: RequestFault | EventFault) -> FaultView:
    """Put a fault in force."""
    now = desk.platform.now
    shown = wanted.effect.model_dump()
    effect = _KINDS[shown.pop("kind")](**shown)
    fault = model.Fault(
        wanted.requests if isinstance(wanted, RequestFault) else wanted.events,
        effect,
        probability=wanted.probability,
        count=wanted.count,
        since=now + round(wanted.begin_after * MICROSECONDS),
        until=None if wanted.end_after is None else now + round(wanted.end_after * MICROSECONDS),
    )
    desk.traffic.faults.order(fault)
    return _view(fault)


@router.get("")
async def show(desk: Desk) -> list[FaultView]:
    """List the faults in force and how often each has struck."""
    return [_view(it) for it in desk.traffic.faults]


@router.delete("/{number}")
async def withdraw(desk: Desk, number: int) -> list[FaultView]:
    """Take one fault back; the others are listed."""
    if not desk.traffic.faults.withdraw(number):
        raise NoSuchFault(f"there is no fault {number}")
    return await show(desk)


@router.delete("")
async def clear(desk: Desk) -> list[FaultView]:
    """Take all faults back."""
    desk.traffic.faults.clear()
    return []


def _view(fault: model.Fault) -> FaultView:
    is_request = isinstance(fault.where, model.RequestPattern)
    effect_kind = next(kind for kind, it in _KINDS.items() if it is type(fault.effect))
    shown: dict[str, Any] = {
        "requests" if is_request else "events": _given(fault.where),
        "effect": {"kind": effect_kind, **_given(fault.effect)},
        "probability": fault.probability,
        "count": fault.count,
        "since": fault.since,
        "until": fault.until,
    }
    return FaultView(number=fault.number, hits=fault.hits, order=shown)


def _given(it: Any) -> dict[str, Any]:
    values = {name: getattr(it, name) for name in it.__slots__}
    return {name: value for name, value in values.items() if value is not None}
