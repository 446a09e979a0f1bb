"""The whole world as a file, and back: calls in progress, sessions, timers and records included."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from emulator.control.desk import Desk
from emulator.control.world import Begun, begun

router = APIRouter(prefix="/snapshot", tags=["world"])

FILE_TYPE = "application/vnd.call-center-snapshot"

CONTENT = {"content": {FILE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@router.get("", response_class=Response, responses={200: CONTENT})
async def save(desk: Desk) -> Response:
    """Give the world at this instant as a file."""
    content = await desk.platform.snapshot()
    headers = {"content-disposition": 'attachment; filename="call-center.snapshot"'}
    return Response(content, media_type=FILE_TYPE, headers=headers)


@router.put("", openapi_extra={"requestBody": {"required": True, **CONTENT}})
async def load(desk: Desk, request: Request) -> Begun:
    """Go on as the file has it, in the place of what is there; a file in disorder changes nothing.

    Guids and tokens of then are good, events of then are delivered. Polls that are held end. In a
    durable world records of the past are kept in the store, but not shown any more.
    """
    return begun(await desk.load(await request.body()))
