"""Making configuration live: whole tenants, and changes to one while calls are under way.

`check_tenant` refuses before anything is stored (rule 10); `apply_*` cannot fail.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulator.switch import agents, calls, flow, stays, supervision
from emulator.switch import queues as queueing
from emulator.switch.config import TenantConfig
from emulator.switch.errors import ConfigurationError
from emulator.switch.model import Agent, Call, Phone, Queue, Tenant, Trunk
from emulator.switch.terms import LeaveReason, QueueOutcome
from emulator.switch.validation import Problem, problems_of_last

if TYPE_CHECKING:
    from emulator.switch.core import Core


def check_tenant(sw: Core, config: TenantConfig) -> None:
    """Refuse a tenant that contradicts itself or another one; names the place and the reason."""
    others = [tenant.config for tenant in sw.tenants.values() if tenant.id != config.id]
    world = (*others, config)
    if problems := problems_of_last(world):
        raise ConfigurationError("; ".join(_in_words(world, problem) for problem in problems))
    for number in _phones_of(config):
        phone = sw.phones.get(number)
        if phone is not None and phone.tenant != config.id:
            raise ConfigurationError(f"an agent of another tenant is signed in at phone {number}")


def _in_words(world: Sequence[TenantConfig], problem: Problem) -> str:
    """The problem behind its place, as one writes it: tenant 1: agents[3].work_no."""
    index, *rest = problem.path
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
    return f"tenant {world[int(index)].id}: {place.removeprefix('.')}: {problem.reason}"


def _phones_of(config: TenantConfig) -> dict[str, bool]:
    """The tenant's phones, and whether each is external; those of agents need not be listed."""
    phones = {phone.number: phone.external for phone in config.phones}
    for agent in config.agents:
        if agent.phone:
            phones.setdefault(agent.phone, False)
    return phones


def apply_tenant(sw: Core, config: TenantConfig) -> Tenant:
    """Create the tenant or bring it up to date; calls that lost their queue are released."""
    tenant = sw.tenants.get(config.id)
    if tenant is None:
        tenant = sw.tenants[config.id] = Tenant(config, config.id)
    tenant.config = config
    tenant.blacklist = dict.fromkeys(config.blacklist)
    tenant.outside = {outside.number: outside for outside in config.outside_numbers}
    _apply_trunks(tenant, config)
    tenant.flows = {item.id: flow.load(item) for item in config.flows}
    media_changed = _apply_queues(sw, tenant, config)
    _apply_access_codes(sw, tenant, config)
    _apply_agents(sw, tenant, config, media_changed=media_changed)
    _apply_phones(sw, tenant, config)
    tenant.groups = {member.work_no: it for it in config.user_groups for member in it.members}
    tenant.inspection = any(it.inspects for it in config.user_groups)
    return tenant


def forget_tenant(sw: Core, tenant: Tenant) -> None:
    """Take a tenant out of the world, with its agents, phones, calls, timers and requests."""
    del sw.tenants[tenant.id]
    for work_no in tenant.agents:
        del sw.agents[work_no]
    for number in [n for n, phone in sw.phones.items() if phone.tenant == tenant.id]:
        del sw.phones[number]
    for code in tenant.access_codes:
        del sw.access_codes[code]
    for call_id in tenant.calls:
        del sw.calls[call_id]
    for request, (connection, _) in list(sw.requests.items()):
        if connection.call.tenant is tenant:
            del sw.requests[request]
    sw.free_agents = deque(agent for agent in sw.free_agents if agent.tenant is not tenant)
    sw.new_waiters = deque(call for call in sw.new_waiters if call.tenant is not tenant)
    for _, serial, _, subject in sw.timers.pending():
        if _is_of(tenant, subject):
            sw.timers.cancel(serial)


