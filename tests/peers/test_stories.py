"""Whole stories, told by the stubs that toolkits make of our WSDL: every operation of a service.

What an operation does is seen at a second door: in the events of agents' clients at the agent
gateway, in the records, or at the control plane.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.testing.agents import Agent
from emulator.testing.matchers import hears
from emulator.testing.world import World
from tests.contract.soap.facts import OPERATIONS
from tests.peers.toolchain import Toolchain

START = 1_700_000_000_000_000
"""2023-11-14, 22:13:20 UTC."""
TODAY = {"strSdate": "20231114", "strEdate": "20231114"}
CUSTOMER, OUTSIDE = "02012345678", "13900000009"
EVERY_DAY = pytest.mark.emulator(start=START)


class Service:
    """A service as a toolkit's stub has it; remembers what was called."""

    def __init__(self, toolkit: Toolchain, world: World, path: str) -> None:
        self._toolkit = toolkit
        self._name = f"{world.name}{path}"
        self.path = path
        self.called: set[str] = set()
        toolkit.load(self._name, f"{world.url}{path}?wsdl")

    def __call__(self, operation: str, **arguments: str | int) -> Any:
        self.called.add(operation)
        return self._toolkit.call(self._name, operation, **arguments)

    def rows(self, operation: str, **arguments: str | int) -> list[dict[str, Any]]:
        """The rows that an operation of the records service gives."""
        rows: list[dict[str, Any]] = json.loads(self(operation, **arguments))
        return rows

    def pairs(self, operation: str, **arguments: str | int) -> dict[str, str]:
        """The pairs that an operation of the softphone service gives."""
        text = self(operation, **arguments)
        return dict(part.split("=", 1) for part in text.split(";") if part)

    @property
    def untold(self) -> set[str]:
        """Its operations that no part of the story has called."""
        return {
            row["operation"] for row in OPERATIONS if f"/{row['service']}" == self.path
        } - self.called


def signed_in(world: World, *work_nos: int) -> list[Agent]:
    """Agents who have signed in at the agent gateway, and answer by hand."""
    agents = [world.agent(it) for it in work_nos]
    for agent in agents:
        agent.sign_in(autoanswer=False)
    return agents


def state_of(world: World, agent: int) -> dict[str, Any]:
    """An agent as the control plane shows it."""
    [tenant] = world.control.state()["tenants"]
    return next(dict(it) for it in tenant["agents"] if it["work_no"] == agent)


def parties(world: World, call: str) -> list[str]:
    """Who is connected to a call, as the control plane shows it."""
    return [it["number"] for it in world.control.call(call)["connections"]]


# UltraCRM's softphone


@EVERY_DAY
def test_a_softphone_story(toolchain: Toolchain, world: World) -> None:
    at = Service(toolchain, world, "/UltraCRM_ATClient.asmx")
    agents = signed_in(world, 101, 102, 103)
    for tell in (
        _is_described,
        _answers_holds_and_hangs_up,
        _consults_and_transfers,
        _confers,
        _picks_up_and_intrudes,
        _uses_flows,
        _sends_messages,
        _changes_states,
    ):
        tell(at, world, *agents)
    assert not at.untold


def _is_described(at: Service, world: World, *_: Agent) -> None:
    text = at("ATGetUidInfo", strUid="101")
    assert text.startswith("UID=101;NAME=Agent 101;EXT=40101;STATUS=01;CALLS=01;")
    assert at("ATGetUidInfo_byExt", strExt="40101") == text
    assert at("ATGetUid_Online", strGroup="1") == "101|102|103"
    assert at("ATGetTrunk_list").startswith("10001|10002|")


def _call_id(at: Service, agent: int) -> str:
    return at.pairs("ATGetCallInfo", strUid=str(agent), strKey="")["CALLID"]


