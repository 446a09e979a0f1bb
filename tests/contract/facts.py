"""The references' facts as typed values, for the conformance tests to parametrize over.

The JSON files beside this module are the facts; nothing here adds to them. Section numbers are
those of the CEC 2.5 REST reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

HERE = Path(__file__).parent

Place = Literal["path", "query", "header", "body"]
ValueType = Literal["string", "int", "long", "boolean", "array", "object"]
ContentKind = Literal["null", "string", "object"]

CONDITIONS: Mapping[str, str] = {
    "status=3": "the agent signed in with status 3 (busy)",
    "status=4": "the agent signed in with status 4 (idle)",
    "status=5": "the agent signed in with status 5 (wrap-up)",
    "phonelinkage": "the agent signed in with phone linkage",
    "from=busy": "the agent was busy",
    "from=wrap-up": "the agent was in wrap-up",
    "rest-timeout": "the agent rested longer than it asked for",
    "recipient-signed-in": "the addressed agent is signed in",
    "best-effort": "not always received: the session may be gone first",
    "two-party": "help without the customer",
    "three-party": "help together with the customer",
    "mode=1": "the request carried mode 1",
    "mode=2": "the request carried mode 2",
    "mode=release-after": "release-after-transfer",
    "mode=three-party": "three-party transfer",
    "mode=hang-up": "hang-up transfer to an IVR flow",
    "recording": "the call was being recorded",
    "answered": "the call was answered afterwards",
    "others": "told to other agents of the conference, not to who asks",
    "attribute=1 or 3": "the request carried attribute 1 or 3",
    "failure": "what was asked for failed after it was accepted",
    "alone": "the agent was in no call",
}
"""The keywords of `Trigger.when`."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A request parameter.

    A number is legal if it is one of `values` or lies in `min`..`max`. `values_by` narrows
    `values` by another parameter's value: `{"devicetype": {"3": [0, 1]}}`. `valid_when` names the
    values of another parameter with which this one has an effect. With `only_true_is_true` every
    value other than "true" is legal and means false.
    """

    name: str
    place: Place
    type: ValueType
    mandatory: bool | Literal["conditional"]
    condition: str | None = None
    aliases: tuple[str, ...] = ()
    items: ValueType | None = None
    default: Any = None
    values: tuple[Any, ...] = ()
    values_by: Mapping[str, Mapping[str, list[int]]] | None = None
    min: int | None = None
    max: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_bytes: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    format: str | None = None
    only_true_is_true: bool = False
    valid_when: Mapping[str, list[int]] | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """All names under which the parameter is accepted; the first is the documented one."""
        return (self.name, *self.aliases)

    def allows(self, value: object) -> bool:
        """Whether a value is legal on its own, in its JSON form or as a string."""
        if self.only_true_is_true:
            return self._allows_text(str(value))
        match self.type:
            case "int" | "long":
                return is_number(value) and self._allows_number(int(str(value)))
            case "boolean":
                return isinstance(value, bool) or value in ("true", "false")
            case "array":
                return isinstance(value, list) and len(value) <= (self.max_items or len(value))
            case "string":
                return isinstance(value, str | int) and self._allows_text(str(value))
            case _:
                return isinstance(value, dict)

    def _allows_number(self, number: int) -> bool:
        if number in self.values:
            return True
        if self.min is not None and self.max is not None:
            return self.min <= number <= self.max
        return not self.values

    def _allows_text(self, text: str) -> bool:
        if self.min is not None and not (is_number(text) and self._allows_number(int(text))):
            return False
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            return False
        if self.max_bytes is not None and len(text.encode()) > self.max_bytes:
            return False
        return (self.min_length or 0) <= len(text) <= (self.max_length or len(text))


@dataclass(frozen=True, slots=True)
class ResponseField:
    """A field of a successful answer; `parent` is the dotted path of its owner.

    `optional`: may be missing. `absent_on_failure`: documented as missing when `retcode` is not
    "0". `example_only`: in the reference's example, not in its table.
    """

    name: str
    parent: str | None
    type: ValueType
    aliases: tuple[str, ...] = ()
    optional: bool = False
    nullable: bool = False
    absent_on_failure: bool = False
    example_only: bool = False


@dataclass(frozen=True, slots=True)
class ResponseHeader:
    name: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event that an interface raises; `when` is one of `CONDITIONS`, or None for always.

    `to` is who receives it: the caller of the interface, or a note's recipient.
    """

    type: str
    when: str | None = None
    to: Literal["caller", "recipient"] = "caller"


