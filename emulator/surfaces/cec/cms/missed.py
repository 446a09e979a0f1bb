"""Calls that customers made in vain (CEC 12.3.2.2)."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from emulator.domain import calendar
from emulator.store.missed import MissedCall, missed_calls
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, InvalidParameter, cms, tenant_of
from emulator.surfaces.cec.cms.fields import Moment, Offset, VdnId
from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import Failure
from emulator.surfaces.coercion import Int, spelled

UTC = "UTC"
EVER = (0, 2**62)
"""Since ≤ time < until, where the request names none (µs)."""


class Missed(TypedDict):
    """A call in vain, its times in UTC (Table 12-530)."""

    callId: str
    callerNo: str
    calleeNo: str
    waitBegin: str
    callEnd: str
    mediaType: int
    subMediaType: int | None


class MissedAnswer(BaseModel):
    """The whole answer (Table 12-529)."""

    returnCode: str
    total: int
    missedCalls: list[Missed]
    returnDesc: str


class MissedEnvelope:
    """`returnCode`, the result's fields, `returnDesc`."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success."""
        fields = result if isinstance(result, dict) else {}
        return write_json({"returnCode": "0", **fields, "returnDesc": message})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        return write_json({"returnCode": failure.code, "returnDesc": failure.message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        return MissedAnswer


class MissedBody(BaseModel):
    """Which calls of which VDN: those that ended from one time to another, in UTC."""

    vdn: VdnId
    offset: Offset
    limit: Annotated[Int, Field(ge=1, le=5000)]
    begin: Moment | None = spelled("beginTime", default=None)
    end: Moment | None = spelled("endTime", default=None)

    def span(self) -> tuple[int, int]:
        """Since ≤ time < until (µs); the second of the end is in it."""
        if self.begin is not None and self.end is not None and self.begin > self.end:
            raise InvalidParameter("the range ends before it begins")
        since, until = EVER
        if self.begin is not None:
            since = calendar.instant(self.begin, UTC)
        if self.end is not None:
            until = calendar.instant(self.end, UTC) + calendar.SECOND
        return since, until


@cms.post(
    "/v1/callin/queryMissedCalls",
    section="12.3.2.2",
    codes=CODES,
    message="query success",
    envelope=MissedEnvelope(),
)
async def missed(call: CmsRequest, body: MissedBody) -> dict[str, Any]:
    """List calls that no agent answered, the last first."""
    tenant = tenant_of(call, body.vdn)
    since, until = body.span()
    wanted = partial(
        missed_calls,
        tenant_id=tenant.id,
        since=since,
        until=until,
        limit=body.limit,
        offset=body.offset,
    )
    total, found = await call.platform.reports.run(wanted)
    return {"total": total, "missedCalls": [_shown(it) for it in found]}


def _shown(it: MissedCall) -> Missed:
    return Missed(
        callId=it.call_id,
        callerNo=it.caller_no,
        calleeNo=it.callee_no,
        waitBegin=_time(it.waited_from),
        callEnd=_time(it.ended),
        mediaType=int(it.media_type),
        subMediaType=int(it.sub_media_type) if it.sub_media_type else None,
    )


def _time(at: int) -> str:
    return f"{calendar.local(at, UTC):%Y-%m-%d %H:%M:%S}"
