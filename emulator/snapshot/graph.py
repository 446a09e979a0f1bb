"""A graph of objects as plain data and back; what is one object stays one, circles included.

The data are a list of entries, one for each object, and the root. An entry begins with its kind:
`list`, `tuple`, `dict` (keys and values in turn), `deque` (its longest length first), `bytes`
(base64), or a class of the layout, followed by its fields or a member's name. A value is a scalar,
or `[n]`: the object of entry n. A tuple comes after the tuples in it.
"""

from __future__ import annotations

import base64
import binascii
from collections import deque
from operator import attrgetter
from typing import Any

from emulator.snapshot.errors import NotPlainData, SnapshotRefused
from emulator.snapshot.layout import CONTAINERS, SCALARS, Known, Layout, Shape

Entry = list[Any]
_SCALARS = frozenset(SCALARS)
_UNMADE = object()


# Saving


def encode(root: Any, layout: Layout) -> dict[str, Any]:
    """The graph that begins at the root; `NotPlainData` if it holds what the layout lacks."""
    encoder = _Encoder(layout)
    value = encoder.value(root)
    encoder.finish()
    return {"objects": encoder.entries, "root": value}


class _Encoder:
    def __init__(self, layout: Layout) -> None:
        self.entries: list[Entry] = []
        self._numbers: dict[int, int] = {}
        self._met: list[Any] = []
        """Every object, so that none goes and leaves its identity to another."""
        self._waiting: deque[tuple[Entry, Any]] = deque()
        self._readers = {
            known.cls: (name, _reader(known))
            for name, known in layout.known.items()
            if not known.is_enum
        }
        self._enums = {known.cls: name for name, known in layout.known.items() if known.is_enum}

    def value(self, value: Any) -> Any:
        if type(value) in _SCALARS:
            return value
        number = self._numbers.get(id(value))
        return [self._new(value) if number is None else number]

    def finish(self) -> None:
        """Fill the entries of what has been met, and of what is met by that."""
        while self._waiting:
            entry, met = self._waiting.popleft()
            entry += map(self.value, self._contents(met))

    def _new(self, value: Any) -> int:
        entry = self._begun(value)
        if isinstance(value, tuple):
            entry += map(self.value, value)
        elif type(value) in self._readers or type(value) in (list, dict, deque):
            self._waiting.append((entry, value))
        number = self._numbers[id(value)] = len(self.entries)
        self.entries.append(entry)
        self._met.append(value)
        return number

    def _begun(self, value: Any) -> Entry:
        kind = type(value)
        if kind in self._readers:
            return [self._readers[kind][0]]
        if kind in self._enums:
            return [self._enums[kind], value.name]
        if kind is bytes:
            return ["bytes", base64.b64encode(value).decode()]
        if kind is deque:
            return ["deque", value.maxlen]
        if kind in CONTAINERS:
            return [CONTAINERS[kind]]
        raise NotPlainData(f"{kind.__qualname__} is not known to snapshots")

    def _contents(self, value: Any) -> Any:
        kind = type(value)
        if kind is dict:
            return (part for pair in value.items() for part in pair)
        if kind in self._readers:
            return self._readers[kind][1](value)
        return value


def _reader(known: Known) -> Any:
    """What gives the values of all fields; `attrgetter` alone gives a tuple from two on."""
    if len(known.fields) > 1:
        return attrgetter(*known.fields)
    return lambda value: [getattr(value, name) for name in known.fields]


# Loading


def decode(data: Any, layout: Layout, shape: Shape) -> Any:
    """The root of the graph, which has the shape; `SnapshotRefused` if anything is not as it is."""
    try:
        entries, root = data["objects"], data["root"]
        decoder = _Decoder(entries, layout)
        decoder.make()
        found = decoder.value(root)
        decoder.check()
        if not shape.check()(found):
            raise SnapshotRefused("the root has another type")
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise SnapshotRefused(f"the content is not in order: {error!r}") from error
    return found


