"""The facts agree with themselves: names, codes, examples and tables refer to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract import facts
from tests.contract.facts import Event, Interface, Parameter

CODES_OUTSIDE_THE_TABLES = {
    "6.1.2.25": {"10001"},  # documented there and nowhere else
}

EXAMPLES_WITH_ANOTHER_TYPE = {
    # The table says object, the example of a refusal has an empty text.
    *((section, "result") for section in ("13.1.2.1", "13.1.2.2", "13.1.3.1", "13.1.3.2")),
    ("6.1.2.26", "isAutoAnswer"),  # the table says boolean, the example has a string
}

JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "int": int,
    "long": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}

each_interface = pytest.mark.parametrize("interface", facts.interfaces(), ids=lambda i: i.id)
each_event = pytest.mark.parametrize("event", facts.events(), ids=lambda e: e.name)


def sample(value: Any) -> Any:
    """The first element of a list, an empty one's is empty; else the value itself."""
    return (value[0] if value else {}) if isinstance(value, list) else value


def owner(example: Any, parent: str | None) -> Any:
    for name in parent.split(".") if parent else ():
        example = sample(example.get(name))
    return example


def has_type(value: object, type_name: str) -> bool:
    if isinstance(value, bool):
        return type_name == "boolean"
    return isinstance(value, JSON_TYPES[type_name])


def test_the_facts_hold_each_interface_that_is_served() -> None:
    sections = [interface.id for interface in facts.interfaces()]
    counts = {
        group: sum(section.startswith(group) for section in sections)
        for group in (
            "4.6",
            "5.1.",
            "5.2.",
            "6.1.1.",
            "6.1.2.",
            "6.1.3.",
            "6.1.4.",
            "6.1.5.",
            "6.1.6.",
            "6.3.",
            "12.1.",
            "13.1.",
        )
    }
    assert counts == {
        "4.6": 1,
        "5.1.": 1,
        "5.2.": 9,
        "6.1.1.": 29,
        "6.1.2.": 29,
        "6.1.3.": 12,
        "6.1.4.": 1,
        "6.1.5.": 5,
        "6.1.6.": 19,
        "6.3.": 5,
        "12.1.": 14,
        "13.1.": 15,
    }


def test_no_two_interfaces_share_an_id_or_a_route() -> None:
    interfaces = facts.interfaces()
    assert len({i.id for i in interfaces}) == len(interfaces)
    assert len({(i.method, re.sub(r"{\w+}", "{}", i.path)) for i in interfaces}) == len(interfaces)


@each_interface
def test_an_interface_declares_exactly_the_placeholders_of_its_path(interface: Interface) -> None:
    declared = [parameter.name for parameter in interface.parameters_in("path")]
    assert declared == re.findall(r"{(\w+)}", interface.path)
    assert all(parameter.mandatory is True for parameter in interface.parameters_in("path"))


@each_interface
def test_no_spelling_of_a_parameter_is_ambiguous(interface: Interface) -> None:
    spellings = [
        (parameter.place, spelling)
        for parameter in interface.parameters
        for spelling in parameter.spellings
    ]
    assert len(spellings) == len(set(spellings))


@each_interface
def test_every_interface_says_how_it_authenticates(interface: Interface) -> None:
    headers = {parameter.name for parameter in interface.parameters_in("header")}
    signs_in = interface.section in {"6.1.1.1", "6.1.1.2", "6.1.1.23"}
    signs_in_to_configure = interface.section == "4.6"
    proven = interface.auth in ("C4", "C5") and not signs_in and not signs_in_to_configure
    assert interface.needs_guid == proven
    assert ("Authorization" in headers) == (interface.auth == "C1")
    assert signs_in <= ("Set-GUID" in {header.name for header in interface.response_headers})


@each_interface
def test_every_code_of_an_interface_is_in_the_gateway_s_table(interface: Interface) -> None:
    lists = facts.code_lists()
    known = set(lists["gateway_errors"].codes)
    if interface.section.startswith("6.3."):
        known = set(lists["recognition_errors"].codes)
    unknown = set(interface.codes) - known
    assert unknown == CODES_OUTSIDE_THE_TABLES.get(interface.section, set())


