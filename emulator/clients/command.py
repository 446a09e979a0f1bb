"""A call of the control plane, written once and typed for clients that wait and that await.

    @command
    def dial_in(self, caller: str, called: str) -> Ask[str]:
        return Ask("POST", "/calls", pick="call", json={"caller": caller, "called": called})

`ControlClient(...).dial_in(...)` then is a `str`, `AsyncControlClient(...).dial_in(...)` is
awaited for one.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C")


@dataclass(frozen=True, slots=True, init=False)
class Ask(Generic[T]):
    """A request, and how its answer is read: whole, one field of it, or by a function."""

    method: str
    path: str
    pick: str | Callable[[Any], T] | None
    request: dict[str, Any]

    def __init__(
        self,
        method: str,
        path: str,
        *,
        pick: str | Callable[[Any], T] | None = None,
        **request: Any,
    ) -> None:
        """`request`: what else an httpx client is told."""
        for name, value in (("method", method), ("path", path), ("pick", pick)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "request", request)

    def read(self, answer: Any) -> T:
        """Give what was asked for out of the answer's JSON."""
        found: T
        if self.pick is None:
            found = answer
        elif isinstance(self.pick, str):
            found = answer[self.pick]
        else:
            found = self.pick(answer)
        return found


class Waits:
    """A client whose calls give their answers."""

    def ask(self, ask: Ask[T]) -> T:
        """Send the request and read its answer."""
        raise NotImplementedError


class Awaits:
    """A client whose calls are to be awaited."""

    async def ask(self, ask: Ask[T]) -> T:
        """Send the request and read its answer."""
        raise NotImplementedError


class command(Generic[C, P, T]):  # noqa: N801 - it is a decorator
    """Makes a method of what describes a request."""

    def __init__(self, describe: Callable[Concatenate[C, P], Ask[T]]) -> None:
        self._describe = describe
        update_wrapper(self, describe)  # type: ignore[arg-type]

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...

    @overload
    def __get__(self, client: Waits, owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(self, client: Awaits, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, client: Any, owner: type) -> Any:
        return self if client is None else partial(_ask, client, self._describe)


def _ask(client: Any, describe: Callable[..., Ask[Any]], *given: Any, **named: Any) -> Any:
    return client.ask(describe(client, *given, **named))
