"""How the values of SIP header fields are taken apart."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.sip.values import (
    SipUri,
    parameters,
    quoted,
    read_address,
    read_via,
    split,
    unquoted,
)

LONG = 30_000


def test_commas_in_quotes_and_brackets_part_nothing() -> None:
    assert split('"Li, Wei" <sip:a,b@x>;q=1 , <sip:c@x>', ",") == [
        '"Li, Wei" <sip:a,b@x>;q=1',
        "<sip:c@x>",
    ]


@pytest.mark.parametrize("text", ['"Li <sip:a@x>', "<sip:a@x", 'a="b'])
def test_what_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not closed"):
        split(text, ",")


@pytest.mark.parametrize("text", ["<" * LONG, '"\\' * LONG, " " * LONG + "<", "sip:" + "a@" * LONG])
def test_hostile_fields_take_no_time(text: str) -> None:
    begun = process_time()
    for read in (read_address, SipUri.parse, parameters):
        with contextlib.suppress(ValueError):
            read(text)
    assert process_time() - begun < 0.5


@given(st.text())
def test_a_quoted_text_reads_as_it_was(text: str) -> None:
    assert unquoted(quoted(text)) == text
    assert split(quoted(text), ",") == [quoted(text)]


def test_names_of_parameters_know_no_case_and_may_stand_in_spaces() -> None:
    assert parameters('Expires = 60 ; +SIP.instance="<urn:uuid:1;2>";lr') == {
        "expires": "60",
        "+sip.instance": "<urn:uuid:1;2>",
        "lr": None,
    }


@pytest.mark.parametrize("text", ["=1", "a=1;A=2"])
def test_parameters_without_a_name_or_twice_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no name, or comes twice"):
        parameters(text)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_address, "<sip:a@x>;tag=1;TAG=2"),
        (read_via, "SIP/2.0/UDP h;branch=z9hG4bK1;Branch=z9hG4bK2"),
    ],
)
def test_a_field_that_says_two_things_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match="comes twice"):
        read(text)


@pytest.mark.parametrize(
    ("text", "uri", "found"),
    [
        ("<sip:a@x>", "sip:a@x", {}),
        ("sip:a@x;expires=5", "sip:a@x", {"expires": "5"}),
        ("Wei Li <sip:a@x;lr?Subject=y> ; q=0.5", "sip:a@x;lr?Subject=y", {"q": "0.5"}),
        ('"a\\"<b>" <sip:a@x>;tag=1', "sip:a@x", {"tag": "1"}),
        ('"Wei"<sip:a@[::1]:5062>\r\n ;q=1', "sip:a@[::1]:5062", {"q": "1"}),
    ],
)
def test_an_address_is_read_in_all_its_forms(text: str, uri: str, found: object) -> None:
    address = read_address(text)
    assert address.uri == uri
    assert address.parameters == found


@pytest.mark.parametrize("text", ["<sip:a@x> 5", "a <sip:a@x> b", "<sip:a@x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no address|not closed"):
        read_address(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
        ("SIP:a@x?subject=1&to=2", "sip:a@x?to=2&subject=1"),
    ],
)
def test_uris_that_are_equivalent(one: str, other: str) -> None:
    assert SipUri.parse(one).is_same(SipUri.parse(other))
    assert SipUri.parse(other).is_same(SipUri.parse(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sip:ALICE@atlanta.com", "sip:alice@atlanta.com"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sips:bob@biloxi.com"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next"),
    ],
)
def test_uris_that_are_not_equivalent(one: str, other: str) -> None:
    assert not SipUri.parse(one).is_same(SipUri.parse(other))
    assert not SipUri.parse(other).is_same(SipUri.parse(one))


@pytest.mark.parametrize("text", ["", "*", "tel:+86", "sip:", "sip:a@x y", "sip:a@x:123456"])
def test_what_is_no_sip_uri_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no SIP URI"):
        SipUri.parse(text)
