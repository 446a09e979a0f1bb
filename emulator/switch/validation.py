"""What makes a configuration valid: ranges, uniqueness, and references that lead somewhere.

Seeds are checked with it as a whole, and so is what a changed tenant would become. Pure: the
rules look at configuration only, not at what is going on in the call center.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from emulator.switch import flow
from emulator.switch.config import Policy, PolicyAction, QueueConfig, TenantConfig
from emulator.switch.terms import TargetType

T = TypeVar("T", int, str)
Path = tuple[str | int, ...]

WORK_NUMBERS = range(101, 59_999 + 1)
REST_CODES = range(1, 255 + 1)
QUEUE_RANGES = {
    "max_wait": range(1, 60_000 + 1),
    "max_waiting": range(1, 10_000 + 1),
    "wrap_up": range(3_600 + 1),
    "ring": range(1, 600 + 1),
}
SECRETS = (
    "app_key",
    "app_secret",
    "ak",
    "sk",
    "chatbot_app_key",
    "chatbot_secret",
    "config_login",
    "config_password",
)


_UNIQUE = (
    ("agents", "work_no"),
    ("phones", "number"),
    ("access_codes", "code"),
    ("user_groups", "id"),
)
"""Lists whose items are told apart in the whole world, and by what."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: field names and indices from the list of tenants down."""

    path: Path
    reason: str


def problems_of(tenants: Sequence[TenantConfig]) -> list[Problem]:
    """All that is wrong with the tenants of a world; empty when it is valid."""
    found = list(_repeated(tenants, (), "id", lambda tenant: tenant.id, "a tenant has it already"))
    for index, tenant in enumerate(tenants):
        found += _own_problems(index, tenant)
    return found + list(_world_problems(tenants))


def problems_of_last(tenants: Sequence[TenantConfig]) -> list[Problem]:
    """All that is wrong with the last tenant of a world in which the others are valid."""
    found = list(_own_problems(len(tenants) - 1, tenants[-1]))
    return found + list(_world_problems(tenants))


def _own_problems(index: int, tenant: TenantConfig) -> Iterator[Problem]:
    """What is wrong with a tenant, wherever it lives."""
    for problem in chain.from_iterable(check(tenant) for check in _CHECKS):
        yield Problem((index, *problem.path), problem.reason)


def _world_problems(tenants: Sequence[TenantConfig]) -> Iterator[Problem]:
    """What must be unique over all tenants."""
    for field, key in _UNIQUE:
        seen: set[int | str] = set()
        for index, tenant in enumerate(tenants):
            for place, item in enumerate(getattr(tenant, field)):
                value = getattr(item, key)
                if value in seen:
                    yield Problem(
                        (index, field, place, key), f"{value} occurs more than once in the world"
                    )
                seen.add(value)
    yield from _desk_problems(tenants)


def _desk_problems(tenants: Sequence[TenantConfig]) -> Iterator[Problem]:
    """The phones on agents' desks, which are phones of their tenant without being listed."""
    owner = {phone.number: tenant.id for tenant in tenants for phone in tenant.phones}
    for index, tenant in enumerate(tenants):
        for place, agent in enumerate(tenant.agents):
            if agent.phone and owner.setdefault(agent.phone, tenant.id) != tenant.id:
                yield Problem(
                    (index, "agents", place, "phone"), f"{agent.phone} belongs to another tenant"
                )


def _tenant_problems(tenant: TenantConfig) -> Iterator[Problem]:
    yield from _within(("id",), tenant.id, 1)
    yield from _within(("ring",), tenant.ring, 1)
    yield from _within(("outside_ring",), tenant.outside_ring, 1)
    yield from _within(("default_answer_after",), tenant.default_answer_after, 0)
    yield from _within(("max_rest_agents",), tenant.max_rest_agents, 0)
    yield from _within(("conference_seats",), tenant.conference_seats, 0)
    yield from _within(("announcement",), tenant.announcement, 1)
    try:
        ZoneInfo(tenant.timezone)
    except (KeyError, ValueError, OSError):
        yield Problem(("timezone",), f"there is no time zone {tenant.timezone!r}")
    for name in tenant.secrets:
        if name not in SECRETS:
            yield Problem(("secrets", name), f"is none of {', '.join(SECRETS)}")


