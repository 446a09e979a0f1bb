"""Agents prove themselves with their guid, and with nothing else (CEC 4.5)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.contract import facts
from tests.contract.accepted import accepted_request
from tests.contract.facts import Interface
from tests.contract.situations import AGENT, OTHER
from tests.contract.world import World

NONE, STATIC, DYNAMIC = 0, 1, 2
INTERVAL, TIMEOUT = 60, 120
"""GUIDINTERVAL and GUIDTIMEOUT of these worlds, in seconds."""

NO_PROOF = {"C4": "000-003", "C5": "107-007"}

guarded = pytest.mark.parametrize(
    "interface", [i for i in facts.interfaces() if i.needs_guid], ids=lambda i: i.id
)


def proves(world: World, headers: Mapping[str, str], agent: int = AGENT) -> str:
    """The code of a request for the agent's own state with these headers alone."""
    path = facts.interface("6.1.1.21").path.replace("{agentid}", str(agent))
    return world.request("GET", path, headers=headers).code


@guarded
@pytest.mark.parametrize(
    "presented",
    [None, "", "00000000-0000-0000-0000-000000000000.AgentGateway0", "x" * 5000, "é"],
    ids=["none", "empty", "wrong", "long", "not ASCII"],
)
def test_without_its_guid_an_agent_is_refused_and_nothing_happens(
    interface: Interface, presented: str | None
) -> None:
    with World() as world:
        request = accepted_request(world, interface.id)
        if interface.auth == "C5":
            world.config_guid = ""
        else:
            del world.guids[int(request.path["agentid"])]
        before = world.dump()
        reply = request.send(world, {} if presented is None else {"guid": presented})
        assert reply.code == NO_PROOF[interface.auth]
        assert world.dump() == before


@guarded
def test_another_agent_s_guid_is_refused(interface: Interface) -> None:
    with World() as world:
        request = accepted_request(world, interface.id)
        world.sign_in(115)
        before = world.dump()
        reply = request.send(world, {"Guid": world.guids[115]})
        assert reply.code == NO_PROOF[interface.auth]
        assert world.dump() == before


@pytest.mark.parametrize("section", ["6.1.1.1", "6.1.1.2", "6.1.1.23"])
def test_signing_in_needs_no_guid(section: str) -> None:
    with World() as world:
        request = accepted_request(world, section)
        world.guids.clear()
        assert request.send(world).code == "0"


@pytest.mark.parametrize("header", ["guid", "Guid", "GUID", "gUID"])
@pytest.mark.parametrize("shape", ["{}", "JSESSIONID={}", "JSESSIONID{}", "JSESSIONID:{}", " {} "])
def test_the_guid_is_known_in_every_shape_that_clients_send(header: str, shape: str) -> None:
    with World() as world:
        world.sign_in(AGENT)
        assert proves(world, {header: shape.format(world.guids[AGENT])}) == "0"


def test_a_cookie_proves_nothing() -> None:
    with World() as world:
        reply = world.sign_in(AGENT)
        cookie = reply.headers["set-cookie"].partition(";")[0]
        assert proves(world, {"Cookie": cookie}) == "000-003"


def test_a_stale_cookie_beside_the_guid_does_no_harm() -> None:
    with World() as world:
        world.sign_in(AGENT)
        headers = {"Cookie": "JSESSIONID=old", "Guid": world.guids[AGENT]}
        assert proves(world, headers) == "0"


def test_a_forced_sign_in_ends_the_earlier_guid() -> None:
    with World() as world:
        world.sign_in(AGENT)
        earlier = world.guids[AGENT]
        assert accepted_force(world) == "0"
        assert world.guids[AGENT] != earlier
        assert proves(world, {"guid": earlier}) == "000-003"


def accepted_force(world: World) -> str:
    body = {"password": "Demo@2026", "phonenum": f"40{AGENT}"}
    return world.call("6.1.1.2", {"agentid": AGENT}, body=body).code


