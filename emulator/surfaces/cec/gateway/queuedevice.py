"""Skill queues and flows of the agent's VDN: queuedevice (CEC 5.2.5–10)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field

from emulator.surfaces.cec.gateway.component import GatewayRequest, codes, gateway, signed_in
from emulator.surfaces.cec.gateway.errors import failures
from emulator.surfaces.coercion import Int
from emulator.switch import queues
from emulator.switch.config import Policy, PolicyAction
from emulator.switch.errors import UnknownFlow, UnknownQueue
from emulator.switch.model import Queue, QueueEntry, Tenant
from emulator.switch.terms import TargetType

QUEUE_DEVICE = "/resource/queuedevice/{agentid}"
"""Where the interfaces of 5.2.5–10 begin."""

SERVICE = 1
"""The only service type of a VDN: the configuration has no others."""
REAL_QUEUE = 1


# How many wait


@gateway.get(QUEUE_DEVICE + "/waitnum", section="5.2.5", codes=("100-006",))
def waiting_in_configured_queues(call: GatewayRequest) -> int:
    """Count who waits in the queues that are configured for the agent."""
    agent = signed_in(call)
    found = (agent.tenant.queues.get(skill.queue) for skill in agent.config.skills)
    return _waiting(queue for queue in found if queue is not None)


@gateway.get(QUEUE_DEVICE + "/waitnumbyagent", section="5.2.6", codes=codes())
def waiting_in_own_queues(call: GatewayRequest) -> int:
    """Count who waits in the queues that the agent has signed in to."""
    return _waiting(queue for queue, _ in signed_in(call).memberships)


@gateway.get(
    QUEUE_DEVICE + "/skillwaitnum/{skillid}",
    section="5.2.8",
    codes=("100-006",),
    failures=failures(UnknownQueue="000-002"),
)
def waiting_in_queue(call: GatewayRequest, skillid: Int) -> int:
    """Count who waits in a queue of the VDN."""
    return len(call.platform.switch.queue(signed_in(call).tenant.id, skillid).waiting)


def _waiting(found: Iterable[Queue]) -> int:
    return sum(len(queue.waiting) for queue in found)


# What there is


class SkillQueue(BaseModel):
    """A skill queue (Table 5-65)."""

    name: str
    id: int
    mediatype: int
    serviceType: int  # noqa: N815
    realFlag: int  # noqa: N815


NO_QUEUES = failures(UnknownQueue="600-005")


@gateway.get(
    QUEUE_DEVICE + "/agentvdnskill",
    section="5.2.7",
    message="",
    codes=codes("600-005"),
    failures=NO_QUEUES,
)
def queues_of_vdn(call: GatewayRequest) -> list[SkillQueue]:
    """List the queues of the agent's VDN."""
    return [
        SkillQueue(
            name=queue.config.name,
            id=queue.id,
            mediatype=int(queue.config.media_type),
            serviceType=SERVICE,
            realFlag=REAL_QUEUE,
        )
        for queue in require_queues(signed_in(call).tenant)
    ]


def require_queues(tenant: Tenant) -> list[Queue]:
    """The queues of a VDN that has any."""
    if not tenant.queues:
        raise UnknownQueue(f"VDN {tenant.id} has no queues")
    return list(tenant.queues.values())


class IvrFlow(BaseModel):
    """An IVR flow (Table 5-78)."""

    access: str
    id: int
    description: str
    serviceNo: int  # noqa: N815


@gateway.get(
    QUEUE_DEVICE + "/ivrinfo",
    section="5.2.10",
    codes=codes("600-004"),
    failures=failures(UnknownFlow="600-004"),
)
def flows_of_vdn(call: GatewayRequest) -> list[IvrFlow]:
    """List the IVR flows of the agent's VDN."""
    tenant = signed_in(call).tenant
    if not tenant.flows:
        raise UnknownFlow(f"VDN {tenant.id} has no IVR flows")
    return [
        IvrFlow(
            access=flow.config.access_code,
            id=flow.id,
            description=flow.config.name,
            serviceNo=SERVICE,
        )
        for flow in tenant.flows.values()
    ]


# Statistics

UNUSED_LOAD, UNUSED_RATE = 65535, 100
"""What the reference shows in fields that are not used."""
RELEASES, TRANSFERS = 0, 2
NO_DEVICE_TYPE, NO_DEVICE = 255, 65535
DEVICE_TYPES = {PolicyAction.QUEUE: TargetType.QUEUE, PolicyAction.IVR: TargetType.IVR}


