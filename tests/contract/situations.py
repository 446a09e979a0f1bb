"""Situations in a call center that documented interfaces need, by name.

Each brings a fresh world into its situation and says who and what is in it: `agentid` is who acts,
`callid` the call that the interface would name.
"""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

from emulator.domain.recordings import running
from emulator.store.rows import RecordingRow
from emulator.switch.config import (
    AccessCodeConfig,
    MediaServerConfig,
    OutsideNumberConfig,
    PhoneConfig,
    RouteConfig,
    TrunkConfig,
)
from emulator.switch.terms import MediaType, TargetType
from tests.contract.world import CUSTOMER, World

Scene = dict[str, Any]

AGENT, OTHER, THIRD = 101, 102, 103
VIDEO_AGENT, OTHER_VIDEO_AGENT = 119, 120
CHAT_AGENT, OTHER_CHAT_AGENT = 116, 117
CHAT_CODE = "95005"
INSPECTOR, OTHER_INSPECTOR = 191, 192
OUTSIDE = "13900000002"
BUSY_NUMBER = "13900000537"
MEDIA_SERVER = MediaServerConfig(
    "10.0.0.9",
    6500,
    "https://in.example.com:443",
    "https://out.example.com:443",
    "sdcP0BPcVGymItWppGX6XqrZGTCYa13d",
    "a secret of the media server",
)
ANSWERED_AFTER = 3
"""Seconds after which an outside number of the demo has answered for sure."""


def signed_out(world: World) -> Scene:
    """Nobody has signed in."""
    return {"agentid": AGENT}


def idle(world: World) -> Scene:
    """The agent is idle."""
    world.sign_in(AGENT)
    return {"agentid": AGENT, "workNo": OTHER}


def idle_with_pushed_events(world: World) -> Scene:
    """The agent is idle; its events are pushed to a receiver that is not there."""
    world.sign_in(AGENT, callbackUri="http://127.0.0.1:9/events", serviceToken="token")
    return {"agentid": AGENT}


def locked(world: World) -> Scene:
    """Three wrong passwords."""
    for _ in range(3):
        world.call("6.1.1.1", {"agentid": AGENT}, body={"password": "x", "phonenum": "40101"})
    return {"agentid": AGENT}


def phone_taken(world: World) -> Scene:
    """Another agent sits at the agent's phone."""
    world.sign_in(OTHER, phonenum="40101")
    return {"agentid": AGENT}


def busy(world: World) -> Scene:
    """The agent shows busy."""
    scene = idle(world)
    world.agent("6.1.1.10", AGENT)
    return scene


def wrapping_up(world: World) -> Scene:
    """The agent is in wrap-up."""
    scene = idle(world)
    world.agent("6.1.1.14", AGENT)
    return scene


def resting(world: World) -> Scene:
    """The agent rests."""
    scene = idle(world)
    world.agent("6.1.1.12", AGENT, time=60, restcause=1)
    return scene


def in_custom_state(world: World) -> Scene:
    """The agent shows a state of the business's own."""
    scene = idle(world)
    world.agent("6.1.1.27", AGENT, customstate=7)
    return scene


def signed_out_by_inspector(world: World) -> Scene:
    """An inspector has signed the agent out; its client has not heard of it yet."""
    scene = idle(world)
    world.sign_in(INSPECTOR)
    world.agent("12.1.7", INSPECTOR, workNo=AGENT)
    return scene


def two_idle(world: World) -> Scene:
    """Two agents are idle."""
    world.sign_in(OTHER)
    return idle(world)


def ringing(world: World) -> Scene:
    """A customer's call rings at the agent."""
    world.sign_in(AGENT)
    return {"agentid": AGENT, "callid": world.dial_in()}


def ringing_linked(world: World) -> Scene:
    """A customer's call rings at the agent's linked phone."""
    world.sign_in(AGENT, phonelinkage=True)
    return {"agentid": AGENT, "callid": world.dial_in()}


def talking(world: World) -> Scene:
    """The agent talks to a customer."""
    scene = ringing(world)
    world.agent("6.1.2.3", AGENT)
    return {**scene, "number": CUSTOMER}


def muted(world: World) -> Scene:
    """The agent talks to a customer, muted."""
    scene = talking(world)
    world.agent("6.1.2.6", AGENT)
    return scene


