"""The coercion table: which spellings of a value are the same, for all doors.

| wanted     | accepted                                               | counts as absent |
|------------|--------------------------------------------------------|------------------|
| Int, IntText, Long | 4, "4", "-4", "04" (ASCII digits only)                 | null, ""         |
| Bool       | true, false, "true", "false"                           | null, ""         |
| Text       | a string                                               | null             |
| DigitText  | a string, or an integer, which becomes its decimal text| null             |

Everything else is a wrong type: `true` is not 1, `4.0` and `" 4"` are not 4, a number is not a
`Text`. A text never holds NUL or a lone surrogate. An absent value takes the field's default; a
field without a default is then missing. In a list nothing can be absent, so there it is an error.

The types are plain Pydantic annotations and take Pydantic's constraints:
`Annotated[Int, Field(ge=0, le=2)]`, `Annotated[Text, Field(max_length=24)]`, and here
`Annotated[Text, MaxBytes(16 * 1024)]` where a reference counts UTF-8 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticUseDefault, core_schema

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1
_LONGEST_INTEGER = 20
"""Characters: a sign and the nineteen digits of the largest 64-bit integer."""


def as_int(value: object) -> int:
    """Give the integer that `value` spells; absent values ask Pydantic for the default."""
    if type(value) is int:
        return value
    if value is None or value == "":
        raise PydanticUseDefault
    if type(value) is str and len(value) <= _LONGEST_INTEGER and value.isascii():
        digits = value[1:] if value[0] == "-" else value
        if digits.isdigit():
            return int(value)
    raise _wrong_type("integer")


def as_bool(value: object) -> bool:
    """Give the boolean that `value` spells; absent values ask Pydantic for the default."""
    if value is True or value == "true":
        return True
    if value is False or value == "false":
        return False
    if value is None or value == "":
        raise PydanticUseDefault
    raise _wrong_type("boolean")


def as_text(value: object) -> str:
    """Give `value` if it is a text that every store and charset can hold."""
    if type(value) is str:
        return _clean(value)
    if value is None:
        raise PydanticUseDefault
    raise _wrong_type("string")


def as_digit_text(value: object) -> str:
    """Like `as_text`, but an integer counts as its decimal digits."""
    if type(value) is int:
        return str(value)
    return as_text(value)


def _clean(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul_character", "text holds NUL")
    if not text.isascii():
        # A lone surrogate cannot be encoded: the ValueError is a refusal to Pydantic.
        text.encode()
    return text


def _wrong_type(wanted: str) -> PydanticCustomError:
    return PydanticCustomError("wrong_type", "not spelled as {wanted}", {"wanted": wanted})


@dataclass(frozen=True, slots=True)
class MaxBytes:
    """Limit on the UTF-8 length of a text."""

    limit: int

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "x-max-bytes": self.limit}

    def check(self, text: str) -> str:
        """Refuse a text that is longer in bytes than the limit."""
        # A character takes one to four bytes: most texts are decided without encoding them.
        if len(text) * 4 > self.limit and len(text.encode()) > self.limit:
            raise PydanticCustomError(
                "too_many_bytes", "more than {limit} bytes", {"limit": self.limit}
            )
        return text


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """Marks a number that the references write as text: so that is its right spelling."""

    kind: type[Any]


Int = Annotated[int, BeforeValidator(as_int), Field(ge=INT_MIN, le=INT_MAX)]
IntText = Annotated[Int, WrittenAs(str)]
Long = Annotated[int, BeforeValidator(as_int), Field(ge=LONG_MIN, le=LONG_MAX)]
Bool = Annotated[bool, BeforeValidator(as_bool)]
Text = Annotated[str, BeforeValidator(as_text)]
DigitText = Annotated[str, BeforeValidator(as_digit_text)]


def spelled(*names: str, default: Any = ...) -> Any:
    """Declare a field with every documented spelling of its name, the documents' own one first.

    `entry_ip: Text = spelled("entryIp", "entryip")`. Without a default the field is mandatory.
    """
    return Field(default, validation_alias=AliasChoices(*names), serialization_alias=names[0])
