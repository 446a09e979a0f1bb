"""IVR flows as data, and the check that refuses a broken one.

A flow is a dictionary of nodes. Each node has a `type`; what else it may hold is in `NODES`.
Digits lead on by `digits`, everything else by `next` (done), `otherwise` (no input, no match,
failure). Text fields may hold `{name}`: caller, called, digits, the caller's language, or a
variable set by `set`, `collect` or `lookup`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.switch.config import FlowConfig

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
class IvrEntry:
    """Where a call enters a flow, empty: at its start, and which variables it brings."""

    node: str = ""
    variables: Mapping[str, str] | tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow without problems."""

    config: FlowConfig
    device: str

    @property
    def id(self) -> int:
        return self.config.id

    def node(self, name: str) -> Node:
        return self.config.nodes[name]


def load(config: FlowConfig) -> Flow:
    """A flow without problems, ready to run."""
    return Flow(config, f"ivr:{config.id}")


SATISFACTION = load(
    FlowConfig(
        0,
        "satisfaction",
        "ask",
        {
            "ask": {
                "type": "survey",
                "question": "satisfaction",
                "prompt": "satisfaction",
                "digits": "123",
                "timeout": 10,
                "next": "bye",
            },
            "bye": {"type": "hang_up"},
        },
    )
)
"""The survey of tenants that have none of their own."""


# What is wrong with a flow

Place = tuple[str, ...]
Found = Iterator[tuple[Place, str]]


def problems_of(config: FlowConfig) -> Found:
    """What is wrong with the flow, and where: field names from the flow down."""
    broken = list(_broken_nodes(config))
    if config.start not in config.nodes:
        broken.append((("start",), f"there is no node {config.start!r}"))
    if broken:
        yield from broken
        return
    for name in _unreachable(config):
        yield ("nodes", name), "nothing leads to it"
    for name in _endless(config):
        yield ("nodes", name), "goes round in a circle that takes no time"


def _broken_nodes(config: FlowConfig) -> Found:
    for name, node in config.nodes.items():
        for place, reason in _node_problems(config, node):
            yield ("nodes", name, *place), reason


def _node_problems(config: FlowConfig, node: Any) -> Found:
    if not isinstance(node, Mapping):
        yield (), "a node is a set of fields"
        return
    type_name = node.get("type", "")
    kind = NODES.get(type_name) if isinstance(type_name, str) else None
    if kind is None:
        yield ("type",), f"unknown type {type_name!r}; known are {', '.join(NODES)}"
        return
    broken = list(_field_problems(kind, node))
    yield from broken or _exit_problems(config, node)


def _field_problems(kind: NodeType, node: Node) -> Found:
    for name in kind.required:
        if name not in node:
            yield (name,), "is missing"
    known = {**kind.required, **kind.optional}
    for name, value in node.items():
        problem = None if name == "type" else _bad_field(name, value, known)
        if problem:
            yield (name,), problem


def _bad_field(name: str, value: Any, known: Mapping[str, tuple[type, ...]]) -> str | None:
    if name not in known:
        return "is not known here"
    if isinstance(value, bool) or not isinstance(value, known[name]):
        return f"has the wrong type {type(value).__name__}"
    return _bad_amount(name, value) if isinstance(value, int | float) else None


def _bad_amount(name: str, value: float) -> str | None:
    if value < 0:
        return "is negative"
    if name in _WAITS and value < LEAST_WAIT:
        return f"is less than {LEAST_WAIT} seconds"
    return None


def _exit_problems(config: FlowConfig, node: Node) -> Found:
    branch = _BRANCHES.get(node["type"])
    if branch is not None:
        yield from _key_problems(branch, node[branch])
    for place, target in _places(node):
        if not isinstance(target, str) or target not in config.nodes:
            yield place, f"leads to {target!r}, which is missing"


def _key_problems(branch: str, choices: Mapping[Any, Any]) -> Found:
    for key in choices:
        if not isinstance(key, str):
            yield (branch, key), "a key must be text; put numbers in quotes"
        elif branch == "digits" and key not in _DIGITS:
            yield (branch, key), "a key must be a single digit, * or #"


_DIGITS = frozenset("0123456789*#")


def exits(node: Node) -> list[Any]:
    """The names of the nodes that this one can lead to."""
    return [target for _, target in _places(node)]


def _places(node: Node) -> list[tuple[Place, Any]]:
    """Where the node names another one, and that name."""
    found: list[tuple[Place, Any]] = [
        ((name,), node[name]) for name in NODES[node["type"]].exits if name in node
    ]
    branch = _BRANCHES.get(node["type"])
    if branch is not None:
        found += [((branch, key), target) for key, target in node[branch].items()]
    return found


def _unreachable(config: FlowConfig) -> list[str]:
    seen = {config.start}
    frontier = [config.start]
    while frontier:
        for target in exits(config.nodes[frontier.pop()]):
            if target not in seen:
                seen.add(target)
                frontier.append(target)
    return [name for name in config.nodes if name not in seen]


_INSTANT = frozenset({"set", "data", "condition"})


def _takes_no_time(node: Node) -> bool:
    return node["type"] in _INSTANT or (node["type"] == "play" and not node.get("seconds"))


def _endless(config: FlowConfig) -> list[str]:
    """Nodes that close a circle of nodes that take no time: a call would never leave it."""
    done: set[str] = set()
    return [name for first in config.nodes for name in _circles(config, first, done)]


def _circles(config: FlowConfig, name: str, done: set[str]) -> Iterator[str]:
    stack = [(name, iter(exits(config.nodes[name])))] if _fresh(config, name, done) else []
    path = [entry[0] for entry in stack]
    while stack:
        current, targets = stack[-1]
        target = next(targets, None)
        if target is None:
            stack.pop()
            path.pop()
            done.add(current)
        elif target in path:
            yield target
        elif _fresh(config, target, done):
            path.append(target)
            stack.append((target, iter(exits(config.nodes[target]))))


def _fresh(config: FlowConfig, name: str, done: set[str]) -> bool:
    return name not in done and _takes_no_time(config.nodes[name])
