"""Passwords of agents, and locks after wrong ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from emulator.domain.accounts import DAY, SECOND, Accounts, Validity
from emulator.domain.errors import (
    AccountLocked,
    ChangedTooRecently,
    PasswordRefused,
    PasswordRule,
    UnknownAccount,
    WrongPassword,
)
from emulator.store import AccountState
from emulator.switch.config import AgentConfig, TenantConfig

NOW = 1_770_000_000 * SECOND
MINUTE = 60 * SECOND
SEEDED = "Demo@2026"
TENANT = TenantConfig(
    1, "support desk", agents=(AgentConfig(101, "Ada", password=SEEDED), AgentConfig(23456, "Bo"))
)


class World:
    """Accounts of a seeded tenant, and what they saved."""

    def __init__(self, validity: Validity | None = None) -> None:
        self.saved: list[AccountState] = []
        self.accounts = Accounts(self.saved.append, validity)
        self.accounts.load([TENANT])

    def fail(self, times: int, now: int = NOW) -> None:
        for _ in range(times):
            with pytest.raises(WrongPassword):
                self.accounts.verify(101, "wrong", now)


@pytest.fixture
def world() -> World:
    return World()


def test_the_seeded_password_opens_the_account(world: World) -> None:
    world.accounts.verify(101, SEEDED, NOW)
    assert world.saved == []


def test_an_unknown_agent_has_no_account(world: World) -> None:
    with pytest.raises(UnknownAccount):
        world.accounts.verify(999, SEEDED, NOW)


def test_each_wrong_password_leaves_one_attempt_less(world: World) -> None:
    left = []
    for _ in range(3):
        with pytest.raises(WrongPassword) as refused:
            world.accounts.verify(101, "wrong", NOW)
        left.append(refused.value.attempts_left)
    assert left == [2, 1, 0]


def test_a_locked_account_is_refused_even_with_the_right_password(world: World) -> None:
    world.fail(3)
    with pytest.raises(AccountLocked) as locked:
        world.accounts.verify(101, SEEDED, NOW + 30 * MINUTE - 1)
    assert locked.value.until == NOW + 30 * MINUTE


def test_a_lock_ends_after_thirty_minutes(world: World) -> None:
    world.fail(3)
    world.accounts.verify(101, SEEDED, NOW + 30 * MINUTE)
    assert world.saved[-1].locked_until is None


def test_after_a_lock_there_are_three_attempts_again(world: World) -> None:
    world.fail(3)
    world.fail(2, NOW + 30 * MINUTE)
    world.accounts.verify(101, SEEDED, NOW + 31 * MINUTE)


def test_attempts_while_locked_do_not_prolong_the_lock(world: World) -> None:
    world.fail(3)
    with pytest.raises(AccountLocked):
        world.accounts.verify(101, "wrong", NOW + 29 * MINUTE)
    world.accounts.verify(101, SEEDED, NOW + 30 * MINUTE)


def test_only_wrong_passwords_in_a_row_count(world: World) -> None:
    for _ in range(3):
        world.fail(2)
        world.accounts.verify(101, SEEDED, NOW)


def test_an_administrator_takes_the_lock_off(world: World) -> None:
    world.fail(3)
    world.accounts.unlock(101)
    world.accounts.verify(101, SEEDED, NOW)


def test_a_lock_outlives_a_restart(world: World) -> None:
    world.fail(3)
    restarted = World()
    restarted.accounts.load([TENANT], world.saved[-1:])
    with pytest.raises(AccountLocked):
        restarted.accounts.verify(101, SEEDED, NOW)


def test_a_state_of_an_agent_that_is_gone_is_not_taken(world: World) -> None:
    world.accounts.load([TENANT], [AccountState(1, 999, SEEDED)])
    with pytest.raises(UnknownAccount):
        world.accounts.verify(999, SEEDED, NOW)


def test_a_changed_password_replaces_the_old_one(world: World) -> None:
    world.accounts.change_password(101, SEEDED, "Fresh#27", NOW)
    world.accounts.verify(101, "Fresh#27", NOW)
    assert world.accounts.password_of(101) == "Fresh#27"
    assert world.saved[-1] == AccountState(1, 101, "Fresh#27", (SEEDED,), password_changed_at=NOW)
    world.fail(1)


def test_a_wrong_old_password_counts_towards_the_lock(world: World) -> None:
    for _ in range(3):
        with pytest.raises(WrongPassword):
            world.accounts.change_password(101, "wrong", "Fresh#27", NOW)
    with pytest.raises(AccountLocked):
        world.accounts.change_password(101, SEEDED, "Fresh#27", NOW)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Sh0rt#x", PasswordRule.LENGTH),
        ("Lo#1" * 8 + "x", PasswordRule.LENGTH),
        ("Freesh#27", PasswordRule.REPEATED_CHARACTER),
        ("Fr#x10127", PasswordRule.PART_OF_WORK_NO),
        ("onlylower7", PasswordRule.CHARACTER_CLASSES),
        ("12345678#", PasswordRule.CHARACTER_CLASSES),
        (SEEDED, PasswordRule.RECENTLY_USED),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused(
    world: World, password: str, rule: PasswordRule
) -> None:
    with pytest.raises(PasswordRefused) as refused:
        world.accounts.change_password(101, SEEDED, password, NOW)
    assert refused.value.rule is rule
    assert world.accounts.password_of(101) == SEEDED


@pytest.mark.parametrize(
    "password", ["Fresh#27", "Lo#1" * 8, "onlylower7#", "Fr#x10x27", "01Ab#01x"]
)
def test_a_password_that_keeps_the_rules_is_taken(world: World, password: str) -> None:
    world.accounts.change_password(101, SEEDED, password, NOW)
    assert world.accounts.password_of(101) == password


@pytest.mark.parametrize("part", ["234", "345", "456"])
def test_no_three_characters_in_a_row_of_a_long_work_number(world: World, part: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        world.accounts.change_password(23456, "", f"Fresh#{part}", NOW)
    assert refused.value.rule is PasswordRule.PART_OF_WORK_NO


def test_the_last_five_passwords_are_refused_and_the_sixth_is_free_again(world: World) -> None:
    used = [SEEDED, *(f"Fresh#{number}x" for number in range(5))]
    for old, new in pairwise(used):
        world.accounts.change_password(101, old, new, NOW)
    for recent in used[1:]:
        with pytest.raises(PasswordRefused):
            world.accounts.change_password(101, used[-1], recent, NOW)
    world.accounts.change_password(101, used[-1], SEEDED, NOW)


def test_where_one_change_a_day_is_allowed_a_second_one_is_refused(world: World) -> None:
    world.accounts.change_password(101, SEEDED, "Fresh#27", NOW, not_within=DAY)
    with pytest.raises(ChangedTooRecently):
        world.accounts.change_password(101, "Fresh#27", "Fresh#28", NOW + DAY - 1, not_within=DAY)
    world.accounts.change_password(101, "Fresh#27", "Fresh#28", NOW + DAY, not_within=DAY)


def test_a_password_set_by_configuration_knows_no_rules_and_unlocks(world: World) -> None:
    world.fail(3)
    world.accounts.reset_password(101, "simple", NOW)
    world.accounts.verify(101, "simple", NOW)


def test_passwords_never_expire_unless_asked(world: World) -> None:
    assert world.accounts.days_remaining(101, NOW + 10_000 * DAY) is None


def test_the_days_that_remain_are_counted_down_to_zero() -> None:
    world = World(Validity(days=90, seeded_at=NOW))
    assert world.accounts.days_remaining(101, NOW) == 90
    assert world.accounts.days_remaining(101, NOW + 1) == 89
    assert world.accounts.days_remaining(101, NOW + 100 * DAY) == 0
    world.accounts.change_password(101, SEEDED, "Fresh#27", NOW + 100 * DAY)
    assert world.accounts.days_remaining(101, NOW + 100 * DAY) == 90


def test_accounts_come_and_go_with_their_agents(world: World) -> None:
    world.accounts.add(1, 300, "Agent#30")
    world.accounts.add(1, 101, "other")
    world.accounts.verify(300, "Agent#30", NOW)
    world.accounts.verify(101, SEEDED, NOW)
    world.accounts.remove(300)
    with pytest.raises(UnknownAccount):
        world.accounts.verify(300, "Agent#30", NOW)


def test_accounts_follow_the_configuration(world: World) -> None:
    before = TENANT
    ada, bo = before.agents
    cleo = AgentConfig(300, "Cleo", password="Agent#30")
    after = replace(before, agents=(replace(ada, password="Fresh#27"), cleo))
    world.fail(2)
    world.accounts.follow(before, after, NOW)
    world.accounts.verify(101, "Fresh#27", NOW)
    world.accounts.verify(300, "Agent#30", NOW)
    with pytest.raises(UnknownAccount):
        world.accounts.verify(bo.work_no, "", NOW)
    assert world.saved[-1].history == (SEEDED,)


def test_a_password_that_its_agent_has_changed_stays_when_others_change(world: World) -> None:
    world.accounts.change_password(101, SEEDED, "Fresh#27", NOW)
    ada, bo = TENANT.agents
    renamed = replace(TENANT, agents=(replace(ada, name="Ada B"), replace(bo, password="Bo#2026")))
    world.accounts.follow(TENANT, renamed, NOW)
    world.accounts.verify(101, "Fresh#27", NOW)
    world.accounts.verify(bo.work_no, "Bo#2026", NOW)
