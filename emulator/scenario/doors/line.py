"""An agent's line to the agent gateway (CEC 6.1): it polls as long as the agent is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from emulator.clients.gateway import (
    ROOT,
    SHUTDOWN,
    SIGNED_OUT_CODES,
    AgentClient,
    GatewayEvent,
    Http,
)

AFTER_FAILURE_S = 1.0
"""How long a client waits after a poll that failed, as the reference asks (6.1.4.1)."""


class Line(AgentClient):
    """`AgentClient` for long runs: it remembers no event, and goes on after a poll that failed.

    `heard` is told every event, and a shutdown also when the gateway knows the agent no more.
    """

    def __init__(
        self,
        url: str,
        work_no: int,
        password: str,
        http: Http,
        heard: Callable[[GatewayEvent], None],
    ) -> None:
        super().__init__(url, work_no, password, http)
        self.failures = 0
        """Polls without an answer, or with one that makes no sense."""
        self._heard_of = heard
        self._is_over = True

    async def sign_in(self, phone: str, **how: Any) -> Any:
        """Sign in (6.1.1.1) and begin to poll."""
        if self._polling is not None and self._is_over:
            await asyncio.wait([self._polling])
        self._is_over = False
        return await super().sign_in(phone, **how)

    async def _poll(self) -> None:
        path = f"{ROOT}/agentevent/{self.work_no}"
        while not self._is_over:
            try:
                answer = await self._send("GET", path)
            except (OSError, ValueError):
                answer = {}
            retcode = answer.get("retcode")
            event = answer.get("event")
            if retcode == "0":
                if event:
                    self._take(GatewayEvent(event["eventType"], event.get("content")))
            elif retcode in SIGNED_OUT_CODES:
                self._take(GatewayEvent(SHUTDOWN, None))
            else:
                self.failures += 1
                await asyncio.sleep(AFTER_FAILURE_S)
        self._polling = None

    def _take(self, event: GatewayEvent) -> None:
        self._is_over = event.type == SHUTDOWN
        self._heard_of(event)
        self.on_event(self, event)
