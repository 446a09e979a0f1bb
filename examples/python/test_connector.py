"""How a project tests its own connector: with the pytest plugin that comes with the emulator.

pip install emulator pytest
pytest examples/python
"""

from collections.abc import Iterator

import pytest
from connector import Connector

from emulator.testing.matchers import called_once, hears, hears_not, keeps_the_contract
from emulator.testing.world import World


@pytest.fixture
def shown() -> list[str]:
    """The customers that the agent was shown."""
    return []


@pytest.fixture
def connector(world: World, shown: list[str]) -> Iterator[Connector]:
    """Our connector, for agent 101 of a call center of its own."""
    opened = Connector(world.url, 101, shown.append)
    opened.sign_in("Demo@2026", "40101")
    yield opened
    opened.close()


def test_the_agent_is_shown_who_calls(world: World, connector: Connector, shown: list[str]) -> None:
    call = world.control.dial_in("13912345678", "95001")
    hears(world, "AgentEvent_Talking", agent=101, caller="13912345678")
    world.control.hang_up(call)
    hears(world, "AgentEvent_Call_Release", agent=101)
    assert shown == ["13912345678"]


def test_a_customer_who_gives_up_while_waiting_is_not_shown(
    world: World, connector: Connector, shown: list[str]
) -> None:
    world.control.dial_in("13900000001", "95001")
    hears(world, "AgentEvent_Talking", agent=101)
    waiting = world.control.dial_in("13900000002", "95001")
    world.control.hang_up(waiting)
    hears_not(world, "AgentEvent_Talking", agent=101, within=60)


def test_an_event_that_comes_twice_is_heard_twice(world: World, connector: Connector) -> None:
    world.control.fault_events({"kind": "double"}, type="AgentEvent_Talking")
    world.control.dial_in("13912345678", "95001")
    hears(world, "AgentEvent_Talking", agent=101)
    hears(world, "AgentEvent_Talking", agent=101)


def test_a_wrong_password_is_reported(world: World) -> None:
    with pytest.raises(ConnectionRefusedError):
        Connector(world.url, 101, print).sign_in("wrong", "40101")


@pytest.mark.usefixtures("connector")
def test_the_connector_keeps_to_the_documented_interfaces(world: World) -> None:
    called_once(world, section="6.1.1.1", body={"phonenum": "40101"})
    keeps_the_contract(world)
