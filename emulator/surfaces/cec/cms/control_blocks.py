"""Control blocks: calls, agents' parts in them, and media connections by state (CEC 12.3.6.2).

A control block of the CCB is a call, one of the INTESS an agent's part in a call, a connection of
the BSI a party that is heard. How many there can be is the vendor's example's number; the emulator
itself has no limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    InvalidParameter,
    cms,
    require_global,
)
from emulator.surfaces.cec.cms.fields import CallCenterBody
from emulator.surfaces.cec.cms.uap import UAP, tenants_asked
from emulator.surfaces.coercion import DigitText, Text, spelled
from emulator.switch.model import Call, Connection
from emulator.switch.terms import ALERTING, CONNECTED, HOLD, INITIATED, DeviceType

BLOCKS = 10_000
"""How many control blocks or connections a module has."""

CB = "{} CB number"
CCB_STATES = (
    "Info receiving status number",
    "Call proceeding number",
    CB.format("Alerting"),
    CB.format("Connection request"),
    CB.format("Active"),
    CB.format("Temply hold"),
)
CCB_UNUSED = (
    CB.format("Booked"),
    CB.format("Wait overlap"),
    "Overlap transmit number",
    CB.format("Release guard"),
    CB.format("Release waiting"),
    CB.format("Wait tone"),
    CB.format("Null after combine"),
    CB.format("Call park"),
)
INTESS_UNUSED = (
    "Last allocated INTESS number",
    "Error stat flag",
    "Error stat interval",
    "Message statistics flag",
    "Message statistics interval",
    "Message statistics mask",
    CB.format("Overlap"),
    CB.format("Call present"),
    CB.format("Wait REL"),
)
INTESS_STATES = (
    "Call received",
    CB.format("Call delivered"),
    CB.format("Connection request"),
    CB.format("Active"),
    CB.format("SPACTIVE"),
    "CB number in INTESS_spy state",
)
CONNECTIONS = "Total no of connection in {} state"
CONFERENCES = "Total no of conf connection in {} state"
SERVICE = "Total no of connection having service type as {}"


class BlocksBody(CallCenterBody):
    """Which control blocks; modules' numbers are taken as they come: there is one of each."""

    module: Text = spelled("MODTYP")
    pid: Text = spelled("PID", default="")
    pid_msu: Text = spelled("PIDMSU", default="")
    mn: DigitText = spelled("MN", default="")
    bicc: Text = spelled("BICCTYPE", default="")
    msu_mn: DigitText = spelled("MSUMN", default="")


@cms.post("/v1/openapi/uap/dsppidkey", section="12.3.6.2", codes=CODES)
def control_blocks(call: CmsRequest, body: BlocksBody) -> dict[str, dict[str, str]]:
    """Count control blocks by state."""
    require_global(call)
    pid = {"CCU": body.pid, "MSU": body.pid_msu}.get(body.module, "")
    count = MODULES.get((body.module, pid))
    if count is None:
        raise InvalidParameter(f"there is no module {body.module} {pid}")
    tenants = tenants_asked(call, body.cc_id)
    counts = count([it for tenant in tenants for it in tenant.calls.values()])
    return {UAP: {name: str(value) for name, value in counts.items()}}


def _ccb(calls: Sequence[Call]) -> dict[str, int]:
    states = Counter(map(_state_of_call, calls))
    return {
        "IDC switch index": 1,
        CB.format("Null"): max(0, BLOCKS - len(calls)),
        **{name: states[name] for name in CCB_STATES},
        **dict.fromkeys(CCB_UNUSED, 0),
    }


def _state_of_call(call: Call) -> str:
    if call.ivr is not None:
        return "Info receiving status number"
    states = {it.state for it in call.connections if it.agent is not None} or {
        it.state for it in call.connections
    }
    if ALERTING in states:
        return CB.format("Alerting")
    if call.entry is not None:
        return "Call proceeding number"
    if HOLD in states:
        return CB.format("Temply hold")
    others = [it for it in call.connections if it.state is CONNECTED]
    return CB.format("Active" if len(others) > 1 else "Connection request")


def _intess(calls: Sequence[Call]) -> dict[str, int]:
    parts = [it for call in calls for it in call.connections if it.agent is not None]
    states = Counter(map(_state_of_part, parts))
    return {
        CB.format("Idle"): max(0, BLOCKS - len(parts)),
        **{name: states[name] for name in INTESS_STATES},
        **dict.fromkeys(INTESS_UNUSED, 0),
    }


def _state_of_part(part: Connection) -> str:
    agent = part.agent
    if agent is not None and agent.supervision is not None and agent.supervision.call is part.call:
        return "CB number in INTESS_spy state"
    if part.state is ALERTING:
        return "Call received"
    if part.state is INITIATED:
        return CB.format("Connection request")
    if part.state is HOLD:
        return CB.format("SPACTIVE")
    alone = all(it is part or it.state is ALERTING for it in part.call.connections)
    return CB.format("Call delivered" if alone else "Active")


def _bsi(calls: Sequence[Call]) -> dict[str, int]:
    voices = [it for call in calls if not call.is_chat for it in call.connections]
    heard = [it for it in voices if it.state is CONNECTED or it.state is HOLD]
    rooms = [it for it in calls if it.room is not None]
    chairs = [it for it in heard if it.call.room is not None]
    return {
        "Total number of connections": BLOCKS,
        CONNECTIONS.format("IDLE"): max(0, BLOCKS - len(voices)),
        CONNECTIONS.format("CREATE CONNECT"): len(voices) - len(heard),
        CONNECTIONS.format("CONNECT"): len(heard),
        CONNECTIONS.format("DELETE CONNECT"): 0,
        CONNECTIONS.format("MODIFY CONNECT"): 0,
        SERVICE.format("IVR"): sum(it.kind is DeviceType.IVR for it in heard),
        SERVICE.format("CONF"): len(rooms),
        SERVICE.format("CONF CHAN"): len(chairs),
        CONFERENCES.format("IDLE"): max(0, BLOCKS - len(rooms)),
        "Total number of Conf connections": BLOCKS,
        CONFERENCES.format("CREATE CONF"): 0,
        CONFERENCES.format("CONF USING"): len(rooms),
        CONFERENCES.format("CONF DELETE"): 0,
    }


MODULES: dict[tuple[str, str], Callable[[Sequence[Call]], dict[str, int]]] = {
    ("CCU", "CCB"): _ccb,
    ("CCU", "INTESS"): _intess,
    ("MSU", "BSI"): _bsi,
}
"""By MODTYP, and PID or PIDMSU."""
