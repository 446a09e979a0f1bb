"""One call that is going on (CEC 12.3.1.4.1, 12.3.1.4.2)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain.live.views import waiting_time
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    Compatible,
    NotFound,
    cms,
    not_in_cti_3_6,
)
from emulator.surfaces.cec.cms.fields import VdnBody
from emulator.surfaces.cec.cms.shown import MILLISECOND, SECOND, SERVICE
from emulator.surfaces.cec.cms.vdn import CODES_R008
from emulator.surfaces.coercion import Text, spelled
from emulator.switch.model import Call, Queue
from emulator.switch.terms import DeviceType

NO_TRUNK = 65535
NO_CAUSE = 65535
CALL_DEVICE = 5
"""The call itself (Table 12-701): no device has it, or it is being set up."""
NO_SERVER = 0
NO_PLACE = 0


class CallBody(VdnBody):
    """Which call of a VDN."""

    call_id: Annotated[Text, Field(min_length=1, max_length=20)] = spelled("callId", "callid")

    def found(self, call: CmsRequest) -> Call:
        """The call; it must be going on."""
        found = self.tenant(call).calls.get(self.call_id)
        if found is None:
            raise NotFound(f"there is no call {self.call_id}")
        return found


class CallBasics(TypedDict):
    """What both interfaces show of a call (Tables 12-512, 12-516)."""

    time: int
    dsn: int
    handle: int
    server: int
    keyId: str
    callingNum: str
    calledNum: str
    mid: int
    trunkNo: int
    priority: int
    deviceType: int
    deviceNo: int
    callSkill: str
    partyNum: int
    orgiCalledNum: str
    place: int
    waitTime: int
    totalTalkingTimes: int
    logonTimes: int


class BasicCall(CallBasics):
    """A call (Table 12-512)."""

    callFeature: int
    mediaType: int
    serviceType: int
    callInCause: int
    enterReason: int
    mediaBillType: str


class DetailedCall(CallBasics):
    """A call with its data (Table 12-516); `time` is in seconds here."""

    cb: int
    callData: str
    callDataLen: int
    callFeature: str
    mediaType: str


@cms.post("/v1/openapi/calldata/querybasiccallinfo", section="12.3.1.4.1", codes=CODES_R008)
@not_in_cti_3_6
def basic(call: CmsRequest, body: CallBody) -> Compatible[BasicCall]:
    """Show a call."""
    found = body.found(call)
    stay = found.last_stay
    return Compatible(
        BasicCall(
            **_basics(found, call.platform.switch.now, found.created // MILLISECOND),
            callFeature=shown.feature(found),
            mediaType=int(found.media),
            serviceType=SERVICE,
            callInCause=NO_CAUSE,
            enterReason=0 if stay is None else int(stay.leave_reason),
            mediaBillType="",
        )
    )


@cms.post("/v1/openapi/calldata/querydetailcallinfo", section="12.3.1.4.2", codes=CODES)
def detailed(call: CmsRequest, body: CallBody) -> Compatible[DetailedCall]:
    """Show a call with its data."""
    found = body.found(call)
    basics = _basics(found, call.platform.switch.now, found.created // SECOND)
    return Compatible(
        DetailedCall(
            **basics,
            cb=basics["dsn"],
            callData=found.data,
            callDataLen=len(found.data.encode()),
            callFeature=str(shown.feature(found)),
            mediaType=shown.media_name(found),
        )
    )


def _basics(call: Call, now: int, time: int) -> CallBasics:
    kind, number = device_of(call)
    queue = queue_of(call)
    return CallBasics(
        time=time,
        dsn=int(call.id.rpartition("-")[2]),
        handle=0,
        server=NO_SERVER,
        keyId=call.linkage,
        callingNum=call.caller,
        calledNum=call.called,
        mid=0,
        trunkNo=NO_TRUNK,
        priority=call.priority,
        deviceType=kind,
        deviceNo=number,
        callSkill="" if queue is None else queue.config.name,
        partyNum=len(call.connections),
        orgiCalledNum=call.called,
        place=NO_PLACE,
        waitTime=waited(call, now),
        totalTalkingTimes=talked(call, now),
        logonTimes=(now - call.created) // SECOND,
    )


def device_of(call: Call) -> tuple[int, int]:
    """What has the call now, as type (Table 12-701) and number."""
    if call.entry is not None and call.entry.ringing is None:
        return DeviceType.QUEUE, call.entry.queue.id
    if call.ivr is not None:
        return DeviceType.IVR, int(call.ivr.connection.device_no)
    for it in reversed(call.connections):
        if it.agent is not None:
            return DeviceType.AGENT, it.agent.work_no
    return CALL_DEVICE, 0


def queue_of(call: Call) -> Queue | None:
    """The queue in which the call waits, or from which its agent has it."""
    if call.entry is not None:
        return call.entry.queue
    return next((it.queue for it in reversed(call.connections) if it.queue is not None), None)


def waited(call: Call, now: int) -> int:
    """Seconds in the queue: until now, or in the one that the call has left last."""
    stay = call.last_stay
    if call.entry is None and stay is not None and stay.device_type is DeviceType.QUEUE:
        return (stay.wait_end - stay.wait_begin) // SECOND
    return waiting_time(call, now)


def talked(call: Call, now: int) -> int:
    """Seconds since the first of the agents that are in the call began to talk."""
    begun = [it.talk_begin for it in call.connections if it.agent is not None and it.talk_begin]
    return (now - min(begun)) // SECOND if begun else 0