def _agent_problems(tenant: TenantConfig) -> Iterator[Problem]:
    queues = {queue.id for queue in tenant.queues}
    yield from _repeated(tenant.agents, ("agents",), "account", lambda agent: agent.account or None)
    for index, agent in enumerate(tenant.agents):
        path: Path = ("agents", index)
        yield from _in_range((*path, "work_no"), agent.work_no, WORK_NUMBERS)
        yield from _within((*path, "max_chats"), agent.max_chats, 1)
        yield from _repeated(agent.skills, (*path, "skills"), "queue", lambda skill: skill.queue)
        for place, skill in enumerate(agent.skills):
            here = (*path, "skills", place)
            yield from _known((*here, "queue"), skill.queue, queues, "queue")
            yield from _within((*here, "agent_weight"), skill.agent_weight, 1)
            yield from _within((*here, "skill_weight"), skill.skill_weight, 1)


def _queue_problems(tenant: TenantConfig) -> Iterator[Problem]:
    yield from _repeated(tenant.queues, ("queues",), "id", lambda queue: queue.id)
    for index, queue in enumerate(tenant.queues):
        path: Path = ("queues", index)
        yield from _within((*path, "id"), queue.id, 1)
        for name, allowed in QUEUE_RANGES.items():
            yield from _in_range((*path, name), getattr(queue, name), allowed)
        for name in ("on_no_agents", "on_busy", "on_timeout"):
            yield from _policy_problems(tenant, queue, (*path, name), getattr(queue, name))


def _policy_problems(
    tenant: TenantConfig, queue: QueueConfig, path: Path, policy: Policy
) -> Iterator[Problem]:
    target = (*path, "target")
    if policy.action is PolicyAction.RELEASE:
        return
    if policy.target is None:
        yield Problem(target, f"is missing: the action {policy.action} needs one")
    elif policy.action is PolicyAction.IVR:
        yield from _known(target, policy.target, {item.id for item in tenant.flows}, "IVR flow")
    elif policy.target == queue.id:
        yield Problem(target, "a queue cannot move its calls to itself")
    else:
        yield from _known(target, policy.target, {other.id for other in tenant.queues}, "queue")


def _route_problems(tenant: TenantConfig) -> Iterator[Problem]:
    known: dict[TargetType, tuple[set[int], str]] = {
        TargetType.QUEUE: ({queue.id for queue in tenant.queues}, "queue"),
        TargetType.IVR: ({item.id for item in tenant.flows}, "IVR flow"),
    }
    for index, access_code in enumerate(tenant.access_codes):
        path: Path = ("access_codes", index, "routes")
        yield from _repeated(access_code.routes, path, "extension", lambda route: route.extension)
        for place, route in enumerate(access_code.routes):
            if route.target not in known:
                yield Problem((*path, place, "target"), "must be a queue or an IVR flow")
                continue
            ids, word = known[route.target]
            yield from _known((*path, place, "target_id"), route.target_id, ids, word)


def _flow_problems(tenant: TenantConfig) -> Iterator[Problem]:
    yield from _repeated(tenant.flows, ("flows",), "id", lambda item: item.id)
    known = {
        "queue": ({queue.id for queue in tenant.queues}, "queue"),
        "flow": ({item.id for item in tenant.flows}, "IVR flow"),
    }
    for index, item in enumerate(tenant.flows):
        broken = [Problem(("flows", index, *path), why) for path, why in flow.problems_of(item)]
        yield from broken
        for name, node in item.nodes.items() if not broken else ():
            field = node["type"]
            if field in known:
                ids, word = known[field]
                yield from _known(("flows", index, "nodes", name, field), node[field], ids, word)


