"""Digest authentication of phones and trunks (RFC 7616, RFC 8760, RFC 3261 22)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import URI, Request

from emulator.surfaces.sip.digest import (
    WINDOW,
    Challenge,
    Challenger,
    NonceUse,
    Refusal,
    Verdict,
    answer,
    best_challenge,
)

SECOND = 1_000_000
START = 1_545_650_171 * SECOND
REALM = "call.example"
PASSWORDS = {"1001": "secret", "1002": "Secret, or not?"}
URI_TEXT = "sip:call.example"
RFC_NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
RFC_CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
RFC_OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


@dataclass
class Gate:
    """A challenger, and a phone that knows a password."""

    now: int = START
    capacity: int = 10
    challenger: Challenger = field(init=False)

    def __post_init__(self) -> None:
        self.challenger = Challenger(REALM, lambda: self.now, Random(1), 300, self.capacity)

    def asked(self, place: int = 0) -> Challenge:
        return Challenge.parse(self.challenger.challenge()[place][1])

    def shows(self, credentials: str, method: str = "REGISTER", uri: str = URI_TEXT) -> Verdict:
        request = Request(method, URI.parse(uri))
        request.headers.add("Authorization", credentials)
        return self.challenger.check(request, PASSWORDS.get)


def credentials(challenge: Challenge, user: str = "1001", **changed: object) -> str:
    options: dict[str, object] = {"password": "secret", "cnonce": "c0", "uri": URI_TEXT} | changed
    return answer(challenge, "REGISTER", user=user, **options)  # type: ignore[arg-type]


def old_style(challenge: Challenge) -> Challenge:
    """The challenge as a phone of RFC 2069 reads it."""
    return Challenge(challenge.realm, challenge.nonce, "MD5", (), challenge.opaque)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_answer_is_that_of_rfc_7616_3_9_1(algorithm: str, response: str) -> None:
    challenge = Challenge.parse(
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        f'nonce="{RFC_NONCE}", opaque="{RFC_OPAQUE}"'
    )
    told = answer(
        *(challenge, "GET", "/dir/index.html", "Mufasa", "Circle of Life"), cnonce=RFC_CNONCE
    )
    assert f'response="{response}"' in told
    assert f'opaque="{RFC_OPAQUE}"' in told
    assert "qop=auth, nc=00000001" in told


def test_the_answer_is_that_of_rfc_7616_3_9_2_as_its_erratum_4897_has_it() -> None:
    challenge = Challenge.parse(
        'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, '
        'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", '
        'opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true'
    )
    told = answer(
        *(challenge, "GET", "/doe.json", "Jäsøn Doe", "Secret, or not?"),
        cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
    )
    hashed = "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    response = "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"
    assert f'username="{hashed}"' in told
    assert f'response="{response}"' in told
    assert "userhash=true" in told


def test_the_body_is_signed_where_a_trunk_insists() -> None:
    challenge = Challenge.parse('Digest realm="r", nonce="n", qop="auth-int"')
    told = {
        answer(challenge, "INVITE", "sip:x", "u", "p", body, cnonce="c") for body in (b"", b"v=0")
    }
    assert len(told) == 2
    assert all("qop=auth-int" in it for it in told)


def test_a_session_key_depends_on_the_cnonce() -> None:
    challenge = Challenge.parse('Digest realm="r", nonce="n", algorithm=MD5-sess')
    told = [answer(challenge, "INVITE", "sip:x", "u", "p", cnonce=cnonce) for cnonce in "ab"]
    assert told[0].replace('cnonce="a"', "") != told[1].replace('cnonce="b"', "")


def test_the_first_challenge_that_can_be_answered_is() -> None:
    told = [
        'Basic realm="r"',
        'Digest realm="r", nonce="n", algorithm=SHA-9',
        'Digest realm="r", nonce="n", qop="token"',
        'Digest realm="r", nonce="n", algorithm=sha-256, qop="auth,auth-int", stale=TRUE',
        'Digest realm="r", nonce="n"',
    ]
    best = best_challenge(told)
    assert best is not None
    assert (best.algorithm, best.qop, best.stale) == ("sha-256", ("auth", "auth-int"), True)
    assert best_challenge(told[:3]) is None


def test_phones_that_look_at_one_challenge_only_find_md5_there() -> None:
    gate = Gate()
    assert [gate.asked(place).algorithm for place in (0, 1)] == ["MD5", "SHA-256"]
    assert {name for name, _ in gate.challenger.challenge()} == {"WWW-Authenticate"}
    assert {name for name, _ in gate.challenger.challenge(407)} == {"Proxy-Authenticate"}


@pytest.mark.parametrize("place", [0, 1])
def test_a_phone_that_knows_the_password_is_let_in(place: int) -> None:
    gate = Gate()
    verdict = gate.shows(credentials(gate.asked(place)))
    assert verdict == Verdict("1001")
    assert verdict.accepted


def test_an_old_phone_without_qop_is_let_in_once_for_each_nonce() -> None:
    gate = Gate()
    told = credentials(old_style(gate.asked(1)))
    assert "qop" not in told
    assert gate.shows(told).accepted
    assert gate.shows(told).refusal is Refusal.REPLAYED
    assert gate.shows(credentials(old_style(gate.asked(1)))).accepted


def test_leaving_qop_out_gives_no_second_use_of_a_nonce() -> None:
    gate = Gate()
    challenge = gate.asked(1)
    assert gate.shows(credentials(challenge)).accepted
    assert gate.shows(credentials(old_style(challenge))).refusal is Refusal.REPLAYED


def test_a_proxys_credentials_are_not_a_servers() -> None:
    gate = Gate()
    request = Request("INVITE", URI.parse(URI_TEXT))
    told = answer(gate.asked(), "INVITE", URI_TEXT, "1001", "secret", cnonce="c")
    request.headers.add("Proxy-Authorization", told)
    assert gate.challenger.check(request, PASSWORDS.get).refusal is Refusal.MISSING
    assert gate.challenger.check(request, PASSWORDS.get, 407).accepted


def test_credentials_for_other_realms_may_stand_beside_ours() -> None:
    gate = Gate()
    request = Request("REGISTER", URI.parse(URI_TEXT))
    request.headers.add("Authorization", credentials(Challenge("elsewhere", "n")))
    request.headers.add("Authorization", "Basic dXNlcjpwYXNz")
    request.headers.add("Authorization", credentials(gate.asked()))
    assert gate.challenger.check(request, PASSWORDS.get).accepted


@pytest.mark.parametrize("user", ["1001", "9999"])
def test_a_wrong_password_and_an_unknown_user_are_both_just_refused(user: str) -> None:
    gate = Gate()
    verdict = gate.shows(credentials(gate.asked(), user, password="guess"))
    assert verdict.refusal in (Refusal.WRONG, Refusal.UNKNOWN_USER)
    assert not verdict.stale


def test_an_unknown_user_has_no_password_at_all() -> None:
    gate = Gate()
    verdict = gate.shows(credentials(gate.asked(), "9999", password=""))
    assert verdict == Verdict("9999", Refusal.UNKNOWN_USER)


def test_credentials_are_good_for_their_method_only() -> None:
    gate = Gate()
    assert gate.shows(credentials(gate.asked()), "INVITE").refusal is Refusal.WRONG


@pytest.mark.parametrize("uri", ["sip:other.example", "sip:1002@call.example", "nonsense"])
def test_credentials_are_good_for_their_target_only(uri: str) -> None:
    gate = Gate()
    assert gate.shows(credentials(gate.asked(), uri=uri)).refusal is Refusal.OTHER_TARGET


@pytest.mark.parametrize("uri", ["sip:CALL.example:5060", "sip:call.example;transport=udp"])
def test_phones_may_differ_in_the_ports_and_parameters_of_the_target(uri: str) -> None:
    gate = Gate()
    assert gate.shows(credentials(gate.asked(), uri=uri)).accepted


def test_a_nonce_is_good_for_its_lifetime_and_stale_afterwards() -> None:
    gate = Gate()
    challenge = gate.asked()
    gate.now += 300 * SECOND - 1
    assert gate.shows(credentials(challenge)).accepted
    gate.now += 1
    verdict = gate.shows(credentials(challenge, count=2))
    assert verdict.refusal is Refusal.STALE
    assert verdict.stale
    assert all("stale=true" in it for _, it in gate.challenger.challenge(stale=verdict.stale))


def test_only_who_knows_the_password_hears_that_a_nonce_is_stale() -> None:
    gate = Gate()
    challenge = gate.asked()
    gate.now += 300 * SECOND
    assert gate.shows(credentials(challenge, password="guess")).refusal is Refusal.WRONG


def forged(nonce: str) -> list[str]:
    earlier = f"{int(nonce[:16], 16) - SECOND:016x}"
    return ["", "dcd98b7102dd2f0e", nonce.upper(), earlier + nonce[16:], nonce[:-1], nonce + "0"]


def test_a_nonce_that_was_never_issued_is_stale() -> None:
    gate = Gate()
    for nonce in forged(gate.asked().nonce):
        verdict = gate.shows(credentials(Challenge(REALM, nonce, "MD5", ("auth",))))
        assert verdict.refusal is Refusal.STALE, nonce


def test_the_nonce_of_another_run_is_stale() -> None:
    other = Challenger(REALM, lambda: START, Random(2))
    challenge = replace(Challenge.parse(other.challenge()[0][1]), opaque=None)
    assert Gate().shows(credentials(challenge)).refusal is Refusal.STALE


def test_opaque_may_be_left_out_but_not_changed() -> None:
    gate = Gate()
    challenge = gate.asked()
    bare = Challenge(REALM, challenge.nonce, "SHA-256", ("auth",))
    changed = Challenge(REALM, challenge.nonce, "SHA-256", ("auth",), "x")
    assert gate.shows(credentials(bare)).accepted
    assert gate.shows(credentials(changed, count=2)).refusal is Refusal.STALE


def test_requests_of_one_nonce_may_overtake_each_other() -> None:
    gate = Gate()
    challenge = gate.asked()
    verdicts = [gate.shows(credentials(challenge, count=count)) for count in (2, 1, 4, 3)]
    assert all(verdict.accepted for verdict in verdicts)


@given(st.lists(st.integers(0, 3 * WINDOW), max_size=300))
def test_a_count_is_taken_once(counts: list[int]) -> None:
    use = NonceUse(START)
    taken = [count for count in counts if use.take(count)]
    assert len(taken) == len(set(taken))
    assert 0 not in taken


@given(st.lists(st.integers(1, WINDOW), unique=True))
def test_every_new_count_within_the_window_is_taken(counts: list[int]) -> None:
    use = NonceUse(START)
    assert all(use.take(count) for count in counts)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(1, 3), st.booleans(), st.integers(0, 100)),
        max_size=60,
    )
)
def test_a_replayed_credential_is_never_accepted(shown: list[tuple[int, int, bool, int]]) -> None:
    gate = Gate(capacity=2)
    challenges = [gate.asked() for _ in range(6)]
    accepted: set[str] = set()
    for place, count, modern, seconds in shown:
        gate.now += seconds * SECOND
        challenge = challenges[place] if modern else old_style(challenges[place])
        told = credentials(challenge, count=count)
        if gate.shows(told).accepted:
            assert told not in accepted
            accepted.add(told)


def test_memory_for_used_nonces_is_bounded_and_the_forgotten_ones_are_stale() -> None:
    gate = Gate(capacity=3)
    challenges = []
    for _ in range(10):
        gate.now += SECOND
        challenges.append(gate.asked())
        assert gate.shows(credentials(challenges[-1])).accepted
    kept = gate.challenger.part().save()
    assert len(kept.used) == 3
    verdicts = [gate.shows(credentials(challenge, count=2)) for challenge in challenges]
    assert [verdict.accepted for verdict in verdicts] == [False] * 7 + [True] * 3


def test_challenges_that_nobody_answers_take_no_memory() -> None:
    gate = Gate()
    for _ in range(100):
        gate.shows(credentials(gate.asked(), password="guess"))
    assert not gate.challenger.part().save().used


def test_a_snapshot_keeps_what_was_used() -> None:
    gate, later = Gate(), Gate()
    told = credentials(gate.asked())
    assert gate.shows(told).accepted
    later.challenger.part().load(gate.challenger.part().save())
    assert later.shows(told).refusal is Refusal.REPLAYED


def unusual(told: str) -> list[str]:
    return [
        told.replace("Digest ", "DIGEST  ").replace(", ", " ,\r\n "),
        told.replace("qop=auth", 'qop="auth"').replace("algorithm=SHA-256", 'Algorithm="sha-256"'),
        told.replace('username="1001"', 'username = "10\\01"') + ', auth-param="a, b=\\"c\\""',
        told + ", self=1,",
    ]


@pytest.mark.parametrize("form", range(4))
def test_unusual_but_legal_credentials_are_read(form: int) -> None:
    gate = Gate()
    assert gate.shows(unusual(credentials(gate.asked(1)))[form]).accepted


@pytest.mark.parametrize(
    "told",
    [
        "",
        "Digest",
        "Digest username",
        'Digest username="1001"',
        'Digest username="1001", username="1001"',
        'Digest username="1001, realm="call.example"',
        'Bearer realm="call.example"',
    ],
)
def test_what_cannot_be_read_counts_as_missing(told: str) -> None:
    assert Gate().shows(told).refusal is Refusal.MISSING


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=0000000g"),
        (', cnonce="c0"', ""),
        ('response="', 'response="g'),
        ("qop=auth", "qop=auth-int"),
        ("algorithm=SHA-256", "algorithm=SHA-512-256"),
        ("algorithm=SHA-256", "algorithm=SHA-256-sess"),
    ],
)
def test_what_was_not_offered_counts_as_missing(old: str, new: str) -> None:
    gate = Gate()
    told = credentials(gate.asked(1))
    assert old in told
    assert gate.shows(told.replace(old, new)).refusal is Refusal.MISSING


def test_names_that_are_not_utf_8_are_only_unknown() -> None:
    gate = Gate()
    told = credentials(gate.asked()).replace("1001", b"\xe91".decode("utf-8", "surrogateescape"))
    assert gate.shows(told).refusal is Refusal.UNKNOWN_USER


def test_the_count_zero_is_none() -> None:
    gate = Gate()
    assert gate.shows(credentials(gate.asked(), count=0)).refusal is Refusal.REPLAYED
