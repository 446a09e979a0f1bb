"""Sources that send more than they may."""

from __future__ import annotations

from emulator.surfaces.sip.limits import RateSettings, SourceLimits, Verdict

ADMIT, REFUSE, IGNORE = Verdict.ADMIT, Verdict.REFUSE, Verdict.IGNORE


def test_after_a_burst_a_source_is_refused_once_a_second_and_then_ignored() -> None:
    limits = SourceLimits(RateSettings(rate=0.5, burst=2))
    verdicts = [limits.judge("192.0.2.1", now) for now in (0.0, 0.0, 0.1, 0.2, 1.0, 1.2)]
    assert verdicts == [ADMIT, ADMIT, REFUSE, IGNORE, IGNORE, REFUSE]
    assert limits.retry_after() == 4


def test_a_source_may_send_again_at_its_rate() -> None:
    limits = SourceLimits(RateSettings(rate=4, burst=1))
    verdicts = [limits.judge("192.0.2.1", quarter / 4) for quarter in range(10)]
    assert verdicts == [ADMIT] * 10


def test_sources_do_not_share() -> None:
    limits = SourceLimits(RateSettings(rate=1, burst=1))
    assert [limits.judge(source, 0.0) for source in ("a", "b", "a")] == [ADMIT, ADMIT, REFUSE]


def test_no_rate_is_no_limit_and_remembers_nobody() -> None:
    limits = SourceLimits(RateSettings())
    assert {limits.judge("192.0.2.1", 0.0) for _ in range(1000)} == {ADMIT}
    assert len(limits) == 0


def test_of_too_many_sources_the_longest_silent_is_forgotten() -> None:
    limits = SourceLimits(RateSettings(rate=0.001, burst=1, sources=2))
    for source in ("a", "b", "a", "c"):
        limits.judge(source, 0.0)
    assert len(limits) == 2
    assert limits.judge("a", 0.1) is IGNORE
    assert limits.judge("b", 0.1) is ADMIT
