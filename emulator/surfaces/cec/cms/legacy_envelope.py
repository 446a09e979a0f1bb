"""The envelope of the interfaces from before 8.13 (CEC 12.3.8.13): `result` and `resultDatas`."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import Failure

R = TypeVar("R")


class EarlierAnswer(BaseModel, Generic[R]):
    """The answer with a result."""

    result: str
    resultDatas: R


class EarlierEnvelope:
    """A success has two fields; a refusal shows its code both as `result` and as 12.3.8.2 says."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success."""
        return write_json({"result": "0", "resultDatas": result})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        code, message = failure.code, failure.message
        return write_json({"result": code, "resultCode": code, "resultDesc": message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        return EarlierAnswer[result]


EARLIER = EarlierEnvelope()
