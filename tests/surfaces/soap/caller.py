"""A client of a pretend service, in the test's own process."""

from __future__ import annotations

from typing import Any

import httpx

from emulator.surfaces.soap.contract import Service, Style
from emulator.surfaces.soap.faults import Version
from tests.surfaces.cec.caller import request
from tests.surfaces.soap.messages import encoded, envelope, wrapped
from tests.surfaces.soap.reception import Platform, open_door


class Caller:
    """Calls the service at a platform of its own, or at this one."""

    def __init__(self, service: Service, platform: Platform | None = None) -> None:
        self.service = service
        self.platform = platform or Platform()
        self.door = open_door(service, self.platform)

    def send(self, method: str, tail: str = "", **options: Any) -> httpx.Response:
        """Send any request to the service's address."""
        return request(self.door, method, self.service.path + tail, **options)

    def post(
        self,
        content: str | bytes,
        content_type: str | None = "text/xml; charset=utf-8",
        action: str | bytes | None = None,
    ) -> httpx.Response:
        """Post a message."""
        headers: dict[str, str | bytes] = {}
        if content_type is not None:
            headers["content-type"] = content_type
        if action is not None:
            headers["soapaction"] = action
        return self.send("POST", content=content, headers=headers)

    def ask(
        self, operation: str, version: Version = Version.SOAP11, **arguments: Any
    ) -> httpx.Response:
        """Have an operation performed, in the service's own style."""
        write = wrapped if self.service.style is Style.DOCUMENT else encoded
        return self.post(
            envelope(write(operation, arguments), version), version.media_type.decode()
        )