def holding(world: World) -> Scene:
    """The agent holds its only call."""
    scene = talking(world)
    world.agent("6.1.2.8", AGENT)
    return scene


def talking_with_another_idle(world: World) -> Scene:
    """The agent talks to a customer; a colleague, who answers by hand, is idle."""
    scene = talking(world)
    world.sign_in(OTHER)
    return scene


def dialling(world: World) -> Scene:
    """The agent has called an outside number that rings."""
    world.sign_in(AGENT)
    call = world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    return {"agentid": AGENT, "callid": call, "number": OUTSIDE}


def talking_outside(world: World) -> Scene:
    """The agent talks to somebody outside whom it has called."""
    scene = dialling(world)
    world.pass_time(ANSWERED_AFTER)
    return scene


def talking_inside(world: World) -> Scene:
    """The agent talks to a colleague whom it has called."""
    two_idle(world)
    call = world.agent("6.1.2.4", AGENT, {"called": str(OTHER)})
    world.agent("6.1.2.3", OTHER)
    return {"agentid": AGENT, "callid": call, "number": str(OTHER)}


def holding_and_talking(world: World) -> Scene:
    """The agent holds a customer and talks to somebody outside."""
    scene = holding(world)
    second = world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    world.pass_time(ANSWERED_AFTER)
    return {**scene, "second": second, "number": OUTSIDE}


def holding_and_dialling(world: World) -> Scene:
    """The agent holds a customer and calls somebody who has not answered."""
    scene = holding(world)
    second = world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    return {**scene, "second": second}


def consulting(world: World) -> Scene:
    """The agent talks to a colleague about a customer who is held."""
    scene = talking_with_another_idle(world)
    second = world.agent("6.1.2.5", AGENT, {"dstaddress": str(OTHER), "mode": 1})
    world.agent("6.1.2.3", OTHER)
    return {**scene, "second": second}


def consulted(world: World) -> Scene:
    """The colleague's view of the same; the customer is in another call."""
    scene = consulting(world)
    return {**scene, "agentid": OTHER, "number": str(AGENT)}


def conferring(world: World) -> Scene:
    """The agent, a customer and somebody outside talk to each other."""
    scene = holding_and_talking(world)
    world.agent("6.1.2.14", AGENT, {"callid": scene["callid"]})
    return scene


def transferring(world: World) -> Scene:
    """A transfer is under way: the call rings at a colleague."""
    scene = talking_with_another_idle(world)
    world.agent("6.1.2.11", AGENT, {"devicetype": 2, "address": str(OTHER), "mode": 2})
    return scene


def talking_by_video(world: World) -> Scene:
    """A video agent talks to a customer it sees."""
    world.sign_in(VIDEO_AGENT, agenttype=11)
    call = world.dial_in("95004")
    world.agent("6.1.2.3", VIDEO_AGENT)
    return {"agentid": VIDEO_AGENT, "callid": call}


def seeing_each_other(world: World) -> Scene:
    """A video agent sees a customer in a room of the VDN's media server."""
    world.configure(media_server=MEDIA_SERVER)
    return talking_by_video(world)


def video_agent_talking(world: World) -> Scene:
    """A video agent talks to somebody it cannot see."""
    world.sign_in(VIDEO_AGENT, agenttype=11)
    call = world.agent("6.1.2.1", VIDEO_AGENT, {"called": OUTSIDE})
    world.pass_time(ANSWERED_AFTER)
    return {"agentid": VIDEO_AGENT, "callid": call}


def idle_video_agent(world: World) -> Scene:
    """A video agent is idle."""
    world.sign_in(VIDEO_AGENT, agenttype=11)
    return {"agentid": VIDEO_AGENT}


def conferring_by_video(world: World) -> Scene:
    """Two video agents and a customer see each other."""
    scene = talking_by_video(world)
    world.sign_in(OTHER_VIDEO_AGENT, agenttype=11)
    world.agent("6.1.2.5", VIDEO_AGENT, {"dstaddress": str(OTHER_VIDEO_AGENT), "mode": 2})
    world.agent("6.1.2.3", OTHER_VIDEO_AGENT)
    return scene


