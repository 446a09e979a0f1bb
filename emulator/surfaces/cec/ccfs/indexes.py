"""Index files of call records, recordings and agents' operations (CEC 13.2.1.2, 3, 6 and 7)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from emulator.domain.calendar import SECOND
from emulator.domain.exports import NAME, TooManyExports
from emulator.domain.index_files import CALLS, OPERATIONS, RECORDINGS, Wanted
from emulator.domain.local_time import LocalTime, instant
from emulator.store.pages import Criteria
from emulator.surfaces.cec.ccfs.component import (
    Blank,
    Body,
    CcfsAnswer,
    CcfsRequest,
    ExportName,
    ccfs,
    developer,
    file_answer,
)
from emulator.surfaces.cec.ccfs.errors import MAX_DAYS, VERSION, Refused
from emulator.surfaces.cec.ccfs.files import from_disk
from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.coercion import DigitText, Text, spelled
from emulator.switch.model import Tenant

LONGEST = int(MAX_DAYS) * 24 * 3600 * SECOND
BILLS, OPERATION_FILES = "bill", "agentOprInfo"
"""The sorts of exports."""

QUERY_CODES = (
    *("0300001", "0300002", "0300003", "0300004", "0300006", "0300007", "0300009", "0300013"),
    *("0300014", "0300015", "0300016", "0300025", "0300026"),
)
DOWNLOAD_CODES = (
    *("0300001", "0300002", "0300003", "0300004", "0300006", "0300007", "0300008", "0300011"),
    *("0300018", "0300022", "0300025"),
)


def _written_as_time(text: str) -> str:
    try:
        instant(text, "UTC")
    except ValueError:
        raise PydanticCustomError("time", "not yyyy-MM-dd HH:mm:ss") from None
    return text


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and (parts.port is None or parts.port > 0) and parts.username is None
    except ValueError:
        usable = False
    if not usable or not text.isascii() or not text.isprintable() or " " in text:
        raise PydanticCustomError("address", "not a URL")
    return text


Time = Annotated[Text, Field(min_length=1), AfterValidator(_written_as_time)]
Address = Annotated[Text, Field(min_length=1, max_length=2048), AfterValidator(_address)]
Account = Annotated[Blank, Field(max_length=20)]
Number = Annotated[Blank, Field(max_length=25)]
SORTS = {
    "call": (CALLS,),
    "record": (RECORDINGS,),
    "call_record": (CALLS, RECORDINGS),
}


def _data_type(text: str) -> str:
    if text not in SORTS:
        raise PydanticCustomError("data_type", "no sort of records")
    return text


class Span(BaseModel):
    """Since when and until when, whose, and who is told."""

    begin: Time = spelled("beginTime")
    end: Time = spelled("endTime")
    account: Annotated[DigitText, Field(max_length=20)] | None = spelled("accountId", default=None)
    agent: Account = spelled("agentId", default="")
    callback: Address = spelled("callBackURL", "callbackURL", "callbackUrl", "callBackUrl")


class BillQuery(Span):
    """Which calls and recordings (13.2.1.2)."""

    call: Number = spelled("callId", "callid", default="")
    caller: Number = spelled("callerNo", default="")
    callee: Number = spelled("calleeNo", default="")
    callee_2: Number = spelled("calleeNo2", default="")
    sorts: Annotated[Text, Field(min_length=1, max_length=11), AfterValidator(_data_type)] = (
        spelled("dataType")
    )

    @property
    def numbers(self) -> tuple[str, str]:
        """Who called and who was called: with `calleeNo2`, `calleeNo` is the calling number."""
        if self.callee_2:
            return self.caller or self.callee, self.callee_2
        return self.caller, self.callee


class Begun(BaseModel):
    """By what the file will be known."""

    response_id: str = Field(serialization_alias="responseId")


def interval(tenant: Tenant, now: int, begin: str, end: str) -> tuple[int, int]:
    """The instants of a documented interval in the tenant's zone, the end being behind it."""
    zone = tenant.config.timezone
    since, until = instant(begin, zone), instant(end, zone)
    check_interval(now, since, until)
    return since, until + SECOND


def check_interval(now: int, since: int, until: int) -> None:
    """Refuse what is too long, the wrong way round or not over."""
    if since > now:
        raise Refused("0300016", "beginTime")
    if until > now:
        raise Refused("0300016", "endTime")
    if since > until:
        raise Refused("0300013")
    if until - since > LONGEST:
        raise Refused("0300014", MAX_DAYS)


