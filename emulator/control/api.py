"""The emulator's own API under `/_emulator`: the world as a whole, its time, the world outside.

It is for people and tests, not documented by any vendor, and described at `/_emulator/docs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from emulator import __version__
from emulator.control.desk import ControlDesk, Forget
from emulator.control.guard import refusal
from emulator.platform import Platform
from emulator.surfaces.wire import respond
from emulator.traffic.meter import ANSWERED, HELD
from emulator.worlds import Worlds

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX = "/_emulator"
OPEN_TO_ALL = ("GET", f"{PREFIX}/health")


class Control:
    """The control plane of one platform, as an ASGI application."""

    def __init__(
        self,
        platform: Platform,
        sessions: Any,
        forget: Sequence[Forget] = (),
        worlds: Worlds | None = None,
    ) -> None:
        """`forget` are called when the world or a tenant begins anew."""
        self.platform = platform
        self._worlds = worlds
        self._sessions = sessions
        self._forget = forget

    @cached_property
    def desk(self) -> ControlDesk:
        """What the routes work with."""
        return ControlDesk(self.platform, self._sessions, self._forget, self._worlds)

    @cached_property
    def app(self) -> FastAPI:
        """The routes; loaded for the first request, since the start has no time for them."""
        from fastapi import FastAPI

        from emulator.control import (
            agents,
            customers,
            errors,
            faults,
            gateways,
            journal,
            messages,
            metrics,
            outside,
            phones,
            pictures,
            records,
            snapshot,
            speech,
            time,
            world,
            worlds,
        )

        app = FastAPI(
            title="Emulator",
            summary="Drives and shows the emulated call center.",
            version=__version__,
            openapi_url=f"{PREFIX}/openapi.json",
            docs_url=f"{PREFIX}/docs",
            redoc_url=None,
        )
        app.state.desk = self.desk
        for module in (
            world,
            snapshot,
            time,
            outside,
            gateways,
            phones,
            agents,
            speech,
            records,
            messages,
            customers,
            metrics,
            pictures,
            journal,
            faults,
            worlds,
        ):
            app.include_router(module.router, prefix=PREFIX)
        errors.install(app)
        return app

    def close(self) -> None:
        """Measure nothing any more."""
        if "desk" in vars(self):
            self.desk.lag.stop()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request: at the present instant, and answered when what it did is kept."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        if (scope["method"], scope["path"]) != OPEN_TO_ALL:
            refused = refusal(scope["headers"], self.platform.settings.control_token)
            if refused is not None:
                error = {"type": refused.kind, "message": refused.message}
                await respond(scope, send, refused.status, orjson.dumps({"error": error}))
                return
        if b"wait=" in scope["query_string"]:
            scope[HELD] = True
        self.platform.advance()

        async def send_when_kept(message: Any) -> None:
            if message["type"] == "http.response.start":
                scope[ANSWERED] = message["status"]
                if self.platform.needs_commit:
                    await self.platform.committed()
            await send(message)

        await self.app(scope, receive, send_when_kept)
