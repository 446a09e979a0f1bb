"""The whole emulator in one process: worlds, their doors, and the server in front of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emulator.control.api import Control
from emulator.control.desk import ControlDesk
from emulator.control.seed import Seed, open_seed, rehearse
from emulator.platform import Platform, database_url, real_time
from emulator.server import ANY_PORT, HttpServer, ServerSettings
from emulator.settings import Settings
from emulator.store.store import Store
from emulator.surfaces.cec.auth_c1 import BearerTokens
from emulator.surfaces.cec.ccfs.desk import FileServer
from emulator.surfaces.cec.gateway.desk import Gateway
from emulator.surfaces.dispatch import Dispatcher, LateDoor
from emulator.surfaces.ultracrm.desk import UltraCrm
from emulator.surfaces.ultracrm.services import PATHS as ULTRACRM_PATHS
from emulator.surfaces.uncall.desk import Uncall
from emulator.surfaces.wire import respond
from emulator.switch.clock import Clock
from emulator.worlds import Wanted, Worlds

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg
    from emulator.surfaces.sip.peering import Peering


@dataclass(slots=True)
class Doors:
    """Everything that stands in front of a platform."""

    app: Any
    gateway: Gateway
    file_server: FileServer
    control: Control

    async def stop(self) -> None:
        """Give up what is under way at them."""
        self.control.close()
        await self.gateway.stop()
        await self.file_server.stop()


def open_doors(platform: Platform, worlds: Worlds | None = None) -> Doors:
    """Open every door onto the platform; the result's `app` is an ASGI application.

    `worlds` are those that the control plane can make and drop.
    """
    gateway = Gateway(platform)
    tokens = BearerTokens(_application_secrets(platform), platform.random("bearer token"))

    platform.keep(tokens.part())
    file_server = FileServer(platform)

    def forget_tokens(tenant: int | None) -> None:
        secrets = {} if tenant is None else platform.switch.tenants[tenant].config.secrets
        if tenant is None or "app_key" in secrets:
            tokens.forget(secrets.get("app_key"))

    uncall = Uncall(platform)
    platform.keep(uncall.part())
    forget = (gateway.forget, forget_tokens, file_server.forget, uncall.forget)
    control = Control(platform, gateway.sessions, forget, worlds)
    cec = "emulator.surfaces.cec"

    def with_older(door: Any) -> Any:
        if not platform.settings.older_interfaces:
            return door
        from emulator.surfaces.cec.gateway.older import OlderFirst

        return OlderFirst(gateway, door)

    app = Dispatcher(
        {
            "/agentgateway": LateDoor(
                f"{cec}.gateway.routes", lambda it: with_older(it.open_gateway(platform, gateway))
            ),
            "/apigovernance": LateDoor(
                f"{cec}.tokens", lambda it: it.open_token_office(platform, tokens)
            ),
            "/apiaccess/rest/cc-management": LateDoor(
                f"{cec}.management", lambda it: it.open_management(platform, tokens)
            ),
            "/rest/cmsapp": LateDoor(f"{cec}.cms.routes", lambda it: it.open_cms(platform)),
            "/CCFS/resource/ccfs": LateDoor(
                f"{cec}.ccfs.routes", lambda it: it.open_ccfs(file_server)
            ),
            "/ccfs/record": LateDoor(f"{cec}.ccfs.routes", lambda it: it.open_objects(file_server)),
            **_soap_doors(platform, uncall),
            "/_emulator": control,
        },
        _nothing_here,
        platform.traffic.meter,
    )
    return Doors(app, gateway, file_server, control)


def _soap_doors(platform: Platform, uncall: Uncall) -> dict[str, Any]:
    ultracrm = UltraCrm(platform)
    surfaces = "emulator.surfaces"

    def open_ultracrm(path: str) -> LateDoor:
        module = f"{surfaces}.ultracrm.routes"
        return LateDoor(module, lambda it: it.open_service(ultracrm, path))

    return {
        **{path: open_ultracrm(path) for path in ULTRACRM_PATHS},
        "/uncall_services_api": LateDoor(
            f"{surfaces}.uncall.routes", lambda it: it.open_service(uncall)
        ),
        "/outbound": LateDoor(
            f"{surfaces}.uncall.listening", lambda it: it.RecordingAction(uncall)
        ),
    }


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


async def _make_sip(platform: Platform, settings: Settings, peering: Peering | None) -> SipLeg:
    """Make the SIP leg; loaded only by who wants one."""
    from emulator.surfaces.sip.leg import SipLeg
    from emulator.surfaces.sip.opening import media_process, stack_settings

    wanted = await asyncio.to_thread(stack_settings, settings)
    leg = SipLeg(platform, wanted, media=media_process(settings), peering=peering)
    leg.prompts = settings.sip_prompts
    return leg


def _read_peering(settings: Settings) -> Peering | None:
    """The gateways to the world outside; SeedError if they cannot be used."""
    if settings.sip_gateways is None:
        return None
    from emulator.control.gateways import read_peering

    return read_peering(settings.sip_gateways, settings.sip_transports)


class World:
    """One call center behind its doors, without a server of its own unless it is given a port."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        *,
        name: str = "",
        worlds: Worlds | None = None,
    ) -> None:
        """`worlds` are those that its control plane can make and drop."""
        self.name = name
        self.settings = settings
        self.store = Store.open(database_url(settings))
        try:
            kept = self.store.load_tenants()
            if kept:
                self.platform = Platform(settings, self.store, kept, clock)
            else:
                seed = self._seed()
                self.platform = Platform(settings, self.store, seed.tenants, clock)
                self.platform.fill_store(seed.holdings)
            self.doors = open_doors(self.platform, worlds)
        except BaseException:
            self.store.close()
            raise
        self.app = self.doors.app
        self.server: HttpServer | None = None

    def _seed(self) -> Seed:
        """What an empty store is filled from."""
        seed = open_seed(self.settings.seed)
        rehearse(seed.tenants)
        return seed

    @property
    def port(self) -> int | None:
        """Its own port, if it has one."""
        return None if self.server is None else self.server.http_port

    @property
    def desk(self) -> ControlDesk:
        """What its control plane works with."""
        return self.doors.control.desk

    async def start(self) -> None:
        """Let time run and look after the clients."""
        self.platform.start()
        self.doors.gateway.start()

    async def load(self, snapshot: bytes) -> None:
        """Go on as a snapshot has it; `SnapshotRefused` changes nothing."""
        await self.doors.control.desk.load(snapshot)

    async def listen(self) -> int:
        """Open a port of its own and give its number; only programs of this machine reach it."""
        settings = ServerSettings(http_port=ANY_PORT, https_port=0, tune_gc=False)
        self.server = HttpServer(self.app, settings)
        await self.server.start()
        assert self.server.http_port is not None
        return self.server.http_port

    async def stop(self) -> None:
        """Close the doors, keep what is to be kept."""
        if self.server is not None:
            await self.server.stop()
        await self.doors.stop()
        await self.platform.stop()
        self.store.close()


