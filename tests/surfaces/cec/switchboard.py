"""A small component for the tests: five interfaces of an agent gateway on a pretend platform."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, Any
from weakref import WeakSet

from pydantic import BaseModel, Field

from emulator.surfaces.cec.auth_c4 import (
    SIGN_IN,
    AgentRequest,
    AuthMode,
    GuidRefused,
    GuidSessions,
    GuidSettings,
    NotSignedIn,
    guid_gates,
)
from emulator.surfaces.cec.component import Component, Door
from emulator.surfaces.cec.envelope import Answer, GatewayEnvelope
from emulator.surfaces.cec.errors import ErrorTable, Failure, ParameterError
from emulator.surfaces.cec.request import CecRequest
from emulator.surfaces.coercion import Bool, Int, MaxBytes, Text, spelled
from emulator.traffic import Traffic
from emulator.traffic.journal import Journal


class NoSuchNumber(Exception):
    """The called number leads nowhere."""


@dataclass(slots=True)
class Platform:
    """A pretend call center."""

    now: int = 0
    calls: list[tuple[int, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)
    deliveries: list[bool] = field(default_factory=list)
    poll_started: asyncio.Event = field(default_factory=asyncio.Event)
    poll_seconds: float = 0.0
    refusals: WeakSet[NoSuchNumber] = field(default_factory=WeakSet)
    """Those that are still in memory."""

    def refuse(self) -> NoSuchNumber:
        """What to raise if a number is wrong."""
        refusal = NoSuchNumber()
        self.refusals.add(refusal)
        return refusal


ERRORS = ErrorTable(
    {
        NotSignedIn: Failure("100-006", "not signed in"),
        GuidRefused: Failure("000-003", "no permission"),
        NoSuchNumber: Failure("200-001", "wrong number"),
    },
    parameter=Failure("000-002", "invalid parameter"),
    unforeseen=Failure("100-007", "internal error"),
    unknown_path=Failure("210-001", "not found", status=404),
    wrong_method=Failure("210-001", "not found", status=405),
)

gateway: Component[Platform] = Component(
    "gateway",
    prefix="/agentgateway",
    envelope=GatewayEnvelope(),
    errors=ERRORS,
    auth="C4",
    wrappers=("reqBody", "requestParam"),
)


class SignInBody(BaseModel):
    password: Text = ""
    phone: Text = spelled("phonenum", "phoneNum")


class CalloutBody(BaseModel):
    called: Annotated[Text, Field(min_length=1, max_length=24)]
    skill_id: Int | None = spelled("skillid", "skillId", default=None)
    media_ability: Annotated[Int, Field(ge=0, le=2)] = spelled("mediaability", default=0)
    data: Annotated[Text, MaxBytes(16 * 1024)] = spelled("callappdata", default="")
    video: Bool = False


@gateway.put(
    "/resource/onlineagent/{agentid}",
    section="6.1.1.1",
    auth=SIGN_IN,
    failures={ParameterError: Failure("100-001", "invalid sign-in parameter")},
)
def sign_in(call: AgentRequest[Platform], body: SignInBody) -> None:
    """Sign an agent in."""
    call.open_session()


@gateway.put(
    "/resource/voicecall/{agentid}/callout",
    section="6.1.2.1",
    codes=("000-002", "100-006", "100-007", "200-001"),
    events=("AgentEvent_Talking",),
)
def callout(call: AgentRequest[Platform], body: CalloutBody) -> str:
    """Make an outbound call."""
    if body.called == "404":
        raise call.platform.refuse()
    if body.called == "500":
        raise RuntimeError("a secret of the implementation")
    call.platform.calls.append((call.agent_id, body.called))
    call.platform.bodies.append(body)
    return "1455885056-1095"


@gateway.delete("/resource/voicecall/{agentid}/release", section="6.1.2.8")
def release(call: AgentRequest[Platform]) -> None:
    """Hang up."""


@gateway.delete(
    "/resource/voicecall/{agentid}/{callid}", section="6.1.2.9", also=("/old/{agentid}/{callid}",)
)
def drop(call: AgentRequest[Platform], callid: Text, force: Bool = False) -> dict[str, Any]:
    """Drop one call."""
    return {"callid": callid, "force": force}


@gateway.get("/resource/agentevent/{agentid}", section="6.1.4.1", answers=dict[str, Any])
async def poll(call: AgentRequest[Platform]) -> Answer:
    """Wait for an event."""
    call.on_delivery(call.platform.deliveries.append)
    call.platform.poll_started.set()
    await asyncio.sleep(call.platform.poll_seconds)
    call.renew_guid()
    return Answer.json({"message": "", "retcode": "0"})


@gateway.get("/resource/version", section="6.9", auth=None)
def version(call: CecRequest[Platform]) -> str:
    """Name the version."""
    return "2.5"


def open_gateway(platform: Platform, mode: AuthMode = AuthMode.DYNAMIC) -> Door[Platform]:
    """Open the gateway's door for a platform."""

    traffic = Traffic(platform.journal, Random(1), lambda: platform.now, lambda agent, _: 0)
    sessions = GuidSessions(GuidSettings(mode), Random(1))
    return gateway.open(platform, guid_gates(sessions, lambda: platform.now), traffic=traffic)
