"""Making configuration live: whole tenants, and changes to one while calls are under way.

`check_*` refuse before anything is stored (rule 10); `apply_*` cannot fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, flow, supervision
from emulator.switch import queues as queueing
from emulator.switch.config import (
    AgentConfig,
    FlowConfig,
    Policy,
    PolicyAction,
    QueueConfig,
    TenantConfig,
)
from emulator.switch.errors import ConfigurationError
from emulator.switch.model import Agent, Call, Phone, Queue, Tenant, Trunk
from emulator.switch.terms import LeaveReason, QueueOutcome, TargetType

if TYPE_CHECKING:
    from emulator.switch.switch import Switch


def check_tenant(sw: Switch, config: TenantConfig) -> None:
    """Refuse a tenant that contradicts itself or another one; names the item and the reason."""
    queues = {queue.id for queue in config.queues}
    flows = {item.id for item in config.flows}
    _refuse_doubles("queue", [queue.id for queue in config.queues])
    _refuse_doubles("agent", [agent.work_no for agent in config.agents])
    _refuse_doubles("phone", [phone.number for phone in config.phones])
    _refuse_doubles("access code", [code.code for code in config.access_codes])
    _refuse_doubles("flow", [item.id for item in config.flows])
    _refuse_doubles("trunk", [trunk.name for trunk in config.trunks])
    for queue in config.queues:
        _check_queue(queue, queues, flows)
    for agent in config.agents:
        _check_agent(sw, config, agent, queues)
        if agent.phone:
            _check_phone(sw, config, agent.phone)
    for phone in config.phones:
        _check_phone(sw, config, phone.number)
    for code in config.access_codes:
        taken = sw.access_codes.get(code.code)
        if taken is not None and taken[0].id != config.id:
            raise ConfigurationError(f"access code {code.code} belongs to another tenant")
        for route in code.routes:
            ids = queues if route.target is TargetType.QUEUE else flows
            if route.target_id not in ids:
                raise ConfigurationError(f"access code {code.code} leads to nothing")
    for item in config.flows:
        flow.load(item)
        _check_flow_targets(item, queues, flows)


def _check_phone(sw: Switch, config: TenantConfig, number: str) -> None:
    known = sw.phones.get(number)
    if known is not None and known.tenant != config.id:
        raise ConfigurationError(f"phone {number} belongs to another tenant")


def _refuse_doubles(kind: str, keys: list[int] | list[str]) -> None:
    seen: set[int | str] = set()
    for key in keys:
        if key in seen:
            raise ConfigurationError(f"{kind} {key} occurs twice")
        seen.add(key)


_RANGES = (
    ("max_wait", 1, 60000),
    ("max_waiting", 1, 10000),
    ("wrap_up", 0, 3600),
    ("ring", 1, 600),
)


def _check_queue(queue: QueueConfig, queues: set[int], flows: set[int]) -> None:
    for name, least, most in _RANGES:
        if not least <= getattr(queue, name) <= most:
            raise ConfigurationError(f"queue {queue.id}: {name} is {least} to {most}")
    for policy in (queue.on_no_agents, queue.on_busy, queue.on_timeout):
        if not _policy_leads_somewhere(policy, queues, flows):
            raise ConfigurationError(f"queue {queue.id} has a policy that leads to nothing")


def _policy_leads_somewhere(policy: Policy, queues: set[int], flows: set[int]) -> bool:
    if policy.action is PolicyAction.RELEASE:
        return True
    return policy.target in (queues if policy.action is PolicyAction.QUEUE else flows)


def _check_agent(sw: Switch, config: TenantConfig, agent: AgentConfig, queues: set[int]) -> None:
    if not 101 <= agent.work_no <= 59999:
        raise ConfigurationError(f"agent {agent.work_no}: work numbers are 101 to 59999")
    known = sw.agents.get(agent.work_no)
    if known is not None and known.tenant.id != config.id:
        raise ConfigurationError(f"agent {agent.work_no} belongs to another tenant")
    for skill in agent.skills:
        if skill.queue not in queues:
            raise ConfigurationError(f"agent {agent.work_no}: there is no queue {skill.queue}")
        if skill.agent_weight < 1 or skill.skill_weight < 1:
            raise ConfigurationError(f"agent {agent.work_no}: the least weight is 1")


_TARGETS = {"queue": "queue", "flow": "flow"}


def _check_flow_targets(item: FlowConfig, queues: set[int], flows: set[int]) -> None:
    for name, node in item.nodes.items():
        kind = node["type"]
        known = queues if kind == "queue" else flows if kind == "flow" else None
        if known is not None and node[_TARGETS[kind]] not in known:
            raise ConfigurationError(
                f"IVR flow {item.id}, node {name!r}: there is no {kind} {node[_TARGETS[kind]]}"
            )


def apply_tenant(sw: Switch, config: TenantConfig) -> Tenant:
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
    return tenant


def _apply_trunks(tenant: Tenant, config: TenantConfig) -> None:
    known = {trunk.config.name: trunk for trunk in tenant.trunks}
    tenant.trunks = []
    for item in config.trunks:
        trunk = known.get(item.name) or Trunk(item)
        trunk.config = item
        tenant.trunks.append(trunk)


def _apply_queues(sw: Switch, tenant: Tenant, config: TenantConfig) -> bool:
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


def _give_up_queue(sw: Switch, call: Call) -> None:
    """The call's queue is no more: nobody is rung; a transfer fails, else the call is released."""
    entry = call.entry
    ringing = entry.ringing if entry is not None else None
    calls.leave_queue(sw, call, QueueOutcome.RELEASED, LeaveReason.QUEUE_CANCELLED)
    if ringing is not None:
        calls.drop(sw, ringing, calls.CAUSE_ROUTING_FAILED, LeaveReason.QUEUE_CANCELLED)
    queueing.not_served(sw, call, calls.CAUSE_ROUTING_FAILED, LeaveReason.QUEUE_CANCELLED)


def _apply_access_codes(sw: Switch, tenant: Tenant, config: TenantConfig) -> None:
    for code in tenant.access_codes:
        sw.access_codes.pop(code, None)
    tenant.access_codes = {code.code: code for code in config.access_codes}
    for item in config.access_codes:
        sw.access_codes[item.code] = (tenant, item)


def _apply_phones(sw: Switch, tenant: Tenant, config: TenantConfig) -> None:
    wanted = {phone.number: phone.external for phone in config.phones}
    for agent in config.agents:
        if agent.phone:
            wanted.setdefault(agent.phone, False)
    for number in [n for n, p in sw.phones.items() if p.tenant == tenant.id and n not in wanted]:
        if sw.phones[number].agent is None:
            del sw.phones[number]
    for number, external in wanted.items():
        phone = sw.phones.get(number)
        if phone is None:
            sw.phones[number] = Phone(number, tenant.id, external)
        else:
            phone.external = external


def _apply_agents(sw: Switch, tenant: Tenant, config: TenantConfig, *, media_changed: bool) -> None:
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
            known.config = item
            if known.signed_in:
                agents.set_skills(sw, known, None)
        elif known.signed_in and media_changed:
            joined = [queue.id for queue, _ in known.memberships]
            agents.set_skills(sw, known, joined)
