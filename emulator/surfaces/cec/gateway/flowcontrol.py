"""How often agents may ask (CEC 6.1.3, 6.5.6): so many queries each, and so many in all.

Counted in wire time: it protects the platform from its clients, and a domain clock that stands
still must not refuse them for ever. A window begins with the first query after the last window;
queries that are refused do not count.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from emulator.settings import Settings
from emulator.surfaces.cec.errors import TooManyRequests

WINDOW = 2.0
"""Seconds in which the queries are counted."""

_QUERIES = (
    "/resource/queuedevice/",
    "/resource/agentgroup/",
    "/resource/calldata/",
    "/resource/onlineagent/{agentid}/agentskills",
    "/resource/onlineagent/{agentid}/agentskillsbyworkno/{workno}",
    "/resource/onlineagent/{agentid}/agentstatus",
    "/resource/onlineagent/{agentid}/syncagentinfo",
    "/resource/onlineagent/{agentid}/updateguid",
)
"""The query interfaces of 6.5.6: everything below an address that ends in a slash."""


class Overload(TooManyRequests):
    """Too many queries in too little time."""


@dataclass(slots=True)
class _Window:
    begun: float = float("-inf")
    queries: int = 0

    def full(self, now: float, limit: int) -> bool:
        if now - self.begun >= WINDOW:
            self.begun, self.queries = now, 0
        return self.queries >= limit


class FlowControl:
    """Counts the queries of a gateway's agents; does nothing unless the settings turn it on."""

    __slots__ = ("_agents", "_all", "_known", "_monotonic", "_settings")

    def __init__(self, settings: Settings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._agents: dict[int, _Window] = {}
        self._all = _Window()
        self._known: dict[str, bool] = {}

    def admit(self, path: str, agent: int) -> None:
        """Count a request of an agent at the interface with this path, or raise `Overload`."""
        if not self._settings.flow_control or not self._is_query(path):
            return
        now = self._monotonic()
        mine = self._agents.setdefault(agent, _Window())
        full = mine.full(now, self._settings.agent_queries)
        if self._all.full(now, self._settings.system_queries) or full:
            raise Overload(f"agent {agent} asks too often")
        mine.queries += 1
        self._all.queries += 1

    def _is_query(self, path: str) -> bool:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = is_query(path)
        return found


def is_query(path: str) -> bool:
    """Whether the interface with this path template is one of the limited ones."""
    below = path.removeprefix("/agentgateway")
    return any(
        below.startswith(query) if query.endswith("/") else below.lower() == query
        for query in _QUERIES
    )
