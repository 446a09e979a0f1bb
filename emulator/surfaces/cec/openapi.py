"""The OpenAPI document of a component: FastAPI's, with the facts it does not know."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

if TYPE_CHECKING:
    from fastapi import FastAPI

    from emulator.surfaces.cec.interface import Interface

SECURITY_SCHEMES: dict[str, dict[str, str]] = {
    "C1": {"type": "http", "scheme": "bearer"},
    "C2": {"type": "apiKey", "in": "header", "name": "Authorization"},
    "C4": {"type": "apiKey", "in": "header", "name": "guid"},
    "C5": {"type": "apiKey", "in": "header", "name": "Guid"},
}
"""How each mode of chapter 4 is carried, in OpenAPI's terms."""

STANDARD_NAMES = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}
"""Pydantic writes limits on a coerced number under its own names."""


def describe(app: FastAPI, interfaces: list[Interface]) -> dict[str, Any]:
    """Build the document once; sections, codes, events and authentication are added to it."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for interface in interfaces:
            _annotate(document["paths"][interface.path][interface.method.lower()], interface)
        components = document.setdefault("components", {})
        _forget_fastapi_errors(components.get("schemas", {}))
        modes = {interface.auth for interface in interfaces}
        used = {mode: scheme for mode, scheme in SECURITY_SCHEMES.items() if mode in modes}
        if used:
            components["securitySchemes"] = used
        app.openapi_schema = _with_standard_names(document)
    return app.openapi_schema


def _annotate(operation: dict[str, Any], interface: Interface) -> None:
    operation["x-section"] = interface.section
    operation["x-codes"] = list(interface.codes)
    operation["x-events"] = list(interface.events)
    operation["responses"].pop("422", None)
    for status in interface.component.errors.statuses:
        operation["responses"][str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    if interface.sends_file:
        binary = {"schema": {"type": "string", "format": "binary"}}
        operation["responses"]["200"]["content"]["application/octet-stream"] = binary
    if interface.auth in SECURITY_SCHEMES:
        operation["security"] = [{interface.auth: []}]


def _forget_fastapi_errors(schemas: dict[str, Any]) -> None:
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)


def _with_standard_names(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_standard_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    # A limit is a number; a property that has such a name is an object.
    return {
        STANDARD_NAMES.get(name, name) if type(item) is int else name: _with_standard_names(item)
        for name, item in value.items()
    }
