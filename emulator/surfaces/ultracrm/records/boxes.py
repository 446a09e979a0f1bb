"""Voice mail, fax, SMS and e-mail, in and out (chapter 4).

A message's CALLID is its day and time and the last four digits of its number: `201108121252265160`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.domain.calendar import local
from emulator.store.rows import MessageChannel, MessageDirection, MessageRow
from emulator.surfaces.soap.contract import Text
from emulator.surfaces.ultracrm import mapping
from emulator.surfaces.ultracrm.desk import UltraCrm
from emulator.surfaces.ultracrm.records import days, rows
from emulator.surfaces.ultracrm.services import webservice

Columns = Mapping[str, str | int]
ATTACHMENTS = 5
FAXES = 3


@webservice.operation("VMS_Recv")
async def voice_mail(desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = "") -> Text:
    """Voice messages that customers have left."""
    channel, direction = MessageChannel.VOICE_MAIL, MessageDirection.RECEIVED
    return await _find(desk, channel, direction, strSdate, strEdate, strGhid, _voice_mail)


@webservice.operation("Fax_Sent")
async def faxes_sent(desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = "") -> Text:
    """Faxes that were sent."""
    channel, direction = MessageChannel.FAX, MessageDirection.SENT
    return await _find(desk, channel, direction, strSdate, strEdate, strGhid, _fax_sent)


@webservice.operation("Fax_Recv")
async def faxes_received(
    desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = ""
) -> Text:
    """Faxes that have come."""
    channel, direction = MessageChannel.FAX, MessageDirection.RECEIVED
    return await _find(desk, channel, direction, strSdate, strEdate, strGhid, _fax_received)


@webservice.operation("Sms_Sent")
async def sms_sent(desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = "") -> Text:
    """Short messages that were sent."""
    channel, direction = MessageChannel.SMS, MessageDirection.SENT
    return await _find(desk, channel, direction, strSdate, strEdate, strGhid, _sms_sent)


@webservice.operation("Sms_Recv")
async def sms_received(desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = "") -> Text:
    """Short messages that have come."""
    channel, direction = MessageChannel.SMS, MessageDirection.RECEIVED
    return await _find(desk, channel, direction, strSdate, strEdate, strGhid, _sms_received)


@webservice.operation("Email_Sent")
async def email_sent(desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = "") -> Text:
    """E-mails that were sent."""
    channel, direction = MessageChannel.EMAIL, MessageDirection.SENT
    return await _find(desk, channel, direction, strSdate, strEdate, strGhid, _email)


@webservice.operation("Email_Recv")
async def email_received(
    desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = ""
) -> Text:
    """E-mails that have come."""
    channel, direction = MessageChannel.EMAIL, MessageDirection.RECEIVED
    return await _find(desk, channel, direction, strSdate, strEdate, strGhid, _email)


async def _find(
    desk: UltraCrm,
    channel: MessageChannel,
    direction: MessageDirection,
    first: str,
    last: str,
    agent: str,
    columns: Callable[[UltraCrm, MessageRow], Columns],
) -> str:
    since, until = days.span(first, last, desk.zone)
    found = await desk.platform.messages.find(
        desk.tenant.id, channel, direction, since, until, agent or None
    )
    return rows.write([columns(desk, it) for it in found])


def _voice_mail(desk: UltraCrm, it: MessageRow) -> Columns:
    day, time = days.shown(it.at, desk.zone)
    return {
        "CALLID": mapping.call_id(it.call_id, desk.zone) if it.call_id else _number(desk, it),
        "CALLER": it.sender,
        "CALLED": it.called,
        "GHID": it.agent_id,
        "FILENAME": _file(it, 0),
        "SDATE": day,
        "STIME": time,
        "CHNUM": str(it.line) if it.line else "",
    }


def _fax_sent(desk: UltraCrm, it: MessageRow) -> Columns:
    day, time = days.shown(it.at, desk.zone)
    files = {f"FILENAME{place or ''}": _file(it, place) for place in range(FAXES)}
    return {
        "UNAME": it.party_name,
        "FAX": it.recipient,
        "GHID": it.agent_id,
        "SDATE": day,
        "STIME": time,
        "SUBJ": it.subject,
        **files,
    }


def _fax_received(desk: UltraCrm, it: MessageRow) -> Columns:
    day, time = days.shown(it.at, desk.zone)
    return {
        "CALLER": it.sender,
        "GHID": it.agent_id,
        "SDATE": day,
        "STIME": time,
        "FILENAME": _file(it, 0),
    }


def _sms_sent(desk: UltraCrm, it: MessageRow) -> Columns:
    return _sms(desk, it, "TEL_TO", it.recipient)


def _sms_received(desk: UltraCrm, it: MessageRow) -> Columns:
    return _sms(desk, it, "TEL_FROM", it.sender)


def _sms(desk: UltraCrm, it: MessageRow, party: str, number: str) -> Columns:
    day, time = days.shown(it.at, desk.zone)
    return {
        "CALLID": _number(desk, it),
        party: number,
        "UNAME": it.party_name,
        "SUBJECTS": it.subject,
        "BODYS": it.body,
        "SDATE": day,
        "STIME": time,
        "GHID": it.agent_id,
    }


def _email(desk: UltraCrm, it: MessageRow) -> Columns:
    number = _number(desk, it)
    sent = it.direction is MessageDirection.SENT
    folder, ending = ("semail_IBX", "ibx") if sent else ("remail_OBX", "obx")
    return {
        "CALLID": number,
        "FROM_ADDR": it.sender,
        "TO_ADDR": it.recipient,
        "CC_ADDR": it.copy,
        "BCC_ADDR": it.blind_copy,
        "SUBJECTS": it.subject,
        "BODYS": it.body,
        **{f"ATTACH{place + 1}": _file(it, place) for place in range(ATTACHMENTS)},
        "FILE_EBX": f"\\emaildata\\{folder}\\{number}.{ending}",
        "GHID": it.agent_id,
    }


def _number(desk: UltraCrm, it: MessageRow) -> str:
    serial = int(it.message_id.rpartition("-")[2])
    return f"{local(it.at, desk.zone):%Y%m%d%H%M%S}{serial % 10_000:04}"


def _file(it: MessageRow, place: int) -> str:
    return it.files[place] if place < len(it.files) else ""
