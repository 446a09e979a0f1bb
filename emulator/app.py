"""The whole emulator in one process: a platform, its doors, and the server in front of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emulator.control.api import Control
from emulator.control.seed import load_seed, rehearse
from emulator.platform import Platform, database_url
from emulator.server import HttpServer, ServerSettings
from emulator.settings import Settings
from emulator.store.store import Store
from emulator.surfaces.cec.auth_c1 import BearerTokens, TokenOffice, apigovernance
from emulator.surfaces.cec.gateway import Gateway, open_gateway
from emulator.surfaces.cec.gateway.older import OlderFirst
from emulator.surfaces.cec.management import open_management
from emulator.surfaces.dispatch import Dispatcher
from emulator.surfaces.wire import respond
from emulator.switch.clock import Clock
from emulator.switch.config import TenantConfig


@dataclass(slots=True)
class Doors:
    """Everything that stands in front of a platform."""

    app: Any
    gateway: Gateway
    control: Control


def open_doors(platform: Platform) -> Doors:
    """Open every door onto the platform; the result's `app` is an ASGI application."""
    gateway = Gateway(platform)
    tokens = BearerTokens(_application_secrets(platform), platform.random("bearer token"))
    forgotten = (
        gateway.guids.forget,
        gateway.config_sessions.forget,
        gateway.subscriptions.forget,
        tokens.forget,
    )
    control = Control(platform, gateway.sessions, forgotten)
    office = TokenOffice(tokens, lambda: platform.now)
    agent_gateway: Any = open_gateway(platform, gateway)
    if platform.settings.older_interfaces:
        agent_gateway = OlderFirst(gateway, agent_gateway)
    app = Dispatcher(
        {
            "/agentgateway": agent_gateway,
            "/apigovernance": apigovernance.open(office, {}, life=platform),
            "/apiaccess/rest/cc-management": open_management(platform, tokens),
            "/_emulator": control,
        },
        _nothing_here,
    )
    return Doors(app, gateway, control)


def _application_secrets(platform: Platform) -> Any:
    def secret_of(app_key: str) -> str | None:
        for tenant in platform.switch.tenants.values():
            secrets = tenant.config.secrets
            if secrets.get("app_key") == app_key:
                return secrets.get("app_secret")
        return None

    return secret_of


async def _nothing_here(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await respond(scope, send, 404, b'{"message":"no such address"}')
    else:
        await send({"type": "websocket.close"})


class Emulator:
    """A platform with its doors and server; start and stop it in an event loop."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.store = Store.open(database_url(settings))
        try:
            self.platform = Platform(settings, self.store, self._tenants(), clock)
            self.doors = open_doors(self.platform)
        except BaseException:
            self.store.close()
            raise
        self.server = HttpServer(
            self.doors.app,
            ServerSettings(
                host=settings.host,
                http_port=settings.http_port,
                https_port=settings.https_port,
                data_directory=settings.data,
            ),
        )

    def _tenants(self) -> Sequence[TenantConfig]:
        """What the store holds; an empty store is filled from the seed."""
        tenants = self.store.load_tenants()
        if not tenants:
            tenants = load_seed(self.settings.seed)
            rehearse(tenants)
            for tenant in tenants:
                self.store.save_tenant(tenant)
        return tenants

    async def start(self) -> None:
        """Let time run and open the doors; OSError if a port is taken."""
        self.platform.start()
        self.doors.gateway.start()
        await self.server.start()

    async def stop(self) -> None:
        """Close the doors, keep what is to be kept."""
        await self.server.stop()
        await self.doors.gateway.stop()
        await self.platform.stop()
        self.store.close()