def previewed(world: World) -> Scene:
    """The agent is shown a number to call."""
    world.sign_in(AGENT)
    control = world.do(lambda switch: switch.offer_preview(AGENT, [OUTSIDE]))
    return {"agentid": AGENT, "control": control}


def previewed_busy_number(world: World) -> Scene:
    """The agent is shown a number that is busy."""
    world.sign_in(AGENT)
    busy_outside(world)
    control = world.do(lambda switch: switch.offer_preview(AGENT, [BUSY_NUMBER]))
    return {"agentid": AGENT, "control": control}


def previewed_with_no_trunk_free(world: World) -> Scene:
    """The agent is shown a number to call, and every trunk channel is taken."""
    scene = previewed(world)
    world.configure(trunks=(TrunkConfig("outside", channels=1),))
    world.dial_in()
    return scene


def asked_its_phone_to_answer(world: World) -> Scene:
    """A call rings at a phone that is slow: it was asked to answer and has not done so yet."""
    world.configure(phones=(PhoneConfig(str(40000 + AGENT), external=True),))
    scene = ringing(world)
    [request] = world.platform.switch.requests
    world.do(lambda switch: switch.endpoint_confirmed(request))
    world.agent("6.1.2.3", AGENT)
    return scene


def queued(world: World) -> Scene:
    """A call waits in a queue for which the agent takes no calls by itself."""
    world.sign_in(AGENT)
    world.agent("6.1.1.22", AGENT, flag=0)
    return {"agentid": AGENT, "callid": world.dial_in()}


def queued_while_resting(world: World) -> Scene:
    """A call waits in a queue, and the agent rests."""
    scene = resting(world)
    return {**scene, "callid": world.dial_in()}


def another_rings(world: World) -> Scene:
    """A customer's call rings at a colleague; the agent is idle."""
    world.sign_in(OTHER)
    call = world.dial_in()
    world.sign_in(AGENT)
    return {"agentid": AGENT, "callid": call}


def another_rings_while_resting(world: World) -> Scene:
    """A customer's call rings at a colleague; the agent rests."""
    scene = another_rings(world)
    world.agent("6.1.1.12", AGENT, time=60, restcause=1)
    return scene


def inspector_and_idle_agent(world: World) -> Scene:
    """An inspector, and an agent that is idle."""
    idle(world)
    world.sign_in(INSPECTOR)
    return {"agentid": INSPECTOR, "workNo": AGENT}


def inspector_and_busy_agent(world: World) -> Scene:
    """An inspector, and an agent that shows busy."""
    busy(world)
    world.sign_in(INSPECTOR)
    return {"agentid": INSPECTOR, "workNo": AGENT}


def inspector_and_talking_agent(world: World) -> Scene:
    """An inspector, and an agent that talks to a customer."""
    scene = talking(world)
    world.sign_in(INSPECTOR)
    return {**scene, "agentid": INSPECTOR, "workNo": AGENT}


def inspector_only(world: World) -> Scene:
    """An inspector; no agent has signed in."""
    world.sign_in(INSPECTOR)
    return {"agentid": INSPECTOR, "workNo": AGENT}


def resting_inspector(world: World) -> Scene:
    """An inspector that rests, and an idle agent."""
    scene = inspector_and_idle_agent(world)
    world.agent("6.1.1.12", INSPECTOR, time=60, restcause=1)
    return scene


def supervising(world: World) -> Scene:
    """An inspector listens to an agent that talks to a customer."""
    scene = inspector_and_talking_agent(world)
    world.agent("12.1.2", INSPECTOR, workNo=AGENT)
    return scene


def supervising_idle_agent(world: World) -> Scene:
    """An inspector listens to an agent that talks to nobody."""
    scene = inspector_and_idle_agent(world)
    world.agent("12.1.2", INSPECTOR, workNo=AGENT)
    return scene


def whispering(world: World) -> Scene:
    """An inspector whispers to an agent that talks to a customer."""
    scene = inspector_and_talking_agent(world)
    world.agent("12.1.12", INSPECTOR, whisperagentid=AGENT)
    return scene


def inspector_and_holding_agent(world: World) -> Scene:
    """An inspector, and an agent that holds its only call."""
    scene = holding(world)
    world.sign_in(INSPECTOR)
    return {**scene, "agentid": INSPECTOR, "workNo": AGENT}


