"""Who works: agents by queue and by work number (CEC 5.2.11–13)."""

from __future__ import annotations

from pydantic import BaseModel

from emulator.surfaces.cec.gateway import states
from emulator.surfaces.cec.gateway.component import (
    GatewayRequest,
    WorkNo,
    codes,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.errors import failures
from emulator.surfaces.cec.gateway.queuedevice import NO_QUEUES, require_queues
from emulator.surfaces.cec.gateway.sessions import Sessions
from emulator.surfaces.coercion import Int
from emulator.switch.errors import UnknownAgent
from emulator.switch.model import Agent
from emulator.switch.terms import VOICE_AND_VIDEO

AGENT_GROUP = "/resource/agentgroup/{agentid}"
"""Where the interfaces of 5.2.11–13 begin."""

NO_GROUP = 0
"""Agent groups are not configured here: everybody is in none."""
SIGNED_OUT, PLATFORM_ONLY = "FFF", "TFF"


class AgentSkill(BaseModel):
    """A queue that the agent has signed in to (Table 5-87)."""

    name: str
    id: int
    mediatype: int


class AgentDetails(BaseModel):
    """An agent (Table 5-82); states as text, `currentstatetime` in seconds, `logindate` in ms.

    `mediatype` shows CTI server, WebM and MailM as T or F.
    """

    workno: str
    name: str
    status: str
    ctiStatus: str  # noqa: N815
    groupid: int
    groupname: str | None
    skilllist: list[AgentSkill]
    callids: list[str]
    mediatype: str
    vdnid: int
    phonenumber: str
    currentstatetime: int
    logindate: int
    inMultimediaConf: int  # noqa: N815
    currentStateReason: int  # noqa: N815


@gateway.get(
    AGENT_GROUP + "/agentbyskill/{skillid}",
    section="5.2.11",
    message="",
    codes=codes("300-002"),
    failures=failures(UnknownAgent="300-002"),
)
def agents_of_queue(call: GatewayRequest, skillid: Int) -> list[AgentDetails]:
    """List who has signed in to a queue and takes its calls."""
    gateway, asking = call.platform, signed_in(call)
    queue = gateway.switch.queue(asking.tenant.id, skillid)
    found = [agent for agent in queue.agents.values() if agent.takes_calls]
    if not found:
        raise UnknownAgent(f"nobody works for queue {skillid}")
    return [details(agent, gateway.sessions, gateway.switch.now) for agent in found]


@gateway.get(AGENT_GROUP + "/agentbyworkno/{workno}", section="5.2.12", message="", codes=codes())
def agent_by_work_number(call: GatewayRequest, workno: WorkNo) -> AgentDetails:
    """Show an agent of the VDN, signed in or not."""
    gateway = call.platform
    agent = signed_in(call).tenant.agents.get(workno)
    if agent is None:
        raise UnknownAgent(f"there is no agent {workno}")
    found = details(agent, gateway.sessions, gateway.switch.now)
    found.skilllist = [
        AgentSkill(name=queue.config.name, id=queue.id, mediatype=int(queue.config.media_type))
        for queue, _ in agent.memberships
    ]
    return found


class QueueAgents(BaseModel):
    """A queue and who has signed in to it (Table 5-91)."""

    skillMediaType: int  # noqa: N815
    skillId: int  # noqa: N815
    agent: list[AgentDetails]


@gateway.get(
    AGENT_GROUP + "/allonlineagents",
    section="5.2.13",
    codes=codes("600-005"),
    failures=NO_QUEUES,
)
def agents_of_all_queues(call: GatewayRequest) -> list[QueueAgents]:
    """List who has signed in to each queue of the VDN; queues without agents are left out."""
    gateway, now = call.platform, call.platform.switch.now
    return [
        QueueAgents(
            skillMediaType=int(queue.config.media_type),
            skillId=queue.id,
            agent=[details(agent, gateway.sessions, now) for agent in queue.agents.values()],
        )
        for queue in require_queues(signed_in(call).tenant)
        if queue.agents
    ]


def details(agent: Agent, sessions: Sessions, now: int) -> AgentDetails:
    """Everything but the queues and calls of the agent."""
    active = agent.active
    conferring = active is not None and active.call.conference
    by_video = active is not None and active.call.ability == VOICE_AND_VIDEO
    return AgentDetails(
        workno=str(agent.work_no),
        name=agent.config.name,
        status=str(states.gateway_state(agent)),
        ctiStatus=str(states.cti_state(agent)),
        groupid=NO_GROUP,
        groupname=None,
        skilllist=[],
        callids=[],
        mediatype=_media_servers(agent, sessions),
        vdnid=agent.tenant.id,
        phonenumber=agent.phone.number if agent.phone is not None else agent.config.phone,
        currentstatetime=(now - agent.state_since) // 1_000_000 if agent.signed_in else 0,
        logindate=agent.logged_on_at // 1000 if agent.signed_in else 0,
        inMultimediaConf=int(conferring and by_video),
        currentStateReason=agent.reason if agent.signed_in else 0,
    )


def _media_servers(agent: Agent, sessions: Sessions) -> str:
    if not agent.signed_in:
        return SIGNED_OUT
    session = sessions.get(agent.work_no)
    return PLATFORM_ONLY if session is None else session.media_servers
