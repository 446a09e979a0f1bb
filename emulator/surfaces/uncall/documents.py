"""The XML documents that Uncall returns as text; nodes have the names of the examples."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'

SUCCESS, ERROR = "Success", "Error"
CONNECTION_FAILED = "Connection Failed"
NOT_IN_USE = "Agent not in use"

NODES: Mapping[str, tuple[str, ...]] = {
    "popEvent": ("calla", "callb", "uid", "status"),
    "getRecording": ("files",),
}
"""Operations that tell something instead of saying how it went: their nodes."""


def document(operation: str, nodes: Mapping[str, str], result: int | None = 1) -> str:
    """A document: the result, then the operation's own nodes."""
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in nodes.items())
    first = "" if result is None else f"<result>{result}</result>"
    return f"{_DECLARATION}<uncall>{first}<{operation}>{inside}</{operation}></uncall>"


def succeeded(operation: str, message: str) -> str:
    """It is done."""
    return document(operation, {"Response": SUCCESS, "Message": message})


def failed(operation: str, message: str, response: str = ERROR, result: int = 0) -> str:
    """It is not done."""
    return document(operation, {"Response": response, "Message": message}, result)


def nothing(operation: str) -> str:
    """There is nothing to tell: the nodes are there, and empty."""
    return document(operation, dict.fromkeys(NODES[operation], ""), 0)
