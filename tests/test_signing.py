"""The auth-v2 signature: known answers, and what a change of anything does."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.signing import (
    Authorization,
    SignatureError,
    SignedRequest,
    canonical_request,
    format_timestamp,
    normalize,
    parse_authorization,
    parse_timestamp,
    sign,
    verify,
)

AT = datetime(2018, 10, 17, 11, 48, 24, tzinfo=UTC)
HEADERS = {
    "host": b"10.22.26.181:28080",
    "content-length": b"22",
    "content-type": b"application/json;charset=UTF-8",
}
PING = SignedRequest("POST", b"/rest/cmsapp/v1/ping", b"", HEADERS, b'{"say": "Hello world!"}')
NAMES = "content-length;content-type;host"
SECRET = "top secret"


def hmac_hex(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def expected(prefix: str, text: str) -> str:
    return f"{prefix}/{hmac_hex(hmac_hex(SECRET, prefix), text)}"


def test_a_post_with_a_body_is_signed_as_documented() -> None:
    text = (
        "POST\n/rest/cmsapp/v1/ping\ncontent-length;content-type;host\n"
        "content-length:22\ncontent-type:application%2Fjson%3Bcharset%3DUTF-8\n"
        "host:10.22.26.181%3A28080\n%7B%22say%22%3A%20%22Hello%20world%21%22%7D"
    )
    assert canonical_request(PING, NAMES.split(";")) == text
    prefix = f"auth-v2/globalak/2018-10-17T11:48:24.000Z/{NAMES}"
    assert str(sign("globalak", SECRET, PING, HEADERS, AT)) == expected(prefix, text)


def test_a_query_adds_a_line_and_an_empty_body_leaves_the_text_ending_in_a_newline() -> None:
    query = b"name=te+st&id=1%2f2&empty&b=%E4%B8%96"
    got = replace(PING, method="GET", path=b"/a%20b/", query=query, body=b"")
    text = (
        "GET\n/a%20b/\nb=%E4%B8%96&empty=&id=1%2F2&name=te%20st\nhost\nhost:10.22.26.181%3A28080\n"
    )
    assert canonical_request(got, ["host"]) == text
    prefix = "auth-v2/ak/2018-10-17T11:48:24.000Z/host"
    assert str(sign("ak", SECRET, got, ["host"], AT)) == expected(prefix, text)


def test_headers_are_trimmed_and_sorted_as_whole_records() -> None:
    headers = {"host": b" h ", "x": b"1", "x-a": b"2"}
    lines = canonical_request(replace(PING, headers=headers), ["host", "x", "x-a"]).split("\n")
    assert lines[2] == "host;x;x-a"
    assert lines[3:6] == ["host:h", "x-a:2", "x:1"]


@pytest.mark.parametrize("byte", range(256))
def test_every_byte_but_the_unreserved_is_escaped_in_upper_case(byte: int) -> None:
    unreserved = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    plain = bytes([byte])
    assert normalize(plain) == (plain.decode() if plain in unreserved else f"%{byte:02X}")


@pytest.mark.parametrize("text", ["2018-10-17T11:48:24Z", "2018-10-17T11:48:24.123Z"])
def test_a_timestamp_may_have_milliseconds_or_not(text: str) -> None:
    assert parse_timestamp(text).replace(microsecond=0) == AT


@pytest.mark.parametrize(
    "text",
    ["", "2018-10-17 11:48:24Z", "2018-10-17T11:48:24", "2018-13-17T11:48:24Z",
     "2018-10-17T11:48:24.1Z", "2018-10-17T11:48:24+08:00", "٢018-10-17T11:48:24Z"],
)  # fmt: skip
def test_another_form_of_time_is_refused(text: str) -> None:
    with pytest.raises(SignatureError):
        parse_timestamp(text)


def test_a_timestamp_is_written_in_utc_with_milliseconds() -> None:
    beijing = AT.astimezone(timezone(timedelta(hours=8))).replace(microsecond=7_999)
    assert format_timestamp(beijing) == "2018-10-17T11:48:24.007Z"


@pytest.mark.parametrize(
    "value",
    ["", "Bearer x", "auth-v2/ak/2018-10-17T11:48:24Z/host",
     "auth-v1/ak/2018-10-17T11:48:24Z/host/s",
     "auth-v2/ak/now/host/s", "auth-v2/a/k/2018-10-17T11:48:24Z/host/s"],
)  # fmt: skip
def test_another_form_of_authorization_is_refused(value: str) -> None:
    with pytest.raises(SignatureError):
        parse_authorization(value)


@pytest.mark.parametrize(
    "names",
    [("content-type",), ("authorization", "host"), ("host", "content-type"), ("Host",),
     ("host", "host"), ("host", "x-missing"), ()],
)  # fmt: skip
def test_a_choice_of_headers_against_the_rules_is_refused(names: tuple[str, ...]) -> None:
    authorization = Authorization("ak", "2018-10-17T11:48:24Z", names, "0" * 64)
    with pytest.raises(SignatureError):
        verify(authorization, SECRET, replace(PING, headers={**HEADERS, "authorization": b"x"}))


@pytest.mark.parametrize("names", [["content-type"], ["host", "Authorization"]])
def test_the_signer_keeps_the_same_rules(names: list[str]) -> None:
    with pytest.raises(SignatureError):
        sign("ak", SECRET, PING, names, AT)


tokens = st.text("ABCxyz019-._~%/ +&=;:世é", max_size=12)
header_names = st.sampled_from(["content-type", "content-length", "x-app-key", "x-a", "x"])
requests = st.builds(
    SignedRequest,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    path=st.text("abcXYZ019-._~%/", max_size=12).map(lambda path: b"/" + path.encode()),
    query=st.text("abcXYZ019-._~%&=+", max_size=12).map(str.encode),
    headers=st.dictionaries(header_names, tokens.map(str.encode)).map(
        lambda headers: {**headers, "host": b"cms:8000"}
    ),
    body=tokens.map(str.encode),
)


@given(requests, st.randoms(use_true_random=False))
def test_what_was_signed_is_accepted_whatever_headers_are_chosen(
    request: SignedRequest, random: object
) -> None:
    names = list(request.headers)
    random.shuffle(names)  # type: ignore[attr-defined]
    chosen = {"host", *names[: len(names) // 2]}
    authorization = sign("ak", SECRET, request, chosen, AT)
    verify(parse_authorization(str(authorization)), SECRET, request)


def refused(authorization: Authorization, request: SignedRequest, secret: str = SECRET) -> bool:
    try:
        verify(authorization, secret, request)
    except SignatureError:
        return True
    return False


def changed(value: bytes, position: int, byte: int) -> bytes:
    at = position % len(value)
    return value[:at] + bytes([(value[at] + 1 + byte % 255) % 256]) + value[at + 1 :]


@given(requests, st.integers(0, 1000), st.integers(0, 254))
def test_a_change_of_one_byte_in_path_header_or_body_is_refused(
    request: SignedRequest, position: int, byte: int
) -> None:
    request = replace(request, body=request.body + b"x")
    authorization = sign("ak", SECRET, request, request.headers, AT)
    assert refused(authorization, replace(request, path=changed(request.path, position, byte)))
    assert refused(authorization, replace(request, body=changed(request.body, position, byte)))
    assert refused(authorization, replace(request, method=request.method + "X"))
    for name, value in request.headers.items():
        other = changed(b"." + value.strip() + b".", position, byte)
        if other.strip() != value.strip():
            assert refused(
                authorization, replace(request, headers={**request.headers, name: other})
            )


@given(st.lists(st.tuples(tokens, tokens), min_size=1, max_size=3), st.data())
def test_a_change_of_a_parameter_is_refused(
    parameters: list[tuple[str, str]], data: st.DataObject
) -> None:
    def encoded(pairs: list[tuple[str, str]]) -> bytes:
        return "&".join(
            f"{normalize(k.encode())}={normalize(v.encode())}" for k, v in pairs
        ).encode()

    request = replace(PING, query=encoded(parameters))
    authorization = sign("ak", SECRET, request, HEADERS, AT)
    index = data.draw(st.integers(0, len(parameters) - 1))
    other = data.draw(st.tuples(tokens, tokens))
    altered = [*parameters[:index], other, *parameters[index + 1 :]]
    accepted = not refused(authorization, replace(request, query=encoded(altered)))
    assert accepted == (sorted(altered) == sorted(parameters))
    assert refused(authorization, replace(request, query=b""))


def test_another_secret_key_or_time_is_refused() -> None:
    authorization = sign("ak", SECRET, PING, HEADERS, AT)
    assert not refused(authorization, PING)
    assert refused(authorization, PING, "another secret")
    assert refused(replace(authorization, access_key="ak2"), PING)
    assert refused(replace(authorization, timestamp="2018-10-17T11:48:25.000Z"), PING)
    assert refused(replace(authorization, signed_headers=("host",)), PING)
    assert refused(replace(authorization, signature=authorization.signature.upper()), PING)
