"""SOAP faults, as both versions write them."""

from __future__ import annotations

from enum import Enum, StrEnum
from xml.sax.saxutils import escape


class Version(Enum):
    """A SOAP version: the namespace of its envelope, the media type of its messages."""

    SOAP11 = ("http://schemas.xmlsoap.org/soap/envelope/", b"text/xml; charset=utf-8")
    SOAP12 = ("http://www.w3.org/2003/05/soap-envelope", b"application/soap+xml; charset=utf-8")

    def __init__(self, namespace: str, media_type: bytes) -> None:
        self.namespace = namespace
        self.media_type = media_type


class FaultCode(StrEnum):
    """Whose fault it is, by the words of SOAP 1.1 (4.4.1)."""

    VERSION_MISMATCH = "VersionMismatch"
    MUST_UNDERSTAND = "MustUnderstand"
    CLIENT = "Client"
    SERVER = "Server"


_SOAP12 = {FaultCode.CLIENT: "Sender", FaultCode.SERVER: "Receiver"}
"""Where SOAP 1.2 has another word (5.4.6)."""


class FormRefused(Exception):
    """A form that is not what the operation asks for; says why."""


LONGEST_REASON = 500
"""Characters; what a client has sent is in it, whose names can be megabytes long."""


class SoapFault(Exception):
    """A message that cannot be served; `version` None: as the client's content type has it."""

    def __init__(
        self, reason: str, code: FaultCode = FaultCode.CLIENT, version: Version | None = None
    ) -> None:
        super().__init__(reason[:LONGEST_REASON])
        self.code = code
        self.version = version

    def document(self, version: Version) -> bytes:
        """The whole answer, in that version."""
        reason = escape(printable(str(self)))
        if version is Version.SOAP11:
            return (
                '<?xml version="1.0" encoding="utf-8"?>'
                f'<soap:Envelope xmlns:soap="{Version.SOAP11.namespace}">'
                f"<soap:Body><soap:Fault><faultcode>soap:{self.code}</faultcode>"
                f"<faultstring>{reason}</faultstring><detail /></soap:Fault></soap:Body>"
                "</soap:Envelope>"
            ).encode()
        return (
            '<?xml version="1.0" encoding="utf-8"?>'
            f'<soap:Envelope xmlns:soap="{Version.SOAP12.namespace}">'
            "<soap:Body><soap:Fault><soap:Code>"
            f"<soap:Value>soap:{_SOAP12.get(self.code, self.code)}</soap:Value></soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{reason}</soap:Text></soap:Reason>'
            "</soap:Fault></soap:Body></soap:Envelope>"
        ).encode()


def printable(text: str) -> str:
    """The text with what XML 1.0 has no characters for replaced (2.2)."""
    if text.isprintable():
        return text
    return "".join(it if it in "\t\n\r" or (it >= " " and it not in _HOLES) else "�" for it in text)


_HOLES = frozenset(map(chr, (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF)))
