"""Who guesses passwords is locked out for a while."""

from __future__ import annotations

import pytest

from emulator.surfaces.sip import admission
from emulator.surfaces.sip.admission import LockOut
from emulator.surfaces.sip.registrar import RegistrarSettings
from tests.surfaces.sip.phones import DESK, SECOND, Site


@pytest.mark.parametrize("user", ["1001", "9999"])
def test_a_user_is_locked_out_after_five_wrong_passwords_be_it_one_or_not(user: str) -> None:
    site = Site()
    assert [site.guess(user) for _ in range(7)] == [401] * 5 + [403] * 2
    assert site.locked_out == [user]


def test_who_is_locked_out_cannot_come_in_with_the_right_password_either() -> None:
    site = Site()
    for _ in range(5):
        site.guess()
    assert site.register("<sip:a@b>").code == 403
    assert site.register("<sip:a@b>", user="1002").code == 200
    site.now += 600 * SECOND - 1
    assert site.register("<sip:a@b>").code == 403
    site.now += 1
    assert site.register("<sip:a@b>").code == 200


def test_who_was_locked_out_has_all_guesses_again_afterwards() -> None:
    site = Site()
    for _ in range(5):
        site.guess()
    site.now += 600 * SECOND
    assert [site.guess() for _ in range(6)] == [401] * 5 + [403]
    assert site.locked_out == ["1001", "1001"]


def test_a_lock_out_shorter_than_the_window_begins_anew_too() -> None:
    site = Site(RegistrarSettings(lock_out=LockOut(2, window=300, duration=10)))
    assert [site.guess() for _ in range(3)] == [401, 401, 403]
    site.now += 10 * SECOND
    assert [site.guess() for _ in range(3)] == [401, 401, 403]


def test_the_right_password_makes_the_wrong_ones_forgotten() -> None:
    site = Site()
    for _ in range(3):
        assert [site.guess() for _ in range(4)] == [401] * 4
        assert site.register("<sip:a@b>").code == 200
    assert not site.locked_out


def test_wrong_passwords_count_within_a_window_only() -> None:
    site = Site()
    assert [site.guess() for _ in range(4)] == [401] * 4
    site.now += 300 * SECOND
    assert [site.guess() for _ in range(6)] == [401] * 5 + [403]


def test_requests_without_credentials_are_not_guesses() -> None:
    site = Site()
    codes = [site.registrar.register(site.request("<sip:a@b>"), DESK).code for _ in range(9)]
    assert codes == [401] * 9
    assert site.register("<sip:a@b>").code == 200


def test_an_operator_can_unlock_a_user() -> None:
    site = Site(RegistrarSettings(lock_out=LockOut(wrong_passwords=1)))
    site.guess()
    assert site.guess() == 403
    site.registrar.admission.unlock("1001")
    assert site.register("<sip:a@b>").code == 200


def test_memory_for_wrong_passwords_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "CAPACITY", 3)
    site = Site()
    for user in range(9):
        site.guess(str(user))
    assert list(site.registrar.admission.part().save()) == ["6", "7", "8"]
