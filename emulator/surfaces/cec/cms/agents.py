"""Agents by work number: queues, states, calls, indicators (CEC 12.3.1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain.indicators import realtime
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, Compatible, cms
from emulator.surfaces.cec.cms.fields import AgentId, VdnBody, agents_in_order, page
from emulator.surfaces.cec.cms.shown import LOCATION, OUTBOUND, IndicatorIds
from emulator.surfaces.cec.cms.vdn import IndicatorValue, SmallPageBody
from emulator.surfaces.coercion import spelled
from emulator.switch.agents import UNAVAILABLE
from emulator.switch.model import Agent, Connection
from emulator.switch.terms import ALERTING, HOLD, IN_CALL_STATES, REST, AgentState

AGENT_ID = spelled("agentId", "agentid")
AGENT_IDS = spelled("agentIds", "agentids")


class AgentBody(VdnBody):
    """Which agent of a VDN."""

    agent_id: AgentId = AGENT_ID

    def agent(self, call: CmsRequest) -> Agent:
        """The agent; refuses one that is not there."""
        return shown.agent_of(self.tenant(call), self.agent_id)


class AgentsBody(VdnBody):
    """At most 6,000 agents of a VDN."""

    agent_ids: Annotated[list[AgentId], Field(min_length=1, max_length=6000)] = AGENT_IDS

    def agents(self, call: CmsRequest) -> list[Agent]:
        """The agents in the order asked for; those that do not exist are left out."""
        agents = self.tenant(call).agents
        return [agents[it] for it in self.agent_ids if it in agents]


class SomeAgentsBody(AgentsBody):
    """At most 3,000 agents of a VDN."""

    agent_ids: Annotated[list[AgentId], Field(min_length=1, max_length=3000)] = AGENT_IDS


# Queues


class AgentSkill(TypedDict):
    """A queue of an agent, and whether it is signed in to it (Table 12-457)."""

    skillId: int
    isLogin: int


class AgentSkills(TypedDict):
    """An agent's queues (Table 12-456)."""

    agentId: int
    skills: list[AgentSkill]


@cms.post(
    "/v1/openapi/agentgroup/siteagentcallandskillinfobyagentids",
    section="12.3.1.3.1",
    codes=CODES,
)
def skills(call: CmsRequest, body: AgentsBody) -> Compatible[list[AgentSkills]]:
    """Show agents' queues."""
    return Compatible([_skills(it) for it in body.agents(call)])


def _skills(agent: Agent) -> AgentSkills:
    joined = {queue.id for queue, _ in agent.memberships}
    return AgentSkills(
        agentId=agent.work_no,
        skills=[
            AgentSkill(skillId=it.queue, isLogin=int(it.queue in joined))
            for it in agent.config.skills
        ],
    )


# States


class AgentInfo(TypedDict):
    """An agent's state and the one before (Table 12-461)."""

    agentId: int
    locationId: int
    currentStateReason: int
    prevState: int
    prevStateTime: int
    currentState: int
    currentStateTime: int
    logonTime: int
    agentRelease: int
    currentPrivateCallNum: int


@cms.post("/v1/openapi/agentgroup/agentstatusinfobyagentids", section="12.3.1.3.2", codes=CODES)
def infos(call: CmsRequest, body: AgentsBody) -> Compatible[list[AgentInfo]]:
    """Show agents' states."""
    return Compatible([_info(call, it) for it in body.agents(call)])


def _info(call: CmsRequest, agent: Agent) -> AgentInfo:
    platform, view = call.platform, shown.view(call.platform, agent)
    previous = agent.last_state
    return AgentInfo(
        agentId=agent.work_no,
        locationId=LOCATION,
        currentStateReason=agent.reason if agent.state is REST else shown.NO_REASON,
        prevState=int(previous or AgentState.SIGNED_OUT),
        prevStateTime=(
            shown.NO_PREVIOUS_TIME if previous is None else platform.live.previous_time(agent)
        ),
        currentState=view.state,
        currentStateTime=view.state_time,
        logonTime=shown.signed_in_at(agent),
        agentRelease=platform.tallies.of(agent).released,
        currentPrivateCallNum=len(private_calls_of(agent)),
    )


class Team(TypedDict):
    """Agents by state (Table 12-478)."""

    loginEd: int
    talking: int
    idle: int
    usable: int
    setBusy: int
    workSubStateBegin: int
    rest: int
    studying: int
    occupy: int
    preoccupy: int
    answering: int
    lateAdjust: int


@cms.post("/v1/openapi/agentgroup/teamagentstatusinfo", section="12.3.1.3.6", codes=CODES)
def team(call: CmsRequest, body: AgentsBody) -> Compatible[Team]:
    """Count agents by state; one that is named twice counts once."""
    agents = list(dict.fromkeys(body.agents(call)))
    number = _by_state(agents)
    return Compatible(
        Team(
            loginEd=len(agents) - number[AgentState.SIGNED_OUT],
            talking=number[AgentState.TALKING],
            idle=number[AgentState.IDLE],
            usable=sum(it.availability != UNAVAILABLE for it in agents),
            setBusy=number[AgentState.BUSY],
            workSubStateBegin=number[AgentState.WRAP_UP],
            rest=number[AgentState.REST],
            studying=number[AgentState.STUDY],
            occupy=number[AgentState.OCCUPIED],
            preoccupy=number[AgentState.PREOCCUPIED],
            answering=number[AgentState.ANSWERING],
            lateAdjust=0,
        )
    )


def _by_state(agents: Sequence[Agent]) -> list[int]:
    number = [0] * len(AgentState)
    for it in agents:
        number[it.state] += 1
    return number


