"""How many calls go by each gateway: what is counted is what a look at all calls would find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from emulator.surfaces.sip.lines import Lines
from emulator.surfaces.sip.outsiders import Outsiders
from emulator.surfaces.sip.party import NOWHERE, Party
from emulator.surfaces.sip.tally import Tally
from tests.contract.world import World
from tests.surfaces.sip.carriers import FRIEND, VOICE, Carrier, TrunkSite
from tests.surfaces.sip.test_leg import AGENT, OUTSIDE

LIMITS = {"limit": 3, "sources": (OUTSIDE,)}


@pytest.fixture
def site() -> Iterator[TrunkSite]:
    with World() as world:
        yield TrunkSite(world, near=LIMITS)


def counted(site: TrunkSite) -> dict[str, int]:
    return {it.name: it.calls for it in site.world.platform.gateways()}


def found(site: TrunkSite) -> dict[str, int]:
    scan = Counter(it.gateway for it in (*site.leg.customers.parties, *site.leg.phones.lines))
    return {name: scan[name] for name in ("near", "far")}


def happens(site: TrunkSite, random: Random) -> None:
    """Something that changes who talks by which gateway, or may not."""
    gateway: Carrier = random.choice((site.near, site.far))
    open_ones = [it for it in gateway.offered if it.state.name == "PROCEEDING"]
    if open_ones:
        code = random.choice((180, 200, 200, 486, 503))
        gateway.tell(code, VOICE if code == 200 else b"")
    elif random.random() < 0.5:
        site.caller.call("95003")
    elif random.random() < 0.5 and site.caller.dialog is not None:
        site.caller.within("BYE")
    elif site.agent_state() == "IDLE":
        site.calls_out()
    else:
        site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(random.choice((0.1, 5, 40)))


@pytest.mark.parametrize("mobile", [False, True])
def test_the_count_is_what_a_look_at_all_calls_would_find(site: TrunkSite, *, mobile: bool) -> None:
    if mobile:
        site.world.do(lambda switch: switch.log_on_mobile(AGENT, FRIEND))
        site.world.do(lambda switch: switch.set_ready(AGENT))
    else:
        site.sign_in()
    random = Random(7)
    seen = set()
    for _ in range(150):
        happens(site, random)
        assert counted(site) == found(site)
        seen.add(tuple(counted(site).values()))
    assert len(seen) > 3
    platform = site.world.platform
    platform.reset([it.config for it in platform.switch.tenants.values()])
    site.sign_in()
    site.pass_time(1)
    assert counted(site) == found(site) == {"near": 0, "far": 0}


def test_a_call_looks_at_no_other(site: TrunkSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def looks(_: object) -> None:
        raise AssertionError("all calls are looked at")

    site.sign_in()
    monkeypatch.setattr(Outsiders, "__iter__", looks)
    monkeypatch.setattr(Lines, "__iter__", looks)
    site.caller.call("95003")
    site.calls_out()
    assert counted(site) == {"near": 2, "far": 0}


def test_who_takes_the_place_of_another_counts_alone() -> None:
    tally = Tally()
    parties = Outsiders(tally)
    for gateway in ("near", "far"):
        parties.add(Party("1", "call", NOWHERE, 0, gateway=gateway))
    assert (tally.of("near"), tally.of("far")) == (0, 1)
