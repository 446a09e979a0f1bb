from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.cec.body import decode_object, decode_query, unwrap
from emulator.surfaces.cec.errors import ParameterError

NAME = {"name": "客服"}


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        (b"", "utf-8"),
        (b"application/json", "utf-8"),
        (b"application/json; charset=UTF-8", "utf-8"),
        (b"application/json;charset=utf8", "utf-8"),
        (b'application/json; charset="GB18030"; x=y', "gb18030"),
        (b"application/json; Charset=GBK", "gbk"),
        (b"", "utf-8-sig"),
    ],
)
def test_a_body_is_read_in_its_declared_charset(content_type: bytes, charset: str) -> None:
    raw = json.dumps(NAME, ensure_ascii=False).encode(charset)
    assert decode_object(raw, content_type) == NAME


def test_latin_1_is_not_taken_for_utf_8() -> None:
    raw = '{"name":"José"}'.encode("iso-8859-1")
    assert decode_object(raw, b"text/json; charset=ISO-8859-1") == {"name": "José"}
    with pytest.raises(ParameterError):
        decode_object(raw, b"application/json")


@pytest.mark.parametrize("raw", [b"", b" \r\n", b"{}", b" { } "])
def test_an_empty_body_is_an_empty_object(raw: bytes) -> None:
    assert decode_object(raw, b"") == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"a":1,}',
        b"{'a':1}",
        b"a=1&b=2",
        b"<xml/>",
        b"[]",
        b"null",
        b"4",
        b'"text"',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"a":' + b"[" * 1_000 + b'"\\u0000"' + b"]" * 1_000 + b"}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\udc00\\ud800"}',
        b'{"a":"\\u0000"}',
        b'{"\\u0000":1}',
        b'{"a":[{"b":"x\\u0000"}]}',
        b'{"a":"\x00"}',
        b"\x00",
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":1,"a":2}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":":","a":"::"}',
        b'[{"a":1,"a":1}]',
    ],
)
def test_a_body_that_is_no_sound_object_is_a_parameter_error(raw: bytes) -> None:
    with pytest.raises(ParameterError):
        decode_object(raw, b"application/json")


@pytest.mark.parametrize("charset", [b"klingon", b"utf-7", b"rot13", b"idna", b"", b"\xff"])
def test_a_charset_that_is_not_served_is_a_parameter_error(charset: bytes) -> None:
    with pytest.raises(ParameterError):
        decode_object(b"{}", b"application/json; charset=" + charset)


def test_colons_in_values_are_not_taken_for_repeated_names() -> None:
    body = {"url": "http://a:80/", "inner": {"url": "::"}, "escaped": "\\u0000"}
    assert decode_object(json.dumps(body).encode(), b"") == body


def test_an_integer_beyond_64_bits_reaches_no_field_as_a_number_of_its_own() -> None:
    assert type(decode_object(b'{"a":123456789012345678901234}', b"")["a"]) is float


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_no_bytes_whatever_raise_another_error(raw: bytes, content_type: bytes) -> None:
    with suppress(ParameterError):
        assert isinstance(decode_object(raw, content_type), dict)


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(st.dictionaries(texts, json_values), st.booleans())
def test_a_sound_object_is_read_as_it_was_written(value: dict[str, object], escaped: bool) -> None:
    assert decode_object(json.dumps(value, ensure_ascii=escaped).encode(), b"") == value


def test_a_query_is_decoded_and_its_first_value_counts() -> None:
    assert decode_query(b"a=1&b=%E4%B8%96+x&a=2&c=") == {"a": "1", "b": "世 x", "c": ""}


@pytest.mark.parametrize("query", [b"a=%ff", b"a=\xe4\xb8\x96"])
def test_a_query_that_is_not_utf_8_is_a_parameter_error(query: bytes) -> None:
    with pytest.raises(ParameterError):
        decode_query(query)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"called": "1"}, {"called": "1"}),
        ({"reqBody": {"called": "1"}}, {"called": "1"}),
        ({"reqBody": {"called": "1"}, "caller": "2"}, {"called": "1", "caller": "2"}),
        ({"requestParam": {"reqBody": "x"}}, {"reqBody": "x"}),
        ({"reqBody": "text"}, {"reqBody": "text"}),
        ({"reqBody": {"reqBody": "1"}}, {"reqBody": "1"}),
    ],
)
def test_a_documented_wrapper_may_be_there_or_not(
    sent: dict[str, object], meant: dict[str, object]
) -> None:
    assert unwrap(sent, ("reqBody", "requestParam")) == meant
