"""The agent gateway: its component, and what its interfaces find as `call.platform`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from emulator.domain.tallies import Tallies
from emulator.platform import Platform
from emulator.surfaces.cec.auth_c4 import (
    AgentRequest,
    AuthMode,
    GuidSessions,
    GuidSettings,
    guid_gates,
)
from emulator.surfaces.cec.auth_c5 import MODE as C5
from emulator.surfaces.cec.auth_c5 import ConfigGate, ConfigSessions
from emulator.surfaces.cec.component import Component, Door
from emulator.surfaces.cec.envelope import GatewayEnvelope
from emulator.surfaces.cec.gateway.errors import ERRORS, failures
from emulator.surfaces.cec.gateway.flowcontrol import FlowControl
from emulator.surfaces.cec.gateway.recognition import Subscriptions
from emulator.surfaces.cec.gateway.sessions import Sessions
from emulator.surfaces.coercion import DigitText, Int, MaxBytes, Text, spelled
from emulator.switch.agents import require_signed_in
from emulator.switch.model import Agent
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
        self.tallies = Tallies(
            lambda call_id: platform.switch.calls.get(call_id),
            lambda work_no: platform.switch.agents.get(work_no),
        )
        platform.subscribe(self.tallies)
        platform.keep(
            self.guids.part(),
            self.config_sessions.part(),
            *self.sessions.parts(),
            *self.subscriptions.parts(),
            self.tallies.part(),
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


GatewayRequest = AgentRequest[Gateway]

gateway: Component[Gateway] = Component(
    "gateway",
    prefix="/agentgateway",
    envelope=GatewayEnvelope(),
    errors=ERRORS,
    auth="C4",
    wrappers=("requestParam", "reqBody", "requestBody"),
)

ONLINE_AGENT = "/resource/onlineagent/{agentid}"
"""Where the interfaces of 6.1.1 begin."""

VOICE_CALL = "/resource/voicecall/{agentid}"
MEDIA_CALL = "/resource/mediacall/{agentid}"
AGENT_CONFERENCE = "/resource/agentconf/{agentid}"

CallData = Annotated[Text, MaxBytes(16 * 1024)]
CallerDigits = Annotated[DigitText, Field(max_length=24, pattern=r"^[0-9]*$")]
DialDigits = Annotated[DigitText, Field(min_length=1, max_length=24, pattern=r"^[0-9*#]+$")]
VIDEO_ABILITY = 1
"""`mediaability` of a video call."""

WorkNo = Annotated[Int, Field(ge=101, le=59999)]
Number = Annotated[Text, Field(min_length=1, max_length=24)]
Token = Annotated[Text, Field(max_length=50, pattern=r"^[A-Za-z0-9._~+/=-]*$")]
"""A client's own token. The reference forbids special characters and does not say which those are:
here everything but the characters of a bearer token (RFC 6750)."""
CallId = Annotated[Text, Field(min_length=1, max_length=64)]


class CallQuery(BaseModel):
    """Which call, where it is not the only one."""

    call_id: Text = spelled("callid", "callId", default="")


def open_gateway(platform: Platform, opened: Gateway) -> Door[Gateway]:
    """The gateway's door for a platform."""
    gates = guid_gates(opened.guids, lambda: platform.now, opened.flow_control.admit)
    gates[C5] = ConfigGate(opened.config_sessions)
    return gateway.open(opened, gates, life=platform, traffic=platform.traffic)


def codes(*extra: str) -> Sequence[str]:
    """The codes of an interface that needs a signed-in agent."""
    return ("100-006", "100-007", *extra)


HOLD_CODES = codes("200-013", "200-014")
HOLD_FAILURES = failures(NoCall="200-013", WrongCallState="200-014")


def signed_in(call: GatewayRequest) -> Agent:
    """The agent of the request; raises if it has not signed in."""
    agent = call.platform.switch.agent(call.agent_id)
    require_signed_in(agent)
    return agent