class SystemState(TypedDict):
    """Agents by what they can do (Table 12-495)."""

    busyAgent: int
    talkingNum: int
    idleAgent: int
    totalLoginAgent: int


@cms.post("/v1/openapi/agentgroup/systemstate", section="12.3.1.3.10", codes=CODES)
def system_state(call: CmsRequest, body: SmallPageBody) -> Compatible[SystemState]:
    """Count one page of agents by state."""
    agents = page(agents_in_order(body.tenant(call)), body.offset, body.limit)
    number = _by_state(agents)
    return Compatible(
        SystemState(
            busyAgent=number[AgentState.BUSY],
            talkingNum=number[AgentState.TALKING],
            idleAgent=number[AgentState.IDLE],
            totalLoginAgent=len(agents) - number[AgentState.SIGNED_OUT],
        )
    )


class AgentDetails(TypedDict):
    """An agent (Table 12-481); the third field is spelled so."""

    workNo: int
    vdnId: int
    citStatus: int
    name: str
    phoneNumber: str | None
    loginDate: int
    currentStateTime: int
    mediaType: int
    status: int


@cms.post("/v1/openapi/agent/agentbyworkno", section="12.3.1.3.7", codes=CODES)
def details(call: CmsRequest, body: AgentBody) -> AgentDetails:
    """Show an agent."""
    agent = body.agent(call)
    view = shown.view(call.platform, agent)
    return AgentDetails(
        workNo=agent.work_no,
        vdnId=agent.tenant.id,
        citStatus=view.state,
        name=agent.config.name,
        phoneNumber=view.phone,
        loginDate=shown.signed_in_at(agent),
        currentStateTime=view.state_time,
        mediaType=shown.media_of(agent),
        status=shown.STATUS[agent.state],
    )


# Calls


@cms.post("/v1/openapi/agent/queryagentcalls", section="12.3.1.3.3", codes=CODES)
def calls(call: CmsRequest, body: AgentBody) -> Compatible[list[str]]:
    """List the ids of an agent's calls."""
    return Compatible([it.call.id for it in body.agent(call).connections])


class AgentCall(TypedDict):
    """A call of an agent (Table 12-469)."""

    callId: str
    callStatus: int
    callInOut: int
    mediaType: int


class AgentCalls(TypedDict):
    """An agent's calls (Table 12-468)."""

    agentId: int
    callList: list[AgentCall]


@cms.post("/v1/openapi/agentgroup/queryagentcalls", section="12.3.1.3.4", codes=CODES)
def calls_of_agents(call: CmsRequest, body: SomeAgentsBody) -> list[AgentCalls]:
    """List agents' calls."""
    return [
        AgentCalls(agentId=it.work_no, callList=[_call(own) for own in it.connections])
        for it in body.agents(call)
    ]


def _call(own: Connection) -> AgentCall:
    return AgentCall(
        callId=own.call.id,
        callStatus=call_status(own),
        callInOut=int(own.call.type in OUTBOUND),
        mediaType=int(own.call.media),
    )


OCCUPIED, ALERTS, TALKS, HELD, SUSPENDED, MUTED, THREE_PARTIES = 1, 4, 5, 6, 7, 8, 9


def call_status(own: Connection) -> int:
    """The call as it is for the agent (Table 12-470)."""
    if own.state is ALERTING:
        return ALERTS
    if own.call.ivr is not None:
        return SUSPENDED
    if own.state is HOLD:
        return HELD
    if not own.talk_begin:
        return OCCUPIED
    if own.muted:
        return MUTED
    return THREE_PARTIES if own.call.conference else TALKS


@cms.post("/v1/openapi/agent/agentprivatecall", section="12.3.1.3.5", codes=CODES)
def private_calls(call: CmsRequest, body: AgentBody) -> Compatible[list[str]]:
    """List the calls that wait for one agent alone."""
    return Compatible(private_calls_of(body.agent(call)))


def private_calls_of(agent: Agent) -> list[str]:
    """Calls that have been sent to this agent and that it has still to answer.

    The switch has no private queues: who sends a call to an agent that cannot take one is refused.
    """
    return [it.call.id for it in agent.connections if it.state is ALERTING and it.transfer_from]


@cms.post("/v1/openapi/calldata/isprocesscall", section="12.3.1.3.9", codes=CODES)
def processes_call(call: CmsRequest, body: AgentBody) -> Compatible[bool]:
    """Tell whether an agent has a call."""
    agent = body.agent(call)
    return Compatible(bool(agent.connections) or agent.state in IN_CALL_STATES)


# Indicators


class AgentIndicators(TypedDict):
    """An agent's indicators (Table 12-499)."""

    id: int
    idxs: list[IndicatorValue]


class AgentIndicatorsBody(AgentsBody):
    """Which indicators of which agents."""

    agent_ids: Annotated[list[AgentId], Field(min_length=1, max_length=100)] = AGENT_IDS
    index_ids: Annotated[IndicatorIds, Field(max_length=len(realtime.AGENT))] = spelled("indexIds")


@cms.post("/v1/openapi/agentgroup/rindex", section="12.3.1.3.11", codes=CODES)
def agent_indicators(call: CmsRequest, body: AgentIndicatorsBody) -> list[AgentIndicators]:
    """Show real-time indicators of agents."""
    indicators = shown.chosen(body.index_ids, realtime.AGENT)

    def values(agent: Agent) -> list[tuple[str, Any]]:
        return shown.values(indicators, shown.view(call.platform, agent))

    return [
        AgentIndicators(
            id=it.work_no,
            idxs=[IndicatorValue(id=code, val=value) for code, value in values(it)],
        )
        for it in body.agents(call)
    ]