@each_interface
def test_every_triggered_event_is_documented_with_a_known_condition(interface: Interface) -> None:
    known = {event.name for event in facts.events()}
    assert {trigger.type for trigger in interface.events} <= known
    assert {trigger.when for trigger in interface.events} <= {None, *facts.CONDITIONS}
    assert len(interface.events) == len(set(interface.events))


def test_no_condition_is_left_over() -> None:
    used = {trigger.when for interface in facts.interfaces() for trigger in interface.events}
    assert used - {None} == set(facts.CONDITIONS)


@each_interface
def test_a_request_example_has_the_mandatory_parameters_and_no_others(
    interface: Interface,
) -> None:
    body = interface.parameters_in("body")
    assert (interface.request_example is not None) == bool(body)
    sent = set(interface.request_example or ())
    assert {parameter.name for parameter in body if parameter.mandatory is True} <= sent
    assert sent <= {parameter.name for parameter in body}


MASKED = ("*****", "#####", "xxxxx")


@each_interface
def test_the_values_of_a_request_example_are_legal(interface: Interface) -> None:
    sent = interface.request_example or {}
    illegal = {
        parameter.name: sent[parameter.name]
        for parameter in interface.parameters_in("body")
        if parameter.name in sent
        and sent[parameter.name] not in MASKED
        and not parameter.allows(sent[parameter.name])
    }
    assert illegal == {}


def test_the_documented_transfer_is_the_only_example_that_its_own_table_refuses() -> None:
    refused = [i for i in facts.interfaces() if i.request_example_refused]
    assert [interface.section for interface in refused] == ["6.1.2.11"]
    example = refused[0].request_example or {}
    mode = next(p for p in refused[0].parameters if p.name == "mode")
    assert mode.values_by is not None
    assert example["mode"] not in mode.values_by["devicetype"][str(example["devicetype"])]


@each_interface
def test_a_response_example_has_the_fields_of_the_table_and_no_others(
    interface: Interface,
) -> None:
    for parent in {field.parent for field in interface.response}:
        fields = [field for field in interface.response if field.parent == parent]
        required = {field.name for field in fields if not field.optional}
        shown = set(owner(interface.response_example, parent))
        assert required <= shown
        assert shown <= {field.name for field in fields}


@each_interface
def test_a_response_example_has_the_types_of_the_table(interface: Interface) -> None:
    for field in interface.response:
        holder = owner(interface.response_example, field.parent)
        if field.optional and field.name not in holder:
            continue
        value = holder[field.name]
        differs = (interface.section, field.name) in EXAMPLES_WITH_ANOTHER_TYPE
        if value is None:
            assert field.nullable
        else:
            assert has_type(value, field.type) != differs, field.name


@each_interface
def test_a_default_is_a_legal_value(interface: Interface) -> None:
    for parameter in interface.parameters:
        assert parameter.default is None or parameter.allows(parameter.default), parameter.name


@each_interface
def test_a_value_just_outside_its_limits_is_not_legal(interface: Interface) -> None:
    for parameter in interface.parameters:
        for legal, illegal in limits(parameter):
            assert parameter.allows(legal), parameter.name
            assert not parameter.allows(illegal), parameter.name


