"""A request that was understood, and the answers to it and to those that were not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.surfaces.soap import answers
from emulator.surfaces.soap.codec import Message
from emulator.surfaces.soap.contract import Operation, Service, Style
from emulator.surfaces.soap.desk import Result
from emulator.surfaces.soap.faults import FaultCode, FormRefused, SoapFault, Version
from emulator.switch.errors import NoCall, WrongAgentState, WrongCallState
from emulator.traffic.exchange import Offence, Violation

log = logging.getLogger(__name__)

TEXT = b"text/plain; charset=utf-8"
UNFORESEEN = "the service has failed"
_OFFENCES: tuple[tuple[type[Exception], Offence], ...] = (
    (SoapFault, Offence.INVALID_PARAMETER),
    (FormRefused, Offence.INVALID_PARAMETER),
    (WrongAgentState, Offence.WRONG_STATE),
    (WrongCallState, Offence.WRONG_STATE),
    (NoCall, Offence.WRONG_STATE),
)
"""Refusals that are the client's own doing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `refusal` is what the client is to blame for, None: it is no refusal.

    No exception is kept: its traceback leads to who keeps it, in a circle that only a collection
    of garbage ends.
    """

    content: bytes
    media_type: bytes
    status: int = 200
    code: str = ""
    refusal: tuple[Violation, ...] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for; `version` None: by a form. `unknown` are parameters of its own."""

    operation: Operation
    arguments: dict[str, Any]
    content: Callable[[Result], bytes]
    media_type: bytes
    version: Version | None = None
    unknown: tuple[str, ...] = ()

    def write(
        self, result: Result, code: str, refusal: tuple[Violation, ...] | None = None
    ) -> Reply:
        """The answer with a result, which may be the reference's refusal."""
        return Reply(self.content(result), self.media_type, code=code, refusal=refusal)

    def unforeseen(self, error: Exception) -> Reply:
        """The answer when nothing documented fits."""
        log.error("%s has failed", self.operation.name, exc_info=error)
        if self.version is None:
            return Reply(UNFORESEEN.encode(), TEXT, 500, FaultCode.SERVER, blame_for(error))
        fault = SoapFault(UNFORESEEN, FaultCode.SERVER, self.version)
        return faulty(fault, self.version.media_type, error)


def blame_for(error: Exception) -> tuple[Violation, ...]:
    """What the client has done wrong, if the error is its doing."""
    return tuple(
        Violation(offence, str(error) or type(error).__name__)
        for kind, offence in _OFFENCES
        if isinstance(error, kind)
    )


def from_message(service: Service, message: Message, headers: Mapping[bytes, bytes]) -> Asked:
    """What a message asks for; `SoapFault` if its action speaks of something else."""
    action = headers.get(b"soapaction", b"").decode("latin-1").strip().strip('"')
    known = ("", service.action(message.operation.name))
    if service.style is Style.DOCUMENT and action not in known:
        raise SoapFault(f"the action {action} is not that of the message", version=message.version)
    return Asked(
        message.operation,
        message.arguments,
        lambda result: answers.answer(service, message, result),
        message.version.media_type,
        message.version,
        message.unknown,
    )


def faulty(fault: SoapFault, content_type: bytes, error: Exception | None = None) -> Reply:
    """The answer to a message that cannot be served, in its version or that of its media type."""
    spoken = Version.SOAP12 if b"application/soap+xml" in content_type else Version.SOAP11
    version = fault.version or spoken
    sender = version is Version.SOAP12 and fault.code is FaultCode.CLIENT
    return Reply(
        fault.document(version),
        version.media_type,
        400 if sender else 500,
        fault.code,
        blame_for(error or fault),
    )


def broken(refusal: Exception) -> Reply:
    """The answer to a form that cannot be served."""
    return Reply(f"{refusal}\r\n".encode(), TEXT, 500, FaultCode.CLIENT, blame_for(refusal))
