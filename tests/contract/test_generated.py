"""Whatever is asked in the terms of the OpenAPI documents, or beside them, has a documented answer.

schemathesis draws requests from each operation's description: half of them valid by it, half not.
Three of four come from agents who have signed in and are in a call, idle or inspectors, the rest
from nobody. The same requests are drawn each time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from schemathesis import Case, GenerationMode

from tests.contract import facts, situations
from tests.contract.shapes import problems_of_event
from tests.contract.world import World

EXAMPLES = 142
"""Requests for each operation."""
DOCUMENTS = (
    "/agentgateway/openapi.json",
    "/apiaccess/rest/cc-management/v1/openapi.json",
    "/apigovernance/openapi.json",
)
AGENTS = (101, 102, 103, 116, 119, 191)
NOBODY, CHANGE_NOTHING = 0, ("guid", "authorization", "host", "content-length", "content-type")
EVERYWHERE = {"0", "000-002", "000-003", "100-006"}
"""Codes that an answer may have though its interface does not list them."""
UNLISTED = {"4.6": ("100-004", "110-016")}
"""The reference lists no codes for signing in to configure; docs/decisions.md does."""
MANAGEMENT = ("1",)
"""What the API Fabric says of whatever fails: 0 is success, others are failures."""
IDLE, TALKING, HOLDING, CHATTING, SEEING, INSPECTING = AGENTS
"""What the agents mostly do."""


class Operations:
    """The operations of all components, and the validators of their answers."""

    def __init__(self) -> None:
        self.by_label: dict[str, Any] = {}
        self.validators: dict[str, Draft202012Validator] = {}
        self.codes: dict[str, set[str]] = {}
        self.statuses: dict[str, set[str]] = {}
        with World() as world:
            for path in DOCUMENTS:
                self._read(world.request("GET", path).document)

    def _read(self, document: Any) -> None:
        schema = schemathesis.openapi.from_dict(document)
        for found in schema.get_all_operations():
            operation = found.ok()
            raw = document["paths"][operation.path][operation.method]
            answer = raw["responses"]["200"]["content"]["application/json"]["schema"]
            parts = {"components": document.get("components", {})}
            self.by_label[operation.label] = operation
            self.validators[operation.label] = Draft202012Validator({**answer, **parts})
            self.statuses[operation.label] = set(raw["responses"])
            unlisted = UNLISTED.get(raw["x-section"], ())
            if "cc-management" in operation.path:
                unlisted = MANAGEMENT
            self.codes[operation.label] = {*raw["x-codes"], *EVERYWHERE, *unlisted}


@cache
def operations() -> Operations:
    return Operations()


class Office:
    """A call center in which six agents are at work again before each request."""

    def __init__(self) -> None:
        self.world = World(push_timeout=0.01)
        self.world.configure(media_server=situations.MEDIA_SERVER)
        situations.chatting(self.world)

    def at_work(self) -> None:
        """Whoever was signed out by a request comes back; whoever lost its call gets one."""
        world, switch = self.world, self.world.platform.switch
        for agent in AGENTS:
            session = world.doors.gateway.sessions.get(agent)
            if not switch.agents[agent].signed_in or session is None or session.closing:
                self._sign_out(agent)
                world.sign_in(agent, agenttype=11 if agent == SEEING else 4)
        if not world.config_guid:
            world.log_in_to_configure()
        for agent in (TALKING, HOLDING, SEEING):
            self._calls(agent)
        if not switch.agents[CHATTING].connections:
            world.dial_in(situations.CHAT_CODE)

    def _sign_out(self, agent: int) -> None:
        if self.world.platform.switch.agents[agent].signed_in:
            self.world.do(lambda switch: switch.force_log_off(agent))

    def _calls(self, agent: int) -> None:
        """The agent talks to a customer; or holds it, if that is what it does."""

        def call(switch: Any) -> None:
            own = switch.agents[agent]
            if own.connections or own.state not in (1, 6, 7) or len(switch.calls) > 40:
                return
            made = switch.make_call(agent, situations.OUTSIDE)
            if switch.calls[made].connections[-1].agent is None:
                switch.outside_answers(made)
            if agent == HOLDING:
                switch.hold_call(agent)

        self.world.do(call)

    def send(self, case: Case, agent: int) -> Any:
        """Send the request as drawn, or from the agent, with its proof."""
        world = self.world
        self.at_work()
        parts = {name: str(value) for name, value in (case.path_parameters or {}).items()}
        headers = {k: v for k, v in dict(case.headers or {}).items() if _can_be_sent(v)}
        if agent:
            parts = {**parts, **({"agentid": str(agent)} if "agentid" in parts else {})}
            headers = {k: v for k, v in headers.items() if k.lower() not in CHANGE_NOTHING}
            headers |= self._proof(case, agent)
        path = case.path
        for name, value in parts.items():
            path = path.replace(f"{{{name}}}", value if "%" in value else quote(value, safe=""))
        body = _encoded(case.body)
        reply = world.request(
            case.method, path, query=_flat(case.query), body=body, headers=headers
        )
        world._learn(agent, reply)
        return reply

    def _proof(self, case: Case, agent: int) -> dict[str, str]:
        security = case.operation.definition.raw.get("security", [{}])
        modes = {mode for needed in security for mode in needed}
        if "C1" in modes:
            return {"Authorization": f"Bearer {self.world.bearer_token()}"}
        if "C5" in modes:
            return {"Guid": self.world.config_guid}
        return {"Guid": self.world.guids.get(agent, "")}


def _can_be_sent(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _flat(query: Any) -> dict[str, Any]:
    return {
        str(name).encode("utf-8", "replace").decode(): _text(value)
        for name, value in dict(query or {}).items()
    }


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()


def _encoded(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if type(body).__name__ == "NotSet":
        return b""
    return json.dumps(body).encode()


@pytest.fixture
def office() -> Iterator[Office]:
    opened = Office()
    with opened.world:
        yield opened


def problems(office: Office, label: str, reply: Any) -> Iterator[str]:
    """What of an answer is not documented."""
    known = operations()
    if str(reply.status) not in known.statuses[label]:
        yield f"status {reply.status}"
    if reply.is_file:
        return
    if reply.headers["content-type"].partition(";")[0] != "application/json":
        yield f"content type {reply.headers['content-type']}"
    if reply.status == 200 and reply.code not in known.codes[label]:
        yield f"code {reply.code}"
    if reply.code == "0":
        errors = known.validators[label].iter_errors(reply.document)
        yield from (f"{error.instance_path}: {error.message}" for error in errors)


@pytest.mark.parametrize("label", operations().by_label)
def test_every_answer_is_documented(
    label: str, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    operation = operations().by_label[label]
    valid = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    asked = st.one_of(valid, wrong)
    who = st.sampled_from((NOBODY, *AGENTS, *AGENTS[:3]))

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=asked, agent=who)
    def ask(case: Case, agent: int) -> None:
        reply = office.send(case, agent)
        found = list(problems(office, label, reply))
        assert not found, (found, agent, case.path_parameters, case.query, case.body, reply.raw)

    with caplog.at_level(logging.ERROR):
        ask()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    for agent in AGENTS:
        for event in office.world.events(agent):
            assert problems_of_event(facts.event(event["eventType"]), event["content"]) == []


def test_there_are_enough_requests() -> None:
    assert len(operations().by_label) * EXAMPLES >= 20_000
