"""The switch's events come back from the journal as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from emulator.control.journal import _event as shown
from emulator.scenario.doors.feed import EventsMissed, Feed, event_of
from emulator.scenario.engine.run import Run
from emulator.scenario.file.reading import read_scenario
from emulator.switch import events
from emulator.switch.events import Event
from emulator.switch.terms import MediaType

SCENARIOS = Path(__file__).parents[3] / "scenarios"


def told(*reported: Event, first: int = 1) -> list[dict[str, Any]]:
    """The events as the control API answers."""
    return [
        orjson.loads(orjson.dumps(shown(number, event)))
        for number, event in enumerate(reported, start=first)
    ]


@pytest.mark.parametrize("name", ["help-desk", "campaign", "supervisors-day"])
def test_every_event_of_a_scenario_comes_back_as_it_was(name: str) -> None:
    made = read_scenario(SCENARIOS / f"{name}.yaml", {})
    run = Run(made.model_copy(update={"duration": 1800 * 1_000_000}))
    heard: list[Event] = []
    run.subscribe(heard.append)
    run.play()
    again = [event_of(it) for it in told(*heard)]
    assert again == heard
    assert [list(map(type, it)) for it in again] == [list(map(type, it)) for it in heard]


@pytest.mark.parametrize("name", [name for name in events.__all__ if name != "Event"])
def test_every_event_is_known(name: str) -> None:
    kind = getattr(events, name)
    with pytest.raises(KeyError, match="at"):
        event_of({"event": name})
    assert issubclass(kind, tuple)


class Control:
    """Answers the questions for events, each with the next of these lists."""

    def __init__(self, *answers: list[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []

    async def latest_event(self) -> int:
        return 0

    async def events(self, after: int, *, wait: float, limit: int) -> list[dict[str, Any]]:
        self.asked.append(after)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)


OFFERED = events.Offered(1, 1, "1-1", "trunk:139", "139", "95001", MediaType.VOICE, 0)  # type: ignore[arg-type]
CLEARED = events.CallCleared(2, 1, "1-1", 0)


async def test_events_are_fetched_one_after_the_other() -> None:
    heard: list[Event] = []
    control = Control(told(CLEARED), [], told(CLEARED, CLEARED, first=2))
    feed = Feed(control, heard.append)  # type: ignore[arg-type]
    with pytest.raises(EOFError):
        await feed.listen()
    assert heard == [CLEARED] * 3
    assert control.asked == [0, 1, 1, 3]


async def test_it_is_not_passed_over_that_events_are_gone() -> None:
    feed = Feed(Control(told(CLEARED, first=5)), lambda event: None)  # type: ignore[arg-type]
    with pytest.raises(EventsMissed, match="events 1 to 4"):
        await feed.listen()
