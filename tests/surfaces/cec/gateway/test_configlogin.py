"""Signing in to configure (CEC 4.6, C5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.cec.auth_c5 import ConfigUser
from emulator.surfaces.cec.errors import Unauthenticated
from tests.contract.world import PASSWORD, Reply, World

AGENT, VDN = 101, 100_001


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def log_in(world: World, user: Any, password: str = PASSWORD) -> Reply:
    return world.call("4.6", {}, body={"agentId": user, "password": password})


@pytest.mark.parametrize("user", [VDN, AGENT])
def test_a_vdn_and_an_agent_get_a_guid_each(world: World, user: int) -> None:
    reply = log_in(world, user)
    guid = reply.result["guid"]
    assert reply.code == "0"
    assert reply.headers["guid"] == guid
    assert world.doors.gateway.config_sessions.user(guid) == ConfigUser(user, tenant=1)


def test_a_guid_to_configure_is_none_of_an_agent(world: World) -> None:
    guid = log_in(world, AGENT).result["guid"]
    world.sign_in(AGENT)
    reply = world.call("6.1.3.8", {"agentid": AGENT}, headers={"Guid": guid})
    assert reply.code == "000-003"


@pytest.mark.parametrize("user", [VDN, AGENT, 100_002, 59_999])
def test_a_wrong_password_and_an_unknown_user_look_alike(world: World, user: int) -> None:
    assert log_in(world, user, "wrong").code == "100-004"


@pytest.mark.parametrize("user", [0, 60_000, 100_000, -1])
def test_a_number_that_is_no_user_s_is_a_wrong_parameter(world: World, user: int) -> None:
    assert log_in(world, user).code == "000-002"


def test_wrong_passwords_lock_an_agent_here_as_at_its_own_sign_in(world: World) -> None:
    for _ in range(3):
        log_in(world, AGENT, "wrong")
    assert log_in(world, AGENT).code == "110-016"
    body = {"password": PASSWORD, "phonenum": "40101"}
    assert world.call("6.1.1.1", {"agentid": AGENT}, body=body).code == "110-016"


def test_a_vdn_without_a_password_to_configure_lets_nobody_in(world: World) -> None:
    world.configure(secrets={})
    assert log_in(world, VDN, "x").code == "100-004"


def test_a_vdn_may_have_a_login_of_its_own(world: World) -> None:
    world.configure(secrets={"config_login": "7", "config_password": "Seven-2026"})
    assert log_in(world, 7, "Seven-2026").code == "0"


def test_a_new_guid_takes_the_place_of_the_user_s_earlier_one(world: World) -> None:
    sessions = world.doors.gateway.config_sessions
    first, second = (log_in(world, VDN).result["guid"] for _ in range(2))
    other = log_in(world, AGENT).result["guid"]
    with pytest.raises(Unauthenticated):
        sessions.user(first)
    assert sessions.user(second) == ConfigUser(VDN, tenant=1)
    sessions.forget()
    for guid in (second, other):
        with pytest.raises(Unauthenticated):
            sessions.user(guid)
