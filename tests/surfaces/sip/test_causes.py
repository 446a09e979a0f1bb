"""Why calls fail: SIP status, Q.850 and the causes of the switch."""

from __future__ import annotations

import pytest

from emulator.surfaces.sip import causes, digits
from emulator.surfaces.sip.causes import CAUSES, Cause
from emulator.switch import calls, operations


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_a_status_and_a_reason(cause: Cause) -> None:
    assert causes.of_switch(cause.switch) is cause
    assert 400 <= cause.status < 700
    assert causes.reason(cause.switch) == f"Q.850;cause={cause.q850}"


def test_every_cause_that_the_switch_gives_for_a_failure_is_in_the_table() -> None:
    given = {it for name, it in vars(calls).items() if name.startswith("CAUSE_")}
    talking = {calls.CAUSE_REDIRECTED, calls.CAUSE_CONFERENCE_RELEASED, calls.CAUSE_DURATION_OVER}
    known = {it.switch for it in CAUSES}
    assert given - talking <= known
    assert set(operations._REASONS) - {605} <= known


@pytest.mark.parametrize(
    ("status", "reasons", "cause"),
    [
        (486, (), 537),
        (404, (), 538),
        (408, (), 603),
        (503, (), 602),
        (699, (), 549),
        (480, ("SIP;cause=480", 'Q.850;cause=17;text="busy"'), 537),
        (486, ("Q.850;cause=999",), 537),
        (486, ("Q.850;cause=127",), 537),
        (404, ("q.850 ; text=x ; cause = 21",), 604),
    ],
)
def test_a_refusal_from_outside_has_a_cause_of_the_switch(
    status: int, reasons: tuple[str, ...], cause: int
) -> None:
    assert causes.of_refusal(status, reasons) == cause


def test_whatever_is_refused_outside_is_known_to_the_switch() -> None:
    given = {causes.of_refusal(status) for status in range(300, 700)}
    given |= {causes.of_refusal(0, [f"Q.850;cause={it}"]) for it in range(128)}
    assert given <= {it.switch for it in CAUSES}


def test_a_cause_that_is_not_in_the_table_is_unavailable() -> None:
    assert causes.of_switch(12345).status == 480


@pytest.mark.parametrize(
    ("media_type", "body", "key"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", b"Signal= *\r\nDuration= 250", "*"),
        ("application/dtmf-relay", b"signal=11\n", "#"),
        ("application/dtmf-relay", b"Duration=160\r\n", ""),
        ("application/dtmf", b"#", "#"),
        ("application/dtmf", b"d", "D"),
        ("application/dtmf", b"12", "A"),
        ("application/dtmf", b"x", ""),
        ("text/plain", b"5", ""),
        ("", b"", ""),
    ],
)
def test_keys_are_read_from_info_requests(media_type: str, body: bytes, key: str) -> None:
    assert digits.pressed(media_type, body) == key
