"""Finding an interface by method and path; the cost depends on the path alone.

Templates are kept as a tree of dictionaries, one level for each path segment. A literal segment
is preferred over a parameter, and the parameter is tried when the literal leads nowhere or only
to other methods.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar
from urllib.parse import unquote

T = TypeVar("T")


class _Node(Generic[T]):
    __slots__ = ("literals", "parameter", "targets")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.targets: dict[str, tuple[T, tuple[str, ...]]] = {}
        """Method → target and the names of the template's parameters, left to right."""


class RouteTable(Generic[T]):
    """Targets by method and path template (`/voicecall/{agentid}/release`)."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, template: str, target: T) -> None:
        """Register a target; two for the same method and shape are a programming error."""
        node = self._root
        names = []
        for segment in template.split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                if node.parameter is None:
                    node.parameter = _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        if method in node.targets:
            raise ValueError(f"{method} {template} is registered twice")
        node.targets[method] = (target, tuple(names))

    def find(self, method: str, path: str) -> tuple[T, dict[str, str]] | None:
        """Find the target for a path as it was sent, still percent-encoded."""
        for node, values in _walk(self._root, _segments(path), 0, ()):
            found = node.targets.get(method)
            if found is not None:
                target, names = found
                return target, dict(zip(names, values, strict=True))
        return None

    def methods(self, path: str) -> list[str]:
        """List the methods that some template offers for the path; empty if none matches."""
        nodes = _walk(self._root, _segments(path), 0, ())
        return sorted({method for node, _ in nodes for method in node.targets})


def _segments(path: str) -> list[str]:
    segments = path.split("/")
    # Decoded one by one: an escaped slash is part of a value, it separates nothing.
    return [unquote(segment) for segment in segments] if "%" in path else segments


def _walk(
    node: _Node[T], segments: list[str], depth: int, values: tuple[str, ...]
) -> Iterator[tuple[_Node[T], tuple[str, ...]]]:
    """Yield the nodes that match all segments, the most literal one first."""
    last = len(segments)
    while depth < last:
        segment = segments[depth]
        depth += 1
        literal = node.literals.get(segment)
        parameter = node.parameter if segment else None
        if literal is not None and parameter is not None:
            yield from _walk(literal, segments, depth, values)
            literal = None
        if literal is not None:
            node = literal
        elif parameter is not None:
            node = parameter
            values = (*values, segment)
        else:
            return
    yield node, values