class Emulator:
    """The first world, those beside it, and the server in front; runs in an event loop."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, *, tune_gc: bool = True
    ) -> None:
        """`tune_gc`: whether the process is ours, and its garbage is collected as suits us."""
        self.settings = settings
        self._peering = _read_peering(settings)
        self.worlds = Worlds(self._make_world)
        self.world = World(settings, clock, worlds=self.worlds)
        self.worlds.first = self.world.app
        self.app: Any = self.worlds
        """The ASGI application of all worlds."""
        self.server = HttpServer(
            self.app,
            ServerSettings(
                host=settings.host,
                http_port=settings.http_port,
                https_port=settings.https_port,
                data_directory=settings.data,
                tune_gc=tune_gc,
            ),
        )
        self.sip: SipLeg | None = None
        """The SIP leg of the first world, if it has one and is started."""

    @property
    def store(self) -> Store:
        """The first world's."""
        return self.world.store

    @property
    def platform(self) -> Platform:
        """The first world's."""
        return self.world.platform

    @property
    def doors(self) -> Doors:
        """The first world's."""
        return self.world.doors

    async def start(self) -> None:
        """Let time run and open the doors; OSError if a port is taken.

        With a snapshot in the settings also if it cannot be read, or `SnapshotRefused`.
        """
        await self.world.start()
        if self.settings.has_sip:
            self.sip = await _make_sip(self.platform, self.settings, self._peering)
        if self.settings.snapshot is not None:
            await self.world.load(await asyncio.to_thread(self.settings.snapshot.read_bytes))
        if self.sip is not None:
            await self.sip.start()
        await self.server.start()

    async def stop(self) -> None:
        """Close the doors of every world, keep what is to be kept."""
        # Both say goodbye, and wait for others meanwhile.
        leaving = [self.server.stop()] + ([self.sip.stop()] if self.sip is not None else [])
        await asyncio.gather(*leaving)
        await self.worlds.close()
        await self.world.stop()

    async def _make_world(self, wanted: Wanted) -> World:
        settings = replace(self.settings, data=None, database="", snapshot=None, **wanted.settings)
        start = real_time() if wanted.start is None else wanted.start
        clock = Clock(start, real_time, scale=settings.clock_scale)
        # What takes long must not hold up the other worlds.
        world = await asyncio.to_thread(
            World, settings, clock, name=wanted.name, worlds=self.worlds
        )
        await world.start()
        return world
