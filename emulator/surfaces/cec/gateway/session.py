"""Signing in and out, the heartbeat and the password (CEC 6.1.1.1–3, 16, 18–20, 23)."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.domain.errors import AccountLocked, UnknownAccount, WrongPassword
from emulator.surfaces.cec.auth_c4 import SIGN_IN, NotSignedIn
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.client import Receiver
from emulator.surfaces.cec.gateway.component import (
    ONLINE_AGENT,
    GatewayRequest,
    Token,
    codes,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.errors import (
    ClientSignedOut,
    failure,
    failures,
)
from emulator.surfaces.cec.gateway.push import CallbackUri
from emulator.surfaces.coercion import Bool, Int, Text, spelled
from emulator.switch.agents import SignIn
from emulator.switch.errors import WrongAgentState
from emulator.switch.model import Agent
from emulator.switch.terms import IN_CALL_STATES, AgentState

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
    callback_uri: CallbackUri = spelled("callbackUri", default="")
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
    ONLINE_AGENT,
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
    ONLINE_AGENT + "/forcelogin",
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
    ONLINE_AGENT + "/loginex",
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
    session = gateway.sessions.starting(agent_id, _receiver_of(body))
    session.phone_linkage = body.phone_linkage
    webm, mailm = body.check_in_webm and media_servers, body.check_in_mailm and media_servers
    session.media_servers = "T" + _flag(webm) + _flag(mailm)
    try:
        gateway.switch.log_on(agent_id, how)
    finally:
        gateway.sessions.not_started(agent_id)
    gateway.sessions.tell_linkage(agent_id)
    gateway.sessions.tell_guid(agent_id, call.open_session())
    agent = gateway.switch.agent(agent_id)
    days = platform.accounts.days_remaining(agent_id, platform.now)
    return SignInResult(
        vdnid=agent.tenant.id,
        workno=str(agent_id),
        mediatype=session.media_servers,
        loginTime=str(agent.logged_on_at // 1000),
        isForceChange="false",
        serverName=SERVER_NAME,
        timeRemaining="" if days is None else str(days),
    )


def _refuse_in_call(agent: Agent) -> None:
    """An agent in a call cannot be signed in anew, by force or not: 100-002 would invite force."""
    if agent.signed_in and (agent.connections or agent.state in IN_CALL_STATES):
        raise WrongAgentState(f"agent {agent.work_no} is in a call")


def _receiver_of(body: SignInBody) -> Receiver | None:
    """Events are pushed if there are an address and a token, else they are polled."""
    if not (body.callback_uri and body.service_token):
        return None
    return Receiver(body.callback_uri, body.service_token)


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


@gateway.put(
    ONLINE_AGENT + "/heartbeat",  # how older clients send it
    section="6.1.1.3",
    codes=("100-001",),
    failures={ParameterError: failure("100-001")},
)
@gateway.post(
    ONLINE_AGENT + "/handshake",
    section="6.1.1.3",
    codes=("100-001",),
    failures={ParameterError: failure("100-001")},
)
def keep_alive(call: GatewayRequest, headers: HandshakeHeaders) -> None:
    """Keep the session without polling."""
    sessions = call.platform.sessions
    if sessions.heartbeat(call.agent_id, headers.service_token) is None:
        raise NotSignedIn
    sessions.tell_guid(call.agent_id, call.renew_guid())


# Password


class PasswordBody(BaseModel):
    """The old password and the new one."""

    old: Annotated[Text, Field(min_length=8, max_length=32)] = spelled("oldPassword")
    new: Annotated[Text, Field(min_length=8, max_length=32)] = spelled("newPassword")


@gateway.post(
    ONLINE_AGENT + "/modifyaccountpwdex",
    section="6.1.1.16",
    codes=codes("000-002"),
    failures={AccountLocked: failure("100-007")},
)
def change_password(call: GatewayRequest, body: PasswordBody) -> dict[str, Any]:
    """Change the agent's password."""
    signed_in(call)
    platform = call.platform.platform
    platform.accounts.change_password(call.agent_id, body.old, body.new, platform.now)
    return {}


# Signing out


@gateway.delete(
    ONLINE_AGENT + "/logout",
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


@gateway.delete(
    ONLINE_AGENT + "/forcelogout", section="6.1.1.19", events=("AgentOther_ShutdownService",)
)
def force_sign_out(call: GatewayRequest) -> None:
    """Sign the agent out whatever it does."""
    call.platform.switch.force_log_off(call.agent_id)


@gateway.delete(
    ONLINE_AGENT + "/forcelogoutwithreason/{reason}",
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
