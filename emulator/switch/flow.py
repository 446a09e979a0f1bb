"""IVR flows as data, and the check that refuses a broken one.

A flow is a dictionary of nodes. Each node has a `type`; what else it may hold is in `NODES`.
Digits lead on by `digits`, everything else by `next` (done), `otherwise` (no input, no match,
failure). Text fields may hold `{name}`: caller, called, digits, or a variable set by `set`,
`collect` or `lookup`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.switch.config import FlowConfig
from emulator.switch.errors import ConfigurationError

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NodeType:
    """Fields of a node type: name → allowed Python types; `exits` name other nodes."""

    required: Mapping[str, tuple[type, ...]]
    optional: Mapping[str, tuple[type, ...]]
    exits: tuple[str, ...] = ("next",)


_NUMBER = (int, float)
_TEXT = (str,)
LEAST_WAIT = 0.1
"""Seconds that a node that waits for something waits at least: a flow can go in circles."""
_WAITS = frozenset({"timeout", "max_seconds"})
_INPUT = {"prompt": _TEXT, "timeout": _NUMBER, "retries": (int,)}

NODES: Mapping[str, NodeType] = {
    "play": NodeType({"next": _TEXT}, {"prompt": _TEXT, "seconds": _NUMBER}),
    "menu": NodeType(
        {"digits": (dict,)}, {**_INPUT, "otherwise": _TEXT, "variable": _TEXT}, ("otherwise",)
    ),
    "collect": NodeType(
        {"variable": _TEXT, "next": _TEXT},
        {**_INPUT, "length": (int,), "end": _TEXT, "otherwise": _TEXT},
        ("next", "otherwise"),
    ),
    "condition": NodeType(
        {"variable": _TEXT, "cases": (dict,)}, {"otherwise": _TEXT}, ("otherwise",)
    ),
    "set": NodeType({"variable": _TEXT, "value": _TEXT, "next": _TEXT}, {}),
    "data": NodeType({"value": _TEXT, "next": _TEXT}, {}),
    "queue": NodeType({"queue": (int,)}, {"otherwise": _TEXT}, ("otherwise",)),
    "agent": NodeType({"agent": (int, str)}, {"otherwise": _TEXT}, ("otherwise",)),
    "outside": NodeType({"number": _TEXT}, {"otherwise": _TEXT}, ("otherwise",)),
    "flow": NodeType({"flow": (int,)}, {"next": _TEXT}),
    "lookup": NodeType(
        {"url": _TEXT, "next": _TEXT},
        {"method": _TEXT, "body": _TEXT, "timeout": _NUMBER, "otherwise": _TEXT},
        ("next", "otherwise"),
    ),
    "record": NodeType({"next": _TEXT}, {"prompt": _TEXT, "max_seconds": _NUMBER, "end": _TEXT}),
    "survey": NodeType(
        {"question": _TEXT, "next": _TEXT},
        {"prompt": _TEXT, "digits": _TEXT, "timeout": _NUMBER},
    ),
    "return": NodeType({}, {}, ()),
    "hang_up": NodeType({}, {}, ()),
}
"""Every node type. `flow` runs another flow and goes on at `next` when that one returns."""

_BRANCHES = {"menu": "digits", "condition": "cases"}


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow whose nodes have been checked."""

    config: FlowConfig
    device: str

    @property
    def id(self) -> int:
        return self.config.id

    def node(self, name: str) -> Node:
        return self.config.nodes[name]


def load(config: FlowConfig) -> Flow:
    """Check a flow; raises `ConfigurationError` that names flow, node and reason."""
    if config.start not in config.nodes:
        raise ConfigurationError(
            f"IVR flow {config.id}: the start node {config.start!r} is missing"
        )
    for name, node in config.nodes.items():
        problem = _problem(config, node)
        if problem:
            raise ConfigurationError(f"IVR flow {config.id}, node {name!r}: {problem}")
    unreachable = _unreachable(config)
    if unreachable:
        raise ConfigurationError(f"IVR flow {config.id}, node {unreachable!r}: nothing leads to it")
    _refuse_endless(config)
    return Flow(config, f"ivr:{config.id}")