def _answers_holds_and_hangs_up(at: Service, world: World, first: Agent, *others: Agent) -> None:
    _be_alone(world, *others)
    call = world.control.dial_in(CUSTOMER, "95001")
    hears(first, "AgentEvent_Ringing")
    shown = at.pairs("ATGetCallInfo", strUid="101", strKey="")
    assert (shown["CALLER"], shown["DIR"], shown["STATUS"]) == (CUSTOMER, "1", "03")
    assert at("ATAnswer", strUid="101", strCallid=shown["CALLID"]) == 1
    hears(first, "AgentEvent_Talking")
    assert at("ATSendDtmf", strUid="101", strDTMF="12A#") == 1
    assert at("ATDialDigit", strUid="101", strDigit="5") == 1
    pressed = [it["digits"] for it in world.control.events() if it["event"] == "DigitsGenerated"]
    assert pressed == ["12A#", "5"]
    assert at("ATHoldCall", strUid="101") == 1
    hears(first, "AgentEvent_Hold")
    assert at("ATPlaceCall", strUid="101", strCallid=OUTSIDE) == 1
    hears(first, "AgentEvent_Talking", within=5, called=OUTSIDE)
    assert at("ATCallSwap", strUid="101", strCallid="") == 1
    assert at.pairs("ATGetCallInfo", strUid="101", strKey="")["CALLER"] == CUSTOMER
    assert at("ATCallReconnect", strUid="101", strCallid=shown["CALLID"]) == 1
    assert [it["id"] for it in world.control.calls()] != [call]
    assert at("ATHangup", strUid="101", strCallid="") == 1
    assert world.control.calls() == []
    call = world.control.dial_in(CUSTOMER, "95001")
    at("ATAnswer", strUid="101", strCallid=_call_id(at, 101))
    at("ATHoldCall", strUid="101")
    assert at("ATRetriveCall", strUid="101", strCallid="") == 1
    assert at("ATDiscCall", strUid="102", strExt="40101", strCallid="") == 1
    assert world.control.calls() == []


def _talk(at: Service, world: World) -> str:
    call: str = world.control.dial_in(CUSTOMER, "95001")
    assert at("ATAnswer", strUid="101", strCallid=_call_id(at, 101)) == 1
    return call


def _be_alone(world: World, *others: Agent) -> None:
    """Only agent 101 is given the calls of the queue."""
    for other in others:
        other.post("onlineagent", "saybusy")


def _consults_and_transfers(
    at: Service, world: World, first: Agent, second: Agent, third: Agent
) -> None:
    call = _talk(at, world)
    held = _call_id(at, 101)
    assert at("ATConsTrans", strUid="101", strExt_dest="40102") == 1
    hears(second, "AgentEvent_Ringing")
    assert at("ATAnswer", strUid="102", strCallid=_call_id(at, 102)) == 1
    assert at("ATTranOver", strUid="101", strCallid=held) == 1
    assert parties(world, call) == [CUSTOMER, "102"]
    assert at("ATTranCall", strExt="40102", strExt_dest="40103") == 1
    hears(third, "AgentEvent_Ringing")
    at("ATAnswer", strUid="103", strCallid="")
    assert parties(world, call) == [CUSTOMER, "103"]
    at("ATHangup", strUid="103", strCallid="")


def _confers(at: Service, world: World, first: Agent, second: Agent, third: Agent) -> None:
    call = _talk(at, world)
    held = _call_id(at, 101)
    assert at("ATConsConf", strUid="101", strExt_dest="40102") == 1
    at("ATAnswer", strUid="102", strCallid="")
    assert at("ATConfOver", strUid="101", strCallid=held) == 1
    hears(second, "AgentEvent_Conference")
    assert at("ATConf_est", strExt="40101", strExt_dest="40103") == 1
    at("ATAnswer", strUid="103", strCallid="")
    assert sorted(parties(world, call)) == [CUSTOMER, "101", "102", "103"]
    world.control.hang_up(call)
    for agent in ("101", "102", "103"):
        at("ATHangup", strUid=agent, strCallid="")
    assert world.control.calls() == []


def _picks_up_and_intrudes(
    at: Service, world: World, first: Agent, second: Agent, third: Agent
) -> None:
    call = world.control.dial_in(CUSTOMER, "95001")
    second.post("onlineagent", "sayfree")
    assert at("ATPickCall", strUid="102", strExt="40101", strCallid="") == 1
    at("ATAnswer", strUid="102", strCallid="")
    assert parties(world, call) == [CUSTOMER, "102"]
    for kind in (1, 2):
        assert at("ATInsert", strUid="101", strExt="40102", nType=kind) == 1
        assert state_of(world, 102)["supervised_by"]
        assert at("ATInsert", strUid="101", strExt="40102", nType=0) == 1
    assert not state_of(world, 102)["supervised_by"]
    world.control.hang_up(call)


