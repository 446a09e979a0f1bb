"""What a softphone asks about calls, trunks and agents (chapter 3)."""

from __future__ import annotations

from emulator.domain.calendar import local
from emulator.surfaces.soap.contract import Text
from emulator.surfaces.soap.numbers import extension_of
from emulator.surfaces.ultracrm import mapping, pairs
from emulator.surfaces.ultracrm.desk import UltraCrm
from emulator.surfaces.ultracrm.services import at_client
from emulator.switch.model import Agent


@at_client.operation("ATGetCallInfo", codes=(), ignored=("strKey",))
def call_info(desk: UltraCrm, strUid: Text, strKey: Text = "") -> Text:
    """Describe the agent's current call."""
    agent = desk.agent(strUid)
    connection = mapping.shown_connection(agent)
    values = dict.fromkeys(("CALLID", "CALLER", "CALLED", "DIR"), "")
    values["DIR"] = str(mapping.UNKNOWN_WAY)
    trunk = info = time = ""
    transfer = mapping.ONCE
    if connection is not None:
        call = connection.call
        began = local(call.created, desk.zone)
        values = {
            "CALLID": mapping.call_id(call.id, call.tenant.config.timezone),
            "CALLER": mapping.caller(call),
            "CALLED": mapping.called(call),
            "DIR": str(mapping.direction(call, agent)),
        }
        trunk, info, time = mapping.trunk_line(call), call.data, f"{began:%H:%M:%S}"
        transfer = mapping.transfer_type(connection)
    values |= {
        "STATUS": mapping.line(agent),
        "EXT": extension_of(agent),
        "TRUNK": trunk,
        "INFO": info,
        "UID": str(agent.work_no),
        "TIME": time,
        "TRANS_TYPE": str(transfer),
    }
    return pairs.write(values, closed=True)


@at_client.operation("ATGetTrunk_list", codes=())
def trunk_list(desk: UltraCrm) -> Text:
    """List the trunk lines."""
    return pairs.bars(mapping.trunk_lines(desk.tenant))


@at_client.operation("ATGetUidInfo", codes=())
def agent_info(desk: UltraCrm, strUid: Text) -> Text:
    """Describe an agent."""
    return _described(desk, desk.agent(strUid))


@at_client.operation("ATGetUidInfo_byExt", codes=())
def agent_info_by_extension(desk: UltraCrm, strExt: Text) -> Text:
    """Describe the agent at an extension."""
    return _described(desk, desk.agent_at(strExt))


@at_client.operation("ATGetUid_Online", codes=())
def online_agents(desk: UltraCrm, strGroup: Text = "") -> Text:
    """List the agents that have signed in, of one group or of all."""
    tenant = desk.tenant
    agents = list(tenant.agents.values())
    if strGroup:
        queue = next((it for it in tenant.queues.values() if str(it.id) == strGroup), None)
        agents = list(queue.agents.values()) if queue is not None else []
    return pairs.bars(str(it.work_no) for it in agents if it.signed_in)


def _described(desk: UltraCrm, agent: Agent) -> str:
    configured = [skill.queue for skill in agent.config.skills]
    joined = [queue.id for queue, _ in agent.memberships]
    registered = "ALL" if sorted(joined) == sorted(configured) else ",".join(map(str, joined))
    signed_in_at = local(agent.logged_on_at, desk.zone) if agent.signed_in else None
    return pairs.write(
        {
            "UID": str(agent.work_no),
            "NAME": agent.config.name,
            "EXT": extension_of(agent),
            "STATUS": mapping.state(agent),
            "CALLS": mapping.line(agent),
            "GROUPS": ",".join(map(str, configured)),
            "REG_GROUP": registered if agent.signed_in else "",
            "LTIME": f"{signed_in_at:%Y%m%d %H%M%S}" if signed_in_at else "",
        },
        closed=False,
    )
