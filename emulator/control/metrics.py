"""What a Prometheus server collects; the first world shows also those beside it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from emulator.control.desk import ControlDesk, Desk

router = APIRouter(tags=["world"])

TEXT = {"content": {"text/plain": {"schema": {"type": "string"}}}}


@router.get("/metrics", response_class=Response, responses={200: TEXT})
async def metrics(desk: Desk, request: Request) -> Response:
    """Give all measurements in Prometheus' text format, or as OpenMetrics if that is wanted."""
    # Loaded for the first look: the library takes longer than the other routes together.
    from emulator.control.exposition import exposition

    desk.lag.start()
    content, media_type = exposition(_worlds(desk), desk.lag, request.headers.get("accept", ""))
    return Response(content, headers={"content-type": media_type})


def _worlds(desk: ControlDesk) -> dict[str, ControlDesk]:
    """The world that was asked, by its name; the first one, which has none, with all the others."""
    beside = {world.name: world.desk for world in desk.worlds or ()}
    for name, other in beside.items():
        if other is desk:
            return {name: desk}
    return {"": desk, **beside}
