"""Agent operation interfaces: onlineagent (CEC 6.1.1)."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.domain.errors import AccountLocked, UnknownAccount, WrongPassword
from emulator.domain.recorder import record_id
from emulator.surfaces.cec.auth_c4 import SIGN_IN
from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway import states
from emulator.surfaces.cec.gateway.component import (
    GatewayRequest,
    Token,
    WorkNo,
    codes,
    gateway,
)
from emulator.surfaces.cec.gateway.errors import (
    ClientSignedOut,
    failure,
    failures,
)
from emulator.surfaces.coercion import Bool, Int, Long, MaxBytes, Text, spelled
from emulator.switch.agents import NO_CUSTOM_STATE, SignIn, require_signed_in
from emulator.switch.errors import WrongAgentState
from emulator.switch.model import Agent, Connection
from emulator.switch.terms import IN_CALL_STATES, AgentState

PATH = "/resource/onlineagent/{agentid}"
SERVER_NAME = "AgentGateway0"

WRONG_AGENT_TYPE = "100-012"
WRONG_ADDRESS = "100-016"
AGENT_TYPES = (4, 11)
SIGN_IN_STATES = {3: AgentState.BUSY, 4: AgentState.IDLE, 5: AgentState.WRAP_UP}

SIGN_IN_CODES = (
    "100-001",
    "100-002",
    "100-003",
    "100-004",
    "100-007",
    "100-012",
    "100-015",
    "100-016",
    "110-016",
    "999-001",
)
SIGN_IN_EVENTS = (
    "AgentOther_InService",
    "AgentState_Ready",
    "AgentState_SetNotReady_Success",
    "AgentState_Work",
    "AgentEvent_linkageCapability",
)


class WrongAddress(ParameterError):
    """The agent's IP address is not one."""


class UnknownAgentType(ParameterError):
    """Agents sign in as type 4 or 11."""


SIGN_IN_FAILURES = {
    ParameterError: failure("100-001"),
    WrongAddress: failure(WRONG_ADDRESS),
    UnknownAgentType: failure(WRONG_AGENT_TYPE),
    WrongPassword: failure("100-004"),
    UnknownAccount: failure("100-004"),
    AccountLocked: failure("110-016"),
    **failures(
        AlreadySignedIn="100-002",
        PhoneInUse="100-003",
        UnknownPhone="100-014",
        WrongAgentType="100-012",
        WrongAgentState="100-015",
        InvalidValue="100-001",
        UnknownAgent="100-004",
    ),
}


class SignInBody(BaseModel):
    """How an agent signs in (6.1.1.1)."""

    password: Annotated[Text, Field(max_length=32)]
    phone: Annotated[Text, Field(min_length=1, max_length=24)] = spelled("phonenum")
    auto_answer: Bool = spelled("autoanswer", default=True)
    auto_idle: Bool = spelled("autoenteridle", default=True)
    release_phone: Bool = spelled("releasephone", default=True)
    agent_type: Int = spelled("agenttype", default=4)
    status: Int = 4
    ip: Annotated[Text, Field(max_length=15)] = "127.0.0.1"
    entry_ip: Text = spelled("entryip", "entryIp", default="")
    phone_linkage: Bool = spelled("phonelinkage", "phoneLinkage", default=False)
    check_in_webm: Bool = spelled("checkInWebm", default=True)
    check_in_mailm: Bool = spelled("checkInMailm", default=False)
    vc_phone: Annotated[Text, Field(max_length=24)] = spelled("vcPhoneNumber", default="")
    listen_status: Bool = spelled("listenStatus", default=False)
    callback_uri: Annotated[Text, Field(max_length=200)] = spelled("callbackUri", default="")
    service_token: Token = spelled("serviceToken", default="")
    service_work_id: Annotated[Text, Field(max_length=30)] = spelled("serviceworkid", default="")


class ForceSignInBody(SignInBody):
    """How an agent signs in again (6.1.1.2)."""

    release_phone: Bool = spelled("releasephone", default=False)


class PlatformSignInBody(SignInBody):
    """How an agent signs in to the platform only (6.1.1.23); it may leave out the phone."""

    phone: Annotated[Text, Field(max_length=24)] = spelled("phonenum", default="")


class SignInResult(BaseModel):
    """What a sign-in answers; `mediatype` shows CTI server, WebM and MailM as T or F."""

    vdnid: int
    workno: str
    mediatype: str
    loginTime: str  # noqa: N815
    isForceChange: str  # noqa: N815
    serverName: str  # noqa: N815
    timeRemaining: str  # noqa: N815


