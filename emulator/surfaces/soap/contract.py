"""The contract of a SOAP service as data: operations, their parameters, what they return.

An operation is a function. Its signature is its contract: the names are the documented ones, the
types are `Text`, `LongText` and `Number` below, a parameter with a default may be left out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_type_hints

H = TypeVar("H", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class MaxLength:
    """Limit on the characters of a text; no reference states any."""

    limit: int


Text = Annotated[str, MaxLength(256)]
"""Numbers, names, keys."""
LongText = Annotated[str, MaxLength(64 * 1024)]
"""What people write to each other."""
Number = int
"""An xsd:int."""


class Style(StrEnum):
    """How messages are written (WSDL 1.1, 3.3 and 3.5)."""

    DOCUMENT = "document/literal, wrapped"
    RPC = "rpc/encoded"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `limit` in characters for texts, 0 for numbers."""

    name: str
    type: type[str] | type[int]
    limit: int
    optional: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation; `section` says where, with the operation's name if need be.

    `codes` are the documented results that tell success from failure, the failure last. `ignored`
    are parameters that are accepted and have no effect.
    """

    name: str
    section: str
    parameters: tuple[Parameter, ...]
    returns: type[str] | type[int]
    handler: Callable[..., Any]
    codes: tuple[str, ...]
    ignored: tuple[str, ...] = ()


@dataclass(slots=True)
class Service:
    """A documented service: its names and addresses, and its operations in the reference's order.

    `path` is where it is reached, `result` the name of the element that holds what an operation
    returns, `{}` being the operation's; `codes` are those of operations without codes of their own.
    """

    name: str
    component: str
    chapter: str
    path: str
    namespace: str
    style: Style
    result: str
    codes: tuple[str, ...] = ()
    operations: dict[str, Operation] = field(default_factory=dict)

    def operation(
        self,
        name: str,
        *,
        section: str = "",
        codes: tuple[str, ...] | None = None,
        ignored: tuple[str, ...] = (),
    ) -> Callable[[H], H]:
        """Register a handler, whose first parameter is the desk, as a documented operation.

        `section` where the operation has a number of its own, else it is named with the chapter.
        """

        def register(handler: H) -> H:
            hints = get_type_hints(handler, include_extras=True)
            _, *parameters = inspect.signature(handler).parameters.values()
            self.operations[name] = Operation(
                name,
                section or f"{self.chapter} {name}",
                tuple(_parameter(it, hints[it.name]) for it in parameters),
                int if hints["return"] is int else str,
                handler,
                self.codes if codes is None else codes,
                ignored,
            )
            return handler

        return register

    def action(self, operation: str) -> str:
        """The SOAPAction of an operation."""
        separator = "" if self.namespace.endswith("/") else "#"
        return f"{self.namespace}{separator}{operation}"


def _parameter(it: inspect.Parameter, hint: Any) -> Parameter:
    optional = it.default is not inspect.Parameter.empty
    if hint is int:
        return Parameter(it.name, int, 0, optional)
    (limit,) = hint.__metadata__
    return Parameter(it.name, str, limit.limit, optional)
