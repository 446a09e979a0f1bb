"""What clients of earlier releases call at the agent gateway: outside the 2.5 reference.

Served only with the setting `older_interfaces`. Each address, and as much of each answer as is
shown, was read from public client programs; `docs/decisions.md` says which. Nothing here has a
state of its own: the same agents and calls answer as at the documented addresses.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.auth_c4 import AgentRequest, guid_gates
from emulator.surfaces.cec.component import Component, Door
from emulator.surfaces.cec.envelope import Answer, GatewayEnvelope
from emulator.surfaces.cec.gateway.agentevent import EMPTY, Event
from emulator.surfaces.cec.gateway.agentgroup import AGENT_GROUP, AgentDetails, details
from emulator.surfaces.cec.gateway.calldata import CALL_DATA
from emulator.surfaces.cec.gateway.client import AgentSession
from emulator.surfaces.cec.gateway.component import (
    VOICE_CALL,
    GatewayRequest,
    WorkNo,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.desk import Gateway
from emulator.surfaces.cec.gateway.errors import ERRORS
from emulator.surfaces.cec.request import CecRequest
from emulator.surfaces.coercion import Text, spelled
from emulator.switch.model import Agent
from emulator.switch.terms import IDLE

OUTSIDE = "outside 2.5"
BATCH = "guid of any agent"
"""How the batch poll authenticates: its path names no agent."""
MOST_AGENTS = 500

older: Component[Gateway] = Component(
    "older",
    prefix="/agentgateway",
    envelope=GatewayEnvelope(),
    errors=ERRORS,
    auth="C4",
    wrappers=gateway.wrappers,
)


class BatchGate:
    """Admits whoever shows the guid of an agent, in that agent's name."""

    request_class: type[CecRequest[Any]] = AgentRequest

    def __init__(self, opened: Gateway) -> None:
        self._gateway = opened

    def admit(self, request: AgentRequest[Any]) -> None:
        """Find the agent by the guid; 0: guids are not checked."""
        guid = request.header(b"guid")
        shown = None if guid is None else guid.decode("latin-1")
        request.agent_id = self._gateway.guids.owner(shown) or 0

    def claimed(self, request: AgentRequest[Any]) -> tuple[int, str]:
        """Nobody in particular: the address names no agent."""
        return 0, ""


class OlderFirst:
    """The gateway's door with the older interfaces before it."""

    def __init__(self, opened: Gateway, door: Door[Gateway]) -> None:
        gates = {
            **guid_gates(opened.guids, lambda: opened.platform.now, opened.flow_control.admit),
            BATCH: BatchGate(opened),
        }
        self._older = older.open(
            opened, gates, life=opened.platform, traffic=opened.platform.traffic
        )
        self._door = door

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request: an older address comes first, `allagentevent` looks like an agent."""
        is_older = scope["type"] == "http" and older.table.find(scope["method"], scope["path"])
        await (self._older if is_older else self._door)(scope, receive, send)


# Events of all agents


class BatchAnswer(BaseModel):
    """Events of several agents; without any it has no third field."""

    message: str
    retcode: str
    event: list[Event] | None = None


@older.get("/resource/agentevent/allagentevent", section=OUTSIDE, auth=BATCH, answers=BatchAnswer)
async def poll_all(call: GatewayRequest) -> Answer:
    """Fetch what waits for all polled agents of the VDN, waiting for something for a while."""
    sessions, switch = call.platform.sessions, call.platform.switch
    tenant = switch.agent(call.agent_id).tenant if call.agent_id else None

    def mine() -> list[AgentSession]:
        return [s for s in sessions.polled() if tenant is None or s.agent in tenant.agents]

    if not any(session.events for session in mine()):
        await sessions.news(call.platform.platform.settings.poll_wait)
    told, chosen = [], []
    for session in mine():
        sessions.heard(session.agent)
        if session.events and not session.in_flight:
            told += session.first_events(len(session.events))
            chosen.append(session)
    if not told:
        return Answer(EMPTY)
    call.on_delivery(partial(_delivered, call.platform, chosen))
    return Answer.json({"message": "", "retcode": "0", "event": told})


def _delivered(opened: Gateway, chosen: list[AgentSession], arrived: bool) -> None:
    for session in chosen:
        session.delivered(arrived)
        if session.closing and not session.events:
            opened.sessions.drop(session.agent)
            opened.guids.close(session.agent)


# Agents


class Name(BaseModel):
    """An agent's number, as text, and name."""

    workno: str
    name: str


