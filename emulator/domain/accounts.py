"""Agents' accounts: passwords, their rules, and locks after wrong ones (CEC 5.1.3, 6.1.1.16).

Instants are microseconds of domain time. A seeded password stands as it is: the rules are for
changes. Passwords are kept in the clear, for the doors need them to check digests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from emulator.domain.errors import (
    AccountLocked,
    ChangedTooRecently,
    PasswordRefused,
    PasswordRule,
    UnknownAccount,
    WrongPassword,
)
from emulator.store.rows import AccountState
from emulator.switch.config import TenantConfig

SECOND = 1_000_000
DAY = 24 * 3600 * SECOND

ATTEMPTS = 3
LOCKED_FOR = 30 * 60 * SECOND
REMEMBERED = 5
"""Passwords that may not be used again; the current one is the latest of them."""

MIN_LENGTH, MAX_LENGTH = 8, 32
MIN_CLASSES = 3
MAX_PHONE_LENGTH = 16
PHONE_SPECIALS = "~@^*_{+}?"
"""What a phone's password may have beside letters and digits of ASCII."""
MAX_SHARED = 2
"""Characters in a row that a password may share with the work number."""

Save = Callable[[AccountState], None]


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a password is valid: `days` (None: for ever), a seeded one from `seeded_at` on."""

    days: int | None = None
    seeded_at: int = 0


class Accounts:
    """The accounts of a world. `save` is told each state that changed."""

    def __init__(self, save: Save, validity: Validity | None = None) -> None:
        self._save = save
        self._validity = validity or Validity()
        self._states: dict[int, AccountState] = {}

    def load(self, tenants: Iterable[TenantConfig], states: Iterable[AccountState] = ()) -> None:
        """Take the accounts of all agents; a state from the store stands over the seed."""
        self._states = {
            agent.work_no: AccountState(tenant.id, agent.work_no, agent.password)
            for tenant in tenants
            for agent in tenant.agents
        }
        for state in states:
            if state.work_no in self._states:
                self._states[state.work_no] = state

    @property
    def states(self) -> dict[int, AccountState]:
        """Every account's state, by work number."""
        return self._states

    def take_up(self, states: dict[int, AccountState]) -> None:
        """Take these accounts for all there are; nothing is saved."""
        self._states = states

    def load_tenant(self, tenant: TenantConfig) -> None:
        """Take one tenant's accounts anew, as they are seeded."""
        gone = [no for no, state in self._states.items() if state.tenant_id == tenant.id]
        for work_no in gone:
            del self._states[work_no]
        for agent in tenant.agents:
            state = AccountState(tenant.id, agent.work_no, agent.password)
            self._states[agent.work_no] = state

    def add(self, tenant_id: int, work_no: int, password: str) -> None:
        """Open the account of a new agent; one that is there already keeps its state."""
        self._states.setdefault(work_no, AccountState(tenant_id, work_no, password))

    def remove(self, work_no: int) -> None:
        """Close an account; the store drops its state together with the agent."""
        self._states.pop(work_no, None)

    def follow(self, before: TenantConfig, after: TenantConfig, now: int) -> None:
        """The tenant's configuration has changed: accounts come and go with its agents.

        A password that is another one there is set, whatever it was.
        """
        if before.agents is after.agents:
            return
        known = {agent.work_no: agent.password for agent in before.agents}
        for agent in after.agents:
            password = known.pop(agent.work_no, agent.password)
            if agent.work_no not in self._states:
                self.add(after.id, agent.work_no, agent.password)
            elif password != agent.password:
                self.reset_password(agent.work_no, agent.password, now)
        for work_no in known:
            self.remove(work_no)

    def password_of(self, work_no: int) -> str:
        """The password in force, for doors that check a digest."""
        return self._state(work_no).password

    def verify(self, work_no: int, password: str, now: int) -> None:
        """Return if the password is right; the third wrong one in a row locks the account."""
        state = self._open_state(work_no, now)
        if password == state.password:
            if state.failed_attempts or state.locked_until is not None:
                self._put(replace(state, failed_attempts=0, locked_until=None))
            return
        failed = state.failed_attempts + 1
        locked_until = now + LOCKED_FOR if failed >= ATTEMPTS else None
        self._put(replace(state, failed_attempts=failed, locked_until=locked_until))
        raise WrongPassword(work_no, ATTEMPTS - failed)

    def change_password(
        self, work_no: int, old: str, new: str, now: int, *, not_within: int = 0
    ) -> None:
        """Change the password by one who knows the old one, if the rules allow the new one.

        `not_within` microseconds of the last change there is no other; CEC 5.1.3 asks for a day.
        """
        self.verify(work_no, old, now)
        state = self._state(work_no)
        changed = state.password_changed_at
        if changed is not None and now < changed + not_within:
            raise ChangedTooRecently(work_no, changed + not_within)
        if rule := broken_rule(new, work_no, (*state.history, state.password)):
            raise PasswordRefused(work_no, rule)
        self._put_password(state, new, now)

    def reset_password(self, work_no: int, new: str, now: int) -> None:
        """Set a password by configuration: no rules, and the account is unlocked."""
        self._put_password(self._state(work_no), new, now)

    def unlock(self, work_no: int) -> None:
        """Take the lock off, as an administrator may."""
        self._put(replace(self._state(work_no), failed_attempts=0, locked_until=None))

    def days_remaining(self, work_no: int, now: int) -> int | None:
        """Whole days for which the password is still valid, 0 when expired; None: for ever."""
        changed = self._state(work_no).password_changed_at
        if self._validity.days is None:
            return None
        since = self._validity.seeded_at if changed is None else changed
        return max(0, (since + self._validity.days * DAY - now) // DAY)

    def _state(self, work_no: int) -> AccountState:
        try:
            return self._states[work_no]
        except KeyError:
            raise UnknownAccount(work_no) from None

    def _open_state(self, work_no: int, now: int) -> AccountState:
        """The state of an account that is not locked; a lock that has run out starts afresh."""
        state = self._state(work_no)
        if state.locked_until is None:
            return state
        if now < state.locked_until:
            raise AccountLocked(work_no, state.locked_until)
        return replace(state, failed_attempts=0)

    def _put_password(self, state: AccountState, new: str, now: int) -> None:
        self._put(
            replace(
                state,
                password=new,
                history=(*state.history, state.password)[-(REMEMBERED - 1) :],
                failed_attempts=0,
                locked_until=None,
                password_changed_at=now,
            )
        )

    def _put(self, state: AccountState) -> None:
        self._states[state.work_no] = state
        self._save(state)


def broken_rule(password: str, work_no: int, used: Iterable[str]) -> PasswordRule | None:
    """The first rule that a new password breaks, in the order of the reference."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return PasswordRule.LENGTH
    if any(first == second for first, second in pairwise(password)):
        return PasswordRule.REPEATED_CHARACTER
    if _shares_with(password, str(work_no)):
        return PasswordRule.PART_OF_WORK_NO
    if len({_character_class(character) for character in password}) < MIN_CLASSES:
        return PasswordRule.CHARACTER_CLASSES
    if password in used:
        return PasswordRule.RECENTLY_USED
    return None


def broken_phone_rule(password: str) -> PasswordRule | None:
    """The first rule that a phone's new password breaks (CEC 5.1.8)."""
    if not MIN_LENGTH <= len(password) <= MAX_PHONE_LENGTH:
        return PasswordRule.LENGTH
    if not all(it.isascii() and (it.isalnum() or it in PHONE_SPECIALS) for it in password):
        return PasswordRule.CHARACTER_CLASSES
    if len({_character_class(character) for character in password}) < MIN_CLASSES:
        return PasswordRule.CHARACTER_CLASSES
    return None


def _shares_with(password: str, work_no: str) -> bool:
    size = MAX_SHARED + 1
    parts = (work_no[start : start + size] for start in range(len(work_no) - size + 1))
    return any(part in password for part in parts)


def _character_class(character: str) -> str:
    if character.isupper():
        return "upper"
    if character.islower():
        return "lower"
    return "digit" if character.isdecimal() else "special"