def vdn_without_queues(world: World) -> Scene:
    """The agent is idle in a VDN that has no queues, and no numbers or flows that lead there."""
    agents = tuple(
        dataclasses.replace(a, skills=()) for a in world.platform.switch.tenants[1].config.agents
    )
    world.configure(agents=agents, queues=(), access_codes=(), flows=())
    return idle(world)


def vdn_without_flows(world: World) -> Scene:
    """The agent is idle in a VDN that has no IVR flows, and no numbers that lead there."""
    world.configure(flows=(), access_codes=())
    return idle(world)


def on_mobile(world: World) -> Scene:
    """The agent answers on a mobile phone."""
    world.call("6.1.2.26", {}, body={"workNo": 107, "phone": "13800000000"})
    return {}


def chatting(world: World) -> Scene:
    """A multimedia agent chats with a customer."""
    chat = AccessCodeConfig(CHAT_CODE, MediaType.SOCIAL_CHAT, (RouteConfig(TargetType.QUEUE, 3),))
    codes = world.platform.switch.tenants[1].config.access_codes
    world.configure(access_codes=(*codes, chat))
    world.sign_in(CHAT_AGENT)
    return {"agentid": CHAT_AGENT, "callid": world.dial_in(CHAT_CODE)}


def chatting_with_another_idle(world: World) -> Scene:
    """A multimedia agent chats with a customer; a colleague is idle."""
    scene = chatting(world)
    world.sign_in(OTHER_CHAT_AGENT)
    return scene


def chatting_with_another_resting(world: World) -> Scene:
    """A multimedia agent chats with a customer; a colleague rests."""
    scene = chatting_with_another_idle(world)
    world.agent("6.1.1.12", OTHER_CHAT_AGENT, time=60, restcause=1)
    return scene


def in_conference(world: World) -> Scene:
    """The agent has a conference of eight, and is alone in it."""
    world.sign_in(AGENT)
    world.agent("6.1.6.1", AGENT, {"memberNum": 8})
    return {"agentid": AGENT, "workNo": OTHER}


def in_conference_with_another_idle(world: World) -> Scene:
    """The agent is alone in its conference; a colleague is idle."""
    world.sign_in(OTHER)
    return in_conference(world)


def invited(world: World) -> Scene:
    """A conference rings at the agent."""
    scene = in_conference_with_another_idle(world)
    invitation = {"addressType": "9", "address": str(OTHER)}
    world.agent("6.1.6.10", AGENT, {"addresses": [invitation]})
    return {**scene, "agentid": OTHER}


def with_others_in_conference(world: World) -> Scene:
    """The agent, a colleague and somebody outside confer."""
    invited(world)
    world.agent("6.1.6.2", OTHER)
    outsider = {"addressType": "6", "address": OUTSIDE}
    world.agent("6.1.6.10", AGENT, {"addresses": [outsider]})
    world.pass_time(ANSWERED_AFTER)
    [conference] = world.platform.switch.tenants[1].conferences
    return {"agentid": AGENT, "workNo": OTHER, "number": OUTSIDE, "conferences": [conference]}


def participating(world: World) -> Scene:
    """The colleague's view of the same, who is not the chairperson."""
    return {**with_others_in_conference(world), "agentid": OTHER, "workNo": AGENT}


def with_another_held_in_conference(world: World) -> Scene:
    """The agent holds a colleague in its conference."""
    scene = with_others_in_conference(world)
    held = {"addressType": "9", "address": str(OTHER), "voicePath": "y:/conf/1/wait.V3"}
    world.agent("6.1.6.6", AGENT, held)
    return scene


def announcing_in_conference(world: World) -> Scene:
    """An announcement is played to everybody in a conference, and one to a colleague."""
    scene = with_others_in_conference(world)
    file = {"voicePath": "y:/conf/1/news.V3"}
    world.agent("6.1.6.13", AGENT, file)
    world.agent("6.1.6.15", AGENT, {"addressType": "9", "address": str(OTHER), **file})
    return scene


def inspector_and_conference(world: World) -> Scene:
    """An inspector, and a conference of others."""
    scene = with_others_in_conference(world)
    world.sign_in(INSPECTOR)
    return {**scene, "agentid": INSPECTOR}


# Recordings


