"""Previews, study and decisions on rests over the control API."""

from __future__ import annotations

import pytest

from emulator.clients.control import ControlRefused
from emulator.switch.terms import AgentState
from tests.control.conftest import World

APPROVING = """
tenants:
  - id: 1
    name: strict
    rest_approval: true
    agents:
      - {work_no: 101, name: A, password: x, phone: "40101"}
      - {work_no: 191, name: I, password: x, phone: "40191", role: inspector}
    phones: [{number: "40101"}, {number: "40191"}]
"""


async def test_an_agent_is_offered_a_preview(world: World) -> None:
    world.sign_in(101)
    control = await world.control.offer_preview(101, "555", "556", data="who")
    preview = world.switch.agent(101).preview
    assert preview is not None
    assert (preview.control, preview.numbers, preview.data) == (control, ("555", "556"), "who")


async def test_an_agent_studies_and_comes_back(world: World) -> None:
    world.sign_in(101)
    await world.control.study(101, studying=True)
    assert world.switch.agent(101).state is AgentState.STUDY
    await world.control.study(101, studying=False)
    assert world.switch.agent(101).state is AgentState.IDLE


@pytest.mark.parametrize(("approve", "state"), [(True, AgentState.REST), (False, AgentState.IDLE)])
async def test_an_inspector_decides_on_a_rest(
    world: World, approve: bool, state: AgentState
) -> None:
    await world.control.load_seed(APPROVING)
    world.sign_in(101)
    world.sign_in(191)
    world.switch.request_rest(101, 60, 1)
    tenant = (await world.control.state())["tenants"][0]
    assert tenant["rest_requests"] == [{"agent": 101, "duration": 60, "reason": 1}]
    await world.control.decide_rest(101, inspector=191, approve=approve)
    assert world.switch.agent(101).state is state


async def test_an_agent_who_is_not_there_cannot_be_offered_anything(world: World) -> None:
    with pytest.raises(ControlRefused) as refused:
        await world.control.offer_preview(101, "555")
    assert (refused.value.status, refused.value.kind) == (409, "NotSignedIn")
    with pytest.raises(ControlRefused) as refused:
        await world.control.offer_preview(999, "555")
    assert (refused.value.status, refused.value.kind) == (404, "UnknownAgent")
