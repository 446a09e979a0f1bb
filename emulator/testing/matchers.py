"""What tests expect of a world, in a line; a failure says what was there instead.

    hears(world, "AgentEvent_Talking", agent=101, within=2)
    called_once(world, method="PUT", path="*/voicecall/101/answer")

Seconds are those of the call center. While its clock stands still, an expectation moves it: from
timer to timer, no further than needed, at most as far as `within` says. While the clock runs,
it waits. What was heard before counts too, unless it was claimed already: an event is claimed by
the expectation that it meets, so the same line twice means two events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from emulator.clients.answers import Clock, Which
from emulator.clients.gateway import GatewayEvent, NotHeard
from emulator.testing.agents import Agent

if TYPE_CHECKING:
    from emulator.testing.world import World

SETTLES_S = 0.25
"""Real seconds in which a client fetches what it is told, mostly: real ones pause between polls."""
PATIENCE_S = 1.5
"""Real seconds until a client that has not fetched an event is taken to have heard none."""
MICROSECONDS = 1_000_000


class Heard(AssertionError):
    """An event came that should not have come."""


def hears(
    who: World | Agent,
    event: str,
    *,
    agent: int | None = None,
    within: float = 2.0,
    **content: Any,
) -> GatewayEvent:
    """The agent's client is told of the event, with these fields in its content; `NotHeard`."""
    world, work_no = _listener(who, agent)

    def wanted(heard: GatewayEvent) -> bool:
        return heard.type == event and heard.carries(content)

    def look(seconds: float) -> GatewayEvent | None:
        return world.ear.claim(work_no, wanted, seconds)

    found = look(0) or _in_time(world, look, within) or look(PATIENCE_S)
    if found is None:
        raise NotHeard(work_no, _expected(event, within, content), _instead(world, work_no))
    return found


def hears_not(
    who: World | Agent,
    event: str,
    *,
    agent: int | None = None,
    within: float = 2.0,
    **content: Any,
) -> None:
    """For so many seconds the agent's client is not told of such an event; `Heard` if it is."""
    try:
        found = hears(who, event, agent=agent, within=within, **content)
    except NotHeard:
        return
    _, work_no = _listener(who, agent)
    raise Heard(f"agent {work_no}: heard {event} {found.content}")


def called(
    world: World,
    *,
    times: int | None = None,
    at_least: int = 1,
    at_most: int | None = None,
    **which: Unpack[Which],
) -> int:
    """The documented interfaces were called so often with this; `NotAsExpected` shows what came
    nearest. Gives how often."""
    return world.control.verify(times=times, at_least=at_least, at_most=at_most, **which)


def called_once(world: World, **which: Unpack[Which]) -> None:
    """Called once with this, no more."""
    world.control.verify(times=1, **which)


def never_called(world: World, **which: Unpack[Which]) -> None:
    """Never called with this."""
    world.control.verify(times=0, **which)


def keeps_the_contract(world: World) -> None:
    """No client departed from the documented contract; the failure lists how they did."""
    found = world.control.violations()
    assert not found, "\n".join(
        f"{it['section']}: {it['offence']} {it['detail']} ({it['count']} times)" for it in found
    )


def _listener(who: World | Agent, agent: int | None) -> tuple[World, int]:
    if isinstance(who, Agent):
        return who.world, who.work_no
    if agent is None:
        raise TypeError("which agent of the world?")
    return who, agent


def _in_time(world: World, look: Any, within: float) -> GatewayEvent | None:
    clock = world.control.clock()
    if clock["scale"]:
        found: GatewayEvent | None = look(within / clock["scale"])
        return found
    return _step_by_step(world, clock, look, clock["now"] + round(within * MICROSECONDS))


def _step_by_step(world: World, clock: Clock, look: Any, end: int) -> GatewayEvent | None:
    """Move time from timer to timer; look only where something happened."""
    found: GatewayEvent | None = look(SETTLES_S)
    while found is None and clock["now"] < end:
        goal = min(end, clock["next_timer"] or end)
        happened = _latest(world)
        clock = world.control.advance(max(goal - clock["now"], 1) / MICROSECONDS)
        if _latest(world) != happened:
            found = look(SETTLES_S)
    return found


def _latest(world: World) -> int:
    return world.control.latest_event()


def _expected(event: str, within: float, content: dict[str, Any]) -> str:
    fields = f" with {content}" if content else ""
    return f"{event}{fields} within {within:g} s"


def _instead(world: World, agent: int) -> list[str]:
    if not world.ear.has_client(agent):
        return ["nothing: no client has asked for the agent's events"]
    return [f"{it.type} {it.content or ''}".strip() for it in world.ear.unclaimed(agent)]
