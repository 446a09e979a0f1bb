"""Every interface in every situation: its answer is documented, and a refusal changes nothing."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.contract import facts, situations
from tests.contract.accepted import SIGN_IN, request_in
from tests.contract.facts import Interface
from tests.contract.shapes import problems_of_answer
from tests.contract.situations import AGENT, OTHER
from tests.contract.world import World

EVERYWHERE = {"000-002", "000-003", "100-006"}
"""A wrong parameter, and who is not (or no longer) signed in: given also where not documented."""

INTERFACES = [interface for interface in facts.interfaces() if interface.auth == "C4"]


def allowed(interface: Interface) -> set[str]:
    codes = {"0", *interface.codes, *EVERYWHERE}
    if interface.id in SIGN_IN:
        codes.add("100-014")
    # Where the reference documents no code for a failed operation, the general one is given.
    if not any(code.startswith(("100-007", "2", "9", "10001")) for code in interface.codes):
        codes.add("100-007")
    return codes


@pytest.mark.parametrize("situation", situations.all_situations(), ids=lambda s: s.__name__)
def test_an_answer_is_documented_and_a_refusal_changes_nothing(
    situation: Any, caplog: pytest.LogCaptureFixture
) -> None:
    wrong: dict[str, Any] = {}
    for interface in INTERFACES:
        with World() as world:
            scene = {
                "agentid": AGENT,
                "workNo": OTHER,
                "callid": "1-1",
                "control": 1,
                "conferences": [1],
                "file": "Y:/1/0/20180621/105/1406470.V3",
                **situation(world),
            }
            request = request_in(interface.id, scene)
            before = world.dump()
            reply = request.send(world)
            if reply.status != 200 or reply.code not in allowed(interface):
                wrong[interface.id] = (reply.status, reply.code)
            elif reply.code != "0":
                if world.dump() != before:
                    wrong[interface.id] = f"{reply.code} changed something"
            elif problems := problems_of_answer(interface, reply.document):
                wrong[interface.id] = problems
    assert wrong == {}
    assert [r.exc_text for r in caplog.records if r.levelno >= logging.ERROR] == []
