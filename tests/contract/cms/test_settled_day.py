"""What a scripted evening comes to in the settlements and among missed calls, all by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from emulator.switch.switch import SignIn
from emulator.switch.terms import TransferMode
from tests.contract.cms.world import MonitoredWorld
from tests.domain.shop import shop_config
from tests.switch.support import AGENT, IVR, QUEUE

DAY = {"beginLogDay": "2023-11-14", "endLogDay": "2023-11-14"}
CUSTOMER = "13900000001"


class Evening(MonitoredWorld):
    """The call center of `tests.domain.shop`, from 22:13:20 UTC on 14 November 2023."""

    def __init__(self) -> None:
        super().__init__()
        demo = self.platform.switch.tenants[1].config
        shop = replace(shop_config(), cc_id=demo.cc_id, secrets=demo.secrets)
        self.do(lambda sw: sw.apply_tenant(shop))

    def log_on(self, *agents: int) -> None:
        for agent in agents:
            self.do(lambda sw, agent=agent: sw.log_on(agent, SignIn(auto_answer=False)))

    def rows(self, section: str, **body: Any) -> list[dict[str, Any]]:
        """The settled rows, of each what is not zero."""
        found = self.result(section, **DAY, **body)
        return [{name: value for name, value in row.items() if value != 0} for row in found]


@pytest.fixture
def evening() -> Iterator[Evening]:
    with Evening() as world:
        yield world


ROW = {**DAY, "vdn": 1, "serviceNo": 1, "orgCcNo": 1, "subCcNo": 1, "serCcNo": 1}


def test_calls_in_are_settled_by_the_number_that_was_called(evening: Evening) -> None:
    """A calls 95001: rings 4 s, talks 70 s, of which a flow has it 8 s after 20; 101 hangs up.

    B calls 95001 and rings 3 s at 101, then hangs up. C calls 95004, waits 10 s and is in a flow
    for 5 s.
    """
    evening.log_on(101, 103)
    evening.do(lambda sw: sw.set_not_ready(103))
    evening.dial_in("95001", CUSTOMER)
    evening.pass_time(4)
    evening.do(lambda sw: sw.answer_call(101))
    evening.pass_time(20)
    evening.do(lambda sw: sw.single_step_transfer(101, (IVR, "7003"), TransferMode.HANG_UP))
    evening.pass_time(50)
    evening.do(lambda sw: sw.release_call(101))
    call = evening.dial_in("95001", CUSTOMER)
    evening.pass_time(3)
    evening.do(lambda sw: sw.outside_hangs_up(call))
    evening.dial_in("95004", CUSTOMER)
    evening.pass_time(15)
    sales, to_flow = evening.rows("12.3.2.10", calleeNos=["95001", "95004"], callTypes=[0])
    assert sales == {
        **ROW,
        "calleeNo": "95001",
        "currentAgentId": 101,
        "currentSkillId": 1,
        "inVdnTime": 74 + 3,
        "inOccupyNum": 2,
        "waitAnsNum": 2,
        "waitAnsTime": 7,
        "succWaitAnsNum": 1,
        "succWaitAnsTime": 4,
        "inCallSuccNum": 1,
        "inCallTime": 70,
        "maxCallTime": 70,
        "minCallTime": 70,
        "callTimeGt10": 1,
        "callTimeGt60": 1,
        "noAckNum": 1,
        "failWaitAnsTime": 3,
        "maxWaitAnsTime": 4,
        "minWaitAnsTime": 3,
        **dict.fromkeys(("succAckTimeLt5", "succAckTimeLt10"), 1),
        **dict.fromkeys(("succAckTimeLt30", "succAckTimeLt60"), 1),
        "reserved_col3": 1,
        **dict.fromkeys(("failTimeLt5", "failTimeLt10", "failTimeLt30", "failTimeLt60"), 1),
        "succQueueWaitNum": 1,
        "failQueueWaitNum": 1,
        "inCallCostMinute": 2,
        "inCallAllCostMinute": 2,
        "hangUpNum": 1,
        "hangUpTime": 8,
        "ivrOccupyNum": 1,
        "ivrCallSuccNum": 1,
        "ivrCallTime": 8,
        "maxIvrCallTime": 8,
        "minIvrCallTime": 8,
        "autoCallNum": 1,
        "autoCallSuccNum": 1,
        "autoTransferNum": 1,
    }
    assert to_flow == {
        **ROW,
        "calleeNo": "95004",
        "currentAgentId": -1,
        "currentSkillId": -1,
        "inVdnTime": 15,
        "inOccupyNum": 1,
        "failQueueWaitNum": 1,
        "failQueueWaitTime": 10,
        "queueWaitTime": 10,
        "maxQueueWaitTime": 10,
        "minQueueWaitTime": 10,
        **dict.fromkeys(("failTimeLt30", "failTimeLt60"), 1),
        "queOverToIvrNum": 1,
        "queOverToIvrTime": 10,
        "ivrOccupyNum": 1,
        "ivrCallSuccNum": 1,
        "ivrCallTime": 5,
        "maxIvrCallTime": 5,
        "minIvrCallTime": 5,
        "autoCallNum": 1,
        "autoCallSuccNum": 1,
        "inCallAllCostMinute": 1,
    }


def test_what_agents_hand_on_is_settled_too(evening: Evening) -> None:
    """101 talks 10 s and hands its call to queue 2, where 104 answers after 2 s, and to 102.

    102 answers after 3 s, 104 having talked 10 s; 102 talks 5 s and hands it to a flow for good.
    """
    evening.log_on(101, 104)
    evening.dial_in("95001", CUSTOMER)
    evening.do(lambda sw: sw.answer_call(101))
    evening.pass_time(10)
    after, blind = TransferMode.RELEASE_AFTER, TransferMode.BLIND
    evening.do(lambda sw: sw.single_step_transfer(101, (QUEUE, "2"), after))
    evening.pass_time(2)
    evening.do(lambda sw: sw.answer_call(104))
    evening.log_on(102)
    evening.pass_time(10)
    evening.do(lambda sw: sw.single_step_transfer(104, (AGENT, "102"), after))
    evening.pass_time(3)
    evening.do(lambda sw: sw.answer_call(102))
    evening.pass_time(5)
    evening.do(lambda sw: sw.single_step_transfer(102, (IVR, "7001"), blind))
    evening.pass_time(10)
    (row,) = evening.rows("12.3.2.10", calleeNos=["95001"], callTypes=[0])
    expected = {
        "agentToQueueNum": 1,
        "agentToAgentNum": 1,
        "hangUpNum": 1,
        "hangUpTime": 5,
        "hangUpReleaseNum": 1,
        "inOccupyNum": 3,
        "inCallSuccNum": 3,
        "inCallTime": 12 + 13 + 5,
        "inVdnTime": 12 + 13 + 5 + 5,
        "waitAnsTime": 2 + 3,
    }
    assert {name: row.get(name) for name in expected} == expected
    assert "autoTransferNum" not in row


def test_calls_out_are_settled_by_the_number_that_they_came_from(evening: Evening) -> None:
    """101 calls 0201, which answers after 2 s, and talks for exactly 15; 0203 refuses at once.

    A number that is previewed answers after 2 s, and the talk is 3 s.
    """
    evening.log_on(101)
    evening.do(lambda sw: sw.make_call(101, "0201"))
    evening.pass_time(17)
    evening.do(lambda sw: sw.release_call(101))
    evening.do(lambda sw: sw.make_call(101, "0203"))
    evening.do(lambda sw: sw.call_preview(101, sw.offer_preview(101, ["0201"]), "0201"))
    evening.pass_time(5)
    evening.do(lambda sw: sw.release_call(101))
    own, previewed = evening.rows("12.3.2.11", callerNos=["95000"], callTypes=[7, 44])
    common = {**ROW, "callerNo": "95000", "obsServiceNo": "-1"}
    bounds = ("Lt3", "Lt5", "Lt10", "Lt30", "Lt60")
    assert own == {
        **common,
        "callType": 7,
        "currentAgentId": 101,
        "currentSkillId": -1,
        "outVdnTime": 17,
        "outOccupyNum": 2,
        "outWaitAnsTime": 2,
        "outSuccWaitAnsNum": 1,
        "outCallSuccNum": 1,
        "succWaitAnsTime": 2,
        "outCallTime": 15,
        "maxCallTime": 15,
        "minCallTime": 15,
        "maxWaitAnsTime": 2,
        "callTimeGt10": 1,
        "callTimeLt30": 1,
        "callTimeLt60": 1,
        "zeroNum": 1,
        **{f"succAckTime{bound}": 1 for bound in bounds},
        **{f"failTime{bound}": 1 for bound in bounds},
        "outCallCostMinute": 1,
        "outCallAllCostMinute": 1,
        "reservedCol3": 1,
    }
    assert previewed == {
        **common,
        "callType": 44,
        "currentAgentId": 101,
        "currentSkillId": -1,
        "outVdnTime": 5,
        "outOccupyNum": 1,
        "outWaitAnsTime": 2,
        "outSuccWaitAnsNum": 1,
        "outCallSuccNum": 1,
        "succWaitAnsTime": 2,
        "outCallTime": 3,
        "maxCallTime": 3,
        "minCallTime": 3,
        "maxWaitAnsTime": 2,
        "minWaitAnsTime": 2,
        **{f"succAckTime{bound}": 1 for bound in bounds},
        **{f"callTime{bound}": 1 for bound in bounds[1:]},
        "preViewedCallNum": 1,
        "preViewedCallSuccNum": 1,
        "preViewedSuccAckTime": 2,
        "outCallCostMinute": 1,
        "outCallAllCostMinute": 1,
    }


def test_missed_calls_are_those_that_no_agent_answered(evening: Evening) -> None:
    """One gives up waiting after 7 s, one ringing after 3; one is answered; one hears a flow."""
    evening.log_on(101, 103)
    evening.do(lambda sw: sw.set_not_ready(103))
    waits = evening.dial_in("95006", CUSTOMER)
    evening.pass_time(7)
    evening.do(lambda sw: sw.outside_hangs_up(waits))
    rings = evening.dial_in("95001", "13900000002")
    evening.pass_time(3)
    evening.do(lambda sw: sw.outside_hangs_up(rings))
    evening.dial_in("95001", "13900000003")
    evening.do(lambda sw: sw.answer_call(101))
    evening.pass_time(5)
    evening.do(lambda sw: sw.release_call(101))
    evening.dial_in("95021", "13900000004")
    evening.pass_time(6)
    answer = evening.ask("12.3.2.2", {"vdn": 1, "offset": 0, "limit": 10})
    assert answer["total"] == 2
    voice = {"mediaType": 5, "subMediaType": None}
    assert answer["missedCalls"] == [
        {
            "callId": rings,
            "callerNo": "13900000002",
            "calleeNo": "95001",
            "waitBegin": "2023-11-14 22:13:27",
            "callEnd": "2023-11-14 22:13:30",
            **voice,
        },
        {
            "callId": waits,
            "callerNo": CUSTOMER,
            "calleeNo": "95006",
            "waitBegin": "2023-11-14 22:13:20",
            "callEnd": "2023-11-14 22:13:27",
            **voice,
        },
    ]
    second = {"vdn": 1, "offset": 1, "limit": 1, "endTime": "2023-11-14 22:13:30"}
    assert [it["callId"] for it in evening.ask("12.3.2.2", second)["missedCalls"]] == [waits]


def test_a_query_tells_of_the_call_that_has_just_ended_by_interval_and_by_day(
    evening: Evening,
) -> None:
    """One hangs up at 22:13:27, one at 22:16:27, and one at 00:16:28 of the next day."""
    evening.log_on(103)
    evening.do(lambda sw: sw.set_not_ready(103))
    code = "IDX_COUNT_SKILL_USER_ABANDON"
    which = {"skillIds": [6], "indexIds": [code]}

    def gives_up() -> None:
        call = evening.dial_in("95006", CUSTOMER)
        evening.pass_time(7)
        evening.do(lambda sw: sw.outside_hangs_up(call))

    def value(section: str = "12.3.2.4", **how: Any) -> Any:
        ((index,),) = (it["idxs"] for it in evening.result(section, **which, **how))
        return index["val"]

    assert value() == "0"
    gives_up()
    assert value() == value() == "1"
    evening.pass_time(173)
    gives_up()
    assert value() == "2"
    assert value(timeGrain="15MIN") == {
        "2023-11-14 22:00:00.0": "1",
        "2023-11-14 22:15:00.0": "1",
    }
    assert value(timeGrain="30MIN") == {"2023-11-14 22:00:00.0": "2"}
    assert value(enableOffset="Y") == "0"
    evening.pass_time(2 * 3600 - 6)
    gives_up()
    assert value() == "1"
    assert value(timeGrain="60MIN") == {"2023-11-15 00:00:00.0": "1"}
    assert value(enableOffset="Y") == "2"
    assert value(enableOffset="Y", timeGrain="60MIN") == {"2023-11-14 22:00:00.0": "2"}
    month = {"beginMonthTime": "202311", "endMonthTime": "202311"}
    assert value("12.3.2.7", **month) == "3"
    assert value("12.3.2.7", beginMonthTime="202312", endMonthTime="202312") == "0"
