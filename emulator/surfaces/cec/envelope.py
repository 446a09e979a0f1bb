"""How answers are wrapped: each component has its own envelope.

All of them implement `Envelope`; the agent gateway's is here because two components share it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, get_args

import orjson
from pydantic import BaseModel

from emulator.surfaces.cec.errors import Failure
from emulator.surfaces.wire import JSON, OCTETS

R = TypeVar("R")


class Envelope(Protocol):
    """Writes a component's answers, and describes them for its OpenAPI document."""

    def success(self, result: object, message: str) -> bytes:
        """Write the answer to a handler that returned `result` (None: it has none)."""
        ...

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        ...

    def model(self, result: Any) -> Any:
        """Give the Pydantic type of the answer around a result of type `result`."""
        ...


@dataclass(frozen=True, slots=True)
class Stream:
    """The bytes of a file that is sent as it is."""

    size: int
    pieces: AsyncIterator[bytes]

    async def first(self) -> bytes:
        """The first piece, for who breaks off before the end anyway."""
        return await anext(self.pieces, b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler returns when its answer does not go into the envelope."""

    content: bytes
    media_type: bytes = JSON
    status: int = 200
    stream: Stream | None = None
    """What is sent in the place of `content`, piece by piece."""

    @classmethod
    def json(cls, value: object, status: int = 200) -> Answer:
        """Answer with a JSON document as it is."""
        return cls(write_json(value), status=status)

    @classmethod
    def file(cls, size: int, pieces: AsyncIterator[bytes]) -> Answer:
        """Answer with a file."""
        return cls(b"", OCTETS, stream=Stream(size, pieces))


def write_json(value: object) -> bytes:
    """Write compact UTF-8 JSON; Pydantic models go out under their documented names."""
    return orjson.dumps(value, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    raise TypeError(type(value).__name__)


class GatewayAnswer(BaseModel, Generic[R]):
    """The agent gateway's answer with a result (6.1, 12.1, 13.1)."""

    message: str
    retcode: str
    result: R


class GatewayMaybe(BaseModel, Generic[R]):
    """The same where there may be nothing to give: `result` is left out then."""

    message: str
    retcode: str
    result: R | None = None


class GatewayStatus(BaseModel):
    """The agent gateway's answer without a result."""

    message: str
    retcode: str


class GatewayEnvelope:
    """`{"message":…,"retcode":"0","result":…}`: in this order, without spaces, 200 on refusals."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success; a handler that returned None has no `result`."""
        if result is None:
            return write_json({"message": message, "retcode": "0"})
        return write_json({"message": message, "retcode": "0", "result": result})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        return write_json({"message": failure.message, "retcode": failure.code})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        if result is None or result is type(None):
            return GatewayStatus
        if type(None) in get_args(result):
            return GatewayMaybe[result]
        return GatewayAnswer[result]
