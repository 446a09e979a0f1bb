from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from emulator.surfaces.coercion import Bool, DigitText, Int, Long, MaxBytes, Text, spelled


class Order(BaseModel):
    """A body with one field of each kind, all optional."""

    number: Int = 7
    long: Long | None = None
    flag: Bool = False
    text: Text | None = None
    digits: DigitText = "none"
    small: Annotated[Int, Field(ge=0, le=2)] = 0
    short: Annotated[Text, Field(max_length=3)] = ""
    data: Annotated[Text, MaxBytes(8)] = ""
    entry: Text = spelled("entryIp", "entryip", default="nowhere")


class Strict(BaseModel):
    number: Int
    flag: Bool
    text: Text


def read(name: str, value: object) -> Any:
    order = Order.model_validate({name: value})
    return getattr(order, name)


@pytest.mark.parametrize(
    ("name", "sent", "meant"),
    [
        ("number", 4, 4),
        ("number", "4", 4),
        ("number", "-4", -4),
        ("number", "04", 4),
        ("number", str(2**31 - 1), 2**31 - 1),
        ("long", str(-(2**63)), -(2**63)),
        ("flag", True, True),
        ("flag", "true", True),
        ("flag", "false", False),
        ("text", "4", "4"),
        ("text", "", ""),
        ("text", " 4", " 4"),
        ("digits", 4, "4"),
        ("digits", "004", "004"),
        ("small", "2", 2),
        ("short", "世界人", "世界人"),
        ("data", "世界", "世界"),
    ],
)
def test_documented_spellings_mean_the_same_value(name: str, sent: object, meant: object) -> None:
    value = read(name, sent)
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("number", True),
        ("number", 4.0),
        ("number", "4.0"),
        ("number", " 4"),
        ("number", "4 "),
        ("number", "+4"),
        ("number", "-"),
        ("number", "--4"),
        ("number", "٤"),
        ("number", "²"),
        ("number", "1_000"),
        ("number", "0x4"),
        ("number", "9" * 5000),
        ("number", 2**31),
        ("number", str(-(2**31) - 1)),
        ("number", []),
        ("number", {}),
        ("long", 2**63),
        ("long", 1e20),
        ("flag", 1),
        ("flag", 0),
        ("flag", "1"),
        ("flag", "True"),
        ("flag", "FALSE"),
        ("flag", "yes"),
        ("flag", []),
        ("text", 4),
        ("text", True),
        ("text", ["4"]),
        ("text", "a\x00b"),
        ("text", "\ud800"),
        ("digits", True),
        ("digits", 4.0),
        ("small", 3),
        ("small", "-1"),
        ("short", "abcd"),
        ("data", "世界人"),
        ("data", "123456789"),
    ],
)
def test_everything_else_is_a_wrong_type(name: str, sent: object) -> None:
    with pytest.raises(ValidationError):
        read(name, sent)


@pytest.mark.parametrize(
    ("name", "sent", "default"),
    [
        ("number", None, 7),
        ("number", "", 7),
        ("long", "", None),
        ("flag", "", False),
        ("flag", None, False),
        ("text", None, None),
        ("digits", None, "none"),
        ("short", None, ""),
    ],
)
def test_an_absent_optional_value_takes_its_default(
    name: str, sent: object, default: object
) -> None:
    assert read(name, sent) == default


@pytest.mark.parametrize("name", ["number", "flag", "text"])
def test_an_absent_mandatory_value_is_missing(name: str) -> None:
    body: dict[str, object] = {"number": 1, "flag": True, "text": "x"}
    body[name] = None
    with pytest.raises(ValidationError) as refused:
        Strict.model_validate(body)
    assert [error["type"] for error in refused.value.errors()] == ["missing"]


@pytest.mark.parametrize("name", ["entryIp", "entryip"])
def test_every_documented_spelling_of_a_name_is_read(name: str) -> None:
    assert Order.model_validate({name: "10.0.0.1"}).entry == "10.0.0.1"


def test_a_name_that_is_not_documented_is_ignored() -> None:
    assert Order.model_validate({"ENTRYIP": "10.0.0.1"}).entry == "nowhere"


def test_answers_carry_the_first_documented_spelling() -> None:
    assert "entryIp" in Order().model_dump(by_alias=True)


@given(st.integers(-(2**31), 2**31 - 1))
def test_a_number_and_its_decimal_text_are_the_same(number: int) -> None:
    assert read("number", number) == read("number", str(number)) == number
    assert read("digits", number) == str(number)


@given(st.text(max_size=6))
def test_a_text_is_read_as_it_is_or_refused(text: str) -> None:
    try:
        assert read("data", text) == text
        assert len(text.encode()) <= 8
    except ValidationError:
        assert "\x00" in text or len(text.encode("utf-8", "surrogatepass")) > 8
