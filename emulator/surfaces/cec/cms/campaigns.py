"""Outbound tasks of a tenant: what the campaign service tells of them (CEC 12.3.5).

No campaign service is served, so no tenant has a task: lists are empty, and a task that is asked
for by its id is not there.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    InvalidParameter,
    NotFound,
    cms,
    tenant_of,
)
from emulator.surfaces.cec.cms.fields import CallCenterBody, Day, Offset, VdnId, page
from emulator.surfaces.coercion import DigitText, Int, spelled
from emulator.switch.model import Tenant


class Task(TypedDict):
    """An outbound task (Table 12-639)."""

    taskId: str
    taskName: str
    taskType: str
    beginDate: str
    endDate: str
    status: str


class Tasks(TypedDict):
    """A page of tasks, and how many there are."""

    count: int
    tasks: list[Task]


class SettledDay(TypedDict):
    """What a task did on a day (Table 12-644)."""

    statDate: str
    totalCount: int
    succCount: int
    succRate: str


class Progress(TypedDict):
    """How far a task has come (Table 12-648)."""

    totalCount: str
    succCount: str
    failCount: str
    succRate: str
    compCount: str
    waitCount: str
    execCount: str
    compRate: str


class TasksBody(CallCenterBody):
    """Which VDN's tasks, and which page of them."""

    vdn: VdnId
    limit: Annotated[Int, Field(ge=1, le=100)] = 10
    offset: Offset = 0


class TaskBody(CallCenterBody):
    """Which task of which VDN."""

    vdn: VdnId
    task_id: Annotated[DigitText, Field(min_length=1, max_length=30)] = spelled("taskId")


class SettledBody(TaskBody):
    """A task from one day to another."""

    first: Day = spelled("beginDayTime")
    last: Day = spelled("endDayTime")


@cms.post("/v1/openapi/fromisales/querytasks", section="12.3.5.1", codes=CODES)
def tasks(call: CmsRequest, body: TasksBody) -> Tasks:
    """List the tasks of a VDN."""
    found = tasks_of(tenant_of(call, body.vdn, body.cc_id))
    return Tasks(count=len(found), tasks=list(page(found, body.offset, body.limit)))


@cms.post("/v1/openapi/fromisales/dailystatistic", section="12.3.5.2", codes=CODES)
def settled_days(call: CmsRequest, body: SettledBody) -> list[SettledDay]:
    """Say what a task did each day."""
    if body.first > body.last:
        raise InvalidParameter("the range ends before it begins")
    raise _no_task(tenant_of(call, body.vdn, body.cc_id), body.task_id)


@cms.post("/v1/openapi/fromisales/realstatistic", section="12.3.5.3", codes=CODES)
def progress(call: CmsRequest, body: TaskBody) -> Progress:
    """Say how far a task has come."""
    raise _no_task(tenant_of(call, body.vdn, body.cc_id), body.task_id)


def tasks_of(tenant: Tenant) -> list[Task]:
    """The outbound tasks of a VDN: none."""
    return []


def _no_task(tenant: Tenant, task_id: str) -> NotFound:
    return NotFound(f"VDN {tenant.id} has no task {task_id}")