def _uses_flows(at: Service, world: World, first: Agent, second: Agent, third: Agent) -> None:
    _be_alone(world, second)
    call = _talk(at, world)
    info = f"AC_SWITCHIVR;CALLID={_call_id(at, 101)};EXT=40101;IVRFILE=menu;NODE=;IVRMSG=vip;"
    assert at("ATJoinIVR_toCnf", strUid="101", nCh=0, strExt="", strInfo=info) == 1
    assert sorted(parties(world, call)) == [CUSTOMER, "101", "ivr1"]
    message = f"CALLID={_call_id(at, 101)};LEVEL=gold;"
    sent = {"strUid": "101", "strUid_to": "", "strSubKey": "AGENTTOIVR", "strMsg": message}
    assert at("ATSendOEMCommand", **sent) == 0
    world.control.hang_up(call)
    call = _talk(at, world)
    info = f"AC_SWITCHIVR;CALLID={_call_id(at, 101)};IVRFILE=menu;"
    assert at("ATTranCall_toIVR", strUid="101", nCh=0, strExt="", strInfo=info) == 1
    assert parties(world, call) == [CUSTOMER, "ivr1"]
    world.control.hang_up(call)


def _sends_messages(at: Service, world: World, first: Agent, second: Agent, *_: Agent) -> None:
    assert at("ATSendMsg", strUid="101", strUid_to="102", strInfo="你好") == 0
    hears(second, "AgentOther_Note")
    command = {"strUid": "101", "strUid_to": "", "strSubKey": "AGENTTOMCI"}
    assert at("ATSendOEMCommand", **command, strMsg="SMS_SEND;UID=101;TEL=139;BODY=短信;") == 0
    [sms] = world.control.messages(tenant=1, channel="sms")
    assert (sms["body"], sms["recipient"], sms["agent_id"]) == ("短信", "139", "101")
    [chatter] = signed_in(world, 116)
    assert at("ATSendOEMCommand_Route", strCmd="chat", strGhid="", strInfo="问") == 0
    hears(chatter, "AgentEvent_Talking")
    [chat] = world.control.calls()
    assert chat["messages"][0]["text"] == "问"
    chatter.close()


def _changes_states(at: Service, world: World, first: Agent, *_: Agent) -> None:
    for operation, name, state in (
        ("ATSetBusy", "nBusy_state", "busy"),
        ("ATSetAfterWorking", "nState", "wrap_up"),
        ("ATSetLeaveSeat", "nState", "rest"),
    ):
        assert at(operation, strUid="101", **{name: 1}, strCause="") == 1
        assert state_of(world, 101)["state"] == state
        assert at(operation, strUid="101", **{name: 0}, strCause="") == 1
    assert at("ATSetReady", strUid="101", nState=0) == 1
    hears(first, "AgentState_SetNotReady_Success")
    assert at("ATSetReady", strUid="101", nState=1) == 1
    assert state_of(world, 101)["state"] == "idle"


# UltraCRM's records


@EVERY_DAY
def test_a_records_story(toolchain: Toolchain, world: World) -> None:
    records = Service(toolchain, world, "/UltraCRM_Webservice.asmx")
    [agent] = signed_in(world, 101)
    for tell in (_has_call_records, _has_messages, _knows_customers, _keeps_groups):
        tell(records, world, agent)
    assert not records.untold


def _has_call_records(records: Service, world: World, agent: Agent) -> None:
    call = world.control.dial_in(CUSTOMER, "95001")
    agent.put("voicecall", "answer")
    world.advance(30)
    world.control.hang_up(call)
    [record] = [it for it in world.control.call_records(tenant=1) if it["agent_id"] == "101"]
    anybody = {"strCaller": "", "strExt": "", "strCallid": "", "strGhid": ""}
    [row] = records.rows("Get_Call_Info", **TODAY, **anybody)
    assert (row["CALLER"], row["GHID"], row["LEN_TALK"]) == (record["caller_no"], "101", 30)
    this = {**anybody, "strCaller": CUSTOMER[3:], "strCallid": row["CALLID"]}
    [recording] = records.rows("Get_Talentel_log_Info", **TODAY, **this)
    [kept] = world.control.recordings(tenant=1)
    assert (recording["LEN"], recording["UCID"]) == (30, row["CALLID"])
    assert recording["FILE_PATH"].replace("：", ":") == kept["file_name"]
    [area] = records.rows("Get_Caller_Area", strCaller=CUSTOMER)
    assert (area["PROV"], area["CITY"]) == ("广东", "广州")


