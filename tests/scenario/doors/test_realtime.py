"""Agents at the REST gateway in real time: `python -m bench.realtime`, in small."""

from __future__ import annotations

import statistics

from bench.realtime import measure, scenario
from emulator.testing.servers import ChildProcess


async def test_twenty_agents_are_told_of_every_call(emulator: ChildProcess) -> None:
    measured = await measure(emulator.url, scenario(20, 5, 20))
    result = measured.result
    assert result.complete
    assert [it for it in result.verdicts if not it.met] == []
    assert len(result.verdicts) == 3
    assert result.dialled > 50
    assert result.value("answered") == result.dialled
    assert measured.told == 3 * result.dialled
    assert len(measured.latencies) == result.dialled
    assert statistics.median(measured.latencies) > 0
    assert result.unfinished == 0
