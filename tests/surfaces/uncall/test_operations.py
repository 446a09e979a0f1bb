"""Every operation of Uncall (chapter 3), and what it does, seen at another door."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from emulator.switch.terms import ConnectionState, SupervisionMode
from tests.surfaces.soap_world import AGENT, COLLEAGUE, CUSTOMER, OUTSIDE, THIRD, SoapWorld

EXTENSION, OTHER, LISTENER = "40101", "40102", "40103"
LISTEN_AT = "/outbound/index.php/RecordingAction/index.php"


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        for agent in (AGENT, COLLEAGUE, THIRD):
            made.sign_in(agent)
        yield made


def told(world: SoapWorld, agent: int) -> list[str]:
    """The events that the agent gateway has for an agent."""
    return [event["eventType"] for event in world.events(agent)]


def test_the_test_interface_says_it_back(world: SoapWorld) -> None:
    found = world.uncall("UncallWorld", text="喂 <&>")
    assert found.result is None
    assert found.response == "UncallWorld:喂 <&>"


# OnClickCall


def test_a_click_rings_the_extension_then_the_number(world: SoapWorld) -> None:
    found = world.uncall("OnClickCall", strExten=EXTENSION, strToTel=OUTSIDE, strActionID="123456")
    assert found.result == "1"
    assert found.nodes == {
        "Response": "Success",
        "ActionID": "123456",
        "Message": "Originate successfully queued",
    }
    events = told(world, AGENT)
    order = ["AgentOther_PhoneAlerting", "AgentOther_PhoneOffhook", "AgentEvent_Customer_Alerting"]
    assert [it for it in events if it in order] == order
    world.pass_time(3)
    [call] = world.platform.switch.calls.values()
    assert [it.number for it in call.connections if it.talk_begin] == ["101", OUTSIDE]


def test_a_click_reaches_a_colleague_by_extension(world: SoapWorld) -> None:
    assert world.uncall("OnClickCall", strExten=EXTENSION, strToTel=OTHER).result == "1"
    assert "AgentEvent_Ringing" in told(world, COLLEAGUE)


@pytest.mark.parametrize(
    ("extension", "response"), [("40104", "Busy"), ("49999", "Busy"), ("", "Busy")]
)
def test_nobody_is_called_from_where_nobody_has_signed_in(
    world: SoapWorld, extension: str, response: str
) -> None:
    found = world.uncall("OnClickCall", strExten=extension, strToTel=OUTSIDE)
    assert (found.result, found.response) == ("0", response)
    assert not world.platform.switch.calls


def test_an_extension_that_rings_says_so(world: SoapWorld) -> None:
    world.dial_in()
    found = world.uncall("OnClickCall", strExten=EXTENSION, strToTel=OUTSIDE)
    assert (found.result, found.response) == ("0", "Ringing")


def test_without_a_free_trunk_the_connection_fails(world: SoapWorld) -> None:
    world.platform.switch.tenants[1].trunks[0].in_use = 1000
    found = world.uncall("OnClickCall", strExten=EXTENSION, strToTel=OUTSIDE)
    assert (found.result, found.response) == ("0", "Connection Failed")


# popEvent


def test_a_call_in_pops_once(world: SoapWorld) -> None:
    call = world.dial_in()
    found = world.uncall("popEvent", strExten=EXTENSION)
    assert found.result == "1"
    assert found.nodes == {
        "calla": CUSTOMER,
        "callb": EXTENSION,
        "uid": call.replace("-", "."),
        "status": "callin",
    }
    again = world.uncall("popEvent", strExten=EXTENSION)
    assert again.result == "0"
    assert set(again.nodes.values()) == {""}


def test_a_call_out_pops_with_the_number(world: SoapWorld) -> None:
    world.uncall("OnClickCall", strExten=EXTENSION, strToTel=OUTSIDE)
    found = world.uncall("popEvent", strExten=str(AGENT))
    assert (found.nodes["calla"], found.nodes["callb"]) == (EXTENSION, OUTSIDE)
    assert found.nodes["status"] == "callout"


def test_two_calls_pop_one_after_the_other(world: SoapWorld) -> None:
    first = world.talk()
    world.do(lambda switch: switch.hold_call(AGENT))
    world.uncall("OnClickCall", strExten=EXTENSION, strToTel=OUTSIDE)
    uids = [world.uncall("popEvent", strExten=EXTENSION).nodes["uid"] for _ in range(3)]
    assert uids[0] == first.replace("-", ".")
    assert uids[1] not in ("", uids[0])
    assert uids[2] == ""


def test_the_next_call_of_the_same_customer_pops_again(world: SoapWorld) -> None:
    call = world.talk()
    world.uncall("popEvent", strExten=EXTENSION)
    world.do(lambda switch: switch.outside_hangs_up(call))
    assert world.uncall("popEvent", strExten=EXTENSION).result == "0"
    world.do(lambda switch: [switch.set_not_ready(it) for it in (COLLEAGUE, THIRD)])
    world.dial_in()
    assert world.uncall("popEvent", strExten=EXTENSION).result == "1"


def test_a_call_pops_at_each_extension_that_it_reaches(world: SoapWorld) -> None:
    world.talk()
    world.uncall("popEvent", strExten=EXTENSION)
    world.uncall("transferCall", strAgent=EXTENSION, strExten=OTHER)
    found = world.uncall("popEvent", strExten=OTHER)
    assert (found.result, found.nodes["calla"]) == ("1", CUSTOMER)


def test_what_a_screen_has_been_told_is_in_a_snapshot(world: SoapWorld) -> None:
    world.dial_in()
    world.uncall("popEvent", strExten=EXTENSION)
    saved = world.control("GET", "/snapshot").raw
    world.control("POST", "/reset", {})
    world.control("PUT", "/snapshot", saved)
    assert world.call_info()["STATUS"] == "03"
    assert world.uncall("popEvent", strExten=EXTENSION).result == "0"


def test_a_reset_forgets_what_screens_were_told(world: SoapWorld) -> None:
    world.dial_in()
    world.uncall("popEvent", strExten=EXTENSION)
    world.control("POST", "/reset", {})
    world.sign_in(AGENT)
    world.dial_in()
    assert world.uncall("popEvent", strExten=EXTENSION).result == "1"


# getRecording


def test_the_recording_of_a_call_has_a_name_and_can_be_listened_to(world: SoapWorld) -> None:
    call = world.talk()
    uid = call.replace("-", ".")
    world.pass_time(10)
    during = world.uncall("getRecording", uid=uid).nodes["files"]
    world.uncall("hangUp", strAgent=EXTENSION)
    found = world.uncall("getRecording", uid=uid)
    assert found.result == "1"
    name = found.nodes["files"]
    assert name == during
    pattern = rf"audio:{EXTENSION}-{CUSTOMER}-20231114-221320-{re.escape(uid)}\.WAV"
    assert re.fullmatch(pattern, name)
    query = {"m": "Public", "a": "record", "uniqueid": name}
    sound = world.request("GET", LISTEN_AT, query=query)
    assert (sound.status, sound.headers["content-type"]) == (200, "audio/x-wav")
    assert sound.raw[:4] == b"RIFF"
    assert len(sound.raw) > 10 * 8000 / 2


@pytest.mark.parametrize("uid", ["1.1", "", "x", "1700000000.9", "1700000000-1"])
def test_of_an_unknown_call_nothing_is_recorded(world: SoapWorld, uid: str) -> None:
    found = world.uncall("getRecording", uid=uid)
    assert (found.result, found.nodes) == ("0", {"files": ""})


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"m": "Public", "a": "record", "uniqueid": "audio:40101-1-20231114-221320-1.1.WAV"},
        {"m": "Public", "a": "record", "uniqueid": "../../etc/passwd"},
        {"m": "Admin", "a": "record", "uniqueid": "audio:1-1-20231114-221320-1.1.WAV"},
    ],
)
def test_what_was_not_recorded_cannot_be_listened_to(
    world: SoapWorld, query: dict[str, str]
) -> None:
    assert world.request("GET", LISTEN_AT, query=query).status == 404


# setBuys, setIdle


def test_a_busy_extension_is_busy_for_queues_and_for_colleagues(world: SoapWorld) -> None:
    found = world.uncall("setBuys", strExten=EXTENSION)
    assert (found.result, found.message) == ("1", "Updated database successfully")
    assert world.states(AGENT) == "busy"
    world.uncall("OnClickCall", strExten=OTHER, strToTel=EXTENSION)
    assert "AgentEvent_Ringing" not in told(world, AGENT)
    assert "AgentEvent_Inside_Call_Fail" in told(world, COLLEAGUE)


def test_an_idle_extension_takes_calls_again(world: SoapWorld) -> None:
    world.uncall("setBuys", strExten=EXTENSION)
    found = world.uncall("setIdle", strExten=EXTENSION)
    assert (found.result, found.message) == ("1", "Key deleted successfully")
    assert world.states(AGENT) == "idle"
    world.uncall("OnClickCall", strExten=OTHER, strToTel=EXTENSION)
    assert "AgentEvent_Ringing" in told(world, AGENT)


@pytest.mark.parametrize("operation", ["setBuys", "setIdle"])
def test_an_extension_without_an_agent_has_no_entry(world: SoapWorld, operation: str) -> None:
    found = world.uncall(operation, strExten="40104")
    assert (found.result, found.response) == ("0", "Error")
    assert found.message == "Failed to update entry"


# keepCalling, restoreCalling


def test_a_held_call_is_taken_back_by_its_channel(world: SoapWorld) -> None:
    call = world.talk()
    channel = world.uncall("keepCalling", strExten=EXTENSION).message
    assert channel == f"SIP/{EXTENSION}-{int(call.split('-')[1]):08x}"
    assert "AgentEvent_Hold" in told(world, AGENT)
    assert world.uncall("keepCalling", strExten=EXTENSION).message == "Agent not in use"
    wrong = world.uncall("restoreCalling", strAgent=EXTENSION, strExten="SIP/1-00000001")
    assert (wrong.result, wrong.message) == ("0", "Channel not exist")
    found = world.uncall("restoreCalling", strAgent=EXTENSION, strExten=channel)
    assert (found.result, found.message) == ("1", "Restorepark successful")
    [own] = world.platform.switch.agents[AGENT].connections
    assert own.state is ConnectionState.CONNECTED


# transferCall


def test_a_transfer_is_complete_when_the_target_answers(world: SoapWorld) -> None:
    call = world.talk()
    found = world.uncall("transferCall", strAgent=EXTENSION, strExten=OTHER)
    assert (found.result, found.message) == ("1", "Transfer successful")
    world.do(lambda switch: switch.answer_call(COLLEAGUE))
    parties = [it.number for it in world.platform.switch.calls[call].connections]
    assert parties == [CUSTOMER, str(COLLEAGUE)]


def test_a_transfer_that_is_not_answered_comes_back(world: SoapWorld) -> None:
    call = world.talk()
    world.uncall("transferCall", strAgent=EXTENSION, strExten=OTHER)
    world.pass_time(31)
    parties = [it.number for it in world.platform.switch.calls[call].connections]
    assert parties == [CUSTOMER, str(AGENT)]
    [own] = world.platform.switch.agents[AGENT].connections
    assert own.state is ConnectionState.CONNECTED


def test_transfers_are_refused_with_their_reasons(world: SoapWorld) -> None:
    assert transfer(world) == "Agent not in use"
    world.dial_in()
    assert transfer(world) == "Agent not in bridge"
    world.do(lambda switch: switch.answer_call(AGENT))
    world.do(lambda switch: switch.set_not_ready(COLLEAGUE))
    assert transfer(world) == "Exten is not idle"
    assert transfer(world, "40104") == "Exten is not idle"


def transfer(world: SoapWorld, target: str = OTHER) -> str:
    found = world.uncall("transferCall", strAgent=EXTENSION, strExten=target)
    assert (found.result, found.response) == ("0", "Error")
    return found.message


# feedBack


def test_the_customer_is_asked_when_the_agent_has_hung_up(world: SoapWorld) -> None:
    call = world.talk()
    found = world.uncall("feedBack", strAgent=EXTENSION)
    assert (found.result, found.message) == ("1", "Feedback successful")
    world.do(lambda switch: switch.release_call(AGENT))
    assert world.states(AGENT) == "idle"
    heard = []
    world.platform.switch.subscribe(heard.append)
    world.do(lambda switch: switch.outside_presses(call, "2"))
    [answer] = [it for it in heard if type(it).__name__ == "SurveyAnswered"]
    assert (answer.call, answer.answer) == (call, "2")
    assert call not in world.platform.switch.calls


def test_nobody_is_asked_without_a_call(world: SoapWorld) -> None:
    found = world.uncall("feedBack", strAgent=EXTENSION)
    assert (found.result, found.message) == ("0", "Agent not in use")


# monitorExten, whisper


@pytest.mark.parametrize(
    ("operation", "mode"),
    [("monitorExten", SupervisionMode.LISTEN), ("whisper", SupervisionMode.WHISPER)],
)
def test_a_third_extension_joins_a_call(
    world: SoapWorld, operation: str, mode: SupervisionMode
) -> None:
    idle = world.uncall(operation, strAgent=LISTENER, strExten=EXTENSION)
    assert (idle.result, idle.message) == ("0", "Agent not in use")
    world.talk()
    found = world.uncall(operation, strAgent=LISTENER, strExten=EXTENSION)
    assert (found.result, found.message) == ("1", "Spy or whisper success")
    supervision = world.platform.switch.agents[THIRD].supervision
    assert supervision is not None
    assert (supervision.target.work_no, supervision.mode) == (AGENT, mode)
    again = world.uncall(operation, strAgent=LISTENER, strExten=EXTENSION)
    assert (again.result, again.message) == ("0", "Spy or whisper failed")


# hangUp


def test_hanging_up_ends_the_call_for_both(world: SoapWorld) -> None:
    world.talk()
    found = world.uncall("hangUp", strAgent=EXTENSION)
    assert (found.result, found.message) == ("1", "Authentication accepted")
    assert not world.platform.switch.calls
    assert "AgentEvent_Call_Release" in told(world, AGENT)


def test_hanging_up_without_a_call_has_the_documented_failure(world: SoapWorld) -> None:
    found = world.uncall("hangUp", strAgent=EXTENSION)
    assert (found.result, found.response, found.message) == ("1", "Error", "No Channels")


# Failures that are ordered


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("OnClickCall", {"strExten": EXTENSION, "strToTel": OUTSIDE}),
        ("setBuys", {"strExten": EXTENSION}),
        ("keepCalling", {"strExten": EXTENSION}),
        ("transferCall", {"strAgent": EXTENSION, "strExten": OTHER}),
        ("feedBack", {"strAgent": EXTENSION}),
        ("monitorExten", {"strAgent": LISTENER, "strExten": EXTENSION}),
        ("hangUp", {"strAgent": EXTENSION}),
    ],
)
def test_a_connection_to_the_pbx_fails_when_it_is_told_to(
    world: SoapWorld, operation: str, arguments: dict[str, str]
) -> None:
    world.talk()
    fault = {
        "requests": {"surface": "uncall", "agent": world.platform.switch.agents[101].work_no},
        "effect": {"kind": "error_code", "code": "Connection Failed"},
    }
    if operation == "monitorExten":
        fault["requests"] = {"surface": "uncall"}
    assert world.control("POST", "/faults", fault).status == 201
    before = world.dump()
    found = world.uncall(operation, **arguments)
    assert found.message == "Connection Failed"
    assert found.response == ("Connection Failed" if operation == "OnClickCall" else "Error")
    assert world.dump() == before
