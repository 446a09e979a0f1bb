"""What the agent gateway of one platform keeps: its interfaces find it as `call.platform`."""

from __future__ import annotations

import asyncio
import contextlib

from emulator.platform import Platform
from emulator.surfaces.cec.auth_c4 import AuthMode, GuidSessions, GuidSettings
from emulator.surfaces.cec.auth_c5 import ConfigSessions
from emulator.surfaces.cec.gateway.flowcontrol import FlowControl
from emulator.surfaces.cec.gateway.recognition import Subscriptions
from emulator.surfaces.cec.gateway.sessions import Sessions
from emulator.switch.switch import Switch


class Gateway:
    """The agent gateway of one platform."""

    def __init__(self, platform: Platform) -> None:
        settings = platform.settings
        self.platform = platform
        self.guids = GuidSessions(
            GuidSettings(
                AuthMode(settings.auth_mode),
                settings.guid_interval_ms,
                settings.guid_timeout_ms,
            ),
            platform.random("guid"),
        )
        self.config_sessions = ConfigSessions(platform.random("config guid"))
        self.tokens = platform.random("phone token")
        self.sessions = Sessions(platform)
        self.subscriptions = Subscriptions(platform)
        self.flow_control = FlowControl(settings)
        self.tallies = platform.tallies
        platform.keep(
            self.guids.part(),
            self.config_sessions.part(),
            *self.sessions.parts(),
            *self.subscriptions.parts(),
        )
        self._watchdog: asyncio.Task[None] | None = None

    @property
    def switch(self) -> Switch:
        """The switch; the door has brought it to the present."""
        return self.platform.switch

    def forget(self, tenant: int | None = None) -> None:
        """End all sessions, or those of one tenant: what they were with begins anew."""
        agents = None if tenant is None else list(self.switch.tenants[tenant].agents)
        self.sessions.forget(agents)
        self.config_sessions.forget(tenant)
        self.subscriptions.forget(tenant)
        if agents is None:
            self.guids.forget()
        else:
            for agent in agents:
                self.guids.close(agent)

    def start(self) -> None:
        """Begin to watch for clients that fall silent."""
        timeout = self.platform.settings.poll_timeout
        self._watchdog = asyncio.get_running_loop().create_task(self.sessions.watch(timeout))

    async def stop(self) -> None:
        """Stop watching and pushing."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watchdog
        await self.sessions.stop()
        await self.subscriptions.stop()