def _has_messages(records: Service, world: World, agent: Agent) -> None:
    call = world.control.dial_in(CUSTOMER, "95003")
    world.control.press(call, "9")
    world.advance(5)
    world.control.hang_up(call)
    [row] = records.rows("VMS_Recv", **TODAY, strGhid="")
    assert row["CALLER"] == CUSTOMER
    for channel in ("Fax", "Sms", "Email"):
        for box, direction in (("Sent", "sent"), ("Recv", "received")):
            world.control.put_message(
                channel.lower(), direction, sender="甲", recipient="乙", agent_id="101"
            )
            [row] = records.rows(f"{channel}_{box}", **TODAY, strGhid="101")
            assert row["GHID"] == "101"
            assert "甲" in row.values() or "乙" in row.values()


def _knows_customers(records: Service, world: World, agent: Agent) -> None:
    world.control.save_customer("9001", name="北京强讯公司", phone="82015268")
    world.control.save_contact("c1", customer="9001", name="马先生", mobile="13800000007")
    [row] = records.rows("Get_Customer_Info", Caller="8201", Userid="", UserName="强讯")
    assert (row["USERID"], row["UNAME"]) == ("9001", "北京强讯公司")
    [row] = records.rows("Get_Person_Info", strCaller="", Userid="9001", UserName="")
    assert row["UNAME"] == "马先生"


def _keeps_groups(records: Service, world: World, agent: Agent) -> None:
    assert records("Groups_Info", strGroup="2", nType=0) == "sales"
    assert records("Group_Add", strGroup="15", strGname="技术部", nType=0) == 1
    assert records("Group_Member_Add", strGroup="15", strGhid="101", nType=0) == 1
    assert records("Group_Members", strGroup="15", nType=0) == "101"
    assert state_of(world, 101)["queues"] == [1, 15]
    assert records("Group_Member_Del", strGroup="15", strGhid="", nType=0) == 1
    assert records("Group_Del", strGroup="15", nType=0) == 1
    assert state_of(world, 101)["queues"] == [1]
    info = "GHID=501;NAME=付智伟;PASS=Secret#83;ROLES=2;UTYPE=4;EXT=40501;"
    assert records("Agent_Add", strGhid_Info=info) == 1
    assert records("Agent_Role", strGhid="501") == "座席"
    new = world.agent(501, "Secret#83")
    new.sign_in("40501")
    assert state_of(world, 501)["state"] == "idle"
    assert records("Agent_Del", strGhid="501") == 1
    [tenant] = world.control.state()["tenants"]
    assert 501 not in [it["work_no"] for it in tenant["agents"]]


# Uncall


@EVERY_DAY
def test_an_uncall_story(toolchain: Toolchain, world: World) -> None:
    uncall = Service(toolchain, world, "/uncall_services_api/index.php")
    agents = signed_in(world, 101, 102, 103)
    assert "<Response>UncallWorld:你好</Response>" in uncall("UncallWorld", text="你好")
    for tell in (_clicks_to_dial, _is_busy, _serves_a_customer):
        tell(uncall, world, *agents)
    assert not uncall.untold


def _done(text: str) -> bool:
    return "<result>1</result>" in text and "<Response>Success</Response>" in text


def _clicks_to_dial(uncall: Service, world: World, first: Agent, *_: Agent) -> None:
    clicked = {"strExten": "40101", "strToTel": OUTSIDE, "strActionID": "42"}
    assert _done(uncall("OnClickCall", **clicked))
    hears(first, "AgentOther_PhoneAlerting")
    assert f"<callb>{OUTSIDE}</callb>" in uncall("popEvent", strExten="40101")
    hears(first, "AgentEvent_Talking", within=5)
    assert _done(uncall("hangUp", strAgent="40101"))
    assert world.control.calls() == []


