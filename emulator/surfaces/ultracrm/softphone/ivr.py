"""Calls that a softphone sends to a flow, or into which it brings one (chapter 3).

Both operations take `AC_SWITCHIVR;CALLID=…;EXT=…;IVRFILE=…;NODE=…;IVRMSG=…;`: the call, the agent's
extension, the flow by its name, the node at which it begins, and what the flow finds in the
variable `ivrmsg`.
"""

from __future__ import annotations

from emulator.surfaces.soap.contract import LongText, Number, Text
from emulator.surfaces.ultracrm import pairs
from emulator.surfaces.ultracrm.desk import DONE, UltraCrm, own_call
from emulator.surfaces.ultracrm.services import at_client
from emulator.switch.errors import InvalidValue, NoCall, UnknownFlow
from emulator.switch.flow import IvrEntry
from emulator.switch.model import Agent
from emulator.switch.terms import TargetType, TransferMode

VERB = "AC_SWITCHIVR"
MESSAGE = "ivrmsg"


@at_client.operation("ATTranCall_toIVR", ignored=("nCh",))
def transfer(desk: UltraCrm, strUid: Text, nCh: Number, strExt: Text, strInfo: LongText) -> Number:
    """Send the call to a flow, and leave it."""
    agent, flow, entry, data = _asked(desk, strUid, strExt, strInfo)
    desk.switch.single_step_transfer(
        agent.work_no, (TargetType.IVR, flow), TransferMode.BLIND, entry=entry, data=data
    )
    return DONE


@at_client.operation("ATJoinIVR_toCnf", ignored=("nCh",))
def join(desk: UltraCrm, strUid: Text, nCh: Number, strExt: Text, strInfo: LongText) -> Number:
    """Bring a flow into the call, and stay on it."""
    agent, flow, entry, data = _asked(desk, strUid, strExt, strInfo)
    desk.switch.join_ivr(agent.work_no, flow, entry, data=data)
    return DONE


def _asked(desk: UltraCrm, uid: str, extension: str, info: str) -> tuple[Agent, str, IvrEntry, str]:
    """Agent, flow, where the flow begins and with what, and the data of the call."""
    agent, said = desk.agent(uid), pairs.read(info)
    if pairs.verb(info) not in ("", VERB):
        raise InvalidValue(f"{pairs.verb(info)} sends no call to a flow")
    if said.get("EXT") and desk.agent_at(said["EXT"]) is not agent:
        raise NoCall(f"extension {said['EXT']} is not that of agent {uid}")
    current = agent.active
    wanted = own_call(agent, said.get("CALLID", ""))
    if current is None or wanted not in (None, current.call.id):
        raise NoCall(f"agent {uid} does not talk on that call")
    message = said.get("IVRMSG", "")
    entry = IvrEntry(said.get("NODE", ""), ((MESSAGE, message),) if message else ())
    return agent, _flow(desk, extension, said.get("IVRFILE", "")), entry, message


def _flow(desk: UltraCrm, extension: str, file: str) -> str:
    """The number of the flow with that access code, or of that name or number."""
    name = file.rpartition("\\")[2].rpartition("/")[2]
    for flow in desk.tenant.flows.values():
        it = flow.config
        if extension and extension in (it.access_code, str(flow.id)):
            return str(flow.id)
        if name and not extension and name.casefold() in _names(it.name, flow.id):
            return str(flow.id)
    raise UnknownFlow(f"there is no flow {extension or file!r}")


def _names(name: str, number: int) -> tuple[str, ...]:
    """How a file of a flow may be called: its name, with and without an ending, or its number."""
    return name.casefold(), name.casefold() + ".ivr", str(number)