class CallIdentity(BaseModel):
    """A call id in parts (Table 5-74): milliseconds, and its sequence number in three pieces."""

    dateTime: int = 4294967295000  # noqa: N815
    dsn: int = 65535
    server: int = 255
    handle: int = 255


class QueueStatistics(BaseModel):
    """How a queue is doing (Table 5-73); `queueTime` and `estWaitTime` in seconds."""

    pilotNbr: str  # noqa: N815
    deviceNo: int  # noqa: N815
    queueSize: int  # noqa: N815
    queueTime: int  # noqa: N815
    loadFactor: int  # noqa: N815
    estWaitTime: int  # noqa: N815
    loggedOnAgents: int  # noqa: N815
    availAgents: int  # noqa: N815
    transferFlg: int  # noqa: N815
    transferDeviceType: int  # noqa: N815
    transferDeviceNo: int  # noqa: N815
    skillDescrip: str  # noqa: N815
    resourceIdleRate: int  # noqa: N815
    serviceLevel: int  # noqa: N815
    oldCallIdEx: CallIdentity  # noqa: N815
    maxQueueSize: int  # noqa: N815


class StatisticsBody(BaseModel):
    """The queues that are asked about."""

    skills: Annotated[list[Int], Field(max_length=100)]


@gateway.post(QUEUE_DEVICE + "/queryacdstat", section="5.2.9", message="", codes=codes("000-002"))
def queue_statistics(call: GatewayRequest, body: StatisticsBody) -> list[QueueStatistics]:
    """Tell of each queue who waits, who works for it, and where it sends whom it cannot keep."""
    tenant, switch = signed_in(call).tenant, call.platform.switch
    pilots = _pilot_numbers(tenant)
    found = [switch.queue(tenant.id, queue_id) for queue_id in body.skills]
    return [_statistics(queue, pilots.get(queue.id, ""), switch.now) for queue in found]


def _pilot_numbers(tenant: Tenant) -> dict[int, str]:
    """The first number that leads to each queue."""
    numbers: dict[int, str] = {}
    for code in tenant.access_codes.values():
        for route in code.routes:
            if route.target is TargetType.QUEUE:
                numbers.setdefault(route.target_id, code.code + route.extension)
    return numbers


def _statistics(queue: Queue, pilot: str, now: int) -> QueueStatistics:
    oldest, config = _oldest(queue), queue.config
    flag, device_type, device = _transfer(config.on_busy)
    return QueueStatistics(
        pilotNbr=pilot,
        deviceNo=queue.id,
        queueSize=len(queue.waiting),
        queueTime=(now - oldest[0].begun) // 1_000_000 if oldest is not None else 0,
        loadFactor=UNUSED_LOAD,
        estWaitTime=queues.expected_wait(queue, len(queue.waiting) + 1),
        loggedOnAgents=len(queue.agents),
        availAgents=len(queue.idle),
        transferFlg=flag,
        transferDeviceType=device_type,
        transferDeviceNo=device,
        skillDescrip=config.description or config.name,
        resourceIdleRate=UNUSED_RATE,
        serviceLevel=UNUSED_RATE,
        oldCallIdEx=_identity(oldest[1]) if oldest is not None else CallIdentity(),
        maxQueueSize=config.max_waiting,
    )


def _transfer(policy: Policy) -> tuple[int, int, int]:
    """Where a call goes for which the queue has no room: flag, device type, device."""
    device_type = DEVICE_TYPES.get(policy.action)
    if device_type is None or policy.target is None:
        return RELEASES, NO_DEVICE_TYPE, NO_DEVICE
    return TRANSFERS, int(device_type), policy.target


def _oldest(queue: Queue) -> tuple[QueueEntry, str] | None:
    """Who waits longest: the first of one of the priorities. With the call's id."""
    found: list[tuple[QueueEntry, str]] = []
    waiting, place = queue.waiting, 0
    while place < len(waiting):
        rank, _, call_id = waiting[place]
        entry = queue.tenant.calls[call_id].entry
        if entry is not None:
            found.append((entry, call_id))
        place = bisect_left(waiting, (rank + 1, 0, ""), place)
    return min(found, key=lambda it: it[0].begun, default=None)


def _identity(call_id: str) -> CallIdentity:
    """The id `seconds-sequence` in the parts from which clients put it together again."""
    seconds, sequence = (int(part) for part in call_id.split("-"))
    return CallIdentity(
        dateTime=seconds * 1000,
        dsn=sequence & 0xFFFF,
        handle=sequence >> 16 & 0xFF,
        server=sequence >> 24,
    )
