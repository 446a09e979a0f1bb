"""Inboxes and outboxes: what is in them, and what the world outside puts there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from emulator.control.desk import Desk
from emulator.control.records import END_OF_TIME, LARGEST_PAGE, shown
from emulator.domain.messages import Message
from emulator.store.rows import MessageChannel, MessageDirection
from emulator.switch.clock import END_OF_TIME as LAST_INSTANT

router = APIRouter(prefix="/messages", tags=["messages"])

TenantId = Annotated[int, Field(ge=0, lt=2**31)]
Instant = Annotated[int, Field(ge=0, le=END_OF_TIME)]
Line = Annotated[str, Field(max_length=1_000, pattern="^[^\0]*$")]
Text = Annotated[str, Field(max_length=1_000_000, pattern="^[^\0]*$")]
Count = Annotated[int, Field(ge=0, lt=2**31)]


class NewMessage(BaseModel):
    """A message; it came or went `at` an instant (µs), by default now."""

    model_config = ConfigDict(extra="forbid")

    tenant: TenantId = 1
    channel: MessageChannel
    direction: MessageDirection = MessageDirection.RECEIVED
    at: Annotated[int, Field(ge=0, lt=LAST_INSTANT)] | None = None
    sender: Line = ""
    recipient: Line = ""
    copy_: Annotated[Line, Field(alias="copy")] = ""
    blind_copy: Line = ""
    party_name: Line = ""
    subject: Line = ""
    body: Text = ""
    files: Annotated[list[Line], Field(max_length=100)] = Field(default_factory=list)
    agent_id: Line = ""
    call_id: Line = ""
    called: Line = ""
    line: Count = 0
    seconds: Count = 0

    @property
    def message(self) -> Message:
        """What it says."""
        content = self.model_dump(by_alias=True, exclude={"tenant", "direction", "at", "files"})
        return Message(**content, files=tuple(self.files))


@router.get("")
async def show(
    desk: Desk,
    tenant: TenantId = 1,
    channel: MessageChannel | None = None,
    direction: MessageDirection | None = None,
    since: Instant = 0,
    until: Instant = END_OF_TIME,
    agent: str | None = None,
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 1000,
    offset: Instant = 0,
) -> list[dict[str, Any]]:
    """List messages of since ≤ time < until (µs), the newest last."""
    rows = await desk.platform.messages.find(
        tenant, channel, direction, since, until, agent, limit=limit, offset=offset
    )
    return [shown(row) for row in rows]


@router.post("", status_code=201)
async def put(desk: Desk, new: NewMessage) -> dict[str, Any]:
    """Put a message into an inbox or an outbox."""
    tenant, messages = desk.switch.tenant(new.tenant).id, desk.platform.messages
    file = messages.send if new.direction is MessageDirection.SENT else messages.receive
    return shown(file(tenant, new.message, new.at))
