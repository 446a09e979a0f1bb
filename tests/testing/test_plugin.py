"""The pytest plugin, in test suites of its own: where the emulator is, and whose a world is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from emulator.testing.servers import CannotStart, ChildProcess, InThread

pytest_plugins = ["pytester"]

CONFIGURATION = """
    [pytest]
    asyncio_default_fixture_loop_scope = function
    filterwarnings = error
"""

A_CALL = """
    from emulator.testing.matchers import hears

    def test_an_agent_hears_its_customer(world, emulator_server):
        print("\\nat", emulator_server.url)
        agent = world.agent(101)
        agent.sign_in()
        world.control.dial_in("139", "95001")
        hears(agent, "AgentEvent_Talking", caller="139")
"""

NOBODY_IS_SIGNED_IN = """
    import pytest

    @pytest.mark.parametrize("nth", [1, 2])
    def test_nobody_is_signed_in(world, nth, capsys):
        [tenant] = world.control.state()["tenants"]
        assert all(agent["state"] == "signed_out" for agent in tenant["agents"])
        assert world.control.requests() == world.control.faults() == []
        assert world.control.clock()["scale"] == 0
        world.agent(101).sign_in()
        world.control.fault_events({"kind": "lose"}, agent=101)
        with capsys.disabled():
            print("\\nin", world.name)
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """An empty suite; its pytest treats warnings as errors."""
    pytester.makeini(CONFIGURATION)
    return pytester


def lines_after(result: pytest.RunResult, word: str) -> list[str]:
    return [line.split()[1] for line in result.outlines if line.startswith(f"{word} ")]


def is_gone(url: str) -> bool:
    try:
        httpx.get(f"{url}/_emulator/health")
    except httpx.ConnectError:
        return True
    return False


@pytest.mark.parametrize("where", ["thread", "process"])
def test_an_emulator_is_there_for_the_run_and_gone_afterwards(
    suite: pytest.Pytester, where: str
) -> None:
    suite.makepyfile(A_CALL)
    result = suite.runpytest_subprocess("-s", f"--emulator-run={where}")
    result.assert_outcomes(passed=1)
    [url] = lines_after(result, "at")
    assert is_gone(url)


@pytest.fixture
def running() -> Iterator[ChildProcess]:
    """An emulator that somebody else has started.

    Not in this process: `pytester` forgets what is imported during its tests.
    """
    server = ChildProcess({"control_token": "secret"})
    yield server
    server.stop()


def test_an_emulator_that_runs_already_is_used_and_left_running(
    suite: pytest.Pytester, running: ChildProcess
) -> None:
    suite.makepyfile(A_CALL)
    result = suite.runpytest_subprocess(
        "-s", f"--emulator-url={running.url}", "--emulator-token=secret"
    )
    result.assert_outcomes(passed=1)
    assert lines_after(result, "at") == [running.url]
    with running.control() as control:
        assert control.health()["status"] == "ready"
        assert control.worlds() == []


@pytest.mark.parametrize(("isolation", "worlds"), [("world", 2), ("reset", 1)])
def test_a_test_finds_nothing_of_the_one_before(
    suite: pytest.Pytester, isolation: str, worlds: int
) -> None:
    suite.makeini(CONFIGURATION + f"    emulator_isolation = {isolation}\n")
    suite.makepyfile(NOBODY_IS_SIGNED_IN)
    result = suite.runpytest_subprocess()
    result.assert_outcomes(passed=2)
    assert len(set(lines_after(result, "in"))) == worlds


APART = """
    import time
    from pathlib import Path

    import pytest

    HERE = Path(__file__).parent

    def wait_for(word):
        until = time.monotonic() + 60
        while not (HERE / word).exists():
            assert time.monotonic() < until, f"the other test never came to {word}"
            time.sleep(0.01)

    def both(name, other, server):
        (HERE / name).write_text(server.url)
        (HERE / name).rename(HERE / f"{name}.began")
        wait_for(f"{other}.began")
        assert (HERE / f"{other}.began").read_text() == server.url

    def test_one_moves_its_clock(world, emulator_server, worker_id):
        both("mover", "watcher", emulator_server)
        before = world.control.clock()["now"]
        assert world.advance(3600)["now"] == before + 3_600_000_000
        (HERE / "moved").touch()
        wait_for("seen")

    def test_the_others_does_not_move(world, emulator_server, worker_id):
        before = world.control.clock()["now"]
        both("watcher", "mover", emulator_server)
        wait_for("moved")
        assert world.control.clock()["now"] == before
        (HERE / "seen").touch()
"""


def test_tests_in_parallel_share_a_server_and_no_clock(suite: pytest.Pytester) -> None:
    suite.makepyfile(APART)
    # Each waits for the other: they pass only side by side.
    result = suite.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=2)
    assert is_gone((suite.path / "mover.began").read_text(encoding="utf-8"))


def test_workers_learn_why_the_server_did_not_start(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_anything(world): pass", test_2="def test_more(world): pass")
    result = suite.runpytest_subprocess("-n", "2", "--emulator-seed=nowhere")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*CannotStart: *nowhere*", "*CannotStart: *nowhere*"])


@pytest.mark.parametrize("kind", [InThread, ChildProcess])
def test_a_start_that_fails_says_why(kind: type[InThread] | type[ChildProcess]) -> None:
    with pytest.raises(CannotStart, match="nowhere"):
        kind({"seed": "nowhere"})


@pytest.mark.parametrize("option", ["--emulator-run=moon", "--emulator-isolation=none"])
def test_an_option_that_means_nothing_is_refused(suite: pytest.Pytester, option: str) -> None:
    suite.makepyfile(A_CALL)
    result = suite.runpytest_subprocess(option)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*UsageError: *'{option.partition('=')[2]}'*"])


def test_a_run_without_the_fixtures_loads_nothing_of_the_emulator() -> None:
    program = "import sys, emulator.testing.plugin; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert {it for it in loaded if it.startswith("emulator")} == {
        "emulator",
        "emulator.testing",
        "emulator.testing.plugin",
    }
    assert not {"httpx", "fastapi", "pydantic", "sqlalchemy", "uvicorn"} & set(loaded)