@gateway.put(
    PATH,
    section="6.1.1.1",
    auth=SIGN_IN,
    message="",
    codes=SIGN_IN_CODES,
    events=SIGN_IN_EVENTS,
    failures=SIGN_IN_FAILURES,
)
def sign_in(call: GatewayRequest, body: SignInBody) -> SignInResult:
    """Sign an agent in."""
    return _sign_in(call, body, force=False, media_servers=True)


@gateway.put(
    PATH + "/forcelogin",
    section="6.1.1.2",
    auth=SIGN_IN,
    codes=SIGN_IN_CODES,
    events=SIGN_IN_EVENTS,
    failures=SIGN_IN_FAILURES,
)
def force_sign_in(call: GatewayRequest, body: ForceSignInBody) -> SignInResult:
    """Sign an agent in again, in place of its earlier session."""
    return _sign_in(call, body, force=True, media_servers=True)


@gateway.put(
    PATH + "/loginex",
    section="6.1.1.23",
    auth=SIGN_IN,
    message="",
    codes=SIGN_IN_CODES,
    events=SIGN_IN_EVENTS[:4],
    failures=SIGN_IN_FAILURES,
)
def sign_in_to_platform(call: GatewayRequest, body: PlatformSignInBody) -> SignInResult:
    """Sign an agent in to the call platform, not to the media servers."""
    return _sign_in(call, body, force=False, media_servers=False)


