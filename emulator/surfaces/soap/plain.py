"""The HTTP GET and POST bindings of a document/literal service: parameters as a form.

GET  …/UltraCRM_ATClient.asmx/ATAnswer?strUid=101&strCallid=
POST …/UltraCRM_ATClient.asmx/ATAnswer        strUid=101&strCallid=
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from emulator.surfaces.coercion import INT_MAX, INT_MIN
from emulator.surfaces.soap.answers import escaped
from emulator.surfaces.soap.contract import Parameter, Service
from emulator.surfaces.soap.faults import FormRefused, printable
from emulator.surfaces.soap.reply import Asked

XML = b"text/xml; charset=utf-8"
FORM = b"application/x-www-form-urlencoded"
MOST_FIELDS = 100
LONGEST_FORM = 256 * 1024
"""Bytes; what is escaped takes sixty times as much to read."""
_NUMBER = re.compile(r"-?[0-9]{1,10}")


def read_form(service: Service, name: str, form: bytes) -> Asked:
    """What a form asks for; `FormRefused`."""
    operation = service.operations.get(name)
    if operation is None:
        raise FormRefused(f"{name} is no operation of this service.")
    values = _fields(form)
    known = {it.name for it in operation.parameters}
    return Asked(
        operation,
        {it.name: _value(it, values) for it in operation.parameters},
        lambda result: answer(service, result),
        XML,
        unknown=tuple(it for it in values if it not in known),
    )


def _fields(form: bytes) -> dict[str, str]:
    if len(form) > LONGEST_FORM:
        raise FormRefused(f"the form has more than {LONGEST_FORM} bytes")
    try:
        pairs = parse_qsl(
            form.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise FormRefused("the form cannot be read") from None
    return dict(pairs)


def _value(parameter: Parameter, values: Mapping[str, str]) -> str | int:
    text = values.get(parameter.name)
    if text is None:
        if parameter.optional:
            return parameter.type()
        raise FormRefused(f"Missing parameter: {parameter.name}")
    if parameter.type is str:
        if len(text) > parameter.limit:
            raise FormRefused(f"{parameter.name} has more than {parameter.limit} characters")
        if printable(text) != text:
            raise FormRefused(f"{parameter.name} has characters that no message can hold")
        return text
    if not _NUMBER.fullmatch(text) or not INT_MIN <= int(text) <= INT_MAX:
        raise FormRefused(f"{parameter.name} is no number")
    return int(text)


def answer(service: Service, result: str | int) -> bytes:
    """The document that holds the result alone."""
    kind, text = ("string", result) if isinstance(result, str) else ("int", str(result))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\r\n'
        f'<{kind} xmlns="{service.namespace}">{escaped(text)}</{kind}>'
    ).encode()
