"""Answering calls on a mobile phone (CEC 6.1.2.26 to 6.1.2.28).

The agent signs in at an outside number in place of its desk phone: calls ring there, and are
answered there.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.management.component import (
    ManagementRequest,
    OtherTenant,
    management,
    tenant_of,
)
from emulator.surfaces.coercion import DigitText, Int, spelled
from emulator.switch.model import Agent
from emulator.switch.terms import AgentType

MULTI_CHANNEL = (AgentType.MULTIMEDIA, AgentType.VERSATILE)


class AgentBody(BaseModel):
    """Which agent."""

    work_no: Int = spelled("workNo", "workno")


class LoginBody(AgentBody):
    """Which agent, and the number on which it answers."""

    phone: Annotated[DigitText, Field(min_length=1, max_length=24, pattern=r"^\+?[0-9]+$")]


def _agent(call: ManagementRequest, work_no: int) -> Agent:
    agent = tenant_of(call).agents.get(work_no)
    if agent is None:
        raise OtherTenant(f"there is no agent {work_no}")
    return agent


@management.post("/offline/agent/login", section="6.1.2.26")
def answer_on_mobile(call: ManagementRequest, body: LoginBody) -> dict[str, Any]:
    """Bind a mobile phone to the agent, and sign it in there."""
    agent = _agent(call, body.work_no)
    call.platform.switch.log_on_mobile(agent.work_no, body.phone)
    return {
        "restTime": "",
        "agentType": str(int(agent.config.agent_type)),
        "forceLogin": True,
        "isAutoAnswer": agent.auto_answer,
        "videoMode": 0,
        "workNo": agent.work_no,
        "isMultiChannelSupport": agent.config.agent_type in MULTI_CHANNEL,
        "skills": [
            {"skillId": queue.id, "mediaTypeId": str(int(queue.config.media_type))}
            for queue, _ in agent.memberships
        ],
    }


@management.post("/offline/agent/logout", section="6.1.2.27")
def stop_answering_on_mobile(call: ManagementRequest, body: AgentBody) -> None:
    """Sign the agent out of its mobile phone."""
    agent = _agent(call, body.work_no)
    call.platform.switch.log_off_mobile(agent.work_no)


@management.post("/offline/agent/isOfflineAgent", section="6.1.2.28")
def answers_on_mobile(call: ManagementRequest, body: AgentBody) -> dict[str, Any]:
    """Say whether the agent answers on a mobile phone."""
    return {"data": _agent(call, body.work_no).on_mobile}
