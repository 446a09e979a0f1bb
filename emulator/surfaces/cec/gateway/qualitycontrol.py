"""Real-time inspection: qualitycontrol (CEC 12.1)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import CallId, GatewayRequest, WorkNo, gateway
from emulator.surfaces.cec.gateway.errors import failure, failures
from emulator.surfaces.coercion import Int, Long, WrittenAs, spelled
from emulator.switch.terms import SupervisionMode

PATH = "/resource/qualitycontrol/{agentid}"

CODES = ("100-006", "900-001", "900-002", "900-003")
FAILURES = failures(
    WrongSupervisionTarget="900-001",
    NoPermission="900-002",
    NotFound="900-003",
    CallError="900-003",
    NotSupervised="900-003",
    WrongAgentState="900-003",
)
BEGINNING = {**FAILURES, **failures(WrongAgentState="900-005")}
WHISPERING = {**FAILURES, **failures(NotFound="900-004")}
NO_PROVIDER = failure("900-001")
"""NOPROVIDER of 6.5.2: the platform behind the gateway cannot do what it is asked."""
BEGINNING_EVENTS = ("AgentOther_PhoneAlerting", "AgentOther_PhoneOffhook", "AgentState_Busy")


@gateway.put(
    PATH + "/addinsert/{workNo}",
    section="12.1.1",
    message="",
    codes=(*CODES, "900-005"),
    events=BEGINNING_EVENTS,
    failures=BEGINNING,
    unforeseen=NO_PROVIDER,
)
def barge_in(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Barge in on an agent."""
    call.platform.switch.supervise(call.agent_id, workNo, SupervisionMode.BARGE_IN)
    return {}


@gateway.put(
    PATH + "/addsupervise/{workNo}",
    section="12.1.2",
    message="",
    codes=(*CODES, "900-005"),
    events=BEGINNING_EVENTS,
    failures=BEGINNING,
    unforeseen=NO_PROVIDER,
)
def listen(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Listen to an agent."""
    call.platform.switch.supervise(call.agent_id, workNo, SupervisionMode.LISTEN)
    return {}


@gateway.put(
    PATH + "/intercept/{workNo}",
    section="12.1.3",
    message="",
    codes=CODES,
    events=("AgentEvent_Talking", "AgentMediaEvent_Record"),
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def intercept(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Take the customer of a supervised agent."""
    call.platform.switch.intercept(call.agent_id, workNo)
    return {}


@gateway.delete(
    PATH + "/{workNo}",
    section="12.1.4",
    message="",
    codes=CODES,
    events=("AgentOther_PhoneRelease", "AgentState_Ready"),
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def stop_supervising(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Listen to the agent no longer."""
    call.platform.switch.stop_supervision(call.agent_id, workNo)
    return {}


@gateway.post(
    PATH + "/forcebusy/{workNo}",
    section="12.1.5",
    message="",
    codes=CODES,
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def force_busy(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Make an agent busy."""
    call.platform.switch.force_not_ready(call.agent_id, workNo)
    return {}


@gateway.post(
    PATH + "/forceidle/{workNo}",
    section="12.1.6",
    message="",
    also=(PATH + "/forceIdle/{workNo}",),
    codes=CODES,
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def force_idle(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Make an agent idle."""
    call.platform.switch.force_ready(call.agent_id, workNo)
    return {}


@gateway.post(
    PATH + "/forcelogout/{workNo}",
    section="12.1.7",
    message="",
    codes=CODES,
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def force_sign_out(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Sign an agent out."""
    call.platform.switch.force_sign_out(call.agent_id, workNo)
    return {}


@gateway.post(
    PATH + "/forcedropcall/{callid}",
    section="12.1.8",
    message="",
    codes=CODES,
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def force_drop(call: GatewayRequest, callid: CallId) -> dict[str, Any]:
    """Release a call."""
    call.platform.switch.force_release(call.agent_id, callid)
    return {}


class SkillsBody(BaseModel):
    """The queues that an agent shall be signed in to; both are needed, whatever the table says."""

    work_no: Annotated[WorkNo, WrittenAs(str)] = spelled("workNo", "workno")
    skills: Annotated[list[Int], Field(max_length=1000)]


@gateway.post(
    PATH + "/adjustskill",
    section="12.1.9",
    message="",
    codes=("100-001", *CODES),
    failures={**FAILURES, ParameterError: failure("100-001")},
    unforeseen=NO_PROVIDER,
)
def adjust_skills(call: GatewayRequest, body: SkillsBody) -> dict[str, Any]:
    """Sign an agent in to other queues of its own."""
    call.platform.switch.force_skills(call.agent_id, body.work_no, body.skills)
    return {}


@gateway.post(
    PATH + "/switch/{workNo}",
    section="12.1.10",
    message="",
    codes=CODES,
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def switch_mode(call: GatewayRequest, workNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Barge in instead of listening, or the other way round."""
    call.platform.switch.switch_supervision(call.agent_id, workNo)
    return {}


@gateway.post(
    PATH + "/forcerest/{workNo}/{time}/{reason}",
    section="12.1.11",
    message="",
    codes=CODES,
    failures=FAILURES,
    unforeseen=NO_PROVIDER,
)
def force_rest(
    call: GatewayRequest,
    workNo: WorkNo,  # noqa: N803
    time: Annotated[Long, Field(ge=1, le=86399)],
    reason: Annotated[Int, Field(ge=1, le=255)],
) -> dict[str, Any]:
    """Send an agent to rest for so many seconds."""
    call.platform.switch.force_rest(call.agent_id, workNo, time, reason)
    return {}


class WhisperQuery(BaseModel):
    """The agent that is whispered to; needed, whatever the table says."""

    target: WorkNo = spelled("whisperagentid")


@gateway.post(
    PATH + "/requestwhisperagent",
    section="12.1.12",
    message="",
    codes=(*CODES, "900-004"),
    events=BEGINNING_EVENTS,
    failures=WHISPERING,
    unforeseen=NO_PROVIDER,
)
def whisper(call: GatewayRequest, query: WhisperQuery) -> dict[str, Any]:
    """Whisper to an agent."""
    call.platform.switch.supervise(call.agent_id, query.target, SupervisionMode.WHISPER)
    return {}


@gateway.post(
    PATH + "/requeststopwhisperagent",
    section="12.1.13",
    message="",
    codes=(*CODES, "900-004"),
    failures=WHISPERING,
    unforeseen=NO_PROVIDER,
)
def stop_whispering(call: GatewayRequest, query: WhisperQuery) -> dict[str, Any]:
    """Whisper no longer."""
    call.platform.switch.stop_supervision(call.agent_id, query.target)
    return {}


class SwitchQuery(WhisperQuery):
    """What to change to: 0 listening, 1 barging in, 2 whispering."""

    mode: Annotated[Int, Field(ge=0, le=2)] = spelled("switchtype")


@gateway.post(
    PATH + "/requestswitchinsertwhisperagent",
    section="12.1.14",
    message="",
    codes=(*CODES, "900-004"),
    failures=WHISPERING,
    unforeseen=NO_PROVIDER,
)
def switch_supervision(call: GatewayRequest, query: SwitchQuery) -> dict[str, Any]:
    """Change among listening, barging in and whispering."""
    mode = SupervisionMode(query.mode)
    call.platform.switch.switch_supervision(call.agent_id, query.target, mode)
    return {}
