"""The switch's events as the agent gateway tells them to an agent's client (CEC 6.5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator.domain import pictures
from emulator.domain.recorder import record_id
from emulator.media.paths import NODE, call_file
from emulator.surfaces.cec.gateway.conference_events import CONFERENCE_TRANSLATIONS
from emulator.surfaces.cec.gateway.linkage_events import PHONE_TRANSLATIONS
from emulator.surfaces.cec.gateway.translation import AgentEvent, Translation
from emulator.switch import events as switch
from emulator.switch.terms import AgentState, CallType

NO_AGENT = 65535
USER_MEDIA = "AgentEvent_UserMediaAbility"
LOCATION = str(NODE)
CAPTURED = 0
ON_HOOK_BY_AGENT, ON_HOOK_BY_PLATFORM = 2, 3


def translate(event: switch.Event) -> Iterator[AgentEvent]:
    """What the agent's client is told of a switch event, in order; mostly one event or none."""
    translation = _TRANSLATIONS.get(type(event))
    return iter(()) if translation is None else translation(event)


def _plain(name: str) -> Translation:
    def tell(event: Any) -> Iterator[AgentEvent]:
        yield AgentEvent(event.agent, name, None)

    return tell


def _with_call(name: str) -> Translation:
    def tell(event: Any) -> Iterator[AgentEvent]:
        yield AgentEvent(event.agent, name, event.call)

    return tell


def _main(event: Any) -> str:
    return "main" if event.main else "assistant"


def _own(event: Any) -> bool:
    return bool(event.device == f"agent:{event.agent}")


# Agent state


_QUITTING = {
    AgentState.BUSY: "AgentState_CancelNotReady_Success",
    AgentState.REST: "AgentState_CancelRest_Success",
    AgentState.WRAP_UP: "AgentState_CancelWork_Success",
}


def _ready(event: switch.AgentReady) -> Iterator[AgentEvent]:
    name = _QUITTING.get(event.previous) if event.requested else None
    yield AgentEvent(event.agent, name or "AgentState_Ready", None)


def _not_ready(event: switch.AgentNotReady) -> Iterator[AgentEvent]:
    content = {"reason": str(event.reason)}
    yield AgentEvent(event.agent, "AgentState_SetNotReady_Success", content)


def _resting(event: switch.AgentResting) -> Iterator[AgentEvent]:
    content = {"reason": str(event.reason)}
    yield AgentEvent(event.agent, "AgentState_SetRest_Success", content)


def _working(event: switch.AgentWorkingAfterCall) -> Iterator[AgentEvent]:
    name = "AgentState_SetWork_Success" if event.requested else "AgentState_Work"
    yield AgentEvent(event.agent, name, None)