def _problem(config: FlowConfig, node: Any) -> str | None:
    if not isinstance(node, Mapping):
        return "a node is a set of fields"
    type_name = node.get("type", "")
    kind = NODES.get(type_name) if isinstance(type_name, str) else None
    if kind is None:
        return f"unknown type {type_name!r}; known are {', '.join(NODES)}"
    for name in kind.required:
        if name not in node:
            return f"{name!r} is missing"
    known = {**kind.required, **kind.optional}
    for name, value in node.items():
        problem = None if name == "type" else _bad_field(name, value, known)
        if problem:
            return problem
    return _bad_exit(config, node)


def _bad_field(name: str, value: Any, known: Mapping[str, tuple[type, ...]]) -> str | None:
    if name not in known:
        return f"unknown field {name!r}"
    if isinstance(value, bool) or not isinstance(value, known[name]):
        return f"{name!r} has the wrong type {type(value).__name__}"
    return _bad_amount(name, value) if isinstance(value, int | float) else None


def _bad_amount(name: str, value: float) -> str | None:
    if value < 0:
        return f"{name!r} is negative"
    if name in _WAITS and value < LEAST_WAIT:
        return f"{name!r} is less than {LEAST_WAIT} seconds"
    return None


def _bad_exit(config: FlowConfig, node: Node) -> str | None:
    branch = _BRANCHES.get(node["type"])
    if branch is not None and not all(isinstance(key, str) for key in node[branch]):
        return f"the keys of {branch!r} must be text"
    if node["type"] == "menu" and not all(k in _DIGITS for k in node["digits"]):
        return "the keys of 'digits' must be single digits, * or #"
    for target in exits(node):
        if not isinstance(target, str) or target not in config.nodes:
            return f"leads to {target!r}, which is missing"
    return None


_DIGITS = frozenset("0123456789*#")


def exits(node: Node) -> list[Any]:
    """The names of the nodes that this one can lead to."""
    found = [node[name] for name in NODES[node["type"]].exits if name in node]
    branch = _BRANCHES.get(node["type"])
    if branch is not None:
        found += list(node[branch].values())
    return found


def _unreachable(config: FlowConfig) -> str | None:
    seen = {config.start}
    frontier = [config.start]
    while frontier:
        for target in exits(config.nodes[frontier.pop()]):
            if target not in seen:
                seen.add(target)
                frontier.append(target)
    return next((name for name in config.nodes if name not in seen), None)


_INSTANT = frozenset({"set", "data", "condition"})


def _takes_no_time(node: Node) -> bool:
    return node["type"] in _INSTANT or (node["type"] == "play" and not node.get("seconds"))


def _refuse_endless(config: FlowConfig) -> None:
    """Refuse a circle of nodes that take no time: a call would never leave it."""
    done: set[str] = set()
    for first in config.nodes:
        path: list[str] = []
        _walk_instant(config, first, path, done)


def _walk_instant(config: FlowConfig, name: str, path: list[str], done: set[str]) -> None:
    stack = [(name, iter(exits(config.nodes[name])))] if _fresh(config, name, done) else []
    path.extend(entry[0] for entry in stack)
    while stack:
        current, targets = stack[-1]
        target = next(targets, None)
        if target is None:
            stack.pop()
            path.pop()
            done.add(current)
        elif target in path:
            raise ConfigurationError(
                f"IVR flow {config.id}, node {target!r}: goes round in a circle that takes no time"
            )
        elif _fresh(config, target, done):
            path.append(target)
            stack.append((target, iter(exits(config.nodes[target]))))


def _fresh(config: FlowConfig, name: str, done: set[str]) -> bool:
    return name not in done and _takes_no_time(config.nodes[name])
