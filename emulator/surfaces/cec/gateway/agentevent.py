"""Agent events by polling (CEC 6.1.4.1)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from emulator.surfaces.cec.auth_c4 import NotSignedIn
from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.cec.gateway.component import GatewayRequest, gateway
from emulator.surfaces.cec.gateway.errors import EventsArePushed
from emulator.surfaces.coercion import Text
from emulator.traffic.exchange import Offence

EMPTY = b'{"message":"","retcode":"0"}'
"""The answer without an event: real clients compare these very bytes."""


class Event(BaseModel):
    """One event of 6.5.1."""

    eventType: str  # noqa: N815
    workNo: str  # noqa: N815
    content: Any


class PollAnswer(BaseModel):
    """The answer of a poll; without an event it has no third field."""

    message: str
    retcode: str
    event: Event | None = None


@gateway.get(
    "/resource/agentevent/{agentid}",
    section="6.1.4.1",
    codes=("000-001", "000-003", "100-006"),
    answers=PollAnswer,
    polls=True,
)
async def poll(call: GatewayRequest, calldata: Text = "") -> Answer:
    """Fetch the agent's next event, waiting for one for a while."""
    sessions = call.platform.sessions
    session = sessions.heard(call.agent_id)
    if session is None:
        raise NotSignedIn
    if session.receiver is not None:
        raise NotSignedIn if session.closing else EventsArePushed
    if session.closing and not session.events:
        sessions.drop(call.agent_id)
        call.close_session()
        raise NotSignedIn
    if session.waiter is not None:
        call.remark(Offence.POLLING, "while another poll was held")
    event = await session.next_event(call.platform.platform.settings.poll_wait)
    sessions.heard(call.agent_id)
    if not session.closing:
        call.renew_guid()
    if event is None:
        return Answer(EMPTY)
    call.on_delivery(session.delivered)
    return Answer.json({"message": "", "retcode": "0", "event": event})
