"""Notes, skills, modes and states of agents (CEC 6.1.1.4–15, 17, 22, 27–29)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import (
    ONLINE_AGENT,
    GatewayRequest,
    WorkNo,
    codes,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.errors import (
    failure,
    failures,
)
from emulator.surfaces.coercion import Bool, Int, Long, MaxBytes, Text, spelled
from emulator.switch.agents import NO_CUSTOM_STATE
from emulator.switch.errors import WrongAgentState
from emulator.switch.model import Agent
from emulator.switch.terms import AgentState


class NoteBody(BaseModel):
    """A note of up to 1023 bytes for at most 100 agents."""

    agent_ids: Annotated[list[Int], Field(min_length=1, max_length=100)] = spelled("agentIds")
    content: Annotated[Text, MaxBytes(1023)]


class NoteAnswer(BaseModel):
    """The answer to a note: its result is null."""

    message: str
    retcode: str
    result: None


@gateway.post(
    ONLINE_AGENT + "/sendnoteletex",
    section="6.1.1.4",
    codes=codes("100-001"),
    events=("AgentOther_Note",),
    failures={ParameterError: failure("100-001")},
    answers=NoteAnswer,
)
def send_note(call: GatewayRequest, body: NoteBody) -> Answer:
    """Send a note to other agents."""
    call.platform.switch.send_note(call.agent_id, body.agent_ids, body.content)
    return Answer.json({"message": "success", "retcode": "0", "result": None})


# Skills


class Skill(BaseModel):
    """A skill queue of an agent."""

    name: str
    id: int
    mediatype: int


@gateway.get(ONLINE_AGENT + "/agentskills", section="6.1.1.5", codes=codes())
def own_skills(call: GatewayRequest) -> list[Skill]:
    """List the agent's configured skill queues."""
    return _skills(signed_in(call))


@gateway.get(ONLINE_AGENT + "/agentskillsbyworkno/{workno}", section="6.1.1.6", codes=codes())
def skills_of(call: GatewayRequest, workno: WorkNo) -> list[Skill]:
    """List the configured skill queues of an agent of the same VDN."""
    asking = signed_in(call)
    agent = asking.tenant.agents.get(workno)
    if agent is None:
        raise WrongAgentState(f"there is no agent {workno}")
    return _skills(agent)


def _skills(agent: Agent) -> list[Skill]:
    queues = agent.tenant.queues
    return [
        Skill(name=queue.config.name, id=queue.id, mediatype=int(queue.config.media_type))
        for skill in agent.config.skills
        if (queue := queues.get(skill.queue)) is not None
    ]


class SkillsQuery(BaseModel):
    """The queues to sign in to, separated by semicolons."""

    skills: Annotated[Text, Field(max_length=4000)] = spelled("skillid", "skillId", default="")
    phone_linkage: Annotated[Int, Field(ge=0, le=1)] = spelled(
        "phonelinkage", "phoneLinkage", default=0
    )


@gateway.post(ONLINE_AGENT + "/resetskill/{autoflag}", section="6.1.1.8", codes=codes("000-002"))
def reset_skills(call: GatewayRequest, autoflag: Text, query: SkillsQuery) -> dict[str, Any]:
    """Sign in to all configured skill queues, or to those that are named."""
    named = _queue_ids(query.skills)
    wanted = None if autoflag == "true" else named
    call.platform.switch.set_skills(call.agent_id, wanted)
    return {}


def _queue_ids(text: str) -> list[int]:
    parts = [part for part in text.split(";") if part]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise ParameterError("query.skillid")
    return [int(part) for part in parts]


# Modes


@gateway.post(
    ONLINE_AGENT + "/autoanswer/{isautoanswer}", section="6.1.1.7", codes=("000-002", "100-006")
)
def set_auto_answer(
    call: GatewayRequest, isautoanswer: Annotated[Text, Field(max_length=5)]
) -> dict[str, Any]:
    """Answer calls automatically, or by hand."""
    call.platform.switch.set_auto_answer(call.agent_id, isautoanswer == "true")
    return {}


@gateway.post(ONLINE_AGENT + "/autoenteridle/{flag}", section="6.1.1.17", codes=codes())
def set_auto_idle(
    call: GatewayRequest, flag: Annotated[Text, Field(min_length=1, max_length=5)]
) -> dict[str, Any]:
    """Be idle after a call, or in wrap-up."""
    call.platform.switch.set_auto_idle(call.agent_id, flag == "true")
    return {}


@gateway.post(ONLINE_AGENT + "/settalkright", section="6.1.1.22", codes=("000-002", "100-007"))
def set_talk_right(call: GatewayRequest, flag: Annotated[Int, Field(ge=0, le=1)]) -> dict[str, Any]:
    """Take inbound calls, or take none."""
    call.platform.switch.accept_calls(call.agent_id, flag == 1)
    return {}