def limits(parameter: Parameter) -> Iterator[tuple[Any, Any]]:
    """Pairs of the last legal and the first illegal value at each end of a parameter's range."""
    assert (parameter.min is None) == (parameter.max is None)
    if parameter.min is not None and parameter.max is not None:
        yield str(parameter.min), str(parameter.min - 1)
        yield str(parameter.max), str(parameter.max + 1)
    if parameter.min_length:
        yield "1" * parameter.min_length, "1" * (parameter.min_length - 1)
    if parameter.max_length is not None and parameter.format != "ipv4":
        yield "1" * parameter.max_length, "1" * (parameter.max_length + 1)
    if parameter.max_bytes is not None:
        yield "é" * (parameter.max_bytes // 2), "é" * (parameter.max_bytes // 2 + 1)
    if parameter.max_items is not None:
        yield [1] * parameter.max_items, [1] * (parameter.max_items + 1)


@each_interface
def test_only_a_conditional_parameter_has_a_condition(interface: Interface) -> None:
    for parameter in interface.parameters:
        assert (parameter.mandatory == "conditional") == (parameter.condition is not None)


@each_interface
def test_what_depends_on_another_parameter_names_one_of_the_same_interface(
    interface: Interface,
) -> None:
    siblings = {parameter.name: parameter for parameter in interface.parameters}
    for parameter in interface.parameters:
        for name, values in (parameter.valid_when or {}).items():
            assert set(values) <= set(siblings[name].values)
        for name, table in (parameter.values_by or {}).items():
            assert {int(value) for value in table} == set(siblings[name].values)
            assert {mode for modes in table.values() for mode in modes} == set(parameter.values)


def test_there_are_seventy_seven_events_with_names_and_sections_of_their_own() -> None:
    events = [event for event in facts.events() if event.section.startswith("6.5.1.")]
    assert len(events) == 77
    assert len({event.name for event in events}) == 77
    assert len({event.section for event in events}) == 77


def test_four_events_are_known_only_from_the_interfaces_that_raise_them() -> None:
    others = {e.name: e.section for e in facts.events() if not e.section.startswith("6.5.1.")}
    assert others == {
        "AgentMediaEvent_StartRecordScreen_Succ": "13.1.1.7",
        "AgentMediaEvent_StartRecordScreen_Fail": "13.1.1.7",
        "AgentMediaEvent_StopRecordScreen_Succ": "13.1.1.8",
        "AgentMediaEvent_StopRecordScreen_Fail": "13.1.1.8",
    }


@each_event
def test_the_content_of_an_event_is_of_its_kind(event: Event) -> None:
    kinds: dict[str, type] = {"null": type(None), "string": str, "object": dict}
    assert event.examples
    assert all(isinstance(content, kinds[event.content]) for content in event.examples)
    assert bool(event.fields) == (event.content == "object")


@each_event
def test_the_fields_of_an_event_are_those_of_its_examples(event: Event) -> None:
    for parent in {field.parent for field in event.fields}:
        fields = [field for field in event.fields if field.parent == parent]
        shown = {name for content in event.examples for name in owner(content, parent)}
        assert shown == {field.name for field in fields if field.in_example}


@each_event
def test_the_examples_of_an_event_have_the_types_and_values_of_its_fields(event: Event) -> None:
    for field in event.fields:
        shown = [owner(content, field.parent).get(field.name) for content in event.examples]
        for value in (value for value in shown if value is not None):
            assert any(has_type(value, name) for name in (field.type, *field.also_types))
            assert not field.values or str(value) in map(str, field.values)


def test_no_text_of_an_example_is_broken_by_a_line_end() -> None:
    for file in sorted(facts.HERE.glob("*.json")):
        assert "\\n" not in file.read_text(encoding="utf-8"), file.name


@pytest.mark.parametrize("codes", facts.code_lists().values(), ids=lambda codes: codes.name)
def test_the_codes_of_a_list_are_unique_and_sorted(codes: facts.CodeList) -> None:
    assert codes.tables
    assert list(codes.codes) == sorted(set(codes.codes))


def test_every_gateway_state_but_the_reserved_ones_stands_for_states_of_the_platform() -> None:
    lists = facts.code_lists()
    states = facts.cti_states_of_gateway_state()
    cti_states = sorted(state for group in states.values() for state in group)
    assert cti_states == list(lists["cti_agent_states"].codes)
    assert set(lists["gateway_agent_states"].codes) - set(states) == {1, 6, 9}


def test_the_call_types_of_events_are_known_to_the_records_but_for_three_party_ones() -> None:
    lists = facts.code_lists()
    unknown = set(lists["call_types"].codes) - set(lists["record_call_types"].codes)
    assert unknown == {53}


@pytest.mark.parametrize("file", facts.record_files().values(), ids=lambda file: file.name)
def test_the_columns_of_a_record_file_have_names_and_lengths(file: facts.RecordFile) -> None:
    names = [column.name for column in file.columns]
    assert len(names) == len(set(names))
    for column in file.columns:
        assert (column.max_length is None) == (column.type == "date")


def test_record_files_have_the_documented_number_of_columns() -> None:
    counts = {name: len(file.columns) for name, file in facts.record_files().items()}
    assert counts == {"recordings": 18, "calls": 29, "agent_operations": 21}
