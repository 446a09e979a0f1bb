"""A call center in the test's own process, called at its documented doors without sockets.

The demo seed, a virtual clock and no server: a request goes straight into the ASGI application,
so that thousands of them take seconds. `Settings` may be given to try other modes.
"""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from emulator.app import open_doors
from emulator.control.seed import load_seed
from emulator.platform import Platform
from emulator.settings import Settings
from emulator.store.engine import MEMORY_URL
from emulator.store.store import Store
from emulator.store.tenants import save_tenant
from emulator.switch.clock import Clock
from emulator.switch.config import RestReasonConfig, TenantConfig
from emulator.switch.switch import Switch
from tests.contract import facts

T = TypeVar("T")

START = 1_700_000_000_000_000
"""Microseconds since the epoch at which every world begins."""
PASSWORD = "Demo@2026"
CUSTOMER = "13800000001"
NOT_STATE = frozenset({"_subscribers", "_outbox", "report", "on_subscriber_error", "now"})
"""What of the switch is no state: its wiring, and the time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: status, headers (names in lower case), document."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def is_file(self) -> bool:
        return self.headers["content-type"] == "application/octet-stream;charset=utf-8"

    @property
    def document(self) -> Any:
        """None in the place of a file."""
        return None if self.is_file else json.loads(self.raw)

    @property
    def code(self) -> str:
        """`retcode` of the gateway, `returnCode` or `resultCode` of the API Fabric."""
        document = self.document
        if document is None:
            return "0"
        names = ("retcode", "returnCode", "resultCode")
        return str(next((document[it] for it in names if it in document), None))

    @property
    def result(self) -> Any:
        return self.document["result"]


class World:
    """One call center with the demo seed; use it in a `with` statement."""

    def __init__(self, store: Store | None = None, **settings: Any) -> None:
        """`store` is by default one that all worlds share."""
        self.settings = Settings(**{"poll_wait": 0.0, **settings})
        self.platform = Platform(self.settings, store or _store(), _tenants(), Clock(START))
        # The store is shared by all worlds: what accounts went through elsewhere is not loaded.
        self.platform.accounts.load(_tenants(), [])
        self.doors = open_doors(self.platform)
        self.guids: dict[int, str] = {}
        self.token = ""
        self.config_guid = ""
        self._switch: Switch | None = None
        """The switch as it was when everything broke down."""
        self._runner = asyncio.Runner()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self.doors.stop())
        self._run(self.platform.reports.close())
        self._runner.close()

    # Requests

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request; a body that is not bytes is sent as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(dict(query or {})).encode(),
            "headers": [
                (name.lower().encode(), value.encode()) for name, value in (headers or {}).items()
            ],
            "root_path": "",
        }
        return self._run(self._exchange(scope, raw))

    async def _exchange(self, scope: dict[str, Any], raw: bytes) -> Reply:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.doors.app(scope, receive, send)
        headers = {k.decode().lower(): v.decode() for k, v in sent[0]["headers"]}
        body = b"".join(message["body"] for message in sent[1:])
        assert int(headers["content-length"]) == len(body)
        return Reply(sent[0]["status"], headers, body)

    def call(
        self,
        section: str,
        path: Mapping[str, Any],
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a documented request with the proof that its section asks for."""
        interface = facts.interface(section)
        template = interface.path
        for name, value in path.items():
            template = template.replace(f"{{{name}}}", quote(str(value), safe=""))
        agent = int(path["agentid"]) if str(path.get("agentid", "")).isdecimal() else 0
        proof = self._proof(interface, agent)
        reply = self.request(
            interface.method,
            template,
            query=query,
            body=body,
            headers={**proof, **(headers or {})},
        )
        self._learn(agent, reply)
        return reply

    def _proof(self, interface: facts.Interface, agent: int) -> dict[str, str]:
        if interface.auth == "C1":
            return {"Authorization": f"Bearer {self.bearer_token()}"}
        if interface.auth == "C5":
            return {"Guid": self.config_guid} if self.config_guid else {}
        return {"Guid": self.guids[agent]} if agent in self.guids else {}

    def _learn(self, agent: int, reply: Reply) -> None:
        if "set-guid" in reply.headers:
            self.guids[agent] = reply.headers["set-guid"].removeprefix("JSESSIONID=")

    def bearer_token(self) -> str:
        """The demo application's token."""
        if not self.token:
            secrets = {"app_key": "demo-app-key", "app_secret": "demo-app-secret"}
            reply = self.request("POST", "/apigovernance/api/oauth/tokenByAkSk", body=secrets)
            self.token = reply.document["AccessToken"]
        return self.token

    # What tests do to the call center

    def do(self, command: Callable[[Switch], T]) -> T:
        """Command the switch, as the world outside does."""

        async def run() -> T:
            return command(self.platform.advance())

        return self._run(run())

    def control(self, method: str, path: str, body: Any = None) -> Reply:
        """Ask the control plane for something."""
        headers = {"Content-Type": "application/json", "Host": "127.0.0.1"}
        return self.request(method, f"/_emulator{path}", body=body, headers=headers)

    def pass_time(self, seconds: float) -> None:
        """Let domain time pass; timers fire."""

        async def run() -> None:
            self.platform.move_clock(int(seconds * 1_000_000))

        self._run(run())

    def sign_in(self, agent: int, **how: Any) -> Reply:
        """Sign an agent in at its own phone; it answers by hand unless told otherwise."""
        body = {"password": PASSWORD, "phonenum": f"40{agent}", "autoanswer": False, **how}
        reply = self.call("6.1.1.1", {"agentid": agent}, body=body)
        assert reply.code == "0", reply.document
        return reply

    def log_in_to_configure(self, user: int = 100_001) -> None:
        """Sign the demo's VDN in to configure, or somebody else."""
        reply = self.call("4.6", {}, body={"agentId": user, "password": PASSWORD})
        assert reply.code == "0", reply.document
        self.config_guid = reply.result["guid"]

    def agent(self, section: str, agent: int, body: Any = None, **query: Any) -> Any:
        """Do something as an agent that must succeed; gives the result."""
        path = {"agentid": agent}
        for name in [name for name in query if f"{{{name}}}" in facts.interface(section).path]:
            path[name] = query.pop(name)
        reply = self.call(section, path, query=query, body=body)
        assert reply.code == "0", (section, reply.document)
        return reply.document.get("result")

    def dial_in(self, access_code: str = "95001", caller: str = CUSTOMER) -> str:
        """A customer dials; gives the call id."""
        return self.do(lambda switch: switch.dial_in(caller, access_code))

    def configure(self, **changes: Any) -> None:
        """Change the demo tenant's configuration; phones are added to those there are."""
        tenant = self.platform.switch.tenants[1].config
        if "phones" in changes:
            new = {phone.number for phone in changes["phones"]}
            changes["phones"] += tuple(p for p in tenant.phones if p.number not in new)
        self.do(lambda switch: switch.apply_tenant(replace(tenant, **changes)))

    def set(self, **settings: Any) -> None:
        """Change settings of the gateway."""
        self.platform.settings = replace(self.platform.settings, **settings)

    def break_down(self) -> None:
        """From now on everything inside fails, as nobody has foreseen it."""

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("the call center has broken down")

        self._switch = switch = self.platform.switch
        broken = type("Broken", (), {"__getattr__": fail})()
        self.platform.advance = lambda: switch  # type: ignore[method-assign]
        self.platform.switch = broken
        self.platform.accounts = broken
        self.platform.traffic.tenant_of = lambda *_: 0

    # What tests ask of it

    def poll(self, agent: int) -> dict[str, Any] | None:
        """One poll of an agent; gives the event, None if there is none."""
        reply = self.call("6.1.4.1", {"agentid": agent})
        assert reply.code == "0", reply.document
        event: dict[str, Any] | None = reply.document.get("event")
        return event

    def events(self, agent: int) -> list[dict[str, Any]]:
        """Poll until there is nothing more to tell, or the session is over."""
        found = []
        while True:
            reply = self.call("6.1.4.1", {"agentid": agent})
            event = reply.document.get("event")
            if event is None:
                return found
            found.append(event)

    def dump(self) -> bytes:
        """The state of switch, sessions, guids and counts: equal dumps mean nothing was changed."""
        switch, gateway = self._switch or self.platform.switch, self.doors.gateway
        sessions = {
            agent: (list(session.events), session.closing, session.phone_linkage)
            for agent, session in gateway.sessions._sessions.items()
        }
        names = [name for name in Switch.__slots__ if name not in NOT_STATE]
        guids = repr((gateway.guids._sessions, gateway.config_sessions._users))
        tallies = gateway.tallies._tallies
        state = [getattr(switch, name) for name in names]
        subscriptions = {
            number: (held.terms, held.heard_at, list(held.events))
            for number, held in gateway.subscriptions._subscriptions.items()
        }
        return pickle.dumps((state, sessions, guids, tallies, subscriptions))

    def _run(self, work: Any) -> Any:
        return self._runner.run(work)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


@cache
def _store() -> Store:
    store = Store.open(MEMORY_URL)
    for tenant in _tenants():
        store.submit(partial(save_tenant, tenant=tenant)).result()
    return store


@cache
def _tenants() -> tuple[TenantConfig, ...]:
    """The demo's, with the highest rest reason: an unknown one is refused."""
    highest = RestReasonConfig(255, "other")
    return tuple(
        replace(tenant, rest_reasons=(*tenant.rest_reasons, highest))
        for tenant in load_seed("demo")
    )
