"""What happens to agents from sides that no documented interface covers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from emulator.control.desk import Desk
from emulator.control.outside import Done, Number

router = APIRouter(prefix="/agents/{work_no}", tags=["agents"])


class PreviewOffer(BaseModel):
    """Numbers that the agent may call, and what goes with the call."""

    numbers: Annotated[list[Number], Field(min_length=1, max_length=10)]
    data: str = ""


class PreviewMade(BaseModel):
    """The number by which the agent's client calls the preview."""

    control: int


class Study(BaseModel):
    """Whether the agent studies."""

    studying: bool


class RestDecision(BaseModel):
    """An inspector's answer to the agent's request for a rest."""

    inspector: int
    approve: bool


@router.post("/preview", status_code=201)
async def offer_preview(desk: Desk, work_no: int, offer: PreviewOffer) -> PreviewMade:
    """Offer the agent a previewed outbound call."""
    return PreviewMade(control=desk.switch.offer_preview(work_no, offer.numbers, offer.data))


@router.post("/study")
async def study(desk: Desk, work_no: int, how: Study) -> Done:
    """Send the agent to study, or back."""
    desk.switch.set_study(work_no, studying=how.studying)
    return Done()


@router.post("/rest-decision")
async def decide_rest(desk: Desk, work_no: int, decision: RestDecision) -> Done:
    """Approve or refuse the rest that the agent asked for."""
    desk.switch.decide_rest(decision.inspector, work_no, approve=decision.approve)
    return Done()
