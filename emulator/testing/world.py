"""A call center for one test: where it is, who drives it, what its agents were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from emulator.clients.answers import Clock
from emulator.testing.agents import Agent, Loop
from emulator.testing.ear import Ear
from emulator.testing.servers import Server

FROZEN = {"clock_scale": 0}
"""Time stands still unless a test orders otherwise."""


class World:
    """One world of a server. A context manager: what it opened is closed at the end."""

    def __init__(self, server: Server, name: str, *, port: int | None = None) -> None:
        self.name = name
        self.path = f"/_world/{name}"
        self.url = server.url + self.path if port is None else f"http://127.0.0.1:{port}"
        """What comes before the documented paths."""
        self.control = server.control(self.path)
        """Drives this world: customers, time, faults, journal."""
        self.ear = Ear(self.control)
        self._server = server
        self._own = False
        self._agents: list[Agent] = []
        self._loop: Loop | None = None

    @classmethod
    def made(
        cls,
        server: Server,
        *,
        seed: str | None = None,
        settings: Mapping[str, bool | int | float | str] | None = None,
        start: int | None = None,
        port: bool = False,
    ) -> Self:
        """A new world, in which time stands still; it is dropped at the end."""
        chosen = {**FROZEN, **(settings or {})}
        with server.control() as control:
            made = control.make_world(seed=seed, settings=chosen, start=start, port=port)
        world = cls(server, made["name"], port=made["port"])
        world._own = True
        return world

    @classmethod
    def reset(cls, server: Server, name: str) -> Self:
        """A world that is there already, begun anew: nobody signed in, no journal, no faults."""
        world = cls(server, name)
        control = world.control
        control.reset()
        control.clear_faults()
        control.freeze()
        control.record(True)
        control.clear_journal()
        return world

    @property
    def host(self) -> str:
        """The Host header by which it is reached too."""
        return f"{self.name}.localhost"

    def agent(self, work_no: int, password: str = "Demo@2026") -> Agent:
        """An agent with a client that polls in the background once it has signed in."""
        if self._loop is None:
            self._loop = Loop()
        agent = Agent(self, work_no, password, self._loop)
        self._agents.append(agent)
        return agent

    def advance(self, seconds: float) -> Clock:
        """Move this world's time forward."""
        return self.control.advance(seconds)

    def close(self) -> None:
        """Let the agents' clients go, and the world if it was made for us."""
        for agent in self._agents:
            agent.close()
        if self._loop is not None:
            self._loop.close()
        self.control.close()
        if self._own:
            with self._server.control() as control:
                control.drop_world(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()