class _Decoder:
    def __init__(self, entries: Any, layout: Layout) -> None:
        if type(entries) is not list or not all(type(it) is list and it for it in entries):
            raise SnapshotRefused("the objects are not a list of lists")
        self._entries: list[Entry] = entries
        self._known = layout.known
        self._things: list[Any] = [_UNMADE] * len(entries)
        self._objects: list[tuple[Any, Known, Entry]] = []
        self._fill: list[tuple[Any, Entry]] = []
        self._dicts: list[tuple[dict[Any, Any], Entry]] = []

    def value(self, value: Any) -> Any:
        if type(value) in _SCALARS:
            return value
        (number,) = value
        if type(number) is not int or number < 0:
            raise SnapshotRefused(f"{number!r} is the number of no object")
        thing = self._things[number]
        if thing is _UNMADE:
            raise SnapshotRefused("a tuple holds one that comes later")
        return thing

    def make(self) -> None:
        """Make every object, then fill them: a key is complete before it is one."""
        for number, entry in enumerate(self._entries):
            self._things[number] = self._begun(entry)
        for number, entry in enumerate(self._entries):
            if self._things[number] is _UNMADE:
                self._things[number] = self._tuple(entry)
        value_of, scalars = self.value, _SCALARS
        for thing, known, entry in self._objects:
            for put, value in zip(known.setters, entry[1:], strict=True):
                put(thing, value if type(value) in scalars else value_of(value))
        for thing, entry in self._fill:
            thing.extend(map(self.value, entry))
        for thing, entry in self._dicts:
            self._fill_dict(thing, entry)

    def _begun(self, entry: Entry) -> Any:
        kind = entry[0]
        if kind in self._known:
            return self._begun_class(self._known[kind], entry)
        match kind:
            case "list":
                made: Any = []
                self._fill.append((made, entry[1:]))
            case "deque":
                made = deque(maxlen=entry[1])
                self._fill.append((made, entry[2:]))
            case "dict":
                made = {}
                self._dicts.append((made, entry[1:]))
            case "bytes":
                made = _bytes(*entry[1:])
            case "tuple":
                made = _UNMADE
            case _:
                raise SnapshotRefused(f"{kind!r} is no kind of object")
        return made

    def _begun_class(self, known: Known, entry: Entry) -> Any:
        if known.is_enum:
            _, name = entry
            return known.cls[name]
        if len(entry) != len(known.fields) + 1:
            raise SnapshotRefused(f"{entry[0]} has {len(known.fields)} fields")
        if known.is_tuple:
            return _UNMADE
        made = object.__new__(known.cls)
        self._objects.append((made, known, entry))
        return made

    def _tuple(self, entry: Entry) -> Any:
        values = tuple(map(self.value, entry[1:]))
        known = self._known.get(entry[0])
        return values if known is None else known.cls(*values)

    def _fill_dict(self, made: dict[Any, Any], entry: Entry) -> None:
        if len(entry) % 2:
            raise SnapshotRefused("a key has no value")
        parts = iter(map(self.value, entry))
        made.update(zip(parts, parts, strict=True))
        if len(made) != len(entry) // 2:
            raise SnapshotRefused("a key occurs twice")

    def check(self) -> None:
        """Whether every field has its type."""
        for thing, known, _ in self._objects:
            self._check_fields(known, [read(thing) for read in known.getters])
        for thing in self._things:
            if isinstance(thing, tuple) and type(thing) is not tuple:
                self._check_fields(self._known[type(thing).__name__], thing)

    def _check_fields(self, known: Known, values: Any) -> None:
        for (exact, check), value in zip(known.checks, values, strict=True):
            if type(value) not in exact and not check(value):
                raise SnapshotRefused(f"{known.cls.__name__} cannot have {type(value).__name__} so")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SnapshotRefused("these are no bytes") from error
