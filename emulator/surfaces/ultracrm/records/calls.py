"""Recordings, and the records of calls that are over (chapter 4).

A call has a record for each stay: in a flow, at an agent, and in a queue if it had to wait there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator.domain.calendar import SECOND
from emulator.store.history import Recorded, Stay
from emulator.surfaces.soap.contract import Text
from emulator.surfaces.ultracrm import mapping
from emulator.surfaces.ultracrm.desk import UltraCrm
from emulator.surfaces.ultracrm.records import days, rows
from emulator.surfaces.ultracrm.services import webservice
from emulator.switch.terms import AGENT_DEVICE, IVR_DEVICE, QUEUE_DEVICE, LeaveReason

Columns = Mapping[str, str | int]

LONGEST_CALL = 86_400 * SECOND
WAITED = 10
"""CALLTYPE of a stay in a queue; that of others is 0."""
IN_A_GROUP = 1
"""QN_TYPE: the queues of the call center are groups."""
ALL_BUSY, SENT_THERE = 1, 3
"""QN_REASON."""
SERVED, HUNG_UP, OTHERWISE, TOO_LONG = 1, 2, 3, 21
"""QN_RESULT."""
TO_ROUTE_POINT, TO_IVR, TO_AGENT, TO_OUTSIDE = 1, 2, 3, 5
"""DEST_TYPE."""

_RESULTS = {
    LeaveReason.NORMAL: SERVED,
    LeaveReason.PICKED_UP: SERVED,
    LeaveReason.TRANSFERRED_TO_QUEUE: SERVED,
    LeaveReason.THREE_PARTY_IN_QUEUE: SERVED,
    LeaveReason.USER_RELEASED: HUNG_UP,
    LeaveReason.TIMEOUT: TOO_LONG,
    LeaveReason.TRANSFER_TIMED_OUT: TOO_LONG,
    LeaveReason.THREE_PARTY_TIMED_OUT: TOO_LONG,
}


@webservice.operation("Get_Talentel_log_Info")
async def recordings(
    desk: UltraCrm,
    strSdate: Text,
    strEdate: Text,
    strCaller: Text = "",
    strExt: Text = "",
    strCallid: Text = "",
    strGhid: Text = "",
) -> Text:
    """Recordings of calls, by parts of numbers and by call."""
    since, until = days.span(strSdate, strEdate, desk.zone)
    found = await desk.platform.history.recordings_between(
        desk.tenant.id,
        since,
        until,
        caller=strCaller,
        call_ids=_seconds(desk, strCallid, since, until),
        agents=_agents(desk, strGhid),
    )
    return rows.write(
        [
            _recording(desk, it)
            for it in found
            if it.agent_id and _is_wanted(desk, it, strExt, strCallid)
        ]
    )


@webservice.operation("Get_Call_Info")
async def calls(
    desk: UltraCrm,
    strSdate: Text,
    strEdate: Text,
    strCaller: Text = "",
    strExt: Text = "",
    strCallid: Text = "",
    strGhid: Text = "",
) -> Text:
    """Records of calls, by parts of numbers and by call."""
    since, until = days.span(strSdate, strEdate, desk.zone)
    found = await desk.platform.history.stays_between(
        desk.tenant.id,
        since,
        until,
        caller=strCaller,
        # A call that ends in the range may have begun before it.
        call_ids=_seconds(desk, strCallid, since - LONGEST_CALL, until),
        agents=_agents(desk, strGhid),
    )
    return rows.write(
        [
            _call(desk, it)
            for it in found
            if _is_shown(it) and _is_wanted(desk, it, strExt, strCallid)
        ]
    )


def _seconds(desk: UltraCrm, wanted: str, since: int, until: int) -> Sequence[str] | None:
    """The beginnings of the ids of calls with that CALLID; None without one."""
    if not wanted:
        return None
    return [f"{it}-" for it in mapping.seconds_of(wanted, since, until, desk.zone)]


def _is_wanted(desk: UltraCrm, it: Stay | Recorded, extension: str, call: str) -> bool:
    """Whether it was at an extension like that, and on a call with that CALLID."""
    is_called = not call or mapping.call_id(it.call_id, desk.zone) == call
    return extension in it.phone_no and is_called


def _agents(desk: UltraCrm, part: str) -> Sequence[str] | None:
    """The work numbers that the text is a part of, and itself: of an agent that has gone."""
    if not part:
        return None
    return [part, *(str(it) for it in desk.tenant.agents if part in str(it) and str(it) != part)]


def _recording(desk: UltraCrm, it: Recorded) -> Columns:
    day, time = days.shown(it.started_at, desk.zone)
    return {
        "CALLER": it.caller_no,
        "CALLED": it.callee_no,
        "MSG_TYPE": _direction(it.call_type, it.caller_no, it.agent_id),
        "SDATE": day,
        "STIME": time,
        "LEN": (it.ended_at - it.started_at) // SECOND,
        "FILE_PATH": it.file_name,
        "OPID": it.agent_id,
        "UCID": mapping.call_id(it.call_id, desk.zone),
    }


def _is_shown(it: Stay) -> bool:
    """A queue that a call only passed through has no record."""
    return it.device_type != QUEUE_DEVICE or _waited(it) > 0


def _waited(it: Stay) -> int:
    return (it.wait_end or it.call_end) - (it.wait_begin or it.call_end)


def _call(desk: UltraCrm, it: Stay) -> Columns:
    waits = it.device_type == QUEUE_DEVICE
    began = (it.wait_begin if waits else it.ack_begin) or it.call_begin or it.call_end
    day, begin = days.shown(began, desk.zone)
    _, end = days.shown((it.wait_end if waits else None) or it.call_end, desk.zone)
    agent = desk.tenant.agents.get(int(it.agent_id)) if it.agent_id else None
    return {
        "CALLID": mapping.call_id(it.call_id, desk.zone),
        "CALLER": it.caller_no,
        "CALLED": it.callee_no,
        "EXT": it.phone_no,
        "DIRECTION": _direction(it.call_type, it.caller_no, it.agent_id),
        "DEST_TYPE": _destination(it),
        "GHID": it.agent_id,
        "OP_NAME": "" if agent is None else agent.config.name,
        "GROUPS": str(it.device_no) if waits else it.current_skill_id,
        "SDATE": day,
        "STIME": begin,
        "ETIME": end,
        "LEN_RING": _rang(it) // SECOND,
        "LEN_TALK": (it.call_end - (it.call_begin or it.call_end)) // SECOND,
        "CALLTYPE": WAITED if waits else 0,
        "QN_TYPE": IN_A_GROUP if waits else 0,
        "QN_DEST": str(it.device_no) if waits else "",
        "QN_REASON": _why_it_waited(it) if waits else 0,
        "QN_RESULT": _RESULTS.get(LeaveReason(int(it.leave_reason)), OTHERWISE) if waits else 0,
    }


def _rang(it: Stay) -> int:
    """How long the agent's phone rang (µs)."""
    return 0 if it.ack_begin is None else (it.ack_end or it.call_end) - it.ack_begin


def _why_it_waited(it: Stay) -> int:
    """All were busy; or an agent had sent the call there."""
    return SENT_THERE if it.pre_device_type == str(int(AGENT_DEVICE)) else ALL_BUSY


def _direction(call_type: int | None, caller: str, agent: str) -> int:
    if call_type is None:
        return mapping.UNKNOWN_WAY
    if call_type in mapping.FROM_CUSTOMERS:
        return mapping.FROM_OUTSIDE
    if call_type in mapping.TO_CUSTOMERS:
        return mapping.TO_OUTSIDE
    return mapping.TO_INSIDE if caller == agent else mapping.FROM_INSIDE


def _destination(it: Stay) -> int:
    if it.device_type == QUEUE_DEVICE:
        return TO_ROUTE_POINT
    if it.device_type == IVR_DEVICE:
        return TO_IVR
    return TO_OUTSIDE if it.call_type in mapping.TO_CUSTOMERS else TO_AGENT