def _number_problems(tenant: TenantConfig) -> Iterator[Problem]:
    """Trunks, outside numbers, phones, rest reasons and the blacklist."""
    yield from _repeated(tenant.trunks, ("trunks",), "name", lambda trunk: trunk.name)
    yield from _repeated(
        tenant.outside_numbers, ("outside_numbers",), "number", lambda outside: outside.number
    )
    yield from _repeated(tenant.rest_reasons, ("rest_reasons",), "code", lambda rest: rest.code)
    yield from _repeated(tenant.blacklist, ("blacklist",), None, lambda number: number)
    for index, trunk in enumerate(tenant.trunks):
        yield from _within(("trunks", index, "channels"), trunk.channels, 1)
    for index, outside in enumerate(tenant.outside_numbers):
        for name in ("answer_after", "digits_after", "hang_up_after", "ring_patience"):
            yield from _within(("outside_numbers", index, name), getattr(outside, name), 0)
        if not set(outside.digits) <= set("0123456789*#"):
            yield Problem(("outside_numbers", index, "digits"), "must be digits, * and #")
    for index, reason in enumerate(tenant.rest_reasons):
        yield from _in_range(("rest_reasons", index, "code"), reason.code, REST_CODES)
    for field, key in (("phones", "number"), ("access_codes", "code")):
        for index, item in enumerate(getattr(tenant, field)):
            if not getattr(item, key):
                yield Problem((field, index, key), "must not be empty")


def _group_problems(tenant: TenantConfig) -> Iterator[Problem]:
    agents = {agent.work_no for agent in tenant.agents}
    groups = {group.id for group in tenant.user_groups}
    seen: set[int] = set()
    for index, group in enumerate(tenant.user_groups):
        path: Path = ("user_groups", index)
        for name in ("id", "name"):
            if not getattr(group, name):
                yield Problem((*path, name), "must not be empty")
        for place, member in enumerate(group.members):
            here = (*path, "members", place, "work_no")
            yield from _known(here, member.work_no, agents, "agent")
            if member.work_no in seen:
                yield Problem(here, f"{member.work_no} is in a group already")
            seen.add(member.work_no)
        for place, inspected in enumerate(group.inspects):
            yield from _known((*path, "inspects", place), inspected, groups, "group")


def _media_server_problems(tenant: TenantConfig) -> Iterator[Problem]:
    server = tenant.media_server
    if server is None:
        return
    for name, allowed in (("port", range(1, 65_536)), ("valid_for", range(1, 43_200))):
        yield from _in_range(("media_server", name), getattr(server, name), allowed)
    for name in ("ip", "app_id", "secret"):
        if not getattr(server, name):
            yield Problem(("media_server", name), "must not be empty")


_CHECKS: tuple[Callable[[TenantConfig], Iterator[Problem]], ...] = (
    _tenant_problems,
    _agent_problems,
    _queue_problems,
    _route_problems,
    _flow_problems,
    _number_problems,
    _group_problems,
    _media_server_problems,
)


def _in_range(path: Path, value: int, allowed: range) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(path, f"{value} is not within {allowed[0]} to {allowed[-1]}")


def _within(path: Path, value: float | None, least: int) -> Iterator[Problem]:
    if value is not None and value < least:
        yield Problem(path, f"{value} is less than {least}")


def _known(path: Path, value: T, ids: set[T], word: str) -> Iterator[Problem]:
    if value not in ids:
        yield Problem(path, f"the tenant has no {word} {value}")


def _repeated(
    items: Iterable[Any],
    path: Path,
    field: str | None,
    key: Callable[[Any], Any],
    reason: str = "occurs more than once",
) -> Iterator[Problem]:
    """The items whose key occurred before; None is no key."""
    seen: set[Any] = set()
    for index, item in enumerate(items):
        value = key(item)
        if value is not None and value in seen:
            tail = (field,) if field else ()
            yield Problem((*path, index, *tail), f"{value!r}: {reason}")
        seen.add(value)