def test_after_signing_out_the_guid_is_worth_nothing() -> None:
    with World() as world:
        world.sign_in(AGENT)
        guid = world.guids[AGENT]
        world.agent("6.1.1.18", AGENT)
        world.events(AGENT)
        assert proves(world, {"guid": guid}) == "100-006"


# The three modes


def test_in_dynamic_mode_a_poll_brings_a_new_guid_when_it_is_time() -> None:
    with World(auth_mode=DYNAMIC) as world:
        world.sign_in(AGENT)
        first = world.guids[AGENT]
        world.events(AGENT)
        assert world.guids[AGENT] == first
        world.pass_time(INTERVAL)
        world.poll(AGENT)
        assert world.guids[AGENT] != first


@pytest.mark.parametrize("section", ["6.1.1.3", "6.1.4.1"])
def test_the_old_guid_stays_good_until_guidtimeout(section: str) -> None:
    with World(auth_mode=DYNAMIC) as world:
        world.sign_in(AGENT)
        first = world.guids[AGENT]
        world.pass_time(INTERVAL)
        world.call(section, {"agentid": AGENT})
        assert world.guids[AGENT] != first
        world.pass_time(TIMEOUT - INTERVAL - 1)
        assert proves(world, {"guid": first}) == "0"
        world.pass_time(2)
        assert proves(world, {"guid": first}) == "000-003"
        assert proves(world, {"guid": world.guids[AGENT]}) == "0"


def test_a_client_that_missed_the_new_guid_is_given_it_again() -> None:
    with World(auth_mode=DYNAMIC) as world:
        world.sign_in(AGENT)
        first = world.guids[AGENT]
        world.pass_time(INTERVAL)
        world.poll(AGENT)
        new = world.guids[AGENT]
        world.guids[AGENT] = first
        world.poll(AGENT)
        assert world.guids[AGENT] == new


def test_in_static_mode_the_guid_of_the_sign_in_stays() -> None:
    with World(auth_mode=STATIC) as world:
        world.sign_in(AGENT)
        first = world.guids[AGENT]
        for _ in range(3):
            world.pass_time(10 * TIMEOUT)
            world.poll(AGENT)
        assert world.guids[AGENT] == first
        assert proves(world, {"guid": first}) == "0"
        assert proves(world, {"guid": "wrong"}) == "000-003"


def test_without_authentication_an_agent_needs_no_guid_but_a_session() -> None:
    with World(auth_mode=NONE) as world:
        world.sign_in(AGENT)
        assert proves(world, {}) == "0"
        assert proves(world, {"guid": "wrong"}) == "0"
        assert proves(world, {}, OTHER) == "100-006"


def test_the_refreshed_page_gets_a_guid_of_its_own() -> None:
    with World() as world:
        world.sign_in(AGENT)
        earlier = world.guids[AGENT]
        given = world.agent("6.1.1.24", AGENT)["guid"]
        assert world.guids[AGENT] == given != earlier
        assert proves(world, {"guid": given}) == "0"
        assert proves(world, {"guid": earlier}) == "0"
        world.pass_time(TIMEOUT)
        assert proves(world, {"guid": earlier}) == "000-003"


# Applications (4.2)

C1_INTERFACES = [i for i in facts.interfaces() if i.auth == "C1"]


@pytest.mark.parametrize("interface", C1_INTERFACES, ids=lambda i: i.id)
@pytest.mark.parametrize(
    "shown",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic ZGVtbzpkZW1v"},
        {"X-APP-KEY": "another-app-key"},
    ],
    ids=["no token", "wrong token", "another scheme", "another application"],
)
def test_an_application_without_its_token_is_refused_with_401(
    interface: Interface, shown: Mapping[str, str]
) -> None:
    with World() as world:
        request = accepted_request(world, interface.id)
        before = world.dump()
        assert request.send(world, shown).status == 401
        assert world.dump() == before


@pytest.mark.parametrize("interface", C1_INTERFACES, ids=lambda i: i.id)
def test_an_application_s_token_runs_out(interface: Interface) -> None:
    with World() as world:
        request = accepted_request(world, interface.id)
        world.bearer_token()
        world.pass_time(601)
        assert request.send(world).status == 401
