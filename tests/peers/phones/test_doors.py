"""The same call at every door, with real phones on both ends."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.peers.phones.baresip import comes_true
from tests.peers.phones.center import (
    CALLER,
    CUSTOMER,
    FIRST,
    MUSIC,
    SECOND,
    Center,
    baresip,
    center,
    house,
    said_in,
)
from tests.peers.test_stories import Service
from tests.peers.toolchain import Toolchain

__all__ = ["baresip", "center", "house"]
LISTEN = "/outbound/index.php/RecordingAction/index.php"
TALKS_S = 2
ANYBODY = {"strCaller": "", "strExt": "", "strGhid": ""}


def days() -> dict[str, str]:
    """Yesterday to tomorrow, wherever midnight is."""
    now, day = datetime.now(UTC), timedelta(days=1)
    return {"strSdate": f"{now - day:%Y%m%d}", "strEdate": f"{now + day:%Y%m%d}"}


def call_id_at(softphone: Service, agent: int) -> str:
    return softphone.pairs("ATGetCallInfo", strUid=str(agent), strKey="")["CALLID"]


def recordings(center: Center, call: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = center.http.get("/_emulator/records/recordings?tenant=1").json()
    return [it for it in rows if it["call_id"] == call]


def test_one_call_is_heard_to_be_the_same_at_every_door(
    php: Toolchain, mono: Toolchain, center: Center
) -> None:
    uncall = Service(php, center, "/uncall_services_api/index.php")
    softphone = Service(mono, center, "/UltraCRM_ATClient.asmx")
    records = Service(mono, center, "/UltraCRM_Webservice.asmx")
    first = center.registered_phone(101, FIRST, answermode="manual")
    center.sign_in(101, autoanswer=False)
    customer = center.customer()

    customer.dial("95001")
    assert center.becomes(101, "answering")
    [shown] = center.calls()
    call = shown["id"]
    popped = uncall("popEvent", strExten="40101")
    assert f"<calla>{CALLER}</calla>" in popped
    assert f"<uid>{call.replace('-', '.')}</uid>" in popped
    assert FIRST not in customer.hears()
    first.command("accept")
    assert comes_true(lambda: customer.hears() == {FIRST}), first.said()
    assert comes_true(lambda: first.hears() == {CUSTOMER}), first.said()

    call_id = call_id_at(softphone, 101)
    assert softphone("ATHoldCall", strUid="101") == 1
    assert comes_true(lambda: bool(customer.hears() & MUSIC))
    assert softphone("ATRetriveCall", strUid="101", strCallid="") == 1
    assert comes_true(lambda: customer.hears() == {FIRST})
    info = center.ask("GET", "calldata/101/callinfo")["result"]
    assert (info["callid"], info["caller"]) == (call, CALLER)

    second = center.desk(102, SECOND)
    assert softphone("ATConsTrans", strUid="101", strExt_dest="40102") == 1
    assert comes_true(lambda: first.hears() == {SECOND}), second.said()
    assert softphone("ATTranOver", strUid="101", strCallid=call_id) == 1
    assert comes_true(lambda: customer.hears() == {SECOND})
    assert comes_true(lambda: second.hears() == {CUSTOMER})
    info = center.ask("GET", "calldata/102/callinfo")["result"]
    assert (info["callid"], info["caller"]) == (call, CALLER)

    time.sleep(TALKS_S)
    customer.hang_up()
    assert comes_true(lambda: center.state(102) == "idle")
    rows = records.rows("Get_Call_Info", **days(), **ANYBODY, strCallid=call_id)
    assert [(it["GHID"], it["CALLER"]) for it in rows] == [("101", CALLER), ("102", CALLER)]
    _is_one_recording_at_every_door(center, uncall, records, call)


def _is_one_recording_at_every_door(
    center: Center, uncall: Service, records: Service, call: str
) -> None:
    """Of agent 101's conversation; that of 102 has the consultation in front."""
    own, other = recordings(center, call)
    assert (own["agent_id"], other["agent_id"]) == ("101", "102")
    assert comes_true(lambda: said_in(by_call(center, 101, call)) == ({CUSTOMER}, {FIRST}))
    left, right = said_in(by_call(center, 102, call))
    assert (CUSTOMER in left, right) == (True, {SECOND})
    sound = by_call(center, 101, call)

    named = uncall("getRecording", uid=call.replace("-", "."))
    [name] = re.findall("<files>(.*)</files>", named)
    assert name.startswith(f"audio:40101-{CALLER}-")
    listened = center.http.get(LISTEN, params={"m": "Public", "a": "record", "uniqueid": name})
    assert listened.content == sound

    rows = records.rows("Get_Talentel_log_Info", **days(), **ANYBODY, strCallid="")
    of_customer = [it for it in rows if it["CALLER"] == CALLER]
    assert [it["OPID"] for it in of_customer] == ["101", "102"]
    path = of_customer[0]["FILE_PATH"].replace("：", ":")
    url = "/agentgateway/resource/recordfile/101"
    assert center.http.get(url, params={"recordId": path}).content == sound


def by_call(center: Center, agent: int, call: str) -> bytes:
    """The recording of an agent's part of a call, as the agent gateway serves it."""
    url = f"/agentgateway/resource/recordfile/{agent}/recordfiledownloadEx"
    return center.http.get(url, params={"callId": call}).content
