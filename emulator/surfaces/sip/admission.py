"""Who may come in: digest authentication, and the lock-out of who guesses passwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sipmessage import Request

from emulator.snapshot.part import Part, attribute
from emulator.surfaces.sip.digest import Challenger, Refusal, Verdict
from emulator.surfaces.sip.replies import Fields, Refused
from emulator.switch.clock import MICROSECONDS

CAPACITY = 10_000
"""Users whose wrong passwords are remembered; beyond it the oldest are forgotten."""
GUESSES = (Refusal.WRONG, Refusal.UNKNOWN_USER)


@dataclass(frozen=True, slots=True)
class LockOut:
    """After how many wrong passwords within a window (seconds) a user is locked out how long."""

    wrong_passwords: int = 5
    window: int = 300
    duration: int = 600


@dataclass(slots=True)
class Failures:
    """Wrong passwords of a user since an instant; times in microseconds of domain time."""

    since: int
    count: int = 0
    locked_until: int = 0


class Admission:
    """Admits requests of users that show their password; REGISTER, INVITE and others alike."""

    __slots__ = ("_failures", "_now", "_on_lock_out", "_password_of", "_rule", "challenger")

    def __init__(
        self,
        challenger: Challenger,
        password_of: Callable[[str], str | None],
        now: Callable[[], int],
        rule: LockOut,
        on_lock_out: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`now` gives the domain time in microseconds; a user is locked out known or not."""
        self.challenger = challenger
        self._password_of = password_of
        self._now = now
        self._rule = rule
        self._on_lock_out = on_lock_out
        self._failures: dict[str, Failures] = {}

    def admit(self, request: Request, code: int = 401) -> str:
        """The user who sends a request; `Refused` with a challenge (`code`), or 403."""
        verdict = self.judge(request, code)
        if verdict.refusal is None:
            return verdict.user
        if verdict.refusal is Refusal.LOCKED_OUT:
            raise Refused(403, verdict.refusal)
        raise Refused(code, verdict.refusal, self.challenge(verdict, code))

    def judge(self, request: Request, code: int = 401) -> Verdict:
        """What a request's credentials are worth; wrong ones are counted."""
        verdict = self.challenger.check(request, self._password_of, code)
        if self.is_locked_out(verdict.user):
            return Verdict(verdict.user, Refusal.LOCKED_OUT)
        if verdict.refusal in GUESSES:
            self._count(verdict.user)
        elif verdict.accepted:
            self._failures.pop(verdict.user, None)
        return verdict

    def challenge(self, verdict: Verdict, code: int = 401) -> Fields:
        """The header fields that ask whom a verdict refused for credentials."""
        return self.challenger.challenge(code, stale=verdict.stale)

    def is_locked_out(self, user: str) -> bool:
        """Whether too many wrong passwords came."""
        failures = self._failures.get(user)
        return failures is not None and self._now() < failures.locked_until

    def unlock(self, user: str) -> None:
        """Forget a user's wrong passwords."""
        self._failures.pop(user, None)

    def part(self) -> Part:
        """What a snapshot keeps of it, beside its challenger's."""
        return attribute(self, "_failures", dict[str, Failures], "SIP lock-outs")

    def _count(self, user: str) -> None:
        now = self._now()
        failures = self._failures.get(user)
        if failures is None or failures.locked_until or self._is_over(failures):
            failures = self._begin(user)
        failures.count += 1
        if failures.count >= self._rule.wrong_passwords:
            failures.locked_until = now + self._rule.duration * MICROSECONDS
            self._on_lock_out(user)

    def _is_over(self, failures: Failures) -> bool:
        return self._now() >= failures.since + self._rule.window * MICROSECONDS

    def _begin(self, user: str) -> Failures:
        self._failures.pop(user, None)
        while len(self._failures) >= CAPACITY:
            del self._failures[next(iter(self._failures))]
        failures = self._failures[user] = Failures(self._now())
        return failures