@dataclass(frozen=True, slots=True)
class Interface:
    """One documented method and path. `id` is the section, with `#2` for a section's second URL."""

    id: str
    section: str
    method: str
    path: str
    auth: Literal["C1", "C2", "C4", "C5", "none"]
    parameters: tuple[Parameter, ...]
    response_headers: tuple[ResponseHeader, ...]
    response: tuple[ResponseField, ...]
    request_example: dict[str, Any] | None
    response_example: dict[str, Any]
    codes: tuple[str, ...]
    events: tuple[Trigger, ...]
    http_statuses: tuple[int, ...] = (200,)
    deprecated: bool = False
    request_example_refused: bool = False
    """The documented request breaks the documented table, and the table wins."""
    is_file: bool = False
    """A success is the bytes of a file, only a refusal a document."""

    def parameters_in(self, place: Place) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.place == place)

    @property
    def needs_guid(self) -> bool:
        """False for signing in (which creates the session) and for the C1 interfaces."""
        return any(p.name == "Guid" for p in self.parameters_in("header"))


@dataclass(frozen=True, slots=True)
class EventField:
    """A field of an event's content. `also_types` are types that further examples show.

    `example_only`: not in the list of fields; `in_example` False: only in the list of fields.
    """

    name: str
    type: ValueType
    parent: str | None = None
    also_types: tuple[ValueType, ...] = ()
    aliases: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    example_only: bool = False
    in_example: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """An agent event of 6.5.1; `examples` are values of its `content`."""

    section: str
    name: str
    content: ContentKind
    examples: tuple[Any, ...]
    fields: tuple[EventField, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one list; `tables` are the tables (or sections) that hold it."""

    name: str
    tables: tuple[str, ...]
    codes: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a record file; an int's length counts digits."""

    name: str
    type: Literal["string", "int", "date"]
    min_length: int | None = None
    max_length: int | None = None
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A CSV file of records; `file_word` is the fixed word inside its file name."""

    section: str
    name: str
    file_word: str
    columns: tuple[Column, ...]


def is_number(value: object) -> bool:
    """Whether a value is an integer or the decimal spelling of one."""
    return not isinstance(value, bool) and re.fullmatch(r"-?[0-9]+", str(value)) is not None


@cache
def interfaces() -> tuple[Interface, ...]:
    """What the gateway serves, in the order of the reference within each file."""
    files = (
        "gateway",
        "gateway_queries",
        "mediacall",
        "h5video",
        "agentconf",
        "asr",
        "recording",
    )
    return tuple(_interface(row) for file in files for row in _read(file))


def interface(section: str) -> Interface:
    return next(found for found in interfaces() if found.id == section)


@cache
def developer_interfaces() -> tuple[Interface, ...]:
    """What CC-FS serves, in the order of the reference."""
    return tuple(map(_interface, _read("ccfs")))


def developer_interface(section: str) -> Interface:
    return next(found for found in developer_interfaces() if found.id == section)


@cache
def events() -> tuple[Event, ...]:
    """The agent events of 6.5.1, in the order of the reference."""
    return tuple(_event(row) for row in _read("events"))


def event(name: str) -> Event:
    return next(found for found in events() if found.name == name)


@cache
def code_lists() -> Mapping[str, CodeList]:
    return {
        name: CodeList(name, tuple(row["tables"]), tuple(row["codes"]))
        for name, row in _read("codes").items()
    }


def cti_states_of_gateway_state() -> Mapping[int, tuple[int, ...]]:
    """Which states of Table 6-453 each state of Table 6-452 stands for."""
    states = _read("codes")["gateway_agent_states"]["cti_states"]
    return {int(state): tuple(cti_states) for state, cti_states in states.items()}


@cache
def record_files() -> Mapping[str, RecordFile]:
    """The files of 13.2.2: `recordings`, `calls` and `agent_operations`."""
    return {row["name"]: _record_file(row) for row in _read("records")["files"]}


def record_time_format() -> str:
    """The strftime format of the record files' dates."""
    return str(_read("records")["time_format"])


def _read(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def _tuples(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**row, **{name: tuple(row[name]) for name in names if name in row}}


def _interface(row: dict[str, Any]) -> Interface:
    parameters = row.pop("parameters")
    return Interface(
        parameters=tuple(
            Parameter(place=place, **_tuples(parameter, "aliases", "values"))
            for place in get_args(Place)
            for parameter in parameters.get(place, ())
        ),
        response_headers=tuple(ResponseHeader(**h) for h in row.pop("response_headers")),
        response=tuple(ResponseField(**_tuples(f, "aliases")) for f in row.pop("response")),
        events=tuple(Trigger(**trigger) for trigger in row.pop("events")),
        **_tuples(row, "codes", "http_statuses"),
    )


def _event(row: dict[str, Any]) -> Event:
    fields = tuple(
        EventField(**_tuples(field, "also_types", "aliases", "values"))
        for field in row.pop("fields", ())
    )
    return Event(fields=fields, **_tuples(row, "examples"))


def _record_file(row: dict[str, Any]) -> RecordFile:
    columns = tuple(Column(**_tuples(column, "values")) for column in row.pop("columns"))
    return RecordFile(columns=columns, **row)
