"""Voice mail, fax, SMS and e-mail, in and out (chapter 4).

A message's CALLID is its day and time and the last four digits of its number: `201108121252265160`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

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


def _box(
    channel: MessageChannel,
    direction: MessageDirection,
    columns: Callable[[UltraCrm, MessageRow], Columns],
) -> Callable[..., Awaitable[str]]:
    """The operation that shows a box: seven of them differ in what is in it."""

    async def find(desk: UltraCrm, strSdate: Text, strEdate: Text, strGhid: Text = "") -> Text:
        """The messages of these days, of one agent or of everybody."""
        since, until = days.span(strSdate, strEdate, desk.zone)
        found = await desk.platform.messages.find(
            desk.tenant.id, channel, direction, since, until, strGhid or None
        )
        return rows.write([columns(desk, it) for it in found])

    return find


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


for _name, _shown in {
    "VMS_Recv": _box(MessageChannel.VOICE_MAIL, MessageDirection.RECEIVED, _voice_mail),
    "Fax_Sent": _box(MessageChannel.FAX, MessageDirection.SENT, _fax_sent),
    "Fax_Recv": _box(MessageChannel.FAX, MessageDirection.RECEIVED, _fax_received),
    "Sms_Sent": _box(MessageChannel.SMS, MessageDirection.SENT, _sms_sent),
    "Sms_Recv": _box(MessageChannel.SMS, MessageDirection.RECEIVED, _sms_received),
    "Email_Sent": _box(MessageChannel.EMAIL, MessageDirection.SENT, _email),
    "Email_Recv": _box(MessageChannel.EMAIL, MessageDirection.RECEIVED, _email),
}.items():
    webservice.operation(_name)(_shown)