def _own(tenant: Tenant, account: str | None) -> None:
    if account and account != tenant.config.name:
        raise Refused("0300026")


@ccfs.post("/queryBillData", section="13.2.1.2", codes=QUERY_CODES)
def query_bill_data(call: CcfsRequest, body: Body[BillQuery]) -> Begun:
    """Have call records and recordings written to a file."""
    tenant, asked = developer(call), body.it
    since, until = interval(tenant, call.platform.platform.now, asked.begin, asked.end)
    caller, called = asked.numbers
    criteria = Criteria(tenant.id, since, until, asked.agent, asked.call, caller, called)
    name, sorts = "billFileName", SORTS[asked.sorts]
    return _begin(call, tenant, BILLS, sorts, criteria, asked, name, asked.account)


@ccfs.post("/queryAgentOprInfoData", section="13.2.1.6", codes=QUERY_CODES)
def query_agent_operations(call: CcfsRequest, body: Body[Span]) -> Begun:
    """Have agents' operations written to a file."""
    tenant, asked = developer(call), body.it
    since, until = interval(tenant, call.platform.platform.now, asked.begin, asked.end)
    criteria = Criteria(tenant.id, since, until, asked.agent)
    return _begin(
        call,
        tenant,
        OPERATION_FILES,
        (OPERATIONS,),
        criteria,
        asked,
        "agentOprInfoFileName",
        asked.account or None,
    )


def _begin(
    call: CcfsRequest,
    tenant: Tenant,
    export: str,
    sorts: Sequence[str],
    criteria: Criteria,
    asked: Span,
    name_of_file: str,
    account: str | None,
) -> Begun:
    _own(tenant, asked.account)
    desk, config = call.platform, tenant.config
    response_id = f"{desk.numbers.getrandbits(128):032x}"
    now = LocalTime(config.timezone).at(desk.platform.now)
    name = f"{now:%Y%m%d}_{response_id}.zip"
    stem = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}{desk.numbers.randrange(1000):03}"
    wanted = partial(
        Wanted,
        stem=stem,
        sorts=tuple(sorts),
        criteria=criteria,
        account=config.name,
        cc_id=config.cc_id,
        zone=config.timezone,
    )
    message: dict[str, Any] = {"responseId": response_id, name_of_file: name}
    if account is not None:
        message["accountId"] = account
    document = {"request": {"version": VERSION}, "msgBody": message}
    key, secret = call.access_key, config.secrets.get("sk", "")

    async def done() -> None:
        await desk.callbacks.tell(asked.callback, key, secret, document)

    try:
        desk.exports.begin(tenant.id, export, name, wanted, done)
    except TooManyExports:
        raise Refused("0300009") from None
    except OSError:
        raise Refused("0300015") from None
    return Begun(response_id=response_id)


# Downloads


class BillFile(BaseModel):
    """Which file (13.2.1.3)."""

    name: ExportName = spelled("billFileName")


class OperationFile(BaseModel):
    """Which file (13.2.1.7)."""

    name: ExportName = spelled("agentOprInfoFileName")


@ccfs.post(
    "/downloadBillFile",
    section="13.2.1.3",
    codes=DOWNLOAD_CODES,
    answers=CcfsAnswer[None],
    sends_file=True,
)
async def download_bill_file(call: CcfsRequest, body: Body[BillFile]) -> Answer:
    """Send an index file of call records and recordings."""
    return await _send(call, BILLS, body.it.name, "billFileName")


@ccfs.post(
    "/downloadAgentOprInfoFile",
    section="13.2.1.7",
    codes=DOWNLOAD_CODES,
    answers=CcfsAnswer[None],
    sends_file=True,
)
async def download_operation_file(call: CcfsRequest, body: Body[OperationFile]) -> Answer:
    """Send an index file of agents' operations."""
    return await _send(call, OPERATION_FILES, body.it.name, "agentOprInfoFileName")


async def _send(call: CcfsRequest, export: str, name: str, parameter: str) -> Answer:
    tenant, exports = developer(call), call.platform.exports
    if NAME.fullmatch(name) is None:
        raise Refused("0300004", parameter)
    place = exports.find(tenant.id, export, name)
    if place is None:
        others = call.platform.platform.switch.tenants
        if any(exports.find(other, export, name) for other in others):
            raise Refused("0300018")
        raise Refused("0300011")
    size, pieces = from_disk(place)
    return file_answer(call, size, pieces)