def _logged_off(event: switch.AgentLoggedOff) -> Iterator[AgentEvent]:
    content = {"loginTime": str(event.logged_on_at // 1000)}
    yield AgentEvent(event.agent, "AgentOther_ShutdownService", content)


def _state_changed(event: switch.AgentStateChanged) -> Iterator[AgentEvent]:
    if event.state is AgentState.PREOCCUPIED:
        yield AgentEvent(event.agent, "AgentEvent_Agent_Occupied", None)


# Calls


def _delivered(event: switch.Delivered) -> Iterator[AgentEvent]:
    if not _own(event):
        content = {
            "callid": event.call,
            "otherPhoneWorkno": str(event.work_no or ""),
            "otherPhone": event.number,
            "type": _main(event),
        }
        yield AgentEvent(event.agent, "AgentEvent_Customer_Alerting", content)
        return
    name = "AgentEvent_Auto_Answer" if event.auto else "AgentEvent_Ringing"
    content = {
        "caller": event.caller,
        "transfer": "yes" if event.transfer_from else "no",
        "callid": event.call,
        "transfrom": str(event.transfer_from or ""),
        "called": event.called,
        "type": _main(event),
        "mediaAbility": str(int(event.ability)),
        "feature": str(int(event.call_type)),
    }
    yield AgentEvent(event.agent, name, content)


def _talking(event: switch.Established | switch.Retrieved) -> Iterator[AgentEvent]:
    content = {
        "caller": event.caller,
        "callid": event.call,
        "called": event.called,
        "feature": str(int(event.call_type)),
        "type": _main(event),
        "mediaAbility": str(int(event.ability)),
    }
    yield AgentEvent(event.agent, "AgentEvent_Talking", content)


def _call_info(event: switch.IncomingCallInfo) -> Iterator[AgentEvent]:
    content = {
        "callId": event.call,
        "skillName": event.queue_name,
        "skillId": event.queue,
        "caller": event.caller,
        "called": event.called,
        "lastReleaseAgentId": event.last_agent or NO_AGENT,
        "mediaType": int(event.media),
        "releaseAndReQueueCount": event.requeued,
        "releaseAndReQueueCallFlag": 1 if event.requeued else 0,
    }
    yield AgentEvent(event.agent, "AgentEvent_Incoming_CallInfo", content)


def _conferenced(event: switch.Conferenced) -> Iterator[AgentEvent]:
    content = {"callid": event.call, "partner": ",".join(event.parties)}
    yield AgentEvent(event.agent, "AgentEvent_Conference", content)


def _cleared(event: switch.ConnectionCleared) -> Iterator[AgentEvent]:
    if _own(event):
        yield AgentEvent(event.agent, "AgentEvent_Call_Release", event.call)
    elif not event.device.startswith("ivr:"):
        content = {"callid": event.call, "number": event.number}
        yield AgentEvent(event.agent, "AgentEvent_Customer_Release", content)


_FAILURES = {
    CallType.INTERNAL: "AgentEvent_Inside_Call_Fail",
    CallType.TWO_PARTY_CONSULTATION: "AgentEvent_Consult_Fail",
    CallType.THREE_PARTY_CONSULTATION: "AgentEvent_Consult_Fail",
    CallType.OUTBOUND: "AgentEvent_Call_Out_Fail",
    CallType.PREVIEWED: "AgentEvent_Call_Out_Fail",
}

CAUSES = {
    537: "called party busy",
    538: "no such number",
    548: "phone switched off",
    549: "out of service area",
    602: "no resources",
    603: "no answer",
    604: "call rejected",
}


def _failed(event: switch.Failed) -> Iterator[AgentEvent]:
    name = _FAILURES.get(event.call_type, "AgentEvent_Connect_Fail")
    if event.transfer:
        name = "AgentEvent_Connect_Fail"
    yield AgentEvent(event.agent, name, event.call)
    if name == "AgentEvent_Call_Out_Fail":
        detected = {
            "callId": event.call,
            "detect": event.cause,
            "desc": CAUSES.get(event.cause, "call failed"),
        }
        yield AgentEvent(event.agent, "OUTBOUND_DETECT_EVENT", detected)


def _moved(event: switch.ConnectionMoved) -> Iterator[AgentEvent]:
    yield AgentEvent(event.agent, "AgentEvent_Call_Release", event.from_call)


def _transfer_result(event: switch.TransferResult) -> Iterator[AgentEvent]:
    content = {"result": event.result, "callId": event.call}
    yield AgentEvent(event.agent, "AgentEvent_SuccTransResult", content)


def _media_switched(event: switch.MediaSwitched) -> Iterator[AgentEvent]:
    content = {
        "callid": event.call,
        "reason": event.result,
        "caller": event.caller,
        "mediaType": int(event.ability),
        "called": event.called,
    }
    yield AgentEvent(event.agent, "AgentEvent_MediaSwith", content)


def _user_media(event: switch.UserMediaDetected) -> Iterator[AgentEvent]:
    content = {"userAbility": str(int(event.ability)), "callid": event.call}
    yield AgentEvent(event.agent, USER_MEDIA, content)


# Sessions and pictures


def _message(event: switch.MessageSent) -> Iterator[AgentEvent]:
    if not event.agent:
        return
    content = {
        "callid": event.call,
        "caller": event.caller,
        "called": event.called,
        "feature": int(event.call_type),
        "type": _main(event),
        "message": event.text,
        "mediaAbility": str(int(event.ability)),
    }
    yield AgentEvent(event.agent, "AgentEvent_MessageData", content)


def _image_captured(event: switch.ImageCaptured) -> Iterator[AgentEvent]:
    content = {
        "callid": event.call,
        "result": CAPTURED,
        "filename": pictures.file_name(event),
        "locationId": int(LOCATION),
    }
    yield AgentEvent(event.agent, "AgentEvent_ImageCapture", content)


# Recordings


def _recording_started(event: switch.RecordingStarted) -> Iterator[AgentEvent]:
    content = {
        "taskId": str(event.recording),
        "caller": event.caller,
        "recordID": record_id(event.tenant, event.agent, event.recording, event.call),
        "called": event.called,
        "locationId": LOCATION,
        "fileName": event.file or call_file(event.tenant, event.agent, event.at, video=event.video),
        "fileMediaType": "2" if event.video else "1",
        "callId": event.call,
    }
    yield AgentEvent(event.agent, "AgentMediaEvent_Record", content)


def _recording_failed(event: switch.RecordingFailed) -> Iterator[AgentEvent]:
    content = {
        "taskId": str(event.recording),
        "caller": event.caller,
        "recordID": record_id(event.tenant, event.agent, event.recording, event.call),
        "called": event.called,
        "locationId": LOCATION,
        "fileName": event.file or call_file(event.tenant, event.agent, event.at),
        "fileMediaType": "1",
        "callId": event.call,
    }
    yield AgentEvent(event.agent, "AgentMediaEvent_Record_Fail", content)


def _recording_stopped(event: switch.RecordingStopped) -> Iterator[AgentEvent]:
    content = {
        "beginTime": str(event.begun // 1000),
        "endTime": str(event.at // 1000),
        "fileMediaType": "2" if event.video else "1",
        "taskId": str(event.recording),
    }
    yield AgentEvent(event.agent, "AgentMediaEvent_StopRecordDone", content)


def _screen_refused(event: switch.ScreenRecordingRefused) -> Iterator[AgentEvent]:
    name = "StartRecordScreen" if event.starting else "StopRecordScreen"
    yield AgentEvent(event.agent, f"AgentMediaEvent_{name}_Fail", None)


def _playback_stopped(event: switch.PlaybackStopped) -> Iterator[AgentEvent]:
    yield AgentEvent(event.agent, "AgentMediaEvent_StopPlayDone", {"cause": int(event.cause)})


# Previewed calls


def _preview(event: switch.PreviewOffered) -> Iterator[AgentEvent]:
    """Of the three previews that 6.5.1.3 knows, the one that can carry what there is."""
    content: dict[str, Any] = {
        "controlid": str(event.control),
        "dialeddigits": ",".join(event.numbers),
    }
    name = "AgentEvent_Preview"
    if event.data or len(event.numbers) > 1:
        content["callData"] = event.data
        name = "AgentEvent_Preview_CallOut"
    if len(event.numbers) > 1:
        name = "AgentEvent_Preview_CallOut_Ex"
    yield AgentEvent(event.agent, name, content)


# Phones and supervision


def _off_hook(event: switch.PhoneOffHook) -> Iterator[AgentEvent]:
    yield AgentEvent(event.agent, "AgentOther_PhoneOffhook", {"type": _main(event)})


def _on_hook(event: switch.PhoneOnHook) -> Iterator[AgentEvent]:
    state = ON_HOOK_BY_AGENT if event.by_agent else ON_HOOK_BY_PLATFORM
    yield AgentEvent(event.agent, "AgentOther_PhoneRelease", {"phoneState": state})


def _monitored(event: switch.AgentMonitored) -> Iterator[AgentEvent]:
    content = {
        "subtype": "QC_AgentState_Login" if event.signed_in else "QC_AgentState_Logout",
        "monitoredagent": str(event.target),
        "agentname": event.name,
        "mediaserver": "CtiServer",
    }
    yield AgentEvent(event.agent, "QC_AgentState_Notify", content)


_TRANSLATIONS: dict[type[Any], Translation] = {
    switch.AgentLoggedOn: _plain("AgentOther_InService"),
    switch.AgentLoggedOff: _logged_off,
    switch.AgentReady: _ready,
    switch.AgentNotReady: _not_ready,
    switch.AgentResting: _resting,
    switch.AgentRestTimedOut: _plain("AgentState_Rest_Timeout"),
    switch.AgentWorkingAfterCall: _working,
    switch.AgentBusy: _plain("AgentState_Busy"),
    switch.AgentStateChanged: _state_changed,
    switch.NoteReceived: _plain("AgentOther_Note"),
    switch.PhoneAlerting: _plain("AgentOther_PhoneAlerting"),
    switch.PhoneOffHook: _off_hook,
    switch.PhoneOnHook: _on_hook,
    switch.Delivered: _delivered,
    switch.Established: _talking,
    switch.Retrieved: _talking,
    switch.IncomingCallInfo: _call_info,
    switch.NotAnswered: _with_call("AgentEvent_No_Answer"),
    switch.Diverted: _with_call("AgentEvent_Call_Release"),
    switch.Held: _with_call("AgentEvent_Hold"),
    switch.Conferenced: _conferenced,
    switch.ConnectionMoved: _moved,
    switch.TransferResult: _transfer_result,
    switch.ReturnedFromIvr: _with_call("AgentEvent_ReturnFromIvr"),
    switch.Failed: _failed,
    switch.ConnectionCleared: _cleared,
    switch.MediaSwitched: _media_switched,
    switch.UserMediaDetected: _user_media,
    switch.MessageSent: _message,
    switch.ImageCaptured: _image_captured,
    switch.RecordingStarted: _recording_started,
    switch.RecordingStopped: _recording_stopped,
    switch.RecordingFailed: _recording_failed,
    switch.ScreenRecordingStarted: _plain("AgentMediaEvent_StartRecordScreen_Succ"),
    switch.ScreenRecordingStopped: _plain("AgentMediaEvent_StopRecordScreen_Succ"),
    switch.ScreenRecordingRefused: _screen_refused,
    switch.PlaybackRequested: _plain("AgentMediaEvent_Play"),
    switch.PlaybackStarted: _plain("AgentMediaEvent_Play_Succ"),
    switch.PlaybackFailed: _plain("AgentMediaEvent_Play_Fail"),
    switch.PlaybackStopped: _playback_stopped,
    switch.PlaybackPaused: _plain("AgentMediaEvent_PausePlayDone"),
    switch.PlaybackResumed: _plain("AgentMediaEvent_ResumePlayDone"),
    switch.PlaybackJumped: _plain("AgentMediaEvent_JumpPlayDone"),
    switch.PreviewOffered: _preview,
    switch.PreviewReleased: _plain("AgentEvent_Release_Preview"),
    switch.AgentMonitored: _monitored,
    **CONFERENCE_TRANSLATIONS,
    **PHONE_TRANSLATIONS,
}
"""Which events an agent's client hears; what is not here has no counterpart in 6.5.1."""