# States

WRONG_STATE = failures(WrongAgentState="100-009")


@gateway.post(
    ONLINE_AGENT + "/sayfree",
    section="6.1.1.9",
    codes=codes("100-009"),
    events=("AgentState_CancelNotReady_Success", "AgentState_CancelWork_Success"),
    failures=WRONG_STATE,
)
def say_free(call: GatewayRequest) -> dict[str, Any]:
    """Be idle."""
    call.platform.switch.set_ready(call.agent_id)
    return {}


@gateway.post(
    ONLINE_AGENT + "/saybusy",
    section="6.1.1.10",
    codes=codes("000-002", "100-009"),
    events=("AgentState_SetNotReady_Success",),
    failures=WRONG_STATE,
)
def say_busy(call: GatewayRequest, reason: Int = 0, prolong: Bool = False) -> dict[str, Any]:
    """Be busy, for a reason of 200 to 250."""
    call.platform.switch.set_not_ready(call.agent_id, reason, prolong=prolong)
    return {}


@gateway.post(
    ONLINE_AGENT + "/cancelbusy",
    section="6.1.1.11",
    codes=codes("100-009"),
    events=("AgentState_CancelNotReady_Success",),
    failures=WRONG_STATE,
)
def cancel_busy(call: GatewayRequest) -> dict[str, Any]:
    """Be busy no longer."""
    call.platform.switch.cancel_state(call.agent_id, AgentState.BUSY)
    return {}


@gateway.post(
    ONLINE_AGENT + "/rest/{time}/{restcause}",
    section="6.1.1.12",
    codes=codes("100-009"),
    events=("AgentState_SetRest_Success", "AgentState_Rest_Timeout"),
    failures=WRONG_STATE,
)
def rest(
    call: GatewayRequest,
    time: Annotated[Long, Field(ge=1, le=86399)],
    restcause: Annotated[Int, Field(ge=0, le=255)],
    prolong: Bool = False,
) -> dict[str, Any]:
    """Ask for a rest of so many seconds."""
    call.platform.switch.request_rest(call.agent_id, time, restcause, prolong=prolong)
    return {}


@gateway.post(
    ONLINE_AGENT + "/cancelrest",
    section="6.1.1.13",
    codes=codes("100-009"),
    events=("AgentState_CancelRest_Success",),
    failures=WRONG_STATE,
)
def cancel_rest(call: GatewayRequest) -> dict[str, Any]:
    """Rest no longer."""
    call.platform.switch.cancel_state(call.agent_id, AgentState.REST)
    return {}


@gateway.post(
    ONLINE_AGENT + "/work",
    section="6.1.1.14",
    codes=codes("100-009"),
    events=("AgentState_SetWork_Success",),
    failures=WRONG_STATE,
)
def work(call: GatewayRequest) -> dict[str, Any]:
    """Go into wrap-up."""
    call.platform.switch.set_working(call.agent_id)
    return {}


@gateway.post(
    ONLINE_AGENT + "/cancelwork",
    section="6.1.1.15",
    codes=codes("100-009"),
    events=("AgentState_CancelWork_Success",),
    failures=WRONG_STATE,
)
def cancel_work(call: GatewayRequest) -> dict[str, Any]:
    """Leave wrap-up."""
    call.platform.switch.cancel_state(call.agent_id, AgentState.WRAP_UP)
    return {}


CUSTOM_STATE_CODES = ("000-003", "100-006", "100-009")


@gateway.post(
    ONLINE_AGENT + "/setcustomstate",
    section="6.1.1.27",
    codes=("000-002", *CUSTOM_STATE_CODES),
    failures=WRONG_STATE,
)
def set_custom_state(
    call: GatewayRequest, customstate: Annotated[Int, Field(ge=0, le=65534)]
) -> dict[str, Any]:
    """Show a state of the business's own."""
    call.platform.switch.set_custom_state(call.agent_id, customstate)
    return {}


class CustomState(BaseModel):
    """The agent's custom state as text; 65535: none."""

    agentcustomstate: str


@gateway.get(ONLINE_AGENT + "/querycustomstate", section="6.1.1.28", codes=("000-003", *codes()))
def query_custom_state(call: GatewayRequest) -> CustomState:
    """Show the agent's custom state."""
    state = signed_in(call).custom_state
    return CustomState(agentcustomstate=str(NO_CUSTOM_STATE if state is None else state))


@gateway.post(
    ONLINE_AGENT + "/cancelsetcustomstate",
    section="6.1.1.29",
    codes=CUSTOM_STATE_CODES,
    failures=WRONG_STATE,
)
def cancel_custom_state(call: GatewayRequest) -> dict[str, Any]:
    """Take the custom state back."""
    call.platform.switch.set_custom_state(call.agent_id, None)
    return {}