def recorded(world: World) -> Scene:
    """An agent has talked to a customer for five seconds, and was recorded."""
    return _after_a_recorded_call(world, talking(world))


def recorded_by_video(world: World) -> Scene:
    """A video agent and a customer have seen each other for five seconds, and were recorded."""
    return _after_a_recorded_call(world, talking_by_video(world))


def _after_a_recorded_call(world: World, scene: Scene) -> Scene:
    world.pass_time(5)
    [row] = running(world.platform.switch)
    world.agent("6.1.2.16", scene["agentid"])
    return {**scene, "file": row.file_name, "record": row.record_id}


def listening(world: World) -> Scene:
    """An agent hears a recording of five seconds."""
    scene = recorded(world)
    world.agent("13.1.1.1", AGENT, {"voicepath": scene["file"]})
    return scene


def listening_to_nothing(world: World) -> Scene:
    """An agent has paused the recording that it hears."""
    scene = listening(world)
    world.agent("13.1.1.2", AGENT)
    return scene


def screen_recorded(world: World) -> Scene:
    """The screen of an idle agent is being recorded."""
    scene = idle(world)
    world.agent("13.1.1.7", AGENT)
    return scene


def recording_alone(world: World) -> Scene:
    """An agent without a call records itself."""
    scene = idle(world)
    world.agent("13.1.1.9", AGENT, {"mediaType": 5})
    return scene


def talking_unrecorded(world: World) -> Scene:
    """The agent talks to a customer in a VDN that records nothing by itself."""
    world.configure(record_calls=False)
    return talking(world)


def idle_and_named_by_the_platform(world: World) -> Scene:
    """Agents may record, but not say where."""
    world.set(record_path=False)
    return idle(world)


def recorded_without_downloads(world: World) -> Scene:
    """There is a recording, and it cannot be downloaded."""
    world.set(recording_download=False, video_download=False)
    return recorded_by_video(world)


def recorded_without_voicecyber(world: World) -> Scene:
    """There is a recording, and no VoiceCyber server."""
    world.set(voicecyber=False)
    return recorded(world)


def recorded_in_a_pool(world: World) -> Scene:
    """There is a video, on one of several nodes."""
    world.set(cti_pool=True)
    return recorded_by_video(world)


def inspector_and_recorded_agent(world: World) -> Scene:
    """An inspector, and an agent that was recorded."""
    scene = recorded(world)
    world.sign_in(INSPECTOR)
    return {**scene, "agentid": INSPECTOR, "workNo": AGENT}


def recorded_elsewhere(world: World) -> Scene:
    """Another VDN has a video."""
    scene = idle(world)
    call = world.do(lambda switch: switch.next_call_id())
    file = "Y:/2/0/20231114/201/2213200.mp4"
    begin = world.platform.now
    row = RecordingRow(2, f"elsewhere{call}", call, "201", begin, begin + 5_000_000, file, 19)
    world.do(lambda switch: world.platform.records.add(row))
    return {**scene, "callid": call, "file": file}


# Voice recognition


def configuring(world: World) -> Scene:
    """The VDN has signed in to configure."""
    world.log_in_to_configure()
    return {}


SERVICE_TOKEN = "token-of-the-subscriber"
SUBSCRIBER = "http://127.0.0.1:9/words"


def subscribed(world: World) -> Scene:
    """Somebody has subscribed to what is recognised on the VDN's calls."""
    configuring(world)
    body = {
        "subscribeType": "1",
        "serviceToken": SERVICE_TOKEN,
        "serviceCallBackUri": SUBSCRIBER,
        "nlpFlag": False,
    }
    reply = world.call("6.3.1", {}, body=body)
    assert reply.code == "0", reply.document
    return {"serverId": reply.result["serverId"], "token": SERVICE_TOKEN}


def busy_outside(world: World) -> None:
    """An outside number is busy from now on."""
    number = OutsideNumberConfig(BUSY_NUMBER, refuse=537)
    world.configure(outside_numbers=(number,))


def all_situations() -> list[Any]:
    """Every situation of this module."""
    return [
        function
        for name, function in globals().items()
        if inspect.isfunction(function)
        and function.__module__ == __name__
        and not name.startswith("_")
        and name not in ("busy_outside", "all_situations")
    ]
