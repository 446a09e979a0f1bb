"""The world outside: customers, outside numbers, and hands on phones."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, Field

from emulator.control import state
from emulator.control.desk import Desk
from emulator.switch.config import OutsideNumberConfig
from emulator.switch.terms import MediaType, PhoneCondition

router = APIRouter(tags=["world outside"])

REJECTED = 604


def _media(value: Any) -> Any:
    """Media types by name, as in seeds, or by number."""
    if isinstance(value, str):
        return MediaType.__members__.get(value.upper(), value)
    return value


Number = Annotated[str, Field(min_length=1, max_length=24)]
Media = Annotated[MediaType, BeforeValidator(_media)]


class DialIn(BaseModel):
    """A customer dials an access code; `data` goes with the call.

    `priority` (0 to 100) is by default what the tenant's list of customers says. `language` is a
    variable of the flows that the call goes through.
    """

    caller: Number
    called: Annotated[str, Field(min_length=1, max_length=64)]
    media_type: Media | None = None
    data: str = ""
    priority: Annotated[int, Field(ge=0, le=100)] | None = None
    language: Annotated[str, Field(max_length=16)] = ""


class CallMade(BaseModel):
    """The id of the call."""

    call: str


class Party(BaseModel):
    """Which outside party of the call; by default the customer, or the one that rings."""

    number: Number | None = None


class Digits(Party):
    """Keys: digits, * and #."""

    digits: Annotated[str, Field(min_length=1, max_length=128)]


class Refusal(Party):
    """`cause` of CEC Table 6-451: 537 busy, 538 no such number, 604 rejected …"""

    cause: Annotated[int, Field(ge=1, le=65535)] = REJECTED


class Done(BaseModel):
    """It is done."""


@router.post("/calls", status_code=201)
async def dial_in(desk: Desk, call: DialIn) -> CallMade:
    """Have a customer dial an access code."""
    made = desk.switch.dial_in(
        call.caller,
        call.called,
        media=call.media_type,
        data=call.data,
        priority=call.priority,
        language=call.language,
    )
    return CallMade(call=made)


@router.get("/calls")
async def calls(desk: Desk, tenant: int | None = None) -> list[dict[str, Any]]:
    """List the calls that are not over."""
    found = desk.switch.calls if tenant is None else desk.switch.tenant(tenant).calls
    return [state.of_call(call) for call in found.values()]


@router.get("/calls/{call_id}")
async def call(desk: Desk, call_id: str) -> dict[str, Any]:
    """Show a call that is not over."""
    return state.of_call(desk.switch.call(call_id))


@router.post("/calls/{call_id}/digits")
async def press(desk: Desk, call_id: str, keys: Digits) -> Done:
    """Have an outside party press keys."""
    desk.switch.outside_presses(call_id, keys.digits, keys.number)
    return Done()


class Message(BaseModel):
    """What the customer of a chat writes, at most 2,048 bytes."""

    text: Annotated[str, Field(min_length=1, max_length=2048)]


@router.post("/calls/{call_id}/messages")
async def write(desk: Desk, call_id: str, message: Message) -> Done:
    """Have the customer of a chat write."""
    desk.switch.outside_writes(call_id, message.text)
    return Done()


@router.post("/calls/{call_id}/hang-up")
async def hang_up(desk: Desk, call_id: str, party: Party | None = None) -> Done:
    """Have an outside party hang up."""
    desk.switch.outside_hangs_up(call_id, party.number if party else None)
    return Done()


@router.post("/calls/{call_id}/answer")
async def answer(desk: Desk, call_id: str, party: Party | None = None) -> Done:
    """Have an outside number that rings picked up."""
    desk.switch.outside_answers(call_id, party.number if party else None)
    return Done()


@router.post("/calls/{call_id}/refuse")
async def refuse(desk: Desk, call_id: str, refusal: Refusal | None = None) -> Done:
    """Have an outside number that rings refuse the call."""
    refusal = refusal or Refusal()
    desk.switch.outside_refuses(call_id, refusal.cause, refusal.number)
    return Done()


class Behaviour(BaseModel):
    """How an outside number behaves when it is called, and what it does by itself in a call.

    See OutsideNumberConfig: always busy is `refuse` 537, never answering `answer_after` null.
    """

    tenant: int
    answer_after: Annotated[float, Field(ge=0, le=86_400)] | None = 2.0
    refuse: Annotated[int, Field(ge=1, le=65535)] | None = None
    video: bool = False
    digits: Annotated[str, Field(max_length=128)] = ""
    digits_after: Annotated[float, Field(ge=0, le=86_400)] = 1.0
    hang_up_after: Annotated[float, Field(ge=0, le=86_400)] | None = None
    ring_patience: Annotated[float, Field(ge=0, le=86_400)] | None = None


@router.put("/outside-numbers/{number}")
async def set_behaviour(desk: Desk, number: Number, behaviour: Behaviour) -> Done:
    """Say how an outside number behaves from now on, until the world begins anew."""
    habits = behaviour.model_dump(exclude={"tenant"})
    config = OutsideNumberConfig(number, **habits)
    async with desk.changing:
        await desk.platform.configure(behaviour.tenant, config)
    return Done()


class Condition(BaseModel):
    """Whether calls can ring at a phone: `in service`, `busy` (used without us) or `offline`."""

    condition: PhoneCondition


@router.put("/phones/{number}/condition")
async def set_condition(desk: Desk, number: str, wanted: Condition) -> Done:
    """Have somebody use a phone without the call center, cut it off, or neither any more."""
    desk.switch.set_phone_condition(number, wanted.condition)
    return Done()


class Dialled(BaseModel):
    """The number that is dialled on a phone."""

    to: Number


@router.post("/phones/{number}/mute")
async def mute(desk: Desk, number: str) -> Done:
    """Have somebody press the mute key of a linked phone."""
    desk.switch.phone_mutes(number, True)
    return Done()


@router.post("/phones/{number}/unmute")
async def unmute(desk: Desk, number: str) -> Done:
    """Have somebody press the mute key of a linked phone again."""
    desk.switch.phone_mutes(number, False)
    return Done()


@router.post("/phones/{number}/hold")
async def hold(desk: Desk, number: str) -> Done:
    """Have somebody press the hold key of a linked phone."""
    desk.switch.phone_holds(number)
    return Done()


@router.post("/phones/{number}/retrieve")
async def retrieve(desk: Desk, number: str) -> Done:
    """Have somebody press the hold key of a linked phone again."""
    desk.switch.phone_retrieves(number)
    return Done()


@router.post("/phones/{number}/transfer")
async def transfer(desk: Desk, number: str, dialled: Dialled) -> Done:
    """Have somebody send the call away with the keys of a linked phone."""
    desk.switch.phone_transfers(number, dialled.to)
    return Done()


@router.post("/phones/{number}/dial", status_code=201)
async def dial(desk: Desk, number: str, dialled: Dialled) -> CallMade:
    """Have somebody call with the keys of a linked phone."""
    return CallMade(call=desk.switch.phone_dials(number, dialled.to))


@router.post("/phones/{number}/off-hook")
async def off_hook(desk: Desk, number: str) -> Done:
    """Have somebody pick a phone up."""
    desk.switch.phone_off_hook(number)
    return Done()


@router.post("/phones/{number}/on-hook")
async def on_hook(desk: Desk, number: str) -> Done:
    """Have somebody hang a phone up."""
    desk.switch.phone_on_hook(number)
    return Done()
