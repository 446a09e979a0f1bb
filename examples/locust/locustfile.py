"""Plays a scenario's agents as Locust users, on as many machines as there are workers.

emulator serve &
locust -f examples/locust/locustfile.py --headless --host http://127.0.0.1:8000 \
    --scenario scenarios/calm-day.yaml
"""

from emulator.scenario.doors.locust_users import ScenarioAgent, install

__all__ = ["ScenarioAgent"]

install()
