"""What an agent means to do is pointless when something else has begun meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.scenario.engine.agents import AgentPlayer

Seen = tuple["AgentPlayer", int]
"""An agent, and in which of its turns something is meant to happen."""


def in_its_turn(act: Callable[[AgentPlayer], None]) -> Callable[[Seen], None]:
    """For the agenda: does it if the agent's turn is still the one for which it was meant."""

    def act_if_meant(seen: Seen) -> None:
        player, turn = seen
        if player.turn == turn:
            act(player)

    return act_if_meant
