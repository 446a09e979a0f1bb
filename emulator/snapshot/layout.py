"""What a snapshot may hold: the classes that the types of its parts lead to, and their fields.

Saving and loading know nothing else. A class is known if a type hint names it, starting from the
parts; it must be a dataclass with slots, a NamedTuple or an enumeration, or have its fields listed
in `WITHOUT_HINTS`. `Any` stands for plain data, as JSON and YAML bring it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import types
import typing
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from emulator.snapshot.errors import NotPlainData
from emulator.switch import terms
from emulator.switch.config import AccessCodeConfig
from emulator.switch.model import Agent, Call, Connection, Phone, Tenant
from emulator.switch.rooms import Conference
from emulator.switch.switch import Switch
from emulator.switch.timers import TimerKind, Timers

SCALARS: tuple[type[Any], ...] = (type(None), bool, int, float, str)
CONTAINERS: Mapping[type[Any], str] = {
    list: "list",
    tuple: "tuple",
    dict: "dict",
    deque: "deque",
    bytes: "bytes",
}

Check = Callable[[Any], bool]

_Subject = str | int | tuple[str, str]
"""Of a timer: a call's id, a work number, or a call's id and a device."""

WITHOUT_HINTS: Mapping[type[Any], Mapping[str, Any]] = {
    Switch: {
        "now": int,
        "next_call": int,
        "timers": Timers,
        "tenants": dict[int, Tenant],
        "agents": dict[int, Agent],
        "phones": dict[str, Phone],
        "access_codes": dict[str, tuple[Tenant, AccessCodeConfig]],
        "calls": dict[str, Call],
        "requests": dict[int, tuple[Connection, str]],
        "free_agents": deque[Agent],
        "new_waiters": deque[Call],
        "_serial": int,
        "_control": int,
        "_recording": int,
        "_request": int,
    },
    Timers: {
        "_heap": list[tuple[int, int, TimerKind, _Subject]],
        "_live": dict[int, int],
        "_serial": int,
    },
}
"""Classes whose fields have no hints of their own."""

_TERMS = tuple(
    it for it in vars(terms).values() if isinstance(it, type) and issubclass(it, Enum) and len(it)
)
"""Numbers of the references stand in fields that are plain numbers otherwise, and in contents."""

_NAMES = {"Conference": Conference}
"""What hints name that their modules do not import."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a hint allows: values of exactly these types, and those that a deeper look accepts."""

    text: str
    exact: frozenset[type[Any]] = frozenset()
    deeper: tuple[Check, ...] = ()

    def check(self) -> Check:
        """The test whether a value is of this shape."""
        exact, deeper = self.exact, self.deeper
        if not deeper:
            return lambda value: type(value) in exact
        return lambda value: type(value) in exact or any(look(value) for look in deeper)


@dataclass(frozen=True, slots=True)
class Known:
    """A class that a snapshot may hold. An enumeration has no fields."""

    cls: type[Any]
    fields: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    checks: tuple[tuple[frozenset[type[Any]], Check], ...] = field(default=(), repr=False)
    """For each field the types that pass at once, and the deeper look."""
    getters: tuple[Callable[[Any], Any], ...] = field(default=(), repr=False)
    setters: tuple[Callable[[Any, Any], None], ...] = field(default=(), repr=False)
    """What reads and writes each field of an object, be its class frozen or not."""

    @property
    def is_enum(self) -> bool:
        return issubclass(self.cls, Enum)

    @property
    def is_tuple(self) -> bool:
        return issubclass(self.cls, tuple)

    @property
    def text(self) -> list[str]:
        """Its fields or members, for the fingerprint."""
        if self.is_enum:
            return list(self.cls.__members__)
        return [f"{n}: {s.text}" for n, s in zip(self.fields, self.shapes, strict=True)]


