"""Every documented code of every interface is given in a real situation, or is listed as not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract import facts
from tests.contract.refusals import REFUSALS, refused_request
from tests.contract.world import World

MOST_UNREACHABLE = 0.15
STATE_CODES = ("100-008", "100-009", "200-0", "900-005", "10001")
"""Codes that come from a wrong call or agent: none of them may be listed as unreachable."""
NO_CALLS_STATE = {("6.1.2.22", "200-039")}
"""Looks like one, but tells of a phone that is not there."""

PAIRS = [(interface.id, code) for interface in facts.interfaces() for code in interface.codes]
UNREACHABLE: list[dict[str, Any]] = [
    row
    for row in json.loads((facts.HERE / "unreachable.json").read_text(encoding="utf-8"))
    if not row["section"].startswith("13.2.")
]
LISTED = {(row["section"], row["code"]) for row in UNREACHABLE}


@pytest.mark.parametrize(("section", "code"), [pair for pair in PAIRS if pair not in LISTED])
def test_a_documented_code_is_given_and_nothing_is_changed(section: str, code: str) -> None:
    with World() as world:
        story = refused_request(world, section, code)
        assert story is not None, "neither provoked nor listed in unreachable.json"
        request, headers = story
        before = world.dump()
        reply = request.send(world, headers)
        assert (reply.status, reply.code) == (200, code), reply.document
        assert set(reply.document) == {"message", "retcode"}
        assert world.dump() == before


def test_few_codes_are_listed_as_unreachable() -> None:
    assert set(PAIRS) >= LISTED
    assert len(LISTED) == len(UNREACHABLE)
    assert len(LISTED) / len(PAIRS) <= MOST_UNREACHABLE


def test_no_code_of_a_wrong_call_or_agent_is_listed_as_unreachable() -> None:
    assert all(row["reason"] for row in UNREACHABLE)
    assert {pair for pair in LISTED - NO_CALLS_STATE if pair[1].startswith(STATE_CODES)} == set()


def test_no_story_tells_of_a_code_that_is_not_documented() -> None:
    assert set(REFUSALS) <= set(PAIRS)


def test_an_unknown_phone_is_told_apart_at_sign_in() -> None:
    with World() as world:
        body = {"password": "Demo@2026", "phonenum": "49999"}
        for section in ("6.1.1.1", "6.1.1.2", "6.1.1.23"):
            assert world.call(section, {"agentid": 101}, body=body).code == "100-014"
