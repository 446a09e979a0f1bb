"""The password with which an agent's phone registers (CEC 5.1.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from emulator.switch.config import TenantConfig
from tests.contract.world import PASSWORD, Reply, World
from tests.surfaces.sip.test_leg import AGENT, PHONE, Site

NEW = "Phone*2027"


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        yield Site(world)


def change(site: Site, **other: Any) -> Reply:
    told = {"userAccount": f"agent{AGENT}", "accountPwd": PASSWORD, "newPhonePwd": NEW}
    return site.world.call("5.1.8", {}, body={**told, **other})


def config(site: Site) -> TenantConfig:
    return site.world.platform.switch.tenants[1].config


def test_the_next_registration_needs_the_new_password(site: Site) -> None:
    site.register()
    assert change(site).document == {"resultCode": "0", "resultMessage": "success"}
    assert site.world.platform.switch.phones[PHONE].attached
    assert site.registering() == 401
    assert site.registering(password=NEW) == 200


def test_no_other_phone_has_another_password_and_no_agent(site: Site) -> None:
    before = {it.number: it.password for it in config(site).phones}
    change(site)
    after = {it.number: it.password for it in config(site).phones}
    assert after == {**before, PHONE: NEW}
    site.sign_in()


def test_a_request_in_its_envelope_is_taken_too(site: Site) -> None:
    body = {"userAccount": f"agent{AGENT}", "accountPwd": PASSWORD, "newPhonePwd": NEW}
    assert site.world.call("5.1.8", {}, body={"requestParam": body}).code == "0"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"accountPwd": "Wrong@2026"}, "wrong account or password"),
        ({"userAccount": "nobody"}, "the operation failed"),
        ({"newPhonePwd": "phone2027"}, "the new password breaks the password rules"),
        ({"newPhonePwd": "Phone 2027"}, "the new password breaks the password rules"),
        ({"newPhonePwd": "Phone2027é"}, "the new password breaks the password rules"),
        ({"newPhonePwd": "Ph*2027"}, "invalid parameter"),
        ({"newPhonePwd": "Ph*2027" * 3}, "invalid parameter"),
    ],
)
def test_what_is_refused_changes_nothing(site: Site, other: Any, why: str) -> None:
    refused = change(site, **other)
    assert (refused.status, refused.code) == (200, "1")
    assert refused.document["resultMessage"] == why
    assert site.registering() == 200


def test_the_third_wrong_password_locks_the_account_for_half_an_hour(site: Site) -> None:
    for _ in range(3):
        change(site, accountPwd="Wrong@2026")
    assert change(site).document["resultMessage"] == "the account is locked"
    site.world.pass_time(1800)
    site.world.token = ""
    assert change(site).code == "0"


def test_an_agent_without_a_phone_has_no_password_to_change(site: Site) -> None:
    agents = tuple(replace(it, phone="") for it in config(site).agents)
    site.world.configure(agents=agents)
    assert change(site).document["resultMessage"] == "the agent has no SIP phone"
