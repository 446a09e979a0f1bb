"""The emulator's own API under `/_emulator`."""

from __future__ import annotations

from typing import Any

from emulator.platform import Platform
from emulator.surfaces.wire import respond


class Control:
    """The control plane of one platform, as an ASGI application."""

    def __init__(self, platform: Platform, sessions: Any) -> None:
        self.platform = platform
        self.sessions = sessions

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        await respond(scope, send, 200, b'{"status":"ready"}')
