"""How refusals look at the emulator's own API: `{"error": {"type", "message"}}` and a status."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from emulator.control.seed import SeedError
from emulator.domain.errors import UnknownCustomer
from emulator.snapshot.errors import SnapshotRefused
from emulator.switch.errors import (
    ConfigurationError,
    InvalidNumber,
    InvalidValue,
    NoCall,
    NotFound,
    SwitchError,
)

_STATUS: tuple[tuple[type[SwitchError], int], ...] = (
    (NotFound, 404),
    (NoCall, 404),
    (InvalidNumber, 422),
    (InvalidValue, 422),
    (ConfigurationError, 422),
    (SwitchError, 409),
)
"""The first that fits counts: what is not there, what is not valid, what cannot be done now."""


class ClockCannot(SwitchError):
    """The clock cannot do that: a virtual one follows no real time."""


def failure(status: int, kind: str, message: str, **more: Any) -> JSONResponse:
    """An answer that refuses."""
    return JSONResponse({"error": {"type": kind, "message": message, **more}}, status)


def install(app: FastAPI) -> None:
    """Have the application answer its errors in this way."""
    app.add_exception_handler(SwitchError, _switch_error)
    app.add_exception_handler(UnknownCustomer, _unknown_customer)
    app.add_exception_handler(SeedError, _seed_error)
    app.add_exception_handler(SnapshotRefused, _snapshot_refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)


async def _switch_error(request: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return failure(status, type(error).__name__, str(error))


async def _unknown_customer(request: Request, error: Exception) -> JSONResponse:
    return failure(404, "UnknownCustomer", str(error))


async def _seed_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SeedError)
    problems = [
        {"file": error.source, "path": path, "reason": reason} for path, reason in error.problems
    ]
    return failure(422, "SeedError", str(error), problems=problems)


async def _snapshot_refused(request: Request, error: Exception) -> JSONResponse:
    return failure(422, "SnapshotRefused", str(error))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    reasons = (f"{'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors())
    return failure(422, "InvalidValue", "; ".join(reasons))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kinds = {404: "NotFound", 405: "MethodNotAllowed"}
    return failure(error.status_code, kinds.get(error.status_code, "HTTPError"), str(error.detail))
