"""Registering at a provider, which then calls us where we have said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sipmessage import Request

from emulator.surfaces.sip.digest import Challenger
from emulator.surfaces.sip.leg import SipLeg
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.peering import GatewayConfig, Peering
from emulator.surfaces.sip.stack import StackSettings
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.transport import Listener, TransportSettings
from emulator.surfaces.sip.values import read_address, read_uri
from tests.contract.world import PASSWORD, World
from tests.surfaces.sip.carriers import NEAR
from tests.surfaces.sip.network import Network
from tests.surfaces.sip.test_leg import PHONE, SOUND, SWITCH, Peer, Site
from tests.surfaces.sip.test_sockets import until

HOW = {"user": "trunk", "password": "secret", "domain": "provider.example", "register": True}


class Registrar(Peer):
    """The provider's: it asks for the password, and answers as it was told."""

    def __init__(self, network: Network, host: str) -> None:
        super().__init__(network, host)
        self.asks = Challenger("provider", lambda: round(network.clock.now() * 1e6), network.random)
        self.plans: list[tuple[int, dict[str, str]]] = []
        """What it does instead of registering, first things first; 0: nothing."""
        self.granted: list[tuple[float, int]] = []
        """When it has registered us, and for how long."""
        self.most = 10_000

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        if request.method != "REGISTER":
            super().request(transaction, request)
            return
        self.heard.append(request)
        code, more = self.plans.pop(0) if self.plans else self._judge(request)
        if code:
            response = make_response(request, code, to_tag="r")
            for name, value in more.items():
                response.headers.set(name, value)
            transaction.respond(response)

    def _judge(self, request: Request) -> tuple[int, dict[str, str]]:
        verdict = self.asks.check(request, {"trunk": "secret"}.get, 401)
        if not verdict.accepted:
            return 401, dict(self.asks.challenge(401, stale=verdict.stale))
        seconds = min(int(request.headers["Expires"]), self.most)
        self.granted.append((self.network.clock.now(), seconds))
        return 200, {"Contact": f"{request.headers['Contact']};expires={seconds}"}


class ProviderSite(Site):
    """A site whose only gateway is a provider's, at which it registers."""

    def __init__(self, world: World, *plans: tuple[int, dict[str, str]], **how: Any) -> None:
        config = GatewayConfig("provider", NEAR, options_every=0, **{**HOW, **how})
        super().__init__(world, peering=Peering((config,)))
        self.provider = Registrar(self.network, NEAR)
        self.provider.plans += plans
        self.leg.gateways.start()
        self.pass_time(0.1)

    @property
    def state(self) -> str:
        """As it is shown."""
        [row] = self.world.control("GET", "/gateways").document
        state: str = row["registration"]
        return state

    def calls_in(self, source: Peer, to: str, uri: str = "") -> int:
        """Somebody calls where we are registered, or another address; gives the answer."""
        invite = source.plain("INVITE", "x", SOUND, To=to, Content_Type="application/sdp")
        contact = read_address(self.provider.heard[0].headers["Contact"]).uri
        invite.uri = read_uri(uri or contact)
        return source.send(invite)[-1].code


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def test_the_provider_is_told_where_to_call_with_the_password_that_it_asks_for(
    world: World,
) -> None:
    site = ProviderSite(world)
    first, second = site.provider.heard
    assert str(first.uri) == "sip:provider.example"
    for name in ("From", "To"):
        assert first.headers[name].startswith("<sip:trunk@provider.example>")
    assert first.headers["Contact"].startswith(f"<sip:trunk@{SWITCH}:5060;line=")
    assert (first.headers["Expires"], first.headers.get("Authorization")) == ("300", None)
    assert first.headers["Call-ID"] == second.headers["Call-ID"]
    assert [it.headers["CSeq"] for it in (first, second)] == ["1 REGISTER", "2 REGISTER"]
    assert (site.provider.granted, site.state) == ([(0.03, 300)], "registered")


def test_a_gateway_that_is_no_provider_is_not_registered_at(world: World) -> None:
    site = ProviderSite(world, register=False)
    assert (site.provider.heard, site.state) == ([], "")


@pytest.mark.parametrize(("granted", "after"), [(300, 268), (60, 40), (9, 6)])
def test_a_registration_is_refreshed_before_it_expires(
    world: World, granted: int, after: int
) -> None:
    site = ProviderSite(world, (0, {}))
    site.provider.heard.clear()
    site.provider.most = granted
    site.pass_time(100)
    (first, seconds), *_ = site.provider.granted
    site.pass_time(3 * granted)
    at = [when - first for when, _ in site.provider.granted][:3]
    assert seconds == granted
    assert at == pytest.approx([0, after, 2 * after], abs=0.2)
    assert site.state == "registered"


def test_a_known_nonce_is_used_again_until_the_provider_wants_another(world: World) -> None:
    site = ProviderSite(world)
    site.pass_time(268)
    assert len(site.provider.heard) == 3
    assert "nc=00000002" in site.provider.heard[-1].headers["Authorization"]
    site.pass_time(268)
    # A nonce lives for five minutes.
    assert [it[1] for it in site.provider.granted] == [300] * 3
    assert len(site.provider.heard) == 5


