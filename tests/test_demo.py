"""The demonstration: it must play its scenario, and say so when it cannot."""

from __future__ import annotations

import io
import socket
from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from emulator.app import Emulator
from emulator.demo import perform, run_demo
from emulator.demo.stage import Stage
from emulator.settings import Settings

FAST = 20.0


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Where an emulator with the demo seed answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    emulator = Emulator(Settings(http_port=port, https_port=0))
    await emulator.start()
    yield f"http://127.0.0.1:{port}"
    await emulator.stop()


def test_the_demo_plays_without_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.demo.FOR_NOBODY", FAST)
    code = run_demo()
    shown = capsys.readouterr().out
    assert code == 0, shown[shown.rfind("What was expected") :]
    for part in ("AgentEvent_Ringing", "confjoin", "gives up", "qualitycontrol", "Call records"):
        assert part in shown
    assert "not met" not in shown
    assert "\x1b" not in shown


async def test_on_a_terminal_the_agents_are_shown_live(url: str) -> None:
    output = io.StringIO()
    stage = Stage(Console(file=output, force_terminal=True, width=100))
    code = await perform(url, stage, FAST)
    shown = output.getvalue()
    assert code == 0, shown[shown.rfind("What was expected") :]
    assert "talking" in shown
    assert stage.called["6.1.2.3", "PUT /agentgateway/resource/voicecall/{agentid}/answer"] > 20
    assert stage.events["AgentEvent_Ringing"] > 20


async def test_a_demonstration_without_an_emulator_says_so() -> None:
    output = io.StringIO()
    stage = Stage(Console(file=output, width=200))
    assert await perform("http://127.0.0.1:1", stage, FAST) == 1
    assert "The demonstration failed: http://127.0.0.1:1" in output.getvalue()
