"""Which gateway a call goes by, which are there, and whose calls are taken."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sipmessage import Response

from emulator.surfaces.sip.gateways import Gateway
from emulator.surfaces.sip.peering import GatewayConfig
from emulator.surfaces.sip.rewriting import Rule, rewritten
from emulator.surfaces.sip.transport import Flow
from emulator.switch.events import Failed, OutsideRequested
from tests.contract.world import World
from tests.surfaces.sip.carriers import FRIEND, NEAR, VOICE, TrunkSite
from tests.surfaces.sip.test_leg import AGENT, OUTSIDE, SOUND


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def hang_up(site: TrunkSite) -> None:
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(0.5)


# Which one


def test_calls_are_spread_by_weight(world: World) -> None:
    site = TrunkSite(world, near={"weight": 3}, far={"weight": 1})
    chosen = [site.leg.gateways.choose(1, "outside") for _ in range(400)]
    counts = Counter(it.config.name for it in chosen if it is not None)
    assert set(counts) == {"near", "far"}
    assert counts["near"] > 2 * counts["far"]


@pytest.mark.parametrize("wrong", [{"trunk": "nothere"}, {"tenant": 9}])
def test_a_gateway_of_a_trunk_group_that_is_not_there_is_named(
    world: World, wrong: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        TrunkSite(world, near=wrong)
    [warning] = caplog.messages
    assert warning.startswith("gateway near serves trunk group ")


async def test_the_calls_of_a_gateway_with_a_name_come_from_its_addresses() -> None:
    gateway = Gateway(GatewayConfig("here", "localhost"))
    there = Flow("UDP", "127.0.0.1", 5070, "127.0.0.1", 5060)
    assert not gateway.sends_from(there)
    await gateway.look_up()
    assert gateway.sends_from(there)
    assert not gateway.sends_from(replace(there, peer_host="127.0.0.2"))


async def test_a_gateway_whose_name_nobody_knows_calls_from_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = Gateway(GatewayConfig("away", "gateway.invalid"))
    with caplog.at_level(logging.WARNING):
        await gateway.look_up()
    assert "gateway away" in caplog.text
    assert gateway.addresses == {"gateway.invalid"}


def test_the_same_random_seed_chooses_the_same_gateways() -> None:
    def chosen() -> list[str]:
        with World() as world:
            site = TrunkSite(world, near={"weight": 1}, far={"weight": 1})
            found = (site.leg.gateways.choose(1, "outside") for _ in range(50))
            return [it.config.name for it in found if it is not None]

    assert chosen() == chosen()


@pytest.mark.parametrize("status", [408, 500, 503])
def test_a_gateway_that_takes_no_call_leaves_it_to_the_next(world: World, status: int) -> None:
    site = TrunkSite(world)
    site.sign_in()
    site.calls_out()
    site.near.tell(status)
    assert len(site.heard(OutsideRequested)) == 1
    site.far.tell(200, VOICE)
    assert site.agent_state() == "TALKING"


def test_a_gateway_that_cannot_be_reached_leaves_the_call_to_the_next(world: World) -> None:
    site = TrunkSite(world)
    site.sign_in()
    del site.network.peers[NEAR]
    site.calls_out()
    assert site.far.methods()[-1] == "INVITE"


def test_a_gateway_that_says_nothing_leaves_the_call_to_the_next(world: World) -> None:
    site = TrunkSite(world)
    site.sign_in()
    site.network.peers[NEAR] = lambda data, flow: None
    site.calls_out()
    site.pass_time(31)
    assert "INVITE" not in site.far.methods()
    site.pass_time(2)
    assert "INVITE" in site.far.methods()


def test_a_call_that_has_rung_is_not_tried_elsewhere(world: World) -> None:
    site = TrunkSite(world)
    site.sign_in()
    site.calls_out()
    site.near.tell(180)
    site.near.tell(503)
    assert "INVITE" not in site.far.methods()
    assert [it.cause for it in site.heard(Failed)] == [602]


def test_when_every_gateway_has_refused_there_is_no_resource(world: World) -> None:
    site = TrunkSite(world)
    site.sign_in()
    site.calls_out()
    site.near.tell(503)
    site.far.tell(503)
    assert [it.cause for it in site.heard(Failed)] == [602]
    assert not site.leg.customers.parties


def test_a_gateway_has_as_many_calls_as_its_limit(world: World) -> None:
    site = TrunkSite(world, near={"limit": 1, "sources": (OUTSIDE,)})
    site.sign_in()
    site.world.sign_in(102)
    site.calls_out()
    site.near.tell(200, VOICE)
    assert [it.code for it in site.caller.call("95003")] == [503]
    site.world.do(lambda switch: switch.make_call(102, FRIEND))
    site.pass_time(0.1)
    assert len(site.far.sent("INVITE")) == 1
    hang_up(site)
    assert [it.code for it in site.caller.call("95003")] == [200]


def test_a_gateway_without_a_port_of_its_transport_is_passed_over(world: World) -> None:
    site = TrunkSite(world, near={"transport": "tls"})
    site.sign_in()
    site.calls_out()
    assert site.far.methods()[-1] == "INVITE"


# Which are there


def available(site: TrunkSite) -> dict[str, bool]:
    return {it.name: it.available for it in site.world.platform.gateways()}


def trunk_is_attached(site: TrunkSite) -> bool:
    return site.world.platform.switch.tenants[1].trunks[0].attached


def test_a_gateway_that_gives_no_sign_of_life_is_gone_until_it_gives_one(world: World) -> None:
    check = {"options_every": 10, "options_misses": 2}
    site = TrunkSite(world, near=check, far=check)
    site.near.alive = False
    site.pass_time(25)
    assert available(site) == {"near": True, "far": True}
    site.pass_time(10)
    assert available(site) == {"near": False, "far": True}
    site.sign_in()
    site.calls_out()
    assert "INVITE" in site.far.methods()
    hang_up(site)
    site.near.alive = True
    site.pass_time(10)
    assert available(site) == {"near": True, "far": True}


def test_without_any_gateway_a_call_fails_at_once(world: World) -> None:
    check = {"options_every": 10, "options_misses": 1}
    site = TrunkSite(world, near=check, far=check)
    site.near.alive = site.far.alive = False
    site.pass_time(25)
    assert not trunk_is_attached(site)
    site.sign_in()
    site.calls_out()
    assert [it.cause for it in site.heard(Failed)] == [602]
    assert not site.heard(OutsideRequested)
    site.far.alive = True
    site.pass_time(11)
    assert trunk_is_attached(site)


def test_a_call_center_that_begins_anew_knows_its_gateways(world: World) -> None:
    site = TrunkSite(world)
    world.platform.reset([it.config for it in world.platform.switch.tenants.values()])
    assert not trunk_is_attached(site)
    site.sign_in()
    site.pass_time(0.1)
    assert trunk_is_attached(site)


def test_a_call_that_nobody_here_knows_of_fails(world: World) -> None:
    site = TrunkSite(world)
    site.sign_in()
    site.calls_out()
    site.leg.outbound._parties.clear()
    site.pass_time(6)
    assert [it.cause for it in site.heard(Failed)] == [602]


def test_calls_are_given_up_that_a_new_call_center_does_not_have(world: World) -> None:
    site = TrunkSite(world)
    site.sign_in()
    site.calls_out()
    site.near.tell(180)
    world.platform.reset([it.config for it in world.platform.switch.tenants.values()])
    site.pass_time(1)
    assert site.near.offered[-1].state.name in ("COMPLETED", "CONFIRMED")
    assert not site.leg.outbound._parties


# Whose calls are taken, and as what


def call(site: TrunkSite, user: str = "95003", **more: str) -> list[Response]:
    """The caller outside calls, with other header fields."""
    invite = site.caller.plain("INVITE", user, SOUND, Content_Type="application/sdp", **more)
    return site.caller.send(invite)


def caller(site: TrunkSite) -> tuple[str, str]:
    [found] = site.world.platform.switch.calls.values()
    return found.caller, found.called


def test_with_trusted_only_nobody_else_calls(world: World) -> None:
    site = TrunkSite(world, trusted_only=True, near={"sources": ("10.0.2.0/24",)})
    assert [it.code for it in call(site)] == [403]
    assert site.calls() == 0


@pytest.mark.parametrize(
    "sources", [(OUTSIDE,), ("10.0.0.0/24",), ("2001:db8::/32", "10.0.0.2/32")]
)
def test_with_trusted_only_gateways_call(world: World, sources: tuple[str, ...]) -> None:
    site = TrunkSite(world, trusted_only=True, near={"sources": sources})
    assert [it.code for it in call(site)] == [200]


def test_phones_prove_who_they_are_with_trusted_only_too(world: World) -> None:
    site = TrunkSite(world, trusted_only=True)
    got = call(site, From=f"<sip:40101@{OUTSIDE}>;tag=x")
    assert [it.code for it in got] == [407]


@pytest.mark.parametrize(
    ("trusted", "more", "shown"),
    [
        (True, {}, "13800000001"),
        (True, {"P_Asserted_Identity": '"A, B" <sip:021555@x>, <tel:+8621555>'}, "021555"),
        (True, {"P_Asserted_Identity": "<tel:+86-21-555;ext=1>"}, "+8621555"),
        (False, {"P_Asserted_Identity": "<sip:021555@x>"}, "13800000001"),
        (True, {"P_Asserted_Identity": "<sip:021555@x>", "Privacy": "id"}, "anonymous"),
        (True, {"P_Asserted_Identity": "<sip:021555@x>", "Privacy": "none"}, "021555"),
        (True, {"Privacy": "user;critical"}, "anonymous"),
    ],
)
def test_the_caller_is_who_a_trusted_gateway_asserts_unless_it_is_to_be_hidden(
    world: World, trusted: bool, more: dict[str, str], shown: str
) -> None:
    site = TrunkSite(world, near={"sources": (OUTSIDE,), "trusted": trusted})
    assert [it.code for it in call(site, **more)] == [200]
    assert caller(site) == (shown, "95003")


def test_numbers_of_a_gateway_are_written_as_ours(world: World) -> None:
    rules: dict[str, Any] = {
        "called_in": (Rule(match=r"\+8621(\d+)", replace=r"\1"),),
        "caller_in": (Rule("138", "+86138"),),
    }
    site = TrunkSite(world, near={"sources": (OUTSIDE,), **rules})
    assert [it.code for it in call(site, "+862195003")] == [200]
    assert caller(site) == ("+8613800000001", "95003")


def test_of_two_gateways_on_one_host_the_one_at_the_port_calls(world: World) -> None:
    ways = {"sources": (OUTSIDE,), "port": 5070, "caller_in": (Rule(prepend="1"),)}
    site = TrunkSite(world, near=ways, far={"sources": (OUTSIDE,)})
    assert [it.code for it in call(site)] == [200]
    assert caller(site) == ("13800000001", "95003")


def test_the_first_rule_that_fits_rewrites_a_number() -> None:
    rules = (Rule("00", "+"), Rule("0", "+86"), Rule(match=r"(\d{8})", replace=r"+8621\1"))
    numbers = ("0044", "0571", "12345678", "123")
    assert [rewritten(it, rules) for it in numbers] == ["+44", "+86571", "+862112345678", "123"]


# Snapshots


def saved_while_it_rings(site: TrunkSite) -> bytes:
    """The world while somebody outside rings for agent 101."""
    site.sign_in()
    site.calls_out()
    site.near.tell(180)
    content: bytes = site.world._run(site.world.platform.snapshot())
    return content


def test_a_call_of_a_snapshot_that_no_gateway_knows_of_fails(world: World) -> None:
    site = TrunkSite(world)
    content = saved_while_it_rings(site)
    site.near.tell(486)
    assert site.calls() == 0
    site.told.clear()
    form = world.platform.form
    form.load(form.read(content))
    assert site.calls() == 1
    site.pass_time(6)
    assert [it.cause for it in site.heard(Failed)] == [602]
    assert site.calls() == 0


def test_without_sip_the_gateways_of_a_snapshot_are_gone_and_its_calls_end(world: World) -> None:
    content = saved_while_it_rings(TrunkSite(world))
    with World() as other:
        form = other.platform.form
        form.load(form.read(content))
        switch = other.platform.switch
        trunk = switch.tenants[1].trunks[0]
        assert (trunk.external, trunk.attached) == (True, False)
        assert len(switch.calls) == 1
        other.pass_time(61)
        assert not switch.calls
        assert not switch.requests
