"""Seeds: call centers described in YAML, shipped by name or kept in a file.

On top of the records of `emulator.switch.config` a seed may write enumerations by their names
(`agent_type: video`), and one entry for a range of agents or phones (`range: 101-115`), in whose
texts {n} is the number. What tenants have besides (`seed_holdings`) is read with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

from emulator.control.seed_holdings import WRITTEN, problems_of_all, take
from emulator.domain.holdings import Holdings
from emulator.switch.config import TenantConfig
from emulator.switch.switch import Switch
from emulator.switch.terms import AgentType, GroupType, MediaType, Role, TargetType
from emulator.switch.validation import Path as Location
from emulator.switch.validation import Problem, problems_of

T = TypeVar("T")

SUFFIXES = (".yaml", ".yml")
LARGEST_RANGE = 60_000
_RANGE = re.compile(r"([0-9]+)-([0-9]+)")
_RANGED = {"agents": "work_no", "phones": None}
"""Lists whose entries may have a range, and the field that takes the number by itself."""

_NAMED: dict[str, type[IntEnum]] = {
    "agent_type": AgentType,
    "group_type": GroupType,
    "media_type": MediaType,
    "role": Role,
}

_TENANTS = TypeAdapter(list[TenantConfig], config=ConfigDict(extra="forbid"))

REASONS = {
    "missing": "is missing",
    "unexpected_keyword_argument": "is not known here",
    "string_type": "must be text; put numbers in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "enum": "must be one of: {expected}",
    "literal_error": "must be one of: {expected}",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a mapping",
    "dataclass_type": "must be a mapping",
    "datetime_parsing": "must be an instant, as 2026-03-01T09:00:00",
}
"""What pydantic finds, by its names, in words for whoever wrote a file."""


class SeedError(Exception):
    """A seed that cannot be used: the source, and each place in it with what is wrong there."""

    def __init__(self, source: str, problems: Sequence[tuple[str, str]]) -> None:
        lines = (
            f"{source}: {place}: {reason}" if place else f"{source}: {reason}"
            for place, reason in problems
        )
        super().__init__("\n".join(lines))
        self.source = source
        self.problems = tuple(problems)


class Seed(NamedTuple):
    """The tenants, and what each has besides, by its id."""

    tenants: tuple[TenantConfig, ...]
    holdings: Mapping[int, Holdings]


def seed_names() -> list[str]:
    """The seeds that ship with the emulator."""
    names = (entry.name for entry in _packaged().iterdir())
    return sorted(Path(name).stem for name in names if name.endswith(SUFFIXES))


def load_seed(seed: str | Path) -> list[TenantConfig]:
    """The tenants of a packaged seed, by name, or of a YAML file, by path."""
    return list(open_seed(seed).tenants)


def open_seed(seed: str | Path) -> Seed:
    """A packaged seed, by name, or a YAML file, by path."""
    source = str(seed)
    return _parsed(read_seed(source), source)


@lru_cache(maxsize=8)
def _parsed(text: str, source: str) -> Seed:
    """The seed in a text; a world that begins anew has read its seed before."""
    return seed_of_text(text, source)


def parse_seed(text: str, source: str = "seed") -> list[TenantConfig]:
    """The tenants that a YAML text describes; `source` names it in errors."""
    return list(seed_of_text(text, source).tenants)


def seed_of_text(text: str, source: str = "seed") -> Seed:
    """The seed in a YAML text."""
    return seed_of(parse_yaml(text, source), source)


def parse_document(document: Any, source: str = "seed") -> list[TenantConfig]:
    """The tenants of a seed that was read from YAML or JSON."""
    return list(seed_of(document, source).tenants)


def seed_of(document: Any, source: str = "seed") -> Seed:
    """A seed that was read from YAML or JSON."""
    if not isinstance(document, dict) or not isinstance(document.get("tenants"), list):
        raise SeedError(source, [("tenants", "must be a list of tenants")])
    if unknown := [str(key) for key in document if key != "tenants"]:
        raise SeedError(source, [(key, "is not known here") for key in unknown])
    reading = _Reading()
    raw = [reading.tenant(index, tenant) for index, tenant in enumerate(document["tenants"])]
    if reading.problems:
        raise SeedError(source, reading.problems)
    written, unwritable = _validate(WRITTEN, take(raw))
    tenants, problems = _validate(_TENANTS, raw)
    problems += [*problems_of(tenants), *unwritable, *problems_of_all(written)]
    if problems:
        raise SeedError(source, [(reading.place(it.path), it.reason) for it in problems])
    holdings = {tenant.id: it.read(tenant) for tenant, it in zip(tenants, written, strict=True)}
    return Seed(tuple(tenants), holdings)


def rehearse(tenants: Iterable[TenantConfig]) -> None:
    """Make the tenants live in a switch that nobody uses; ConfigurationError if it refuses."""
    switch = Switch(now=0)
    for tenant in tenants:
        switch.apply_tenant(tenant)


def _packaged() -> Traversable:
    return files("emulator") / "seeds"


def read_seed(source: str) -> str:
    """The YAML text of a packaged seed or a file."""
    is_file = source.endswith(SUFFIXES) or Path(source).name != source
    origin = Path(source) if is_file else _packaged() / f"{source}.yaml"
    try:
        return origin.read_text(encoding="utf-8")
    except FileNotFoundError:
        known = "" if is_file else f"; there are: {', '.join(seed_names())}"
        raise SeedError(source, [("", f"there is no such seed{known}")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(source, [("", f"cannot be read: {error}")]) from error


class _Loader(yaml.SafeLoader):
    """YAML in which a key occurs once: a second one would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f"the key {key.value!r} occurs twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str, source: str) -> Any:
    """What a YAML text says; `SeedError` if it is none."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SeedError(source, [(place, error.problem or "is not YAML")]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise SeedError(source, [("", f"is not YAML: {error}")]) from error


def _validate(adapter: TypeAdapter[list[T]], raw: list[Any]) -> tuple[list[T], list[Problem]]:
    try:
        return adapter.validate_python(raw), []
    except ValidationError as error:
        return [], [Problem(it["loc"], reason_of(it)) for it in error.errors(include_url=False)]


def reason_of(found: Mapping[str, Any]) -> str:
    """What is wrong, in words, as pydantic found it."""
    return REASONS.get(found["type"], "is not valid").format(**found.get("ctx", {}))


@dataclass(slots=True)
class _Reading:
    """Spells out what seeds abbreviate, and remembers where each entry was written."""

    problems: list[tuple[str, str]] = field(default_factory=list)
    origins: dict[Location, str] = field(default_factory=dict)
    """How to name an entry that came out of a range, by its place in the result."""

    def tenant(self, index: int, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        tenant = dict(raw)
        for name, key in _RANGED.items():
            if isinstance(tenant.get(name), list):
                tenant[name] = self._expand((index, name), tenant[name], key)
        for name in ("agents", "queues", "access_codes", "user_groups"):
            if isinstance(tenant.get(name), list):
                tenant[name] = [_name_members(entry) for entry in tenant[name]]
        return tenant

    def place(self, path: Location) -> str:
        """A path as a reader of the file would write it: tenants[0].agents[3].work_no."""
        origin = self.origins.get(path[:3])
        text = f"tenants[{path[0]}].{path[1]}{origin}" if origin else "tenants"
        for part in path[3:] if origin else path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}"
        return text

    def _expand(self, path: Location, entries: Iterable[Any], key: str | None) -> list[Any]:
        expanded: list[Any] = []
        for index, entry in enumerate(entries):
            ranged = isinstance(entry, dict) and "range" in entry
            numbers = self._numbers((*path, index), entry["range"]) if ranged else range(1)
            for number in numbers:
                place = (*path, len(expanded))
                self.origins[place] = f"[{index}](n={number})" if ranged else f"[{index}]"
                expanded.append(_instance(entry, number, key) if ranged else entry)
        return expanded

    def _numbers(self, path: Location, written: Any) -> range:
        match = _RANGE.fullmatch(str(written))
        first, last = map(int, match.groups()) if match else (1, 0)
        if not 0 <= last - first < LARGEST_RANGE:
            place = f"tenants[{path[0]}].{path[1]}[{path[2]}].range"
            self.problems.append((place, "must be two numbers, the smaller first, as 101-120"))
            return range(0)
        return range(first, last + 1)


def _instance(entry: dict[str, Any], number: int, key: str | None) -> dict[str, Any]:
    """One entry of a range."""
    made = {
        name: value.replace("{n}", str(number)) if isinstance(value, str) else value
        for name, value in entry.items()
        if name != "range"
    }
    if key is not None:
        made.setdefault(key, number)
    return made


def _name_members(entry: Any) -> Any:
    """The entry with names of enumeration members replaced by their values."""
    if not isinstance(entry, dict):
        return entry
    named = {name: _member(_NAMED.get(str(name)), value) for name, value in entry.items()}
    if isinstance(named.get("routes"), list):
        named["routes"] = [
            {**route, "target": _member(TargetType, route["target"])}
            if isinstance(route, dict) and "target" in route
            else route
            for route in named["routes"]
        ]
    return named


def _member(members: type[IntEnum] | None, value: Any) -> Any:
    if members is None or not isinstance(value, str):
        return value
    return members.__members__.get(value.upper(), value)