def _sign_in(
    call: GatewayRequest, body: SignInBody, *, force: bool, media_servers: bool
) -> SignInResult:
    how = _sign_in_of(body, force=force)
    gateway, agent_id = call.platform, call.agent_id
    platform = gateway.platform
    platform.accounts.verify(agent_id, body.password, platform.now)
    _refuse_in_call(gateway.switch.agent(agent_id))
    session = gateway.sessions.starting(agent_id)
    session.phone_linkage = body.phone_linkage
    try:
        gateway.switch.log_on(agent_id, how)
    finally:
        gateway.sessions.not_started(agent_id)
    gateway.sessions.tell_linkage(agent_id)
    call.open_session()
    agent = gateway.switch.agent(agent_id)
    days = platform.accounts.days_remaining(agent_id, platform.now)
    webm, mailm = body.check_in_webm and media_servers, body.check_in_mailm and media_servers
    return SignInResult(
        vdnid=agent.tenant.id,
        workno=str(agent_id),
        mediatype="T" + _flag(webm) + _flag(mailm),
        loginTime=str(agent.logged_on_at // 1000),
        isForceChange="false",
        serverName=SERVER_NAME,
        timeRemaining="" if days is None else str(days),
    )


def _refuse_in_call(agent: Agent) -> None:
    """An agent in a call cannot be signed in anew, by force or not: 100-002 would invite force."""
    if agent.signed_in and (agent.connections or agent.state in IN_CALL_STATES):
        raise WrongAgentState(f"agent {agent.work_no} is in a call")


def _flag(value: bool) -> str:
    return "T" if value else "F"


def _sign_in_of(body: SignInBody, *, force: bool) -> SignIn:
    if body.agent_type not in AGENT_TYPES:
        raise UnknownAgentType("body.agenttype")
    if body.status not in SIGN_IN_STATES:
        raise ParameterError("body.status")
    try:
        IPv4Address(body.ip)
    except AddressValueError:
        raise WrongAddress("body.ip") from None
    return SignIn(
        phone=body.phone,
        auto_answer=body.auto_answer,
        auto_idle=body.auto_idle,
        release_phone=body.release_phone,
        video=body.agent_type == 11,
        state=SIGN_IN_STATES[body.status],
        phone_linkage=body.phone_linkage,
        wants_monitoring=body.listen_status,
        force=force,
    )


class HandshakeHeaders(BaseModel):
    """The client's own token comes back as a header (6.1.1.3)."""

    service_token: Token = spelled("service_token", default="")


@gateway.post(
    PATH + "/handshake",
    section="6.1.1.3",
    codes=("100-001",),
    failures={ParameterError: failure("100-001")},
)
def keep_alive(call: GatewayRequest, headers: HandshakeHeaders) -> None:
    """Keep the session without polling."""
    call.platform.sessions.heard(call.agent_id)
    call.renew_guid()


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
    PATH + "/sendnoteletex",
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


@gateway.get(PATH + "/agentskills", section="6.1.1.5", codes=codes())
def own_skills(call: GatewayRequest) -> list[Skill]:
    """List the agent's configured skill queues."""
    return _skills(_signed_in(call))


@gateway.get(PATH + "/agentskillsbyworkno/{workno}", section="6.1.1.6", codes=codes())
def skills_of(call: GatewayRequest, workno: WorkNo) -> list[Skill]:
    """List the configured skill queues of an agent of the same VDN."""
    asking = _signed_in(call)
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


def _signed_in(call: GatewayRequest) -> Agent:
    agent = call.platform.switch.agent(call.agent_id)
    require_signed_in(agent)
    return agent


class SkillsQuery(BaseModel):
    """The queues to sign in to, separated by semicolons."""

    skills: Annotated[Text, Field(max_length=4000)] = spelled("skillid", "skillId", default="")
    phone_linkage: Annotated[Int, Field(ge=0, le=1)] = spelled(
        "phonelinkage", "phoneLinkage", default=0
    )


@gateway.post(PATH + "/resetskill/{autoflag}", section="6.1.1.8", codes=codes("000-002"))
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


@gateway.post(PATH + "/autoanswer/{isautoanswer}", section="6.1.1.7", codes=("000-002", "100-006"))
def set_auto_answer(
    call: GatewayRequest, isautoanswer: Annotated[Text, Field(max_length=5)]
) -> dict[str, Any]:
    """Answer calls automatically, or by hand."""
    call.platform.switch.set_auto_answer(call.agent_id, isautoanswer == "true")
    return {}


@gateway.post(PATH + "/autoenteridle/{flag}", section="6.1.1.17", codes=codes())
def set_auto_idle(
    call: GatewayRequest, flag: Annotated[Text, Field(min_length=1, max_length=5)]
) -> dict[str, Any]:
    """Be idle after a call, or in wrap-up."""
    call.platform.switch.set_auto_idle(call.agent_id, flag == "true")
    return {}


@gateway.post(PATH + "/settalkright", section="6.1.1.22", codes=("000-002", "100-007"))
def set_talk_right(call: GatewayRequest, flag: Annotated[Int, Field(ge=0, le=1)]) -> dict[str, Any]:
    """Take inbound calls, or take none."""
    call.platform.switch.accept_calls(call.agent_id, flag == 1)
    return {}


# States

WRONG_STATE = failures(WrongAgentState="100-009")


@gateway.post(
    PATH + "/sayfree",
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
    PATH + "/saybusy",
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
    PATH + "/cancelbusy",
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
    PATH + "/rest/{time}/{restcause}",
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
    PATH + "/cancelrest",
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
    PATH + "/work",
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
    PATH + "/cancelwork",
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
    PATH + "/setcustomstate",
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


@gateway.get(PATH + "/querycustomstate", section="6.1.1.28", codes=("000-003", *codes()))
def query_custom_state(call: GatewayRequest) -> CustomState:
    """Show the agent's custom state."""
    state = _signed_in(call).custom_state
    return CustomState(agentcustomstate=str(NO_CUSTOM_STATE if state is None else state))


@gateway.post(
    PATH + "/cancelsetcustomstate",
    section="6.1.1.29",
    codes=CUSTOM_STATE_CODES,
    failures=WRONG_STATE,
)
def cancel_custom_state(call: GatewayRequest) -> dict[str, Any]:
    """Take the custom state back."""
    call.platform.switch.set_custom_state(call.agent_id, None)
    return {}


# Password


class PasswordBody(BaseModel):
    """The old password and the new one."""

    old: Annotated[Text, Field(min_length=8, max_length=32)] = spelled("oldPassword")
    new: Annotated[Text, Field(min_length=8, max_length=32)] = spelled("newPassword")


@gateway.post(PATH + "/modifyaccountpwdex", section="6.1.1.16", codes=codes("000-002"))
def change_password(call: GatewayRequest, body: PasswordBody) -> dict[str, Any]:
    """Change the agent's password."""
    _signed_in(call)
    platform = call.platform.platform
    platform.accounts.change_password(call.agent_id, body.old, body.new, platform.now)
    return {}


# Signing out


@gateway.delete(
    PATH + "/logout",
    section="6.1.1.18",
    codes=codes("100-005", "100-008"),
    events=("AgentOther_ShutdownService",),
    failures={ParameterError: failure("100-005")},
)
def sign_out(call: GatewayRequest) -> dict[str, Any]:
    """Sign the agent out, unless it is in a call."""
    _refuse_signed_out(call)
    call.platform.switch.log_off(call.agent_id)
    return {}


def _refuse_signed_out(call: GatewayRequest) -> None:
    session = call.platform.sessions.get(call.agent_id)
    if session is not None and session.closing:
        raise ClientSignedOut


@gateway.delete(PATH + "/forcelogout", section="6.1.1.19", events=("AgentOther_ShutdownService",))
def force_sign_out(call: GatewayRequest) -> None:
    """Sign the agent out whatever it does."""
    call.platform.switch.force_log_off(call.agent_id)


@gateway.delete(
    PATH + "/forcelogoutwithreason/{reason}",
    section="6.1.1.20",
    codes=("100-005",),
    events=("AgentOther_ShutdownService",),
    failures={ParameterError: failure("100-005")},
)
def force_sign_out_with_reason(
    call: GatewayRequest, reason: Annotated[Int, Field(ge=1, le=255)]
) -> None:
    """Sign the agent out whatever it does, and note why."""
    call.platform.switch.force_log_off(call.agent_id, reason)


# State and synchronisation


class Status(BaseModel):
    """The agent's state of Table 6-452, and whether it talks."""

    agentState: int  # noqa: N815
    isWorking: bool  # noqa: N815


@gateway.get(PATH + "/agentstatus", section="6.1.1.21", message="", codes=("000-002",))
def status(call: GatewayRequest) -> Status:
    """Show the agent's state."""
    agent = _signed_in(call)
    return Status(
        agentState=states.gateway_state(agent),
        isWorking=agent.state is AgentState.TALKING,
    )


class Guid(BaseModel):
    """A guid."""

    guid: str


@gateway.put(PATH + "/updateGuid", section="6.1.1.24", codes=("100-006",))
def update_guid(call: GatewayRequest) -> Guid:
    """Give the refreshed page a new guid."""
    _signed_in(call)
    return Guid(guid=call.update_guid())


@gateway.post(
    PATH + "/syncagentinfo",
    section="6.1.1.25",
    codes=("100-007", "100-011"),
    failures={ParameterError: failure("100-011")},
)
def synchronise(call: GatewayRequest) -> dict[str, Any]:
    """Show the refreshed page how things are; the event queue is emptied."""
    agent = _signed_in(call)
    session = call.platform.sessions.heard(call.agent_id)
    if session is not None:
        session.clear()
    return {
        "callinfo": None,
        "agentStateInfo": agent_state_info(agent, call.platform.platform.now),
    }


def agent_state_info(agent: Agent, now: int) -> dict[str, Any]:
    """The agent's state and calls as Table 6-91 has them."""
    active, held = agent.active, agent.held
    shown = active or (held[-1] if held else None)
    second = agent.connections[1] if len(agent.connections) > 1 else None
    call = shown.call if shown is not None else None
    first = agent.connections[0] if agent.connections else None
    pending = agent.pending.state if agent.pending is not None else None
    command, command_begun = states.current_command(agent)
    return {
        "callFeature": int(first.call.type) if first is not None else 0,
        "callData": call.data if call is not None else "",
        "lastState": states.last_state(agent),
        "preBusy": pending is AgentState.BUSY,
        "firsttalkingFlag": first is not None and active is first,
        "workNo": str(agent.work_no),
        "qcWorkNo": _supervisor(agent),
        "callerNo": call.caller if call is not None else "",
        "beginHoldTime": _milliseconds(held[-1].held_at) if held else None,
        "state": states.agent_state(agent),
        "talkingCallfeature": int(call.type) if call is not None else 0,
        "releaseFlag": 0,
        "calledNo": call.called if call is not None else "",
        "mainCallId": first.call.id if first is not None else "",
        "secondTalkingTime": _milliseconds(second.talk_begin) if second is not None else None,
        "preRest": pending is AgentState.REST,
        "recordID": _recording(agent, shown),
        "currentTime": str(now // 1000),
        "beginTalkingTime": _milliseconds(first.talk_begin) if first is not None else None,
        "partner": _partner(agent),
        "holdCallId": held[-1].call.id if held else "",
        "agentStateBeginTime": agent.state_since // 1000,
        "curCommand": command,
        "curCallId": active.call.id if active is not None else "",
        "cmdBeginTime": str(command_begun // 1000) if command_begun else "",
    }


def _recording(agent: Agent, shown: Connection | None) -> str:
    if shown is None or not shown.recording:
        return ""
    return record_id(agent.tenant.id, agent.work_no, shown.recording, shown.call.id)


def _supervisor(agent: Agent) -> str:
    return str(agent.supervisors[0].inspector.work_no) if agent.supervisors else ""


def _partner(agent: Agent) -> str:
    active = agent.active
    if active is None:
        return ""
    return ",".join(c.number for c in active.call.connections if c.agent is not agent)


def _milliseconds(instant: int) -> str | None:
    return str(instant // 1000) if instant else None


class PhoneToken(BaseModel):
    """A temporary password for the softphone."""

    phonetoken: str
    phonenum: str


@gateway.post(PATH + "/logininfo", section="6.1.1.26")
def phone_token(call: GatewayRequest) -> PhoneToken:
    """Give the softphone a temporary password."""
    agent = _signed_in(call)
    session = call.platform.sessions.heard(call.agent_id)
    token = f"{call.platform.tokens.getrandbits(128):032x}"
    if session is not None:
        session.phone_token = token
    number = agent.phone.number if agent.phone is not None else ""
    return PhoneToken(phonetoken=token, phonenum=number)
