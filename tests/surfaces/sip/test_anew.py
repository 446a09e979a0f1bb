"""A call center that begins anew, or a tenant of it, knows at once which phones there are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.world import World
from tests.surfaces.sip.carriers import TrunkSite
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import PHONE, SOUND

SOON = 0.1


@pytest.fixture
def site() -> Iterator[TrunkSite]:
    with World() as world:
        quiet = {"options_every": 0}
        found = TrunkSite(world, media=Studio(), near=quiet, far=quiet)
        found.register()
        yield found
        nothing_is_left(found)


def begin_anew(site: TrunkSite, tenant: int | None) -> None:
    """All of it, or one tenant alone."""
    query = {} if tenant is None else {"tenant": tenant}
    told = site.world.request(
        "POST", "/_emulator/reset", query=query, headers={"Host": "127.0.0.1"}
    )
    assert told.status == 200, told.raw
    site.pass_time(SOON)


@pytest.mark.parametrize("tenant", [None, 1])
def test_its_phones_and_gateways_are_there_at_once(site: TrunkSite, tenant: int | None) -> None:
    begin_anew(site, tenant)
    switch = site.world.platform.switch
    assert switch.phones[PHONE].attached
    assert [it.attached for it in switch.tenants[1].trunks] == [True]


@pytest.mark.parametrize("tenant", [None, 1])
def test_those_on_its_calls_are_hung_up_on_at_once(site: TrunkSite, tenant: int | None) -> None:
    site.sign_in(autoanswer=False)
    site.caller.call("95001")
    site.phone.say(180)
    site.phone.say(200, SOUND)
    begin_anew(site, tenant)
    assert site.phone.methods()[-1] == "BYE"
    assert site.caller.methods()[-1] == "BYE"
