"""Whether the monitoring component is up (CEC 12.3.7)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from emulator.surfaces.cec.cms.component import CmsEnvelope, CmsRequest, cms
from emulator.surfaces.cec.envelope import write_json


class Echo(BaseModel):
    """The whole answer: what was sent, and that somebody is there."""

    request: dict[str, Any]
    status: str


class PingEnvelope(CmsEnvelope):
    """A success has fields of its own; a refusal is like any other."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success."""
        return write_json({"request": result, "status": message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        return Echo


@cms.post("/v1/ping", section="12.3.7", message="UP", envelope=PingEnvelope())
def ping(call: CmsRequest, body: dict[str, Any]) -> dict[str, Any]:
    """Send back what was sent, whatever its fields are."""
    return body