def _is_of(tenant: Tenant, subject: Any) -> bool:
    """Whether a timer is the tenant's: its subject is an agent, a call, or a call on a device."""
    if isinstance(subject, int):
        return subject in tenant.agents
    return (subject[0] if isinstance(subject, tuple) else subject) in tenant.calls


def _apply_trunks(tenant: Tenant, config: TenantConfig) -> None:
    known = {trunk.config.name: trunk for trunk in tenant.trunks}
    tenant.trunks = []
    for item in config.trunks:
        trunk = known.get(item.name) or Trunk(item)
        trunk.config = item
        trunk.external |= item.external
        tenant.trunks.append(trunk)


def _apply_queues(sw: Core, tenant: Tenant, config: TenantConfig) -> bool:
    """Returns whether a queue changed its medium, so that other agents can serve it."""
    media_changed = False
    wanted = {item.id: item for item in config.queues}
    for queue_id in [known for known in tenant.queues if known not in wanted]:
        queue = tenant.queues.pop(queue_id)
        for call in [c for c in tenant.calls.values() if c.entry and c.entry.queue is queue]:
            _give_up_queue(sw, call)
    for item in config.queues:
        known = tenant.queues.get(item.id)
        if known is None:
            tenant.queues[item.id] = Queue(item, tenant, f"queue:{item.id}", item.id)
        else:
            media_changed |= known.config.media_type is not item.media_type
            known.config = item
    return media_changed


def _give_up_queue(sw: Core, call: Call) -> None:
    """The call's queue is no more: nobody is rung; a transfer fails, else the call is released."""
    entry = call.entry
    ringing = entry.ringing if entry is not None else None
    stays.leave_queue(sw, call, QueueOutcome.RELEASED, LeaveReason.QUEUE_CANCELLED)
    if ringing is not None:
        calls.drop(sw, ringing, calls.CAUSE_ROUTING_FAILED, LeaveReason.QUEUE_CANCELLED)
    queueing.not_served(sw, call, calls.CAUSE_ROUTING_FAILED, LeaveReason.QUEUE_CANCELLED)


def _apply_access_codes(sw: Core, tenant: Tenant, config: TenantConfig) -> None:
    for code in tenant.access_codes:
        sw.access_codes.pop(code, None)
    tenant.access_codes = {code.code: code for code in config.access_codes}
    for item in config.access_codes:
        sw.access_codes[item.code] = (tenant, item)


def _apply_phones(sw: Core, tenant: Tenant, config: TenantConfig) -> None:
    wanted = _phones_of(config)
    for number in [n for n, p in sw.phones.items() if p.tenant == tenant.id and n not in wanted]:
        sw.phones[number].removed = True
        if sw.phones[number].agent is None:
            del sw.phones[number]
    for number, external in wanted.items():
        phone = sw.phones.get(number)
        if phone is None:
            sw.phones[number] = Phone(number, tenant.id, external)
        else:
            phone.external = external or phone.attached or phone.lost
            phone.removed = False


def _apply_agents(sw: Core, tenant: Tenant, config: TenantConfig, *, media_changed: bool) -> None:
    wanted = {item.work_no: item for item in config.agents}
    for work_no in [known for known in tenant.agents if known not in wanted]:
        agent = tenant.agents[work_no]
        if agent.signed_in:
            supervision.force_sign_out(sw, agent, 0, 0)
        del tenant.agents[work_no]
        del sw.agents[work_no]
    for item in config.agents:
        known = tenant.agents.get(item.work_no)
        if known is None:
            agent = Agent(item, tenant, item.work_no, f"agent:{item.work_no}")
            tenant.agents[item.work_no] = sw.agents[item.work_no] = agent
        elif known.config != item:
            renamed = replace(known.config, name=item.name) == item
            known.config = item
            if known.signed_in and not renamed:
                agents.set_skills(sw, known, None)
        elif known.signed_in and media_changed:
            joined = [queue.id for queue, _ in known.memberships]
            agents.set_skills(sw, known, joined)
