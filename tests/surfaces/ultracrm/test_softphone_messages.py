"""What UltraCRM's softphone sends (chapter 3), seen where it arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.switch.events import NoteReceived
from tests.surfaces.soap_world import AGENT, COLLEAGUE, SoapWorld

TODAY = {"strSdate": "20231114", "strEdate": "20231114"}
CHATTER = 116


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        for agent in (AGENT, COLLEAGUE):
            made.sign_in(agent)
        yield made


def notes(world: SoapWorld, agent: int) -> list[str]:
    """What an agent was sent, of which the agent gateway tells that there is something."""
    journal = world.platform.traffic.journal
    heard = [it for _, it in journal.after(0, 1000) if isinstance(it, NoteReceived)]
    told = [it for it in world.events(agent) if it["eventType"] == "AgentOther_Note"]
    sent = [it.text for it in heard if it.agent == agent]
    assert len(told) == len(sent)
    return sent


def command(world: SoapWorld, key: str, message: str, to: str = "102") -> int:
    result: int = world.at(
        "ATSendOEMCommand", strUid=AGENT, strUid_to=to, strSubKey=key, strMsg=message
    )
    return result


def test_a_message_to_a_colleague_is_a_note(world: SoapWorld) -> None:
    assert world.at("ATSendMsg", strUid=AGENT, strUid_to=COLLEAGUE, strInfo="茶？") == 0
    assert notes(world, COLLEAGUE) == ["茶？"]
    assert world.at("ATSendMsg", strUid=AGENT, strUid_to="999", strInfo="?") == -1
    assert world.at("ATSendMsg", strUid=AGENT, strUid_to=COLLEAGUE, strInfo="x" * 1024) == -1


def test_a_command_to_an_agent_is_a_note_too(world: SoapWorld) -> None:
    assert command(world, "AGENTTOAGENT", "A=1;B=2;") == 0
    assert notes(world, COLLEAGUE) == ["A=1;B=2;"]
    assert command(world, "AGENTTONOBODY", "x") == -1


def test_an_sms_is_in_the_outbox(world: SoapWorld) -> None:
    sms = "SMS_SEND;UID=102;TEL=13521192996;SUBJ=提醒;BODY=编号为[42], 请签收;"
    assert command(world, "AGENTTOMCI", sms) == 0
    (row,) = world.records("Sms_Sent", **TODAY, strGhid="102")
    number = row.pop("CALLID")
    assert number.startswith("20231114221320")
    assert len(number) == 18
    assert row == {
        "TEL_TO": "13521192996",
        "UNAME": "",
        "SUBJECTS": "提醒",
        "BODYS": "编号为［42］， 请签收",
        "SDATE": "20231114",
        "STIME": "221320",
        "GHID": "102",
    }
    assert world.records("Sms_Sent", **TODAY, strGhid="101") == "0"
    query, here = {"tenant": 1, "channel": "sms"}, {"Host": "127.0.0.1"}
    [kept] = world.request("GET", "/_emulator/messages", query=query, headers=here).document
    assert kept["body"] == "编号为[42], 请签收"


def test_an_email_is_in_the_outbox(world: SoapWorld) -> None:
    email = "EMAIL_SEND;TO=a@x.example;CC=b@x.example;BCC=c@x.example;SUBJ=s;BODY=t;FILE=d:\\f.txt;"
    assert command(world, "AGENTTOMCI", email, to="") == 0
    (row,) = world.records("Email_Sent", **TODAY)
    assert row["FROM_ADDR"] == "agent101@demo.example"
    assert (row["TO_ADDR"], row["CC_ADDR"], row["BCC_ADDR"]) == (
        "a@x.example",
        "b@x.example",
        "c@x.example",
    )
    assert (row["SUBJECTS"], row["BODYS"], row["ATTACH1"]) == ("s", "t", "d：\\f.txt")
    assert row["FILE_EBX"] == f"\\emaildata\\semail_IBX\\{row['CALLID']}.ibx"
    assert row["GHID"] == "101"


@pytest.mark.parametrize(
    "message", ["", "FAX_SEND;TEL=1;", "SMS_SEND;BODY=x;", "SMS_SEND;UID=999;TEL=1;", "TEL=1;"]
)
def test_what_cannot_be_sent_is_refused(world: SoapWorld, message: str) -> None:
    assert command(world, "AGENTTOMCI", message) == -1
    assert world.records("Sms_Sent", **TODAY) == "0"


def test_a_flow_is_told_something_about_its_call(world: SoapWorld) -> None:
    call = world.dial_in("95003")
    sequence = int(call.split("-")[1]) % 10_000
    assert command(world, "AGENTTOIVR", f"CALLID=14221320{sequence:04};LEVEL=gold;") == 0
    run = world.platform.switch.calls[call].ivr
    assert run is not None
    assert run.variables["level"] == "gold"
    assert command(world, "AGENTTOIVR", "CALLID=000000000000;LEVEL=x;") == -1
    assert command(world, "AGENTTOIVR", "LEVEL=x;") == -1


def routed(world: SoapWorld, point: str, agent: str = "") -> int:
    result: int = world.at(
        "ATSendOEMCommand_Route", strCmd=point, strGhid=agent, strInfo="<b>hello</b>"
    )
    return result


@pytest.mark.parametrize("point", ["chat", "3"])
def test_a_routed_message_comes_to_an_agent_of_the_group(world: SoapWorld, point: str) -> None:
    world.sign_in(CHATTER)
    assert routed(world, point) == 0
    [own] = world.platform.switch.agents[CHATTER].connections
    assert own.call.messages[0].text == "<b>hello</b>"


def test_a_routed_message_goes_to_the_agent_named_if_it_can(world: SoapWorld) -> None:
    for agent in (CHATTER, CHATTER + 1):
        world.sign_in(agent)
    assert routed(world, "chat", str(CHATTER + 1)) == 0
    assert len(world.platform.switch.agents[CHATTER + 1].connections) == 1
    world.do(lambda switch: switch.force_log_off(CHATTER + 1))
    assert routed(world, "chat", str(CHATTER + 1)) == 0
    assert len(world.platform.switch.agents[CHATTER].connections) == 1


@pytest.mark.parametrize("point", ["", "1", "support", "95001", "nowhere"])
def test_a_message_is_not_routed_to_where_nobody_reads(world: SoapWorld, point: str) -> None:
    assert routed(world, point) == -1
    assert not world.platform.switch.calls
