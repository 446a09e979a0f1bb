"""A scenario's agents as Locust users: a master, two workers and an emulator, each a process."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from emulator.clients.control import ControlClient
from emulator.testing.servers import ChildProcess
from tests.ports import free_port
from tests.scenario.doors.conftest import HOUSE
from tests.scenario.support import callers, team

pytest.importorskip("importlib.metadata").distribution("locust")

LOCUSTFILE = Path(__file__).parents[3] / "examples" / "locust" / "locustfile.py"
WITHIN_S = 60


def locust(*options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def ended(process: subprocess.Popen[bytes]) -> str:
    """What it wrote; it has ended without a failure."""
    output, _ = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0, output.decode()
    return output.decode()


def counted(stats: Path) -> dict[str, int]:
    """Requests by name; none of them has failed."""
    with stats.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Failure Count"] for row in rows} == {"0"}
    return {row["Name"]: int(row["Request Count"]) for row in rows}


def test_the_agents_of_a_scenario_are_divided_among_workers(
    emulator: ChildProcess, control: ControlClient, tmp_path: Path
) -> None:
    document = {
        "name": "load",
        "duration": "3s",
        "run_out": "20s",
        "tenants": [HOUSE],
        "streams": [callers(*(f"{n * 200}ms" for n in range(1, 11)))],
        "agents": [team("101-105", talk="500ms", wrap_up="200ms")],
    }
    scenario = tmp_path / "load.yaml"
    scenario.write_text(yaml.safe_dump(document))
    port = str(free_port())
    processes = [
        locust(
            *("--headless", "--master", "--master-bind-port", port, "--expect-workers", "2"),
            *("--master-bind-host", "127.0.0.1", "--host", emulator.url),
            *("--scenario", str(scenario), "--csv", str(tmp_path / "load")),
        ),
        *(locust("--worker", "--master-port", port) for _ in range(2)),
    ]
    try:
        for process in processes:
            ended(process)
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    stats = counted(tmp_path / "load_stats.csv")
    assert stats["dial_in"] == 10
    assert stats["PUT onlineagent"] == 5
    assert stats["PUT voicecall answer"] == 10
    assert {it["state"] for it in control.state()["tenants"][0]["agents"]} == {"signed_out"}
    talked = [it for it in control.call_records() if it["agent_id"]]
    assert len({it["call_id"] for it in talked}) == 10
    assert control.violations() == []


def test_locust_stays_out_of_our_own_process() -> None:
    code = (
        "import sys, emulator.cli, emulator.scenario.doors.against, emulator.scenario.doors.pacing;"
        "assert not {'gevent', 'locust'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
