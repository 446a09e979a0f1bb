"""The scenarios of the documentation are scenarios."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emulator.scenario.checking import check
from emulator.scenario.figures import FIGURES
from emulator.scenario.file.arrivals import KINDS
from emulator.scenario.file.reading import parse_scenario, read_scenario
from emulator.scenario.file.scenario import Scenario

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda it: it.splitlines()[0])
def test_an_example_is_read_and_fits_the_demo_call_center(example: str) -> None:
    check(parse_scenario(example, "docs/scenarios.md"))


def test_the_example_in_python_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "mine.py").write_text(example)
    assert read_scenario(tmp_path / "mine.py", {"agents": 3}).agents[0].agents == (101, 102, 103)


def test_every_part_kind_of_arrivals_and_figure_is_mentioned() -> None:
    names = [*Scenario.model_fields, *KINDS, *FIGURES]
    missing = [name for name in names if f"`{name}`" not in PAGE and f"{{{name}:" not in PAGE]
    assert missing == []