class RestReason(BaseModel):
    """A reason to rest."""

    restReasonId: int  # noqa: N815
    restReason: str  # noqa: N815


class AgentListBody(BaseModel):
    """The agents that are asked about; those that do not exist are left out."""

    agents: Annotated[list[WorkNo], Field(min_length=1, max_length=MOST_AGENTS)] = spelled(
        "agentlist", "agentList"
    )


def _shown(call: GatewayRequest, agents: list[Agent], *, cti: bool = False) -> list[AgentDetails]:
    """The agents' details; with `cti` their state is that of the CTI platform (Table 6-453)."""
    opened = call.platform
    found = [details(agent, opened.sessions, opened.switch.now) for agent in agents]
    if cti:
        for shown in found:
            shown.status = shown.ctiStatus
    return found


@older.get(AGENT_GROUP + "/onlineagentonvdn", section=OUTSIDE, message="")
def signed_in_agents(call: GatewayRequest) -> list[AgentDetails]:
    """List the agents of the VDN that have signed in."""
    agents = signed_in(call).tenant.agents.values()
    return _shown(call, [agent for agent in agents if agent.signed_in])


@older.get(AGENT_GROUP + "/allagentstatus", section=OUTSIDE, message="")
def all_agents(call: GatewayRequest) -> list[AgentDetails]:
    """List all agents of the VDN with their states."""
    return _shown(call, list(signed_in(call).tenant.agents.values()))


@older.post(AGENT_GROUP + "/agentinfonoskills", section=OUTSIDE, message="")
def agents_by_number(call: GatewayRequest, body: AgentListBody) -> list[AgentDetails]:
    """Show agents of the VDN, their queues left out."""
    agents = signed_in(call).tenant.agents
    return _shown(call, [agents[number] for number in body.agents if number in agents], cti=True)


@older.get(AGENT_GROUP + "/idleagent", section=OUTSIDE, message="")
def idle_agents(call: GatewayRequest) -> list[Name]:
    """List the idle agents of the VDN."""
    agents = signed_in(call).tenant.agents.values()
    return [
        Name(workno=str(agent.work_no), name=agent.config.name)
        for agent in agents
        if agent.state is IDLE
    ]


@older.get(AGENT_GROUP + "/agentwasnameonvdn", section=OUTSIDE, message="")
def names(call: GatewayRequest) -> dict[str, str]:
    """Give the names of all agents of the VDN, by number."""
    agents = signed_in(call).tenant.agents.values()
    return {str(agent.work_no): agent.config.name for agent in agents}


@older.get(AGENT_GROUP + "/restreason", section=OUTSIDE, message="")
def rest_reasons(call: GatewayRequest) -> list[RestReason]:
    """List the VDN's reasons to rest."""
    return [
        RestReason(restReasonId=reason.code, restReason=reason.name)
        for reason in signed_in(call).tenant.config.rest_reasons
    ]


@older.get(AGENT_GROUP + "/iscensor", section=OUTSIDE, message="")
def is_inspector(call: GatewayRequest) -> bool:
    """Say whether the agent is an inspector."""
    return signed_in(call).is_inspector


# Calls and phones


@older.get(CALL_DATA + "/allcallid", section=OUTSIDE, message="")
def call_ids(call: GatewayRequest) -> list[Text]:
    """List the agent's calls."""
    return [connection.call.id for connection in signed_in(call).connections]


@older.get(CALL_DATA + "/remotenumbers", section=OUTSIDE, message="")
def remote_numbers(call: GatewayRequest) -> list[Text]:
    """List the numbers of those in the agent's calls."""
    agent = signed_in(call)
    return [
        party.number
        for connection in agent.connections
        for party in connection.call.connections
        if party is not connection
    ]


@older.delete(VOICE_CALL + "/releasephone", section=OUTSIDE)
def hang_phone_up(call: GatewayRequest) -> None:
    """Hang up the agent's phone, also one that stays off the hook between calls."""
    phone = signed_in(call).phone
    assert phone is not None
    call.platform.switch.phone_on_hook(phone.number)
