"""Every historical indicator (CEC 12.3.8.1): short days whose numbers are worked out by hand.

A story says what happens at which second of the day, and its values are all that are not zero.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from emulator.domain.indicators.building import Grain
from emulator.domain.indicators.cells import Kind
from emulator.domain.indicators.historical import INDICATORS
from emulator.switch.terms import TransferMode
from tests.domain.ledger import Numbers
from tests.domain.shop import (
    CHAT,
    FULL_TO_FLOW,
    FULL_TO_SERVICE,
    NOBODY,
    RELEASES,
    SALES,
    SERVICE,
    TO_FLOW,
    TO_SERVICE,
    Shop,
)
from tests.switch.support import AGENT, IVR, OUTSIDE, QUEUE

BOUNDS = (3, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60)
SKILL, S_TIME, S_RATE = "IDX_COUNT_SKILL_", "IDX_DURATION_SKILL_", "IDX_RATE_SKILL_"
DONE, A_TIME, A_RATE = "IDX_COUNT_AGENT_", "IDX_DURATION_AGENT_", "IDX_RATE_AGENT_"
COUNT, TIME, RATE = "IDX_COUNT_", "IDX_DURATION_", "IDX_RATE_"
UNIQUE = "IDX_UNIQUE_COUNT_IVR_"
Expected = Mapping[tuple[Kind, object], Numbers]


def within(code: str, *seconds: float) -> Numbers:
    """How many took no longer, bound by bound."""
    found = {f"{code}_IN_{bound}": sum(it <= bound for it in seconds) for bound in BOUNDS}
    return {code: number for code, number in found.items() if number}


def after(code: str, *seconds: float) -> Numbers:
    """How many took longer, bound by bound."""
    found = {f"{code}_AFTER_{bound}": sum(it > bound for it in seconds) for bound in BOUNDS}
    return {code: number for code, number in found.items() if number}


def one_is_answered(shop: Shop) -> Expected:
    """101 signs in at 0 and is busy from 5; at 10 a call waits; at 18 101 is idle: it rings.

    101 answers at 22. The customer hangs up at 82, 101 signs out at 100.
    """
    shop.sign_in(101)
    shop.at(5)
    shop.switch.set_not_ready(101)
    shop.at(10)
    call = shop.calls(SALES)
    shop.at(18)
    shop.switch.set_ready(101)
    shop.at(22)
    shop.switch.answer_call(101)
    shop.at(82)
    shop.hangs_up(call)
    shop.at(100)
    shop.switch.log_off(101)
    return {
        (Kind.QUEUE, SALES): {
            f"{SKILL}REQUEST": 1,
            f"{SKILL}INCOMING_CALL": 1,
            f"{SKILL}CONNECTED": 1,
            **within(f"{SKILL}CONNECTED", 12),
            **after(f"{SKILL}CONNECTED", 12),
            f"{S_RATE}CONNECTED": 100,
            f"{S_RATE}RING_CONNECT": 100,
            f"{S_TIME}CONNECTED": 60,
            f"{S_TIME}AVG_CONNECTED": 60,
            f"{S_TIME}AVG_QUEUE_ACK": 12,
            f"{S_TIME}MAX_QUEUE_ACK": 12,
            f"{S_TIME}MIN_QUEUE_ACK": 12,
            f"{S_TIME}SUCCESS_ACK": 4,
            f"{S_TIME}ALL_ACK": 4,
            f"{S_TIME}AVG_CONNECTED_ACK": 4,
            f"{S_TIME}WAIT_SUCCESS_CONNECTED_QUEUE": 8,
            f"{S_TIME}ALL_QUEUE": 8,
            f"{S_TIME}AVG_CONNECTED_QUEUE": 8,
            "IDX_SKILL_RESERVED_COL3": 1,
        },
        (Kind.AGENT, 101): {
            f"{DONE}SIGN_IN": 1,
            f"{DONE}CONNECTED": 1,
            f"{DONE}REQUEST": 1,
            f"{DONE}WAIT_ANS": 1,
            f"{DONE}SET_BUSY": 1,
            **within(f"{DONE}CONNECTED", 4),
            f"{A_TIME}SIGN_IN": 100,
            f"{A_TIME}FREE": 5 + 0 + 18,
            f"{A_TIME}SET_BUSY": 13,
            f"{A_TIME}AVG_SET_BUSY": 13,
            f"{A_TIME}RING": 4,
            f"{A_TIME}AVG_RING": 4,
            f"{A_TIME}CONVERSATION_IN": 60,
            f"{A_TIME}AVERAGE_CONVERSATION_IN": 60,
            f"{A_TIME}MAX_CALLING": 60,
            f"{A_TIME}MIN_CALLING": 60,
            f"{A_RATE}CONNECTED": 100,
            "IDX_AGENT_RESERVED_COL3": 1,
        },
    }


def nobody_gets_through(shop: Shop) -> Expected:
    """103 is busy from 0. At 10 A calls and hangs up at 17; at 20 B calls, released at 30.

    At 40 C calls; 103 is idle at 45 and rings; C hangs up at 48. At 60 D calls and rings, 103
    refuses at 62 and is busy; D is released at 70. At 90 E calls; 103 is idle at 92, has not
    answered at 97 and is busy; E hangs up at 99. 103 signs out at 120.
    """
    shop.sign_in(103)
    shop.switch.set_not_ready(103)
    shop.at(10)
    a = shop.calls(RELEASES)
    shop.at(17)
    shop.hangs_up(a)
    shop.at(20)
    shop.calls(RELEASES)
    shop.at(40)
    c = shop.calls(RELEASES)
    shop.at(45)
    shop.switch.set_ready(103)
    shop.at(48)
    shop.hangs_up(c)
    shop.at(60)
    shop.calls(RELEASES)
    shop.at(62)
    shop.switch.reject_call(103, release=False)
    shop.at(90)
    e = shop.calls(RELEASES)
    shop.at(92)
    shop.switch.set_ready(103)
    shop.at(99)
    shop.hangs_up(e)
    shop.at(120)
    shop.switch.log_off(103)
    left, waits = (7, 8, 9), (7, 10, 8, 10, 9)
    queued = 7 + 10 + 5 + 10 + 9
    rings = (3, 2, 5)
    return {
        (Kind.QUEUE, RELEASES): {
            f"{SKILL}REQUEST": 3 + 4,
            f"{SKILL}INCOMING_CALL": 5,
            f"{SKILL}ABANDON": 7,
            f"{SKILL}USER_ABANDON": 3,
            f"{SKILL}USER_ABANDON_QUEUE": 2,
            f"{SKILL}USER_ABANDON_AGENT": 1,
            f"{SKILL}AGENT_ABANDON": 1,
            f"{SKILL}SYSTEM_LOST": 1,
            f"{SKILL}QUEUE_DISCONNECTED": 2,
            f"{SKILL}LOST_RING": 3,
            f"{SKILL}WAIT_FAIL_CONNECTED_QUEUE": 5,
            **within(f"{SKILL}ABANDON", *left),
            **after(f"{SKILL}ABANDON", *left),
            f"{S_RATE}ABANDON": 100,
            f"{S_TIME}AVG_QUEUE_ACK": sum(waits) / 5,
            f"{S_TIME}MAX_QUEUE_ACK": 10,
            f"{S_TIME}MIN_QUEUE_ACK": 7,
            f"{S_TIME}ABANDON_ACK": sum(rings),
            f"{S_TIME}ALL_ACK": sum(rings),
            f"{S_TIME}AVG_ABANDON_ACK": 3.33,
            f"{S_TIME}ABANDON_QUEUE": queued,
            f"{S_TIME}ALL_QUEUE": queued,
            f"{S_TIME}AVG_ABANDON_QUEUE": 8.2,
            f"{S_TIME}USER_ABANDON_QUEUE": 7 + 9,
            f"{S_TIME}USER_ABANDON_AGENT": 8,
        },
        (Kind.AGENT, 103): {
            f"{DONE}SIGN_IN": 1,
            f"{DONE}REQUEST": 3,
            f"{DONE}WAIT_ANS": 3,
            f"{DONE}ABANDON": 3,
            f"{DONE}LOST_RING": 3,
            f"{DONE}HANG_UP": 1,
            f"{DONE}NO_ACK": 1,
            f"{DONE}SET_BUSY": 3,
            f"{A_TIME}SIGN_IN": 120,
            f"{A_TIME}SET_BUSY": 45 + 30 + 23,
            f"{A_TIME}AVG_SET_BUSY": 32.67,
            f"{A_TIME}FREE": 12,
            f"{A_TIME}RING": 10,
            f"{A_TIME}AVG_RING": 3.33,
        },
        (Kind.VDN, ""): {
            f"{COUNT}TOTAL_CALL": 5,
            f"{COUNT}ABANDONED_CALL": 5,
            f"{COUNT}INBOUND_CALL": 5,
            f"{COUNT}SYSTEM_INBOUND": 5,
            f"{COUNT}INBOUND_ABANDON_CONNECTED": 5,
            f"{COUNT}AGENT_INBOUND": 5,
            f"{RATE}AGENT_INBOUND_ABANDON": 100,
            f"{RATE}PHONE_INBOUND_ABANDON": 100,
            f"{RATE}ABANDON_IN_10": 100,
            f"{RATE}ABANDON_IN_30": 100,
            f"{RATE}ABANDON_IN_60": 100,
            f"{TIME}AVG_WAIT": sum(waits) / 5,
            f"{TIME}AVG_VDN_INBOUND": sum(waits) / 5,
        },
    }


def queues_pass_calls_on(shop: Shop) -> Expected:
    """103 is busy, 104 idle. At 10 A calls queue 3, at 20 queue 2 has it: 104 talks 25 to 40.

    At 100 B calls queue 4, at 110 a flow has it, which ends at 115. At 200 C waits in queue 7, and
    at 201 D is passed on to queue 2: 104 talks 203 to 210; C hangs up at 220. At 300 E waits in
    queue 8, at 301 F is in the flow at once until 306; E hangs up at 310. At 400 G calls queue 9,
    which nobody serves: in queue 2 104 talks 406 to 416. After each call 104 wraps up for 20 s.
    """
    shop.sign_in(103, 104)
    shop.switch.set_not_ready(103)
    shop.at(10)
    shop.calls(TO_SERVICE)
    shop.at(25)
    shop.switch.answer_call(104)
    shop.at(40)
    shop.switch.release_call(104)
    shop.at(100)
    shop.calls(TO_FLOW)
    shop.at(200)
    c = shop.calls(FULL_TO_SERVICE)
    shop.at(201)
    shop.calls(FULL_TO_SERVICE)
    shop.at(203)
    shop.switch.answer_call(104)
    shop.at(210)
    shop.switch.release_call(104)
    shop.at(220)
    shop.hangs_up(c)
    shop.at(300)
    e = shop.calls(FULL_TO_FLOW)
    shop.at(301)
    shop.calls(FULL_TO_FLOW)
    shop.at(310)
    shop.hangs_up(e)
    shop.at(400)
    shop.is_served(NOBODY, 104, 6, 10)
    shop.at(500)
    return {
        (Kind.QUEUE, SERVICE): {},
        (Kind.QUEUE, TO_SERVICE): {
            f"{SKILL}TIME_OUT_QUEUE": 1,
            **_one_answered(queued=10, ring=5, talk=15),
        },
        (Kind.QUEUE, TO_FLOW): {
            f"{SKILL}TIMEOUT_IVR": 1,
            **_one_lost(10),
        },
        (Kind.QUEUE, FULL_TO_SERVICE): {
            f"{SKILL}REQUEST": 2,
            f"{SKILL}INCOMING_CALL": 2,
            f"{SKILL}CONNECTED": 1,
            f"{SKILL}ABANDON": 1,
            f"{SKILL}USER_ABANDON": 1,
            f"{SKILL}USER_ABANDON_QUEUE": 1,
            f"{SKILL}OVERFLOW_QUEUE": 1,
            f"{SKILL}WAIT_FAIL_CONNECTED_QUEUE": 1,
            **within(f"{SKILL}CONNECTED", 2),
            **within(f"{SKILL}ABANDON", 20),
            **after(f"{SKILL}ABANDON", 20),
            f"{S_RATE}CONNECTED": 50,
            f"{S_RATE}ABANDON": 50,
            f"{S_RATE}RING_CONNECT": 100,
            f"{S_TIME}CONNECTED": 7,
            f"{S_TIME}AVG_CONNECTED": 7,
            f"{S_TIME}AVG_QUEUE_ACK": 11,
            f"{S_TIME}MAX_QUEUE_ACK": 20,
            f"{S_TIME}MIN_QUEUE_ACK": 2,
            f"{S_TIME}SUCCESS_ACK": 2,
            f"{S_TIME}ALL_ACK": 2,
            f"{S_TIME}AVG_CONNECTED_ACK": 2,
            f"{S_TIME}ABANDON_QUEUE": 20,
            f"{S_TIME}AVG_ABANDON_QUEUE": 20,
            f"{S_TIME}USER_ABANDON_QUEUE": 20,
            f"{S_TIME}ALL_QUEUE": 20,
            "IDX_SKILL_RESERVED_COL3": 1,
        },
        (Kind.QUEUE, FULL_TO_FLOW): {
            f"{SKILL}REQUEST": 2,
            f"{SKILL}INCOMING_CALL": 2,
            f"{SKILL}ABANDON": 2,
            f"{SKILL}USER_ABANDON": 1,
            f"{SKILL}USER_ABANDON_QUEUE": 1,
            f"{SKILL}OVERFLOW_IVR": 1,
            f"{SKILL}WAIT_FAIL_CONNECTED_QUEUE": 2,
            **within(f"{SKILL}ABANDON", 10),
            **after(f"{SKILL}ABANDON", 10),
            f"{S_RATE}ABANDON": 100,
            f"{S_TIME}AVG_QUEUE_ACK": 5,
            f"{S_TIME}MAX_QUEUE_ACK": 10,
            f"{S_TIME}ABANDON_QUEUE": 10,
            f"{S_TIME}AVG_ABANDON_QUEUE": 5,
            f"{S_TIME}USER_ABANDON_QUEUE": 10,
            f"{S_TIME}ALL_QUEUE": 10,
        },
        (Kind.QUEUE, NOBODY): {
            f"{SKILL}OVERFLOW_QUEUE": 1,
            **_one_answered(queued=0, ring=6, talk=10),
        },
        (Kind.IVR, 1): {
            "IDX_COUNT_IVR_INBOUND_CALL": 2,
            "IDX_COUNT_IVR_INBOUND_CONNECTED": 2,
            "IDX_RATE_IVR_INBOUND_CONNECTED": 100,
            "IDX_DURATION_AVG_IVR_CONNECTED": 5,
        },
        (Kind.AGENT, 104): {
            f"{DONE}SIGN_IN": 1,
            f"{DONE}CONNECTED": 3,
            f"{DONE}REQUEST": 3,
            f"{DONE}WAIT_ANS": 3,
            f"{DONE}COLLATION": 3,
            f"{DONE}COLLATION_CALL_IN": 3,
            f"{DONE}ARRANGE": 3,
            **within(f"{DONE}CONNECTED", 5, 2, 6),
            f"{A_TIME}SIGN_IN": 500,
            f"{A_TIME}COLLATION": 60,
            f"{A_TIME}COLLATION_CALL_IN": 60,
            f"{A_TIME}AVG_COLLATION": 20,
            f"{A_TIME}AVG_COLLATION_CALL_IN": 20,
            f"{A_TIME}ARRANGE": 60,
            f"{A_TIME}FREE": 20 + (201 - 60) + (400 - 230) + (500 - 436),
            f"{A_TIME}RING": 13,
            f"{A_TIME}AVG_RING": 4.33,
            f"{A_TIME}CONVERSATION_IN": 32,
            f"{A_TIME}AVERAGE_CONVERSATION_IN": 10.67,
            f"{A_TIME}MAX_CALLING": 15,
            f"{A_TIME}MIN_CALLING": 7,
            f"{A_RATE}CONNECTED": 100,
            "IDX_AGENT_RESERVED_COL3": 3,
        },
    }


def _one_answered(queued: float, ring: float, talk: float) -> Numbers:
    """A queue with one call that was answered."""
    wait = queued + ring
    numbers: Numbers = {
        f"{SKILL}REQUEST": 1,
        f"{SKILL}INCOMING_CALL": 1,
        f"{SKILL}CONNECTED": 1,
        **within(f"{SKILL}CONNECTED", wait),
        **after(f"{SKILL}CONNECTED", wait),
        f"{S_RATE}CONNECTED": 100,
        f"{S_RATE}RING_CONNECT": 100,
        f"{S_TIME}CONNECTED": talk,
        f"{S_TIME}AVG_CONNECTED": talk,
        f"{S_TIME}AVG_QUEUE_ACK": wait,
        f"{S_TIME}MAX_QUEUE_ACK": wait,
        f"{S_TIME}MIN_QUEUE_ACK": wait,
        f"{S_TIME}SUCCESS_ACK": ring,
        f"{S_TIME}ALL_ACK": ring,
        f"{S_TIME}AVG_CONNECTED_ACK": ring,
        f"{S_TIME}WAIT_SUCCESS_CONNECTED_QUEUE": queued,
        f"{S_TIME}ALL_QUEUE": queued,
        f"{S_TIME}AVG_CONNECTED_QUEUE": queued,
        "IDX_SKILL_RESERVED_COL3": 1,
    }
    return {code: number for code, number in numbers.items() if number}


def _one_lost(queued: float) -> Numbers:
    """A queue with one call that waited in vain, and went on to a flow."""
    return {
        f"{SKILL}REQUEST": 1,
        f"{SKILL}INCOMING_CALL": 1,
        f"{SKILL}ABANDON": 1,
        f"{SKILL}WAIT_FAIL_CONNECTED_QUEUE": 1,
        f"{S_RATE}ABANDON": 100,
        f"{S_TIME}AVG_QUEUE_ACK": queued,
        f"{S_TIME}MAX_QUEUE_ACK": queued,
        f"{S_TIME}MIN_QUEUE_ACK": queued,
        f"{S_TIME}ABANDON_QUEUE": queued,
        f"{S_TIME}ALL_QUEUE": queued,
        f"{S_TIME}AVG_ABANDON_QUEUE": queued,
    }


def every_bound_is_met(shop: Shop) -> Expected:
    """Calls to 101 ring for exactly 3, 5, 10 … 60, and 61 seconds and are answered for one second.

    As many more ring as long until the customer hangs up.
    """
    shop.sign_in(101)
    rings, now = (*BOUNDS, 61), 0
    for ring in rings:
        shop.is_served(SALES, 101, ring, 1)
        now += ring + 1
    for ring in rings:
        call = shop.calls(SALES)
        now += ring
        shop.at(now)
        shop.hangs_up(call)
    shares = {3: 7.14, 5: 14.29, 10: 21.43, 30: 50, 60: 92.86}
    total = sum(rings)
    return {
        (Kind.QUEUE, SALES): {
            f"{SKILL}REQUEST": 28,
            f"{SKILL}INCOMING_CALL": 28,
            f"{SKILL}CONNECTED": 14,
            f"{SKILL}ABANDON": 14,
            f"{SKILL}USER_ABANDON": 14,
            f"{SKILL}USER_ABANDON_AGENT": 14,
            f"{SKILL}LOST_RING": 14,
            f"{SKILL}WAIT_FAIL_CONNECTED_QUEUE": 14,
            **within(f"{SKILL}CONNECTED", *rings),
            **after(f"{SKILL}CONNECTED", *rings),
            **within(f"{SKILL}ABANDON", *rings),
            **after(f"{SKILL}ABANDON", *rings),
            f"{S_RATE}CONNECTED": 50,
            f"{S_RATE}ABANDON": 50,
            f"{S_RATE}RING_CONNECT": 50,
            f"{S_TIME}CONNECTED": 14,
            f"{S_TIME}AVG_CONNECTED": 1,
            f"{S_TIME}AVG_QUEUE_ACK": round(total / 14, 2),
            f"{S_TIME}MAX_QUEUE_ACK": 61,
            f"{S_TIME}MIN_QUEUE_ACK": 3,
            f"{S_TIME}SUCCESS_ACK": total,
            f"{S_TIME}ABANDON_ACK": total,
            f"{S_TIME}ALL_ACK": 2 * total,
            f"{S_TIME}AVG_CONNECTED_ACK": round(total / 14, 2),
            f"{S_TIME}AVG_ABANDON_ACK": round(total / 14, 2),
            f"{S_TIME}USER_ABANDON_AGENT": total,
            "IDX_SKILL_RESERVED_COL3": 4,
        },
        (Kind.AGENT, 101): {
            f"{DONE}SIGN_IN": 1,
            f"{DONE}REQUEST": 28,
            f"{DONE}WAIT_ANS": 28,
            f"{DONE}CONNECTED": 14,
            f"{DONE}ABANDON": 14,
            f"{DONE}LOST_RING": 14,
            **within(f"{DONE}CONNECTED", *rings),
            f"{A_TIME}SIGN_IN": 2 * total + 14,
            f"{A_TIME}RING": 2 * total,
            f"{A_TIME}AVG_RING": round(total / 14, 2),
            f"{A_TIME}CONVERSATION_IN": 14,
            f"{A_TIME}AVERAGE_CONVERSATION_IN": 1,
            f"{A_TIME}MAX_CALLING": 1,
            f"{A_TIME}MIN_CALLING": 1,
            f"{A_RATE}CONNECTED": 50,
            "IDX_AGENT_RESERVED_COL3": 4,
        },
        (Kind.VDN, ""): {
            f"{COUNT}TOTAL_CALL": 28,
            f"{COUNT}CONNECTED_CALL": 14,
            f"{COUNT}ABANDONED_CALL": 14,
            f"{COUNT}INBOUND_CALL": 28,
            f"{COUNT}INBOUND_CONNECTED": 14,
            f"{COUNT}SYSTEM_INBOUND": 28,
            f"{COUNT}SYSTEM_IN_SUCC": 14,
            f"{COUNT}AGENT_ASSIGNED": 14,
            f"{COUNT}INBOUND_ABANDON_CONNECTED": 14,
            f"{COUNT}AGENT_INBOUND": 28,
            f"{COUNT}AGENT_INBOUND_CONNECTED": 14,
            f"{RATE}INBOUND_CONNECTED": 50,
            f"{RATE}PHONE_INBOUND_ABANDON": 50,
            f"{RATE}AGENT_INBOUND_CONNECTED": 50,
            f"{RATE}AGENT_INBOUND_ABANDON": 50,
            f"{RATE}AGENT_CALL_IN_CONNECTED": 50,
            f"{RATE}AGENT_CALL_IN_CONNECTED_IN_20": 35.71,
            **{f"{RATE}ABANDON_IN_{bound}": share for bound, share in shares.items()},
            **{f"{RATE}AGENT_CONNECTED_IN_{bound}": share for bound, share in shares.items()},
            f"{RATE}AGENT_CONNECTED_AFTER_10": 78.57,
            f"{RATE}AGENT_CONNECTED_AFTER_60": 7.14,
            f"{TIME}AVG_VDN_INBOUND": round((2 * total + 14) / 28, 2),
            f"{TIME}AVG_CONNECTED": 1,
            f"{TIME}AVG_AGENT_CALL_IN_CONNECTED": 1,
            f"{TIME}AVG_WAIT": round(total / 14, 2),
        },
    }


def an_agent_does_everything(shop: Shop) -> Expected:
    """101, with wrap-up after calls until it ends it, does one thing after another.

    10–30 it rests, 30–40 wraps up by wish, 50–60 hears a recording (60: idle). 100: a call rings
    2 s, is held 110–117, and lent to a flow 120–128; ends 130; wrap-up to 140. 150: it calls 0201,
    which answers at 152, talks to 162; wrap-up to 165. 170: 0203 refuses. 180: it calls 102, who
    answers at 181, talks to 184; wrap-up to 190. 200: a customer is answered at once; at 210 102
    is asked for help and joins: a call of three at 215, which 101 leaves at 220; wrap-up to 225,
    and 102 ends it. 230: a customer is answered at once and transferred to queue 2 at 235, where
    104 answers at 237: 101 wraps up to 240. 250: a customer is answered at once and transferred
    to 0201 at 255, which answers at 257: wrap-up to 260.
    """
    shop.sign_in(101, auto_idle=False)
    sw = shop.switch
    shop.at(10)
    sw.request_rest(101, 600, 1)
    shop.at(30)
    sw.set_ready(101)
    sw.set_working(101)
    shop.at(40)
    sw.set_ready(101)
    shop.at(50)
    shop.plays()
    shop.at(60)
    sw.stop_playback(101)
    shop.at(100)
    shop.calls(SALES)
    shop.at(102)
    sw.answer_call(101)
    shop.at(110)
    sw.hold_call(101)
    shop.at(117)
    sw.retrieve_call(101)
    shop.at(120)
    shop.transfer(IVR, "7003", TransferMode.HANG_UP)
    shop.at(130)
    sw.release_call(101)
    shop.at(140)
    sw.set_ready(101)
    shop.at(150)
    sw.make_call(101, "0201")
    shop.at(162)
    sw.release_call(101)
    shop.at(165)
    sw.set_ready(101)
    shop.at(170)
    sw.make_call(101, "0203")
    shop.sign_in(102)
    sw.set_not_ready(102)
    shop.at(180)
    sw.make_internal_call(101, 102)
    shop.at(181)
    sw.answer_call(102)
    shop.at(184)
    sw.release_call(101)
    shop.at(190)
    sw.set_ready(101)
    shop.at(200)
    customer = shop.calls(SALES)
    sw.answer_call(101)
    shop.at(210)
    sw.consultation_call(101, (AGENT, "102"))
    sw.answer_call(102)
    shop.at(215)
    sw.conference_call(101, customer)
    shop.at(220)
    sw.release_call(101)
    shop.at(225)
    sw.release_call(102)
    sw.set_ready(101)
    shop.at(230)
    shop.sign_in(104)
    shop.calls(SALES)
    sw.answer_call(101)
    shop.at(235)
    shop.transfer(QUEUE, "2", TransferMode.RELEASE_AFTER)
    shop.at(237)
    sw.answer_call(104)
    shop.at(240)
    sw.set_ready(101)
    shop.at(250)
    outside = shop.calls(SALES)
    sw.answer_call(101)
    shop.at(255)
    shop.transfer(OUTSIDE, "0201", TransferMode.RELEASE_AFTER)
    shop.at(260)
    sw.set_ready(101)
    shop.hangs_up(outside)
    shop.at(300)
    talks = (28, 20, 7, 7)
    wraps_in, wraps_out, wrap_inside = (10, 5, 3, 3), 3, 6
    return {
        (Kind.AGENT, 101): {
            f"{DONE}SIGN_IN": 1,
            f"{DONE}REST": 1,
            f"{DONE}ARRANGE": 7,
            f"{DONE}PLAY": 1,
            f"{DONE}HOLD": 2,
            f"{DONE}MOVE_IVR": 1,
            f"{DONE}MOVE_INSIDE": 1,
            f"{DONE}MOVE_OUT": 1,
            f"{DONE}3WC": 1,
            f"{DONE}INSIDE_CALL": 1,
            f"{DONE}INSIDE_HELP_SEEKING": 1,
            f"{DONE}COLLATION": 6,
            f"{DONE}COLLATION_CALL_IN": 4,
            f"{DONE}COLLATION_CALL_OUT": 1,
            f"{DONE}CALL_OUT": 1,
            "IDX_COUNT_TOTAL_AGENT_CALL_OUT": 2,
            f"{DONE}REQUEST": 4,
            f"{DONE}WAIT_ANS": 4,
            f"{DONE}CONNECTED": 4,
            **within(f"{DONE}CONNECTED", 2, 0, 0, 0),
            f"{A_TIME}SIGN_IN": 300,
            f"{A_TIME}REST": 20,
            f"{A_TIME}AVG_REST": 20,
            f"{A_TIME}ARRANGE": 10 + sum(wraps_in) + wraps_out + wrap_inside,
            f"{A_TIME}PLAY": 10,
            f"{A_TIME}HOLD": 7 + 5,
            f"{A_TIME}AVG_HOLD": 6,
            f"{A_TIME}COLLATION": sum(wraps_in) + wraps_out + wrap_inside,
            f"{A_TIME}AVG_COLLATION": 5,
            f"{A_TIME}COLLATION_CALL_IN": sum(wraps_in),
            f"{A_TIME}AVG_COLLATION_CALL_IN": 5.25,
            f"{A_TIME}COLLATION_CALL_OUT": 3,
            f"{A_TIME}AVG_COLLATION_CALL_OUT": 3,
            f"{A_TIME}CALL_OUT": 10,
            f"{A_TIME}AVG_CALL_OUT": 10,
            f"{A_TIME}CONVERSATION_IN": sum(talks),
            f"{A_TIME}AVERAGE_CONVERSATION_IN": 15.5,
            f"{A_TIME}MAX_CALLING": 28,
            f"{A_TIME}MIN_CALLING": 7,
            f"{A_TIME}RING": 2,
            f"{A_TIME}AVG_RING": 0.5,
            f"{A_TIME}FREE": 10 + 10 + 40 + 10 + 5 + 10 + 10 + 5 + 10 + 40,
            f"{A_RATE}CONNECTED": 100,
            f"{A_RATE}SUCCESS_OUT": 50,
            "IDX_AGENT_RESERVED_COL3": 4,
        },
        (Kind.QUEUE, SERVICE): _one_answered(0, 2, 63) | {f"{SKILL}INCOMING_CALL": 0},
    }


def flows_serve_calls(shop: Shop) -> Expected:
    """At 0 A hears a flow to its end, 5 s. At 10 B hangs up in it after 2 s.

    At 20 C hears a flow for 4 s, then queues: 101 answers at 27 and talks to 47. At 60 101 calls
    0201, which answers at 62, and transfers it at 70 to the flow, 5 s; at 80 101 calls 0203, which
    refuses. At 90 D is in the flow for no time at all: it hangs up at once.
    """
    sw = shop.switch
    sw.dial_in("13900000001", "95021")
    shop.at(10)
    b = sw.dial_in("13900000002", "95021")
    shop.at(12)
    shop.hangs_up(b)
    shop.sign_in(101)
    shop.at(20)
    sw.dial_in("13900000003", "95022")
    shop.at(27)
    sw.answer_call(101)
    shop.at(47)
    sw.release_call(101)
    shop.at(60)
    sw.make_call(101, "0201")
    shop.at(70)
    shop.transfer(IVR, "7001", TransferMode.BLIND)
    shop.at(80)
    sw.make_call(101, "0203")
    shop.at(90)
    shop.hangs_up(sw.dial_in("13900000004", "95021"))
    return {
        (Kind.IVR, 1): {
            "IDX_COUNT_IVR_INBOUND_CALL": 4,
            "IDX_COUNT_IVR_INBOUND_CONNECTED": 3,
            "IDX_COUNT_IVR_ABANDONED_CALL": 1,
            "IDX_COUNT_IVR_INBOUND_FLOWOUT": 1,
            "IDX_COUNT_IVR_INBOUND_USER_ABORT": 2,
            "IDX_COUNT_IVR_TO_AGENT": 1,
            "IDX_RATE_IVR_INBOUND_CONNECTED": 75,
            "IDX_DURATION_AVG_IVR_CONNECTED": 3.67,
        },
        (Kind.VDN, ""): {
            f"{COUNT}TOTAL_CALL": 6,
            f"{COUNT}CONNECTED_CALL": 4,
            f"{COUNT}ABANDONED_CALL": 2,
            f"{COUNT}INBOUND_CALL": 4,
            f"{COUNT}INBOUND_CONNECTED": 3,
            f"{COUNT}SYSTEM_INBOUND": 4,
            f"{COUNT}SYSTEM_IN_SUCC": 3,
            f"{COUNT}OUTBOUND_CALL": 2,
            f"{COUNT}OUTBOUND_CONNECTED": 1,
            f"{COUNT}AGENT_INBOUND": 1,
            f"{COUNT}AGENT_INBOUND_CONNECTED": 1,
            f"{COUNT}AGENT_ASSIGNED": 1,
            f"{COUNT}IVR_INBOUND": 4,
            f"{COUNT}IVR_INBOUND_CONNECTED": 3,
            f"{COUNT}IVR_OUTBOUND": 1,
            f"{UNIQUE}INBOUND": 4,
            f"{UNIQUE}INBOUND_CONNECTED": 3,
            f"{UNIQUE}OUTBOUND": 1,
            f"{UNIQUE}OUTBOUND_CONNECTED": 1,
            f"{COUNT}AGENT_OUTBOUND_CONNECTED": 1,
            f"{COUNT}INBOUND_ABANDON_CONNECTED": 1,
            f"{COUNT}IVR_ONLY_INBOUND": 3,
            f"{COUNT}IVR_ONLY_INBOUND_CONNECTED": 2,
            f"{TIME}IVR_ONLY_INBOUND": 7,
            f"{RATE}IVR_INBOUND_CONNECTED": 75,
            f"{RATE}INBOUND_CONNECTED": 75,
            f"{RATE}OUTBOUND_CONNECTED": 50,
            f"{RATE}AGENT_INBOUND_CONNECTED": 100,
            f"{RATE}PHONE_INBOUND_ABANDON": 25,
            f"{RATE}AGENT_CALL_IN_CONNECTED": 100,
            f"{RATE}AGENT_CALL_IN_CONNECTED_IN_20": 100,
            **{f"{RATE}AGENT_CONNECTED_IN_{bound}": 100 for bound in (3, 5, 10, 30, 60)},
            f"{TIME}AVG_VDN_INBOUND": (5 + 2 + 27 + 0) / 4,
            f"{TIME}AVG_VDN_OUTBOUND": (15 + 0) / 2,
            f"{TIME}AVG_CONNECTED": 10.33,
            f"{TIME}AVG_WAIT": 3,
            f"{TIME}AVG_AGENT_CALL_IN_CONNECTED": 20,
            f"{TIME}AVG_AGENT_CALL_OUT_CONNECTED": 8,
        },
    }


def a_chat(shop: Shop) -> Expected:
    """120 signs in at 0; at 5 a customer chats with it until 25: no incoming voice call."""
    shop.sign_in(120)
    shop.at(5)
    call = shop.calls(CHAT)
    shop.at(25)
    shop.hangs_up(call)
    return {
        (Kind.QUEUE, CHAT): {
            **_one_answered(0, 0, 20),
            f"{SKILL}INCOMING_CALL": 0,
        },
    }


STORIES: tuple[Callable[[Shop], Expected], ...] = (
    one_is_answered,
    nobody_gets_through,
    queues_pass_calls_on,
    every_bound_is_met,
    an_agent_does_everything,
    flows_serve_calls,
    a_chat,
)

NEVER = {
    "IDX_COUNT_SKILL_TIME_OUT_AGENT": "no policy of a queue leads to an agent (5.2.1)",
    "IDX_COUNT_SKILL_OVER_AGENT": "no policy of a queue leads to an agent (5.2.1)",
    **{
        f"IDX_{of}_RESERVED_COL{number}": "a column that nobody has configured"
        for of in ("SKILL", "AGENT")
        for number in range(1, 21)
        if number != 3
    },
}
"""Indicators that are always zero, and why."""


@pytest.mark.parametrize("story", STORIES, ids=lambda it: it.__name__)
def test_the_indicators_of_a_day(story: Callable[[Shop], Expected]) -> None:
    shop = Shop()
    expected = story(shop)
    for agent in shop.switch.agents.values():
        if agent.signed_in:
            shop.switch.force_log_off(agent.work_no, 256)
    for (kind, name), numbers in expected.items():
        wanted = {code: number for code, number in numbers.items() if number}
        assert shop.indicators(kind, str(name)) == wanted, (kind, name)


# What is documented

KINDS = {"skill": Kind.QUEUE, "agent": Kind.AGENT, "vdn": Kind.VDN, "ivr": Kind.IVR}
GRAINS = {"also": Grain.EITHER, "never": Grain.DAYS, "only": Grain.INTERVALS}


def documented() -> Iterator[tuple[Kind, str, Grain]]:
    """Each code of Tables 12-686, 12-688, 12-689, 12-691, 12-692 and 12-694."""
    path = Path(__file__).parents[1] / "contract" / "cms" / "historical.json"
    for row in json.loads(path.read_text()):
        for value in row.get("values", [None]):
            yield KINDS[row["of"]], row["code"].format(value), GRAINS[row["by_minute"]]


def test_every_documented_code_is_defined_and_no_other() -> None:
    defined = {
        (kind, code, it.grain) for kind, found in INDICATORS.items() for code, it in found.items()
    }
    assert defined == set(documented())


def test_each_indicator_says_what_it_is_and_where_it_comes_from() -> None:
    for found in INDICATORS.values():
        for code, it in found.items():
            assert it.code == code
            assert it.meaning
            assert "\n" not in it.meaning
            assert str(it.unit)
            assert str(it.formula) or code in NEVER


def test_each_indicator_has_a_story_in_which_it_is_not_zero() -> None:
    told: set[tuple[Kind, str]] = set()
    for story in STORIES:
        for (kind, _), numbers in story(Shop()).items():
            told |= {(kind, code) for code, number in numbers.items() if number}
    missing = {(kind, code) for kind, code, _ in documented()} - told
    assert {code for _, code in missing} == set(NEVER)


def test_rates_and_means_of_nothing_are_zero() -> None:
    for found in INDICATORS.values():
        for it in found.values():
            assert it.value(lambda name: 0) == 0
