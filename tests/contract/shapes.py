"""Whether a document has exactly the documented fields with the documented JSON types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from tests.contract.facts import Event, Interface

TYPES: dict[str, type] = {
    "string": str,
    "int": int,
    "long": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


class Field(Protocol):
    """What fields of answers and of events have in common."""

    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def type(self) -> str: ...


def has_type(value: object, type_name: str) -> bool:
    """Whether a value has that JSON type; true is no number."""
    if isinstance(value, bool):
        return type_name == "boolean"
    return isinstance(value, TYPES[type_name])


def problems_of_answer(interface: Interface, document: Any) -> list[str]:
    """What is undocumented, missing or of another type in a successful answer."""
    if interface.is_file:
        return [] if document is None else ["a file was expected"]
    fields = interface.response
    return list(_problems(document, None, fields, free=_free(interface)))


def _free(interface: Interface) -> frozenset[str]:
    """Fields whose content is not this interface's: an event's has a shape of its own."""
    return frozenset({"event.content"} if interface.section == "6.1.4.1" else ())


def problems_of_event(event: Event, content: Any) -> list[str]:
    """The same for an event's content."""
    kind = {"null": type(None), "string": str, "object": dict}[event.content]
    if type(content) is not kind:
        return [f"{event.name}: content is {content!r}"]
    if kind is not dict:
        return []
    found = list(_problems(content, None, event.fields, free=frozenset()))
    for field in event.fields:
        values = [str(value) for value in field.values]
        if field.parent is None and values and str(content.get(field.name)) not in values:
            found.append(f"{field.name}: {content.get(field.name)!r} is not documented")
    return [f"{event.name}: {problem}" for problem in found]


def _problems(
    value: Any, path: str | None, fields: Sequence[Field], *, free: frozenset[str]
) -> Iterator[str]:
    children = {field.name: field for field in fields if field.parent == path}
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            if children:
                yield f"{path or ''} is {item!r}, not an object"
            continue
        for name in item.keys() - children.keys():
            yield f"{path or ''}.{name} is not documented"
        for name, field in children.items():
            here = name if path is None else f"{path}.{name}"
            if name not in item:
                if not getattr(field, "optional", False):
                    yield f"{here} is missing"
            elif here not in free:
                yield from _problems_of_value(item[name], here, field, fields, free)


def _problems_of_value(
    value: Any, path: str, field: Field, fields: Sequence[Field], free: frozenset[str]
) -> Iterator[str]:
    if value is None:
        if not getattr(field, "nullable", False):
            yield f"{path} is null"
        return
    kinds = (field.type, *getattr(field, "also_types", ()))
    if not any(has_type(value, kind) for kind in kinds):
        yield f"{path} is {value!r}, not {field.type}"
    elif isinstance(value, dict | list):
        yield from _problems(value, path, fields, free=free)
