"""What a softphone sends: to other agents, to the senders of SMS and e-mail, to flows (chapter 3).

ATSendOEMCommand        AGENTTOAGENT  any text
                        AGENTTOMCI    EMAIL_SEND;TO=…;CC=…;BCC=…;SUBJ=…;BODY=…;FILE=…;
                                      SMS_SEND;UID=…;TEL=…;SUBJ=…;BODY=…;
                        AGENTTOIVR    CALLID=…; and the variables that the call's flow gets
"""

from __future__ import annotations

from collections.abc import Callable

from emulator.domain.messages import Message
from emulator.store.rows import MessageChannel
from emulator.surfaces.soap.contract import LongText, Number, Text
from emulator.surfaces.ultracrm import mapping, pairs
from emulator.surfaces.ultracrm.desk import NOTHING, UltraCrm
from emulator.surfaces.ultracrm.services import SENT, at_client
from emulator.switch.errors import InvalidValue, NoCall
from emulator.switch.model import Agent

_ATTACHMENTS = "|"


@at_client.operation("ATSendMsg", codes=SENT)
def send_message(desk: UltraCrm, strUid: Text, strUid_to: Text, strInfo: LongText) -> Number:
    """Send a note to another agent."""
    sender, recipient = desk.agent(strUid), desk.agent(strUid_to)
    desk.switch.send_note(sender.work_no, [recipient.work_no], strInfo)
    return NOTHING


@at_client.operation("ATSendOEMCommand", codes=SENT)
def send_command(
    desk: UltraCrm, strUid: Text, strUid_to: Text, strSubKey: Text, strMsg: LongText
) -> Number:
    """Send a message to an agent, to the sender of SMS and e-mail, or to a flow."""
    known: dict[str, Callable[[UltraCrm, Agent, str, str], None]] = {
        "AGENTTOAGENT": _to_agent,
        "AGENTTOMCI": _to_sender,
        "AGENTTOIVR": _to_flow,
    }
    send = known.get(strSubKey.strip().upper())
    if send is None:
        raise InvalidValue(f"nobody takes messages with the key {strSubKey!r}")
    send(desk, desk.agent(strUid), strUid_to, strMsg)
    return NOTHING


@at_client.operation("ATSendOEMCommand_Route", codes=SENT)
def route_message(
    desk: UltraCrm, strCmd: Text, strGhid: Text = "", strInfo: LongText = ""
) -> Number:
    """Send a text to an agent, or by the rules of a routing point to whoever is free."""
    wanted = desk.agent(strGhid).work_no if strGhid else None
    desk.switch.route_message(desk.tenant.id, strCmd, strInfo, work_no=wanted)
    return NOTHING


def _to_agent(desk: UltraCrm, sender: Agent, to: str, text: str) -> None:
    desk.switch.send_note(sender.work_no, [desk.agent(to).work_no], text)


def _to_sender(desk: UltraCrm, sender: Agent, _to: str, text: str) -> None:
    kinds = {"SMS_SEND": _sms, "EMAIL_SEND": _email}
    kind = kinds.get(pairs.verb(text))
    if kind is None:
        raise InvalidValue("only SMS_SEND and EMAIL_SEND are sent")
    kind(desk, sender, pairs.read(text))


def _sms(desk: UltraCrm, sender: Agent, said: dict[str, str]) -> None:
    author = desk.agent(said["UID"]) if said.get("UID") else sender
    message = Message(
        MessageChannel.SMS,
        recipient=_required(said, "TEL"),
        subject=said.get("SUBJ", ""),
        body=said.get("BODY", ""),
        agent_id=str(author.work_no),
    )
    desk.platform.messages.send(desk.tenant.id, message)


def _email(desk: UltraCrm, sender: Agent, said: dict[str, str]) -> None:
    message = Message(
        MessageChannel.EMAIL,
        sender=mapping.address(sender),
        recipient=_required(said, "TO"),
        copy=said.get("CC", ""),
        blind_copy=said.get("BCC", ""),
        subject=said.get("SUBJ", ""),
        body=said.get("BODY", ""),
        files=tuple(filter(None, said.get("FILE", "").split(_ATTACHMENTS))),
        agent_id=str(sender.work_no),
    )
    desk.platform.messages.send(desk.tenant.id, message)


def _to_flow(desk: UltraCrm, _sender: Agent, _to: str, text: str) -> None:
    said = pairs.read(text)
    wanted = said.pop("CALLID", "")
    for call in desk.tenant.calls.values():
        if call.ivr is not None and wanted and mapping.is_called(call, wanted):
            values = {name.lower(): value for name, value in said.items()}
            desk.switch.set_flow_variables(call.id, values)
            return
    raise NoCall(f"no flow serves a call {wanted}")


def _required(said: dict[str, str], key: str) -> str:
    value = said.get(key, "")
    if not value:
        raise InvalidValue(f"{key} is missing")
    return value