class Layout:
    """The classes that a root of this type leads to, by name."""

    def __init__(self, roots: Mapping[str, Any]) -> None:
        """`roots`: the type of each part by its name."""
        self.known: dict[str, Known] = {}
        self._wanted: list[type[Any]] = []
        self._seen: dict[type[Any], None] = {}
        self.roots = {name: self.shape(hint) for name, hint in roots.items()}
        for cls in _TERMS:
            self.shape(cls)
        while self._wanted:
            self._learn(self._wanted.pop())

    @property
    def fingerprint(self) -> str:
        """The same for two emulators if what one saves means the same to the other."""
        text = {name: known.text for name, known in sorted(self.known.items())}
        roots = {name: shape.text for name, shape in self.roots.items()}
        return hashlib.sha256(json.dumps([roots, text]).encode()).hexdigest()

    def _learn(self, cls: type[Any]) -> None:
        if cls.__name__ in self.known or cls.__name__ in CONTAINERS.values():
            raise NotPlainData(f"two classes are called {cls.__name__}")
        if issubclass(cls, Enum):
            self.known[cls.__name__] = Known(cls)
            return
        hints = _hints_of(cls)
        shapes = tuple(self.shape(hint) for hint in hints.values())
        checks = tuple((shape.exact, shape.check()) for shape in shapes)
        slots = [] if issubclass(cls, tuple) else [getattr(cls, name) for name in hints]
        getters = tuple(slot.__get__ for slot in slots)
        setters = tuple(slot.__set__ for slot in slots)
        self.known[cls.__name__] = Known(cls, tuple(hints), shapes, checks, getters, setters)

    # Hints

    def shape(self, hint: Any) -> Shape:
        """What a type hint allows; the classes that it names are known from now on."""
        if hint is Any:
            return Shape("plain", deeper=(is_plain,))
        if hint is None or hint is type(None):
            return Shape("None", frozenset({type(None)}))
        origin = typing.get_origin(hint)
        if origin in (types.UnionType, typing.Union):
            return _either([self.shape(it) for it in typing.get_args(hint)])
        if origin is typing.Literal:
            return _words(typing.get_args(hint))
        if origin is not None:
            return self._container(origin, typing.get_args(hint))
        return self._class(hint)

    def _class(self, cls: Any) -> Shape:
        if cls is int:
            return Shape("int", frozenset({int}), (lambda value: isinstance(value, int),))
        if cls is str:
            return Shape("str", frozenset({str}), (lambda value: isinstance(value, str),))
        if cls is float:
            return Shape("float", frozenset({int}), (_is_finite,))
        if cls in (bool, bytes):
            return Shape(cls.__name__, frozenset({cls}))
        if not isinstance(cls, type):
            raise NotPlainData(f"{cls!r} is no type that can be saved")
        if cls not in self._seen:
            self._seen[cls] = None
            self._wanted.append(cls)
        return Shape(cls.__name__, frozenset({cls}))

    def _container(self, origin: Any, arguments: tuple[Any, ...]) -> Shape:
        if origin is tuple and arguments[-1:] != (...,):
            shapes = [self.shape(it) for it in arguments]
            return Shape(_text("tuple", shapes), deeper=(_fixed(shapes),))
        inner = [self.shape(it) for it in arguments if it is not ...]
        if origin is dict:
            return Shape(_text("dict", inner), deeper=(_pairs(*inner),))
        if origin in (list, deque, tuple):
            return Shape(_text(origin.__name__ + "*", inner), deeper=(_all(origin, inner[0]),))
        raise NotPlainData(f"{origin!r} is no container that can be saved")


def _hints_of(cls: type[Any]) -> Mapping[str, Any]:
    """Each field with its hint, in their order."""
    if cls in WITHOUT_HINTS:
        return WITHOUT_HINTS[cls]
    named = issubclass(cls, tuple) and hasattr(cls, "_fields")
    if not named and not (dataclasses.is_dataclass(cls) and "__slots__" in vars(cls)):
        raise NotPlainData(f"{cls.__qualname__} is no dataclass with slots and no NamedTuple")
    hints = typing.get_type_hints(cls, localns=_NAMES)
    names = getattr(cls, "_fields", None) or [it.name for it in dataclasses.fields(cls)]
    return {name: hints[name] for name in names}


def _is_finite(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


def _text(name: str, shapes: list[Shape]) -> str:
    return f"{name}[{', '.join(shape.text for shape in shapes)}]"


def _words(allowed: tuple[Any, ...]) -> Shape:
    """These texts and no others."""
    if not all(type(it) is str for it in allowed):
        raise NotPlainData(f"{allowed!r} are not all texts")
    text = f"one of {', '.join(sorted(allowed))}"
    return Shape(text, deeper=(lambda value: type(value) is str and value in allowed,))


def _either(shapes: list[Shape]) -> Shape:
    exact: frozenset[type[Any]] = frozenset().union(*(shape.exact for shape in shapes))
    deeper = tuple(look for shape in shapes for look in shape.deeper)
    return Shape(" | ".join(sorted(shape.text for shape in shapes)), exact, deeper)


def _fixed(shapes: list[Shape]) -> Check:
    checks = [shape.check() for shape in shapes]
    size = len(checks)

    def check(value: Any) -> bool:
        return (
            type(value) is tuple
            and len(value) == size
            and all(look(it) for look, it in zip(checks, value, strict=True))
        )

    return check


def _all(kind: type[Any], shape: Shape) -> Check:
    each = shape.check()
    return lambda value: type(value) is kind and all(each(it) for it in value)


def _pairs(keys: Shape, values: Shape) -> Check:
    key, each = keys.check(), values.check()

    def check(value: Any) -> bool:
        return type(value) is dict and all(key(k) and each(v) for k, v in value.items())

    return check


def is_plain(value: Any) -> bool:
    """Whether it is data as JSON and YAML bring it, or an enumeration's member."""
    kind = type(value)
    if kind in SCALARS:
        return True
    if kind is list or kind is tuple:
        return all(is_plain(it) for it in value)
    if kind is dict:
        return all(is_plain(k) and is_plain(v) for k, v in value.items())
    return isinstance(value, Enum)
