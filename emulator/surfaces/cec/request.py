"""What a handler is handed: one request at the door of one platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from emulator.traffic.exchange import Offence, Violation

if TYPE_CHECKING:
    from emulator.surfaces.cec.interface import Interface

P = TypeVar("P")


class Gate(Protocol):
    """One authentication mode of chapter 4, opened for one platform."""

    request_class: type[CecRequest[Any]]
    """What the gate fills in: interfaces behind it must take this class or a subclass."""

    def admit(self, request: Any) -> None:
        """Let the request in, or raise `Unauthenticated` or another error of the table."""
        ...

    def claimed(self, request: Any) -> tuple[int, str]:
        """Whose request it says it is: an agent (or 0) and an application (or ""); not proven."""
        ...


class CecRequest(Generic[P]):
    """One request: where it came in, what it carried, what its answer will carry."""

    __slots__ = (
        "_on_delivery",
        "answer_headers",
        "error",
        "gates",
        "interface",
        "platform",
        "raw",
        "scope",
        "violations",
    )

    def __init__(
        self, platform: P, gates: Mapping[str, Gate], interface: Interface, scope: Any
    ) -> None:
        self.platform = platform
        self.gates = gates
        self.interface = interface
        self.scope = scope
        self.raw = b""
        """The body as it was sent."""
        self.answer_headers: list[tuple[bytes, bytes]] = []
        self.error: Exception | None = None
        """Why it was refused."""
        self.violations: list[Violation] | None = None
        """How it departs from the contract, if anybody wants to know."""
        self._on_delivery: Callable[[bool], None] | None = None

    def remark(self, offence: Offence, detail: str) -> None:
        """Note for the journal how the client departs from the contract."""
        if self.violations is not None:
            self.violations.append(Violation(offence, detail))

    @property
    def path_values(self) -> dict[str, str]:
        """Values of the template's parameters, decoded, not validated."""
        values: dict[str, str] = self.scope["path_params"]
        return values

    @property
    def raw_path(self) -> bytes:
        """The path as it was sent, still percent-encoded."""
        return raw_path(self.scope)

    def header(self, name: bytes) -> bytes | None:
        """Give the first header of that lower-case name."""
        for candidate, value in self.scope["headers"]:
            if candidate == name:
                found: bytes = value
                return found
        return None

    def headers(self) -> dict[str, str]:
        """Give all headers, names in lower case; of a repeated name the first value counts."""
        values: dict[str, str] = {}
        for name, value in self.scope["headers"]:
            values.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        return values

    def set_header(self, name: str, value: str) -> None:
        """Send a header with the answer, its name in exactly this case."""
        self.answer_headers.append((name.encode("latin-1"), value.encode("latin-1")))

    def on_delivery(self, callback: Callable[[bool], None]) -> None:
        """Be told, once, whether the handler's answer went to a connection that was still open.

        For polls: an event leaves its agent's queue only when the callback is given True. It is
        given False too if the handler failed or was cut short by a stop of the server.
        """
        self._on_delivery = callback

    def delivered(self, connected: bool) -> None:
        """Tell the handler's callback how the answer fared; called once by the door."""
        if self._on_delivery is not None:
            self._on_delivery(connected)


def raw_path(scope: Any) -> bytes:
    """Give the path as it was sent; servers that do not keep it give the decoded one."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path