def _is_busy(uncall: Service, world: World, first: Agent, second: Agent, third: Agent) -> None:
    assert _done(uncall("setBuys", strExten="40102"))
    hears(second, "AgentState_SetNotReady_Success")
    assert _done(uncall("setIdle", strExten="40102"))
    assert state_of(world, 102)["state"] == "idle"


def _serves_a_customer(
    uncall: Service, world: World, first: Agent, second: Agent, third: Agent
) -> None:
    for agent in (second, third):
        agent.post("onlineagent", "saybusy")
    call = world.control.dial_in(CUSTOMER, "95001")
    assert f"<calla>{CUSTOMER}</calla>" in uncall("popEvent", strExten="40101")
    first.put("voicecall", "answer")
    held = uncall("keepCalling", strExten="40101")
    hears(first, "AgentEvent_Hold")
    channel = held.partition("<Message>")[2].partition("</Message>")[0]
    assert _done(uncall("restoreCalling", strAgent="40101", strExten=channel))
    for operation in ("monitorExten", "whisper"):
        assert _done(uncall(operation, strAgent="40103", strExten="40101"))
        assert state_of(world, 101)["supervised_by"]
        third.delete("voicecall", "release")
    second.post("onlineagent", "sayfree")
    assert _done(uncall("transferCall", strAgent="40101", strExten="40102"))
    hears(second, "AgentEvent_Ringing")
    second.put("voicecall", "answer")
    assert parties(world, call) == [CUSTOMER, "102"]
    assert _done(uncall("feedBack", strAgent="40102"))
    second.delete("voicecall", "release")
    world.control.press(call, "1")
    answers = [it for it in world.control.events() if it["event"] == "SurveyAnswered"]
    assert [it["answer"] for it in answers] == ["1"]
    uid = call.replace("-", ".")
    day = datetime.fromtimestamp(START / 1_000_000, UTC)
    assert f"{CUSTOMER}-{day:%Y%m%d}-" in uncall("getRecording", uid=uid)


# All doors


@EVERY_DAY
def test_one_call_is_the_same_at_every_door(php: Toolchain, mono: Toolchain, world: World) -> None:
    uncall = Service(php, world, "/uncall_services_api/index.php")
    softphone = Service(mono, world, "/UltraCRM_ATClient.asmx")
    records = Service(mono, world, "/UltraCRM_Webservice.asmx")
    first, second = signed_in(world, 101, 102)
    call = world.control.dial_in(CUSTOMER, "95001")
    popped = uncall("popEvent", strExten="40101")
    assert f"<calla>{CUSTOMER}</calla>" in popped
    assert f"<uid>{call.replace('-', '.')}</uid>" in popped

    call_id = _call_id(softphone, 101)
    assert softphone("ATAnswer", strUid="101", strCallid=call_id) == 1
    info = first.get("calldata", "callinfo")
    assert (info["callid"], info["caller"]) == (call, CUSTOMER)
    hears(first, "AgentEvent_Talking", callid=call)

    world.advance(20)
    assert softphone("ATConsTrans", strUid="101", strExt_dest="40102") == 1
    ringing = hears(second, "AgentEvent_Ringing")
    second.put("voicecall", "answer")
    assert softphone("ATTranOver", strUid="101", strCallid=call_id) == 1
    assert parties(world, call) == [CUSTOMER, "102"]
    assert ringing.content["callid"] != call
    talking = hears(second, "AgentEvent_Talking", callid=call)
    assert talking.content["caller"] == CUSTOMER

    world.advance(10)
    world.control.hang_up(call)
    anybody = {"strCaller": "", "strExt": "", "strGhid": ""}
    rows = records.rows("Get_Call_Info", **TODAY, **anybody, strCallid=call_id)
    stays = [it for it in world.control.call_records(tenant=1, call=call) if it["agent_id"]]
    assert [(it["GHID"], it["LEN_TALK"]) for it in rows] == [
        (it["agent_id"], (it["call_end"] - it["call_begin"]) // 1_000_000) for it in stays
    ]
    assert [it["GHID"] for it in rows] == ["101", "102"]
