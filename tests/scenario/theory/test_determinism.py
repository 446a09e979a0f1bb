"""The same file and seed give the same result to the byte, on every Python that is supported."""

from __future__ import annotations

import json
from hashlib import sha256

from bench.day import the_day
from emulator.scenario.engine.run import Run

DIGEST = "785e15e84c1153db1d08ea4b95f3b487416777ca802feff3f532658ea8602e59"
"""Of a day's result. It changes when the engine, or what a result has, does: see that it is so
on all of the supported versions."""


def test_a_day_is_the_same_on_every_python() -> None:
    result = Run(the_day(calls=400, team=4, queues=3)).play()
    assert result.complete
    assert result.dialled > 300
    document = json.dumps(result.document(), ensure_ascii=False)
    assert sha256(document.encode()).hexdigest() == DIGEST
