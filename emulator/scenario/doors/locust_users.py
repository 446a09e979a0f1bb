"""The agents of a scenario as Locust users: load by HTTP from as many machines as one has.

A locustfile needs two lines:

    from emulator.scenario.doors.locust_users import ScenarioAgent, install
    install()

    locust --headless --master --expect-workers 2 --host URL --scenario FILE
    locust --worker                                            (on each machine, twice)

Each user is one agent of the scenario at the REST agent gateway. Worker i of n plays every n-th
agent from the i-th on, whoever else is there; customers are the master's, by the control API. The
master ends the test when the scenario is over. Campaigns, supervisors and incidents, and what is
expected, are not played here: `emulator scenario run --against` does.

Only for processes that Locust has started.
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar

import gevent
from gevent.event import Event
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from emulator.clients.control import ControlClient
from emulator.clients.gateway import ROOT, SHUTDOWN, SIGNED_OUT_CODES, GatewayEvent
from emulator.scenario.doors.ears import Ears, is_ringing
from emulator.scenario.doors.locust_stage import CustomersSide, Share, read
from emulator.scenario.file.scenario import Scenario

AFTER_FAILURE_S = 1.0
SPAWNED_AT_ONCE = 50.0
GUID = "Set-GUID"


class ScenarioAgent(FastHttpUser):
    """One agent of the scenario, or nobody where there is one user more than agents."""

    share: ClassVar[Share]
    """What this process plays; there before the first user is."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.number = 0
        self.ears: Ears | None = None
        self._guid = ""
        self._signed_in = Event()

    def on_start(self) -> None:
        """Become the next agent of this worker's share."""
        share = self.share
        player = share.next_player(self)
        if player is not None:
            self.number = player.work_no
            self.ears = Ears(player, share.is_colleague)
            share.live.hear(player.begin, share.period)

    @task
    def work(self) -> None:
        """Poll for the next event as long as the agent is there."""
        if not self._signed_in.wait(AFTER_FAILURE_S):
            return
        answer = self.send("GET", f"{ROOT}/agentevent/{self.number}", "agentevent (held)")
        retcode, event = answer.get("retcode"), answer.get("event")
        if retcode == "0":
            if event:
                self._heard(GatewayEvent(event["eventType"], event.get("content")))
        elif retcode in SIGNED_OUT_CODES:
            self._heard(GatewayEvent(SHUTDOWN, None))
        else:
            gevent.sleep(AFTER_FAILURE_S)

    def _heard(self, event: GatewayEvent) -> None:
        share = self.share
        if event.type == SHUTDOWN:
            self._signed_in.clear()
        if self.ears is not None:
            queue = 0
            if is_ringing(event) and self.ears.needs_queue:
                path = f"{ROOT}/calldata/{self.number}/callinfobeforeanswer"
                info = self.send("GET", path, "calldata/callinfobeforeanswer").get("result")
                queue = int(info["callskillid"]) if info else 0
            share.live.hear(self.ears.hear, event, queue)

    def sign_in(self, password: str, phone: str, **how: Any) -> None:
        """Sign in (6.1.1.1); events are polled from then on."""
        body = {"password": password, "phonenum": phone, **how}
        path = f"{ROOT}/onlineagent/{self.number}"
        if self.send("PUT", path, "onlineagent", json=body).get("retcode") == "0":
            self._signed_in.set()

    def ask(self, method: str, component: str, rest: str, name: str, **more: Any) -> None:
        """Send any request of the agent."""
        self.send(method, f"{ROOT}/{component}/{self.number}/{rest}", name, **more)

    def send(self, method: str, path: str, name: str, **more: Any) -> dict[str, Any]:
        """Send a request, counted under `name`; a refusal counts as a failure."""
        params = more.pop("params", None)
        if params:
            path += "?" + "&".join(f"{key}={value}" for key, value in params.items())
        with self.client.request(
            method,
            path,
            name=f"{method} {name}",
            headers={"guid": self._guid},
            catch_response=True,
            **more,
        ) as answer:
            handed = answer.headers.get(GUID) if answer.headers else None
            if handed:
                self._guid = handed.partition("=")[2] or handed
            try:
                content: dict[str, Any] = answer.json()
            except ValueError:
                answer.failure(f"{answer.status_code} is no answer of the gateway")
                return {}
            if content.get("retcode") not in ("0", *SIGNED_OUT_CODES):
                answer.failure(f"{content.get('retcode')} {content.get('message')}")
            return content

    def on_stop(self) -> None:
        """Go home, whatever it does."""
        if self._signed_in.is_set():
            path = f"{ROOT}/onlineagent/{self.number}/forcelogout"
            self.send("DELETE", path, "onlineagent/forcelogout")


def install() -> None:
    """Have Locust play a scenario with the users of a locustfile, which calls it."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    play = _Play()
    hooks: Any = events
    hooks.init_command_line_parser.add_listener(play.add_options)
    hooks.init.add_listener(play.count_users)
    hooks.test_start.add_listener(play.begin)
    hooks.spawning_complete.add_listener(play.open_doors)


class _Play:
    """What is done when Locust says so: in the master, in workers, or in one process for both."""

    def __init__(self) -> None:
        self._customers: CustomersSide | None = None

    def add_options(self, parser: Any, **_: Any) -> None:
        add = parser.add_argument
        add("--scenario", env_var="EMULATOR_SCENARIO", help="scenario file", default="")
        add("--keep", action="store_true", help="use the emulator's call center as it is")
        add("--control-token", env_var="EMULATOR_CONTROL_TOKEN", is_secret=True, default="")

    def count_users(self, environment: Environment, runner: Any, **_: Any) -> None:
        """As many for each worker: so that each has enough for its share, however they go."""
        options: Any = environment.parsed_options
        if isinstance(runner, WorkerRunner):
            return
        workers = options.expect_workers if isinstance(runner, MasterRunner) else 1
        teams = read(options.scenario).agents
        agents = sum(len(team.agents) for team in teams if team.played_by != "none")
        options.num_users = -(-agents // workers) * workers
        options.spawn_rate = options.spawn_rate or SPAWNED_AT_ONCE * workers

    def begin(self, environment: Environment, **_: Any) -> None:
        options: Any = environment.parsed_options
        runner = environment.runner
        scenario = read(options.scenario)
        control = ControlClient(environment.host or "", options.control_token)
        if not isinstance(runner, WorkerRunner):
            self._customers = customers_of(environment, scenario, control)
            self._customers.move_in(keep=options.keep)
        if not isinstance(runner, MasterRunner):
            place = (0, 1)
            if isinstance(runner, WorkerRunner):
                place = (runner.worker_index, options.expect_workers)
            share = Share(scenario, control, *place)
            ScenarioAgent.share = share
            gevent.spawn(share.live.drive)

    def open_doors(self, **_: Any) -> None:
        """Everybody is there: customers call."""
        if self._customers is not None:
            self._customers.begin()


def customers_of(
    environment: Environment, scenario: Scenario, control: ControlClient
) -> CustomersSide:
    """The customers, who are counted as requests, and whose end is the test's."""

    def dialled(seconds: float, error: Exception | None) -> None:
        hooks: Any = environment.events
        hooks.request.fire(
            request_type="CALL",
            name="dial_in",
            response_time=seconds * 1000,
            response_length=0,
            exception=error,
            context={},
        )

    def over() -> None:
        if environment.runner is not None:
            environment.runner.quit()

    return CustomersSide(scenario, control, over, dialled)
