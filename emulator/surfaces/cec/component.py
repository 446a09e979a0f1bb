"""A documented component: its interfaces, its envelope, its errors, its OpenAPI document.

A `Component` is declared once, at import: it is the served contract. A `Door` is a component
opened for one platform: the ASGI application that a server is given.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar, get_type_hints

from fastapi import FastAPI
from fastapi.routing import APIRoute

from emulator.surfaces.cec.envelope import Answer, Envelope
from emulator.surfaces.cec.errors import ErrorTable, Failure, Row
from emulator.surfaces.cec.inputs import contract_signature
from emulator.surfaces.cec.interface import DOOR, Interface
from emulator.surfaces.cec.observed import note_unknown, serve_observed
from emulator.surfaces.cec.openapi import describe
from emulator.surfaces.cec.request import Gate, raw_path
from emulator.surfaces.cec.routing import RouteTable
from emulator.surfaces.wire import respond
from emulator.traffic import Traffic
from emulator.traffic.meter import HELD

P = TypeVar("P")
H = TypeVar("H", bound=Callable[..., Any])

DEFAULT = "default"


class Component(Generic[P]):
    """One documented component, `P` being what its handlers find as `request.platform`."""

    def __init__(
        self,
        name: str,
        *,
        prefix: str,
        envelope: Envelope,
        errors: ErrorTable,
        auth: str | None,
        wrappers: tuple[str, ...] = (),
        version: str = "2.5.0",
    ) -> None:
        """`auth` is the mode of the interfaces that name none; `prefix` starts every path."""
        self.name = name
        self.prefix = prefix
        self.envelope = envelope
        self.errors = errors
        self.auth = auth
        self.wrappers = wrappers
        self.interfaces: list[Interface] = []
        self.table: RouteTable[Interface] = RouteTable()
        self.app = FastAPI(
            title=name,
            version=version,
            openapi_url=f"{prefix}/openapi.json",
            docs_url=f"{prefix}/docs",
            redoc_url=None,
        )
        self.own_paths = frozenset({f"{prefix}/openapi.json", f"{prefix}/docs"})
        self.app.openapi = lambda: describe(self.app, self.interfaces)  # type: ignore[method-assign]

    def interface(
        self,
        method: str,
        path: str,
        *,
        section: str,
        codes: Sequence[str] = (),
        events: Sequence[str] = (),
        auth: str | None = DEFAULT,
        message: str = "success",
        failures: Mapping[type[Exception], Row] | None = None,
        unforeseen: Failure | None = None,
        polls: bool = False,
        answers: Any = None,
        sends_file: bool = False,
        envelope: Envelope | None = None,
        also: Sequence[str] = (),
    ) -> Callable[[H], H]:
        """Register a handler as a documented interface.

        `codes` and `events` are the documented ones, for OpenAPI and the conformance report.
        `auth` None lets everybody in. `message` is the text of a success, `failures` are the
        interface's own codes for errors, before those of the component, and `unforeseen` its own
        for what nobody has foreseen. `polls`: clients ask again and again, at a documented pace.
        `answers` is the model of the whole answer of handlers that return an `Answer`; one that
        `sends_file` has a success without a document. `envelope` is the interface's own where the
        reference has another than the component's. `also` are further documented paths.
        """

        def register(handler: H) -> H:
            for index, template in enumerate((path, *also)):
                interface = Interface(
                    self,
                    handler,
                    method=method,
                    path=self.prefix + template,
                    section=section,
                    codes=tuple(codes),
                    events=tuple(events),
                    auth=self.auth if auth == DEFAULT else auth,
                    message=message,
                    failures=dict(failures or {}),
                    unforeseen=unforeseen,
                    polls=polls,
                    sends_file=sends_file,
                    envelope=envelope,
                )
                self._add(interface, answers, deprecated=index > 0)
            return handler

        return register

    def get(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Register a GET interface; `facts` as in `interface`."""
        return self.interface("GET", path, **facts)

    def put(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Register a PUT interface; `facts` as in `interface`."""
        return self.interface("PUT", path, **facts)

    def post(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Register a POST interface; `facts` as in `interface`."""
        return self.interface("POST", path, **facts)

    def delete(self, path: str, **facts: Any) -> Callable[[H], H]:
        """Register a DELETE interface; `facts` as in `interface`."""
        return self.interface("DELETE", path, **facts)

    def open(
        self,
        platform: P,
        gates: Mapping[str, Gate],
        life: Life | None = None,
        traffic: Traffic | None = None,
    ) -> Door[P]:
        """Open the component's door for one platform.

        `gates` has one for each authentication mode in use. `life` brings the call center to the
        present before a handler, and keeps what it did before its answer. `traffic` is shown the
        requests.
        """
        for interface in self.interfaces:
            _check_gate(interface, gates)
        return Door(self, platform, gates, life, traffic)

    def _add(self, interface: Interface, answers: Any, *, deprecated: bool) -> None:
        route = APIRoute(
            interface.path,
            self._contract_endpoint(interface, answers),
            methods=[interface.method],
            operation_id=f"{interface.method.lower()}{interface.path}",
            deprecated=deprecated or None,
        )
        # FastAPI describes the route and checks its models; the interface itself serves it.
        route.app = interface
        self.app.router.routes.append(route)
        self.table.add(interface.method, interface.path, interface)
        self.interfaces.append(interface)

    def _contract_endpoint(self, interface: Interface, answers: Any) -> Callable[..., Any]:
        """Give FastAPI a function with the interface's inputs and whole answer as signature."""
        result = get_type_hints(interface.handler, include_extras=True).get("return")
        model = None if result is Answer else interface.envelope.model(result)
        answer = model if answers is None else answers

        def endpoint() -> None:
            """Stand for the interface."""

        endpoint.__name__ = interface.handler.__name__
        endpoint.__doc__ = interface.handler.__doc__
        endpoint.__signature__ = contract_signature(  # type: ignore[attr-defined]
            interface.path, interface.inputs, answer
        )
        return endpoint


def _check_gate(interface: Interface, gates: Mapping[str, Gate]) -> None:
    if interface.auth is None:
        return
    gate = gates.get(interface.auth)
    if gate is None:
        raise ValueError(f"{interface.section}: no gate for {interface.auth}")
    if not issubclass(interface.request_class, gate.request_class):
        raise TypeError(f"{interface.section}: takes no {gate.request_class.__name__}")


class Life(Protocol):
    """What a door asks of the call center around each request."""

    def advance(self) -> object:
        """Bring it to the present."""
        ...

    @property
    def needs_commit(self) -> bool:
        """Whether the answer would acknowledge something that is not kept yet."""
        ...

    def committed(self) -> Awaitable[None]:
        """Wait until it is kept."""
        ...


class Door(Generic[P]):
    """A component opened for one platform: an ASGI application."""

    __slots__ = ("component", "gates", "life", "platform", "traffic")

    serve_observed = staticmethod(serve_observed)

    def __init__(
        self,
        component: Component[P],
        platform: P,
        gates: Mapping[str, Gate],
        life: Life | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        self.component = component
        self.platform = platform
        self.gates = gates
        self.life = life
        self.traffic = traffic

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand the request to its interface, or answer as documented that there is none."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        path = raw_path(scope).decode("latin-1")
        root = scope.get("root_path")
        if root:
            path = path.removeprefix(root)
        found = self.component.table.find(scope["method"], path)
        if found is not None:
            interface, scope["path_params"] = found
            scope[DOOR] = self
            if interface.polls:
                scope[HELD] = True
            await interface(scope, receive, send)
        elif path in self.component.own_paths:
            await self.component.app(scope, receive, send)
        else:
            await self._refuse(scope, path, send)

    async def _refuse(self, scope: Any, path: str, send: Any) -> None:
        component = self.component
        allowed = component.table.methods(path)
        failure = component.errors.wrong_method if allowed else component.errors.unknown_path
        headers = [(b"Allow", ", ".join([*allowed, "OPTIONS"]).encode())] if allowed else []
        if allowed and scope["method"] == "OPTIONS":
            await respond(scope, send, 200, b"", headers=headers)
        else:
            # HEAD too: running a handler for it could take an event from an agent's queue.
            content = component.envelope.failure(failure)
            note_unknown(self, scope, failure, content)
            await respond(scope, send, failure.status, content, headers=headers)
