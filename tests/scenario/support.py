"""A small call center, and scenarios that are played in it."""

from __future__ import annotations

from typing import Any

from emulator.scenario.engine.run import Run
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.result import Result
from emulator.switch.events import Event

TENANT: dict[str, Any] = {
    "id": 1,
    "name": "shop",
    "default_caller": "95000",
    "agents": [
        {"range": "101-110", "name": "Agent {n}", "phone": "4{n}", "skills": [{"queue": 1}]},
        {"range": "111-115", "name": "Expert {n}", "phone": "4{n}", "skills": [{"queue": 2}]},
        {
            "range": "116-117",
            "name": "Chatter {n}",
            "phone": "4{n}",
            "agent_type": "multimedia",
            "skills": [{"queue": 3}],
        },
        {"range": "191-192", "name": "Inspector {n}", "phone": "4{n}", "role": "inspector"},
    ],
    "queues": [
        {"id": 1, "name": "support", "max_wait": 3600, "max_waiting": 1000},
        {"id": 2, "name": "experts", "max_wait": 3600, "max_waiting": 1000},
        {"id": 3, "name": "chats", "media_type": "social_chat", "max_wait": 3600},
    ],
    "access_codes": [
        {"code": "95001", "routes": [{"target": "queue", "target_id": 1}]},
        {
            "code": "95005",
            "media_type": "social_chat",
            "routes": [{"target": "queue", "target_id": 3}],
        },
        {"code": "95003", "routes": [{"target": "ivr", "target_id": 1}]},
    ],
    "flows": [
        {
            "id": 1,
            "name": "menu",
            "start": "menu",
            "nodes": {
                "menu": {
                    "type": "menu",
                    "digits": {"1": "support", "2": "hours"},
                    "timeout": 5,
                    "retries": 1,
                    "otherwise": "bye",
                },
                "support": {"type": "queue", "queue": 1},
                "hours": {"type": "play", "seconds": 20, "next": "bye"},
                "bye": {"type": "hang_up"},
            },
        }
    ],
    "rest_reasons": [{"code": 1, "name": "lunch"}],
}


def scenario(**fields: Any) -> Scenario:
    """A scenario of an hour in the small call center, with these fields."""
    document = {"name": "test", "duration": "1h", "tenants": [TENANT], **fields}
    return Scenario.model_validate(document)


def callers(*at: str, **fields: Any) -> dict[str, Any]:
    """A stream of customers who dial support at these times."""
    return {"name": "callers", "dials": "95001", "arrivals": {"at": at}, **fields}


def team(agents: str = "101", **fields: Any) -> dict[str, Any]:
    """A team whose conversations take a minute."""
    return {"name": f"team {agents}", "agents": agents, "talk": "1min", **fields}


class Played:
    """A scenario that was played: what came of it, and what the switch reported."""

    def __init__(self, made: Scenario, seed: int | None = None) -> None:
        self.run = Run(made, seed)
        self.events: list[Event] = []
        self.run.subscribe(self.events.append)
        self.result: Result = self.run.play()

    def of(self, kind: type[Any], **fields: Any) -> list[Any]:
        """The events of a kind with these fields."""
        return [
            event
            for event in self.events
            if type(event) is kind
            and all(getattr(event, name) == value for name, value in fields.items())
        ]

    def times(self, kind: type[Any], **fields: Any) -> list[float]:
        """When they happened: seconds after the begin."""
        begin = self.run.begins
        return [(event.at - begin) / 1_000_000 for event in self.of(kind, **fields)]


def play(**fields: Any) -> Played:
    """Play a scenario with these fields."""
    return Played(scenario(**fields))
