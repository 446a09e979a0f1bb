"""Pictures that agents have taken of customers, as the files that events name (CEC 6.1.5.5)."""

from __future__ import annotations

from fastapi import APIRouter, Response

from emulator.control.desk import Desk
from emulator.switch.errors import NotFound

router = APIRouter(tags=["records"])


@router.get("/pictures", response_class=Response)
async def picture(desk: Desk, file: str) -> Response:
    """Give a picture by the name in its event, as PNG."""
    content = desk.platform.pictures.read(file)
    if content is None:
        raise NotFound(f"there is no picture {file}")
    return Response(content, media_type="image/png")
