"""Every event of CEC 6.5.1, and the story that raises it, in the order of the reference.

A story is one of `raised.STORIES`, by its section and name, where an interface raises the event;
otherwise something that happens here: it is let happen, and says which agent is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.contract import situations as in_
from tests.contract.raised import ANSWERED_AFTER
from tests.contract.situations import AGENT, BUSY_NUMBER, INSPECTOR, OTHER, OUTSIDE
from tests.contract.world import World

Happening = Callable[[World], int]
PHONE = f"40{AGENT}"


def _a_customer_rings(world: World) -> int:
    return int(in_.ringing(world)["agentid"])


def _nobody_answers_for_long(world: World) -> int:
    in_.ringing(world)
    world.pass_time(120)
    return AGENT


def _an_agent_answers_by_itself(world: World) -> int:
    world.sign_in(AGENT, autoanswer=True)
    world.dial_in()
    return AGENT


def _a_user_is_called_where_media_are_checked(world: World) -> int:
    world.set(media_check=True)
    return int(in_.dialling(world)["agentid"])


def _a_preview(*numbers: str, data: str = "") -> Happening:
    def happens(world: World) -> int:
        world.sign_in(AGENT)
        world.do(lambda switch: switch.offer_preview(AGENT, numbers, data))
        return AGENT

    return happens


def _a_preview_that_nobody_calls(world: World) -> int:
    in_.previewed(world)
    world.pass_time(61)
    return AGENT


def _somebody_signs_in_before_an_inspector(world: World) -> int:
    world.sign_in(INSPECTOR, listenStatus=True)
    world.sign_in(AGENT)
    return INSPECTOR


def _all_agents_become_busy(world: World) -> int:
    world.sign_in(INSPECTOR)
    world.agent("6.1.1.10", INSPECTOR)
    in_.ringing(world)
    return INSPECTOR


def _a_phone_is(condition: str, *, linked: bool = False) -> Happening:
    def happens(world: World) -> int:
        world.sign_in(AGENT, phonelinkage=linked)
        reply = world.control("PUT", f"/phones/{PHONE}/condition", {"condition": condition})
        assert reply.status == 200, reply.document
        return AGENT

    return happens


def _a_customer_writes(world: World) -> int:
    scene = in_.chatting(world)
    world.do(lambda switch: switch.outside_writes(scene["callid"], "good morning"))
    return int(scene["agentid"])


def _a_video_call_gets_a_room(world: World) -> int:
    return int(in_.seeing_each_other(world)["agentid"])


def _somebody_is_invited(world: World) -> int:
    in_.invited(world)
    return OTHER


def _the_gateway_is_switched_over(world: World) -> int:
    in_.idle(world)
    assert world.control("POST", "/gateway/switch-over").document == {"agents": 1}
    return AGENT


def _talking_at_a_linked_phone(world: World) -> None:
    in_.ringing_linked(world)
    world.agent("6.1.2.3", AGENT)


def _keys(*keys: str, to: str = "") -> Happening:
    """The agent talks at its linked phone and presses its keys, one after the other."""

    def happens(world: World) -> int:
        _talking_at_a_linked_phone(world)
        for key in keys:
            reply = world.control("POST", f"/phones/{PHONE}/{key}", {"to": to} if to else None)
            assert reply.status == 200, reply.document
        world.pass_time(ANSWERED_AFTER)
        return AGENT

    return happens


def _a_linked_phone_dials(world: World) -> int:
    world.sign_in(AGENT, phonelinkage=True)
    assert world.control("POST", f"/phones/{PHONE}/dial", {"to": OUTSIDE}).status == 201
    return AGENT


RAISED_BY: Mapping[str, str | Happening] = {
    # 6.5.1.1 State
    "AgentState_Busy": "6.1.2.1 an outbound call",
    "AgentState_Work": "6.1.1.1 signing in with state 5",
    "AgentState_Ready": "6.1.1.1 signing in with state 4",
    "AgentState_SetNotReady_Success": "6.1.1.10 busy",
    "AgentState_CancelNotReady_Success": "6.1.1.11 no longer busy",
    "AgentState_SetRest_Success": "6.1.1.12 a rest that lasts too long",
    "AgentState_CancelRest_Success": "6.1.1.13 back from rest",
    "AgentState_Rest_Timeout": "6.1.1.12 a rest that lasts too long",
    "AgentState_SetWork_Success": "6.1.1.14 into wrap-up",
    "AgentState_CancelWork_Success": "6.1.1.15 out of wrap-up",
    "AgentOther_Note": "6.1.1.4 a note",
    # 6.5.1.2 Calls
    "AgentEvent_Talking": "6.1.2.3 answering",
    "AgentEvent_Customer_Alerting": "6.1.2.1 an outbound call",
    "AgentEvent_Hold": "6.1.2.8 holding",
    "AgentEvent_Conference": "6.1.2.5 help with the customer",
    "AgentEvent_Call_Out_Fail": "6.1.2.1 an outbound call to a busy number",
    "OUTBOUND_DETECT_EVENT": "6.1.2.1 an outbound call to a busy number",
    "AgentEvent_Inside_Call_Fail": "6.1.2.4 an internal call that is refused",
    "AgentEvent_No_Answer": _nobody_answers_for_long,
    "AgentEvent_Call_Release": "6.1.2.16 hanging up",
    "AgentEvent_Customer_Release": "6.1.2.17 releasing the other party",
    "AgentEvent_Auto_Answer": _an_agent_answers_by_itself,
    "AgentEvent_Ringing": _a_customer_rings,
    "AgentEvent_Connect_Fail": "6.1.2.11 a transfer that is refused",
    "AgentEvent_Consult_Fail": "6.1.2.5 help that is refused",
    "AgentEvent_SuccTransResult": "6.1.2.11 a transfer that is answered",
    "AgentEvent_ReturnFromIvr": "6.1.2.11 a transfer that comes back from its flow",
    "AgentEvent_MediaSwith": "6.1.2.18 seeing each other",
    "AgentEvent_UserMediaAbility": _a_user_is_called_where_media_are_checked,
    "AgentEvent_Incoming_CallInfo": "6.1.2.3 answering",
    # 6.5.1.3 Previewed calls
    "AgentEvent_Release_Preview": _a_preview_that_nobody_calls,
    "AgentEvent_Agent_Occupied": _a_preview(OUTSIDE),
    "AgentEvent_Preview": _a_preview(OUTSIDE),
    "AgentEvent_Preview_CallOut": _a_preview(OUTSIDE, data="order 4711"),
    "AgentEvent_Preview_CallOut_Ex": _a_preview(OUTSIDE, BUSY_NUMBER, data="order 4711"),
    # 6.5.1.4 Recordings
    "AgentMediaEvent_Record": "13.1.1.9 recording a call",
    "AgentMediaEvent_Record_Fail": (
        "13.1.1.9 recording in a format that the environment does not have"
    ),
    "AgentMediaEvent_StopRecordDone": "13.1.1.10 recording no more",
    # 6.5.1.5 Recordings that are played
    "AgentMediaEvent_Play": "13.1.1.1 a recording that is heard to its end",
    "AgentMediaEvent_Play_Succ": "13.1.1.1 a recording that is heard to its end",
    "AgentMediaEvent_Play_Fail": "13.1.1.1 a recording that does not exist",
    "AgentMediaEvent_StopPlayDone": "13.1.1.6 stopping",
    "AgentMediaEvent_PausePlayDone": "13.1.1.2 pausing",
    "AgentMediaEvent_ResumePlayDone": "13.1.1.3 going on",
    "AgentMediaEvent_JumpPlayDone": "13.1.1.4 forwarding",
    # 6.5.1.6 Supervision
    "QC_AgentState_Notify": _somebody_signs_in_before_an_inspector,
    # 6.5.1.7 Phones
    "AgentOther_PhoneUnknow": _a_phone_is("offline"),
    "AgentOther_PhoneRelease": "6.1.2.16 hanging up",
    "AgentOther_PhoneOffhook": "6.1.2.3 answering",
    "AgentOther_PhoneAlerting": "6.1.2.1 an outbound call",
    "AgentOther_PhoneBusy": _a_phone_is("busy"),
    # 6.5.1.8 Other events of agents
    "AgentOther_InService": "6.1.1.1 signing in with state 4",
    "AgentOther_ShutdownService": "6.1.1.18 signing out",
    "AgentOther_All_Agent_Busy": _all_agents_become_busy,
    # 6.5.1.9 Multimedia
    "AgentEvent_MessageData": _a_customer_writes,
    "AgentEvent_RequestConnect": _a_video_call_gets_a_room,
    "AgentEvent_ImageCapture": "6.1.5.5 a picture of the customer",
    # 6.5.1.10 Conferences
    "AgentConf_RequestSuccess": "6.1.6.1 a conference that lasts until its prompt",
    "AgentConf_RequestFailed": "6.1.6.1 a conference for which there are no seats",
    "AgentConf_SelfJoinResult": "6.1.6.2 joining a conference",
    "AgentConf_Timeout": "6.1.6.1 a conference that lasts until its prompt",
    "AgentConf_Ringing": _somebody_is_invited,
    "AgentConf_ParticipantChanged": "6.1.6.2 somebody joins a conference",
    "AgentConf_SelfLeaveResult": "6.1.6.4 leaving a conference",
    "AgentConf_PresidentChanged": "6.1.6.9 being handed the chair",
    "AgentConf_StopVoice": "6.1.6.13 an announcement to everybody",
    "AgentConf_StopParticipantVoice": "6.1.6.15 an announcement to one",
    # 6.5.1.11 Disaster recovery
    "Agent_Recover": _the_gateway_is_switched_over,
    # 6.5.1.12 Linked phones
    "AgentEvent_linkageCapability": "6.1.1.1 signing in with phone linkage",
    "AgentEvent_linkagePhoneStatus": _a_phone_is("offline", linked=True),
    "AgentEvent_linkagePhoneMute": _keys("mute"),
    "AgentEvent_linkagePhoneUnMute": _keys("mute", "unmute"),
    "AgentEvent_linkagePhoneTransferOut": _keys("transfer", to=OUTSIDE),
    "AgentEvent_linkagePhoneTransferOut_Result": _keys("transfer", to=OUTSIDE),
    "AgentEvent_linkagePhoneHold": _keys("hold"),
    "AgentEvent_linkagePhoneUnHold": _keys("hold", "retrieve"),
    "AgentEvent_linkagePhoneCallOut": _a_linked_phone_dials,
}
