"""What is claimed is tested, and the document about it is the one that would be written now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.app import open_doors
from emulator.cli import main
from emulator.conformance import evidence
from emulator.conformance.claims import (
    claims,
    documented,
    reaches_the_state,
    served_components,
    soap_services,
)
from emulator.conformance.report import problems, report
from tests.contract.world import World

REPOSITORY = Path(__file__).parents[2]
NO_INTERFACES = {"/_emulator", "/ccfs/record", "/outbound"}
"""Our own doors, and where the addresses lead that CEC 13.2.1.1 and Uncall 3.4 give."""

ECHOES = {"cms": 1, "UltraCRM_Webservice": 1, "uncall": 1}
"""Interfaces that look at nothing: a ping tells that somebody is there, an area follows from the
number alone."""


def test_nothing_is_claimed_that_is_not_tested(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "--repository", str(REPOSITORY)]) == 0
    shown = capsys.readouterr()
    assert "gateway" in shown.out
    assert shown.err == ""


def test_the_document_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    main(["conformance", "--markdown", "--repository", str(REPOSITORY)])
    document = (REPOSITORY / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == document, "emulator conformance --markdown > the document"


def test_the_facts_are_looked_for_where_they_can_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conformance", "--repository", str(tmp_path)]) == 2
    assert "run in a checkout" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"path": "/agentgateway/resource/nowhere"}, "nowhere: the interface"),
        ({"codes": ("999-999",)}, "code 999-999"),
        ({"events": ("AgentEvent_Never",)}, "event AgentEvent_Never"),
        ({"section": "6.9.9"}, "is section 6.1.1.1 in the facts"),
    ],
)
def test_a_claim_without_a_test_is_found(change: dict[str, Any], gap: str) -> None:
    claim = next(it for it in claims() if it.section == "6.1.1.1")
    facts = evidence.tested(REPOSITORY)
    assert list(problems(claim, facts)) == []
    [found] = problems(replace(claim, **change), facts)
    assert found.endswith(gap)


def test_every_door_is_in_the_report() -> None:
    with World() as world:
        doors = open_doors(world.platform).app._doors
    prefixes = [component.prefix for component in served_components()]
    prefixes += [service.path for service in soap_services()]
    for door in set(doors) - NO_INTERFACES:
        assert any(prefix.startswith(door) for prefix in prefixes), door
    served = [it.name for it in served_components()] + [it.component for it in soap_services()]
    assert set(served) <= {it.component for it in documented()}


def test_a_canned_answer_is_told_from_one_that_looks() -> None:
    def canned(call: Any) -> dict[str, str]:
        return {"status": "fine"}

    def looks(call: Any) -> Any:
        return call.platform.now

    for handler in (canned, looks):
        handler.__module__ = "emulator.of_tests"
    assert not reaches_the_state(canned)
    assert reaches_the_state(looks)
    for line in report(REPOSITORY).lines:
        assert line.served - line.state_backed == ECHOES.get(line.documented.component, 0)
