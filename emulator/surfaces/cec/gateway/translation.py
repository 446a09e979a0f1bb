"""An event for an agent's client, and what makes one of a switch event (CEC 6.5.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Content = dict[str, Any] | str | None


class AgentEvent(NamedTuple):
    """One event of 6.5.1 for one agent."""

    agent: int
    type: str
    content: Content


Translation = Callable[[Any], Iterator[AgentEvent]]
