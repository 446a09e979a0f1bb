"""The same queue as a scenario: customers call, agents answer and talk; everything is recorded."""

from __future__ import annotations

from bench.erlang import MEAN_SERVICE, arrival_rate
from emulator.scenario.file.scenario import Scenario


def queue_of(customers: int, agents: int) -> Scenario:
    """So many customers, one queue, and agents who are busy to 90 %."""
    numbers = f"101-{100 + agents}"
    return Scenario.model_validate(
        {
            "name": "queue",
            "duration": 2 * customers / arrival_rate(agents),
            "run_out": "12h",
            "tenants": [
                {
                    "id": 1,
                    "name": "bench",
                    "trunks": [{"name": "outside", "channels": 100_000}],
                    "queues": [{"id": 1, "name": "q", "max_wait": 60_000, "max_waiting": 10_000}],
                    "agents": [
                        {"range": numbers, "name": "a", "phone": "4{n}", "skills": [{"queue": 1}]}
                    ],
                    "access_codes": [
                        {"code": "95001", "routes": [{"target": "queue", "target_id": 1}]}
                    ],
                }
            ],
            "streams": [
                {
                    "name": "customers",
                    "dials": "95001",
                    "arrivals": {"poisson": arrival_rate(agents)},
                    "at_most": customers,
                }
            ],
            "agents": [{"name": "team", "agents": numbers, "talk": {"exponential": MEAN_SERVICE}}],
        }
    )
