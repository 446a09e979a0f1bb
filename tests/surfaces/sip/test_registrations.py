"""Phones that are registered, and are no more: who sees it, and what snapshots keep of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.snapshot.errors import SnapshotRefused
from emulator.surfaces.sip.transport import Flow
from emulator.switch.terms import LegState, PhoneCondition
from tests.contract.world import World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.test_leg import AGENT, DESK, PHONE, SOUND, Peer, Site


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world)
        yield found
        nothing_is_left(found)


def phone(site: Site) -> Any:
    return site.world.platform.switch.phones[PHONE]


def test_the_control_plane_shows_who_is_registered(site: Site) -> None:
    site.register()
    site.sign_in()
    site.pass_time(1)
    shown = site.world.control("GET", f"/phones/{PHONE}").document
    assert shown == {
        "number": PHONE,
        "leg": "down",
        "condition": "in service",
        "external": True,
        "tenant": 1,
        "agent": AGENT,
        "registrations": [
            {
                "contact": f"sip:{PHONE}@{DESK}",
                "transport": "UDP",
                "source": f"{DESK}:5060",
                "expires_in": 300,
                "user_agent": "",
            }
        ],
    }
    listed = site.world.control("GET", "/phones").document
    assert [it for it in listed if it["registrations"]] == [shown]


def test_an_agent_whose_phone_is_gone_cannot_be_rung_until_it_is_back(site: Site) -> None:
    site.register(expires=60)
    site.sign_in()
    site.world.events(AGENT)
    site.world.pass_time(61)
    site.pass_time(6)
    assert phone(site).condition is PhoneCondition.OFFLINE
    site.caller.call("95001")
    site.pass_time(0.1)
    assert site.phone.methods() == []
    site.register()
    site.pass_time(0.1)
    assert phone(site).condition is PhoneCondition.IN_SERVICE
    told = [it["eventType"] for it in site.world.events(AGENT)]
    assert [it for it in told if it.startswith("AgentOther_Phone")] == [
        "AgentOther_PhoneUnknow",
        "AgentOther_PhoneUnknow",
        "AgentOther_PhoneRelease",
    ]


def test_a_call_outlives_its_phones_registration(site: Site) -> None:
    site.register(expires=60)
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200)
    site.world.pass_time(61)
    site.pass_time(6)
    assert site.agent_state() == "TALKING"
    assert (phone(site).leg, phone(site).lost) == (LegState.UP, True)
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert site.phone.methods()[-1] == "BYE"
    site.pass_time(6)
    assert phone(site).condition is PhoneCondition.OFFLINE


def test_a_phone_that_is_configured_as_a_real_one_is_offline_until_it_registers(
    site: Site,
) -> None:
    config = site.world.platform.switch.tenants[1].config
    site.world.configure(
        phones=tuple(
            type(it)(it.number, it.password, external=True)
            for it in config.phones
            if it.number == PHONE
        )
    )
    site.pass_time(6)
    assert phone(site).condition is PhoneCondition.OFFLINE
    site.register()
    site.pass_time(0.1)
    assert phone(site).condition is PhoneCondition.IN_SERVICE


# Connections


def by_tcp(site: Site, contact: str = f"sip:{PHONE}@192.168.0.9:5060;transport=tcp") -> None:
    """The phone registers on a connection that it has opened."""
    site.phone.switch = type(site.phone.switch)("TCP", site.phone.switch.host, 5060)
    site.register(uri=contact)
    site.pass_time(0.1)
    assert phone(site).attached


def test_a_phone_whose_connection_has_closed_is_gone(site: Site) -> None:
    by_tcp(site)
    del site.network.peers[DESK]
    site.leg.stack.on_closed(Flow("TCP", DESK, 5060, "10.0.0.1", 5060, 1))
    site.pass_time(0.1)
    assert not phone(site).attached


def test_a_phone_that_says_where_it_is_is_called_there_when_its_connection_has_closed(
    site: Site,
) -> None:
    by_tcp(site, f"sip:{PHONE}@{DESK}:5062;transport=tcp")
    del site.network.peers[DESK]
    site.leg.stack.on_closed(Flow("TCP", DESK, 5060, "10.0.0.1", 5060, 1))
    site.phone = Peer(site.network, DESK)
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    assert site.phone.methods() == ["INVITE"]


# Snapshots


def saved(site: Site) -> bytes:
    content: bytes = site.world._run(site.world.platform.snapshot())
    return content


def load(site: Site, content: bytes) -> None:
    form = site.world.platform.form
    form.load(form.read(content))
    site.pass_time(0.1)


def test_a_snapshot_keeps_registrations(site: Site) -> None:
    site.register()
    content = saved(site)
    site.register(expires=0)
    site.pass_time(0.1)
    assert not phone(site).attached
    load(site, content)
    assert phone(site).attached
    [row] = site.leg.registrar.as_rows()
    assert (row.user, row.expires_in) == (PHONE, 300)


def test_a_phone_of_a_snapshot_whose_connection_is_gone_has_to_register_again(site: Site) -> None:
    by_tcp(site)
    content = saved(site)
    del site.network.peers[DESK]
    load(site, content)
    assert not phone(site).attached
    assert site.leg.registrar.as_rows() == []


def test_phones_are_there_still_when_a_snapshot_knows_of_none(site: Site) -> None:
    with World() as other:
        content: bytes = other._run(other.platform.snapshot())
    site.register()
    site.pass_time(6)
    site.world.pass_time(1000)
    site.register()
    site.pass_time(6)
    load(site, content)
    assert phone(site).attached
    [row] = site.leg.registrar.as_rows()
    assert row.expires_in == 300


def test_without_sip_a_snapshot_has_simulated_phones(site: Site) -> None:
    site.register()
    site.pass_time(0.1)
    content = saved(site)
    with World() as other:
        form = other.platform.form
        form.load(form.read(content))
        shown = other.platform.switch.phones[PHONE]
        assert (shown.attached, shown.external) == (False, False)


@pytest.mark.parametrize("damage", ["SIP bindings", "SIP nonces"])
def test_a_snapshot_with_damaged_registrations_is_not_loaded(site: Site, damage: str) -> None:
    site.register()
    save = site.world.platform.registrar.save
    site.world.platform.registrar.save = lambda: {**save(), damage: {"objects": [], "root": 1}}
    content = saved(site)
    with pytest.raises(SnapshotRefused):
        load(site, content)
    site.world.platform.registrar.save = lambda: {
        key: value for key, value in save().items() if key != damage
    }
    with pytest.raises(SnapshotRefused):
        load(site, saved(site))


def test_the_password_of_a_phone_is_a_matter_of_the_control_plane_too(site: Site) -> None:
    path = f"/phones/{PHONE}/password"
    assert site.world.control("PUT", path, {"password": "another"}).status == 200
    assert site.registering() == 401
    assert site.registering(password="another") == 200
    assert site.world.control("PUT", "/phones/1/password", {"password": "x"}).status == 404


def test_a_phone_talks_on_when_its_agent_has_a_new_password_for_it(site: Site) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200, SOUND)
    site.world.control("PUT", f"/phones/{PHONE}/password", {"password": "another"})
    site.pass_time(6)
    assert site.agent_state() == "TALKING"