def test_a_provider_that_wants_longer_registrations_gets_them(world: World) -> None:
    site = ProviderSite(world, (423, {"Min-Expires": "600"}))
    assert site.provider.granted[0][1] == 600
    assert site.provider.heard[1].headers["Expires"] == "600"


def test_a_wrong_password_is_shown_once_and_again_after_a_while(world: World) -> None:
    site = ProviderSite(world, password="wrong")
    assert (len(site.provider.heard), site.state) == (2, "refused")
    site.pass_time(10)
    assert len(site.provider.heard) == 2
    site.pass_time(21)
    assert len(site.provider.heard) == 4


def test_what_fails_is_tried_again_after_a_while_that_grows(world: World) -> None:
    site = ProviderSite(world, *[(500, {})] * 100)
    site.pass_time(20_000)
    assert site.state == "pending"
    assert 14 <= len(site.provider.heard) <= 30
    site.provider.plans.clear()
    site.pass_time(1_900)
    assert site.state == "registered"


def test_who_is_told_when_to_come_again_comes_then(world: World) -> None:
    site = ProviderSite(world, (503, {"Retry-After": "120 (later)"}))
    site.pass_time(118)
    assert len(site.provider.heard) == 1
    site.pass_time(3)
    assert site.state == "registered"


def test_a_provider_that_does_not_answer_any_more_does_not_know_us_for_ever(world: World) -> None:
    site = ProviderSite(world)
    site.network.broken = True
    site.pass_time(290)
    assert site.state == "registered"
    site.pass_time(15)
    assert site.state == "pending"
    site.network.broken = False
    site.pass_time(1_000)
    assert site.state == "registered"


@pytest.mark.parametrize("contact", ["<sip:somebody@else>;expires=7", "*"])
def test_a_list_of_contacts_without_ours_says_nothing_of_it(world: World, contact: str) -> None:
    site = ProviderSite(world, (200, {"Contact": contact, "Expires": "200"}))
    assert site.state == ("registered" if contact != "*" else "pending")


def test_a_registration_for_no_time_at_all_is_none(world: World) -> None:
    assert ProviderSite(world, (200, {"Expires": "0"})).state == "pending"


def test_at_the_end_the_provider_is_told_to_call_no_more(world: World) -> None:
    site = ProviderSite(world)
    site.leg.gateways.stop()
    site.pass_time(1)
    last = site.provider.heard[-1]
    assert (last.headers["Expires"], site.provider.granted[-1][1]) == ("0", 0)
    site.pass_time(10_000)
    assert site.provider.heard[-1] is last


# Who calls where we are registered


def test_who_calls_there_calls_whom_to_names(world: World) -> None:
    site = ProviderSite(world)
    site.sign_in()
    to = "<sip:95001@provider.example>"
    assert site.calls_in(site.provider, to) == 200
    [call] = world.platform.switch.calls.values()
    assert call.called == "95001"
    [row] = world.platform.gateways()
    assert row.calls == 1


def test_who_calls_there_calls_the_number_that_is_set_up(world: World) -> None:
    site = ProviderSite(world, number="95001")
    site.sign_in()
    assert site.calls_in(site.provider, "<sip:trunk@provider.example>") == 200


def test_who_knows_where_we_are_registered_is_the_provider_wherever_it_sends_from(
    world: World,
) -> None:
    site = ProviderSite(world, number="95001")
    site.sign_in()
    assert site.calls_in(site.caller, "<sip:trunk@provider.example>") == 200
    [row] = world.platform.gateways()
    assert row.calls == 1


def test_another_address_is_not_where_we_are_registered(world: World) -> None:
    site = ProviderSite(world, number="95001")
    site.sign_in()
    elsewhere = f"sip:trunk@{SWITCH}:5060;line=guessed"
    assert site.calls_in(site.caller, "<sip:trunk@provider.example>", elsewhere) == 404


def test_a_provider_calls_numbers_by_their_names_as_well(world: World) -> None:
    site = ProviderSite(world)
    site.sign_in()
    assert site.calls_in(site.provider, "<sip:x@y>", f"sip:95001@{SWITCH}") == 200


def test_one_emulator_registers_as_a_phone_of_another_and_signs_off(world: World) -> None:
    with World() as other:
        asyncio.run(_registers_on_sockets(world, other))


async def _registers_on_sockets(near: World, far: World) -> None:
    settings = StackSettings(TransportSettings((Listener("UDP", "127.0.0.1", 0),)))
    provider = SipLeg(far.platform, settings)
    await provider.start()
    port = provider.stack.transport.bound[0].port
    how = {**HOW, "user": PHONE, "password": PASSWORD, "options_every": 0}
    config = GatewayConfig("provider", "127.0.0.1", port, **how)
    leg = SipLeg(near.platform, settings, peering=Peering((config,)))
    try:
        await leg.start()
        await until(lambda: leg.gateways.as_rows()[0].registration == "registered")
        [binding] = provider.registrar.bindings_of(PHONE)
        here = leg.stack.transport.bound[0].port
        assert binding.uri.startswith(f"sip:{PHONE}@127.0.0.1:{here};line=")
        await leg.stop()
        await until(lambda: not provider.registrar.bindings_of(PHONE))
    finally:
        await leg.stop()
        await provider.stop()
