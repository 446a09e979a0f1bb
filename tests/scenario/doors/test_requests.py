"""What agents do, as requests of the gateway; what it has no request for is noted."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.scenario.doors.requests import AgentRequests
from emulator.switch.terms import AgentState, SupervisionMode, TransferMode


class Asked(AgentRequests):
    """Notes what is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[Any, ...]] = []

    def ask_as(
        self, work_no: int, what: str, method: str, component: str, rest: str, **more: Any
    ) -> None:
        self.requests.append((method, f"{component}/{work_no}/{rest}", *more.values()))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.mark.parametrize(
    ("to", "mode", "body"),
    [
        (("queue", "2"), TransferMode.BLIND, {"devicetype": 1, "address": "2", "mode": 0}),
        (("agent", "102"), TransferMode.RELEASE_AFTER, {"devicetype": 2, "mode": 2}),
        (("ivr", "95003"), TransferMode.HANG_UP, {"devicetype": 3, "mode": 1}),
        (("number", "139"), TransferMode.TALK, {"devicetype": 5, "mode": 3}),
    ],
)
def test_a_transfer_is_spelled_as_the_reference_does(
    asked: Asked, to: tuple[str, str], mode: TransferMode, body: dict[str, Any]
) -> None:
    asked.transfer(101, to, mode)
    [(method, path, sent)] = asked.requests
    assert (method, path) == ("POST", "voicecall/101/transfer")
    assert sent == {"address": to[1], **body}


def test_what_the_gateway_cannot_do_is_noted(asked: Asked) -> None:
    asked.transfer(101, ("queue", "2"), TransferMode.TALK)
    asked.consult(101, ("number", "139"))
    assert asked.requests == []
    assert asked.unheard == {"transfer: talk to a queue": 1, "consult: a number": 1}


@pytest.mark.parametrize(
    ("mode", "request_sent"),
    [
        (SupervisionMode.LISTEN, ("PUT", "qualitycontrol/191/addsupervise/101", {})),
        (SupervisionMode.BARGE_IN, ("PUT", "qualitycontrol/191/addinsert/101", {})),
        (
            SupervisionMode.WHISPER,
            ("POST", "qualitycontrol/191/requestwhisperagent", {"whisperagentid": 101}),
        ),
    ],
)
def test_inspectors_look_in(
    asked: Asked, mode: SupervisionMode, request_sent: tuple[Any, ...]
) -> None:
    asked.supervise(191, 101, mode)
    assert asked.requests == [request_sent]


def test_a_call_is_released_by_its_id_or_as_the_current_one(asked: Asked) -> None:
    asked.release(101, "1-1")
    asked.release(101, "")
    assert [it[:2] for it in asked.requests] == [
        ("POST", "voicecall/101/dropcall/1-1"),
        ("DELETE", "voicecall/101/release"),
    ]


def test_each_state_is_left_by_its_own_request(asked: Asked) -> None:
    for state in (AgentState.BUSY, AgentState.REST, AgentState.WRAP_UP):
        asked.cancel_state(101, state)
    paths = [path.rpartition("/")[2] for _, path in asked.requests]
    assert paths == ["cancelbusy", "cancelrest", "cancelwork"]
