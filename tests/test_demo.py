"""The demonstration: it must tell its story, and say so when it cannot."""

from __future__ import annotations

import io
import socket
from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from emulator.app import Emulator
from emulator.clients.control import AsyncControlClient
from emulator.demo import perform, run_demo
from emulator.demo.stage import Stage
from emulator.settings import Settings


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


def test_the_demo_plays_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo() == 0
    shown = capsys.readouterr().out
    for part in ("AgentEvent_Ringing", "connecthold", "barge_in", "Call records written: 8"):
        assert part in shown
    assert "\x1b" not in shown


async def test_on_a_terminal_the_agents_are_shown_live(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.demo.stage.PAUSE_S", 0.01)
    output = io.StringIO()
    stage = Stage(Console(file=output, force_terminal=True, width=100))
    assert await perform(url, stage) == 0
    assert "talking" in output.getvalue()
    assert stage.called["6.1.2.3", "PUT /agentgateway/resource/voicecall/{agentid}/answer"] == 3
    assert stage.events["AgentEvent_Ringing"] == 3


async def test_a_story_that_goes_wrong_ends_with_what_was_expected_and_seen(url: str) -> None:
    async with AsyncControlClient(url) as control:
        # Somebody waits in the queue already and takes the first agent.
        await control.load_seed(
            """
            tenants:
              - id: 1
                name: other
                agents: [{work_no: 101, name: A, password: Demo@2026, phone: "40101"}]
                phones: [{number: "40101"}]
            """
        )
    output = io.StringIO()
    assert await perform(url, Stage(Console(file=output, width=200))) == 1
    shown = output.getvalue()
    assert "The demonstration failed: agent 102:" in shown
    assert "100-004" in shown


async def test_a_state_that_is_not_as_told_ends_the_story(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.demo.story.BARGE_IN", 0)
    output = io.StringIO()
    assert await perform(url, Stage(Console(file=output, width=200))) == 1
    expected = "expected the inspector's mode: barge_in, saw listen"
    assert f"The demonstration failed: {expected}" in output.getvalue()
