"""Writing answers, to the byte as the services of that time write them."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from emulator.surfaces.soap.codec import Message
from emulator.surfaces.soap.contract import Service, Style
from emulator.surfaces.soap.faults import Version, printable

_XSD = "http://www.w3.org/2001/XMLSchema"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
_HEAD = {
    version: (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{version.namespace}" xmlns:xsi="{_XSI}" xmlns:xsd="{_XSD}">'
        "<soap:Body>"
    )
    for version in Version
}
_TAIL = "</soap:Body></soap:Envelope>"
_ENCODED_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<SOAP-ENV:Envelope SOAP-ENV:encodingStyle="{_ENCODING}"'
    ' xmlns:SOAP-ENV="{}"'
    f' xmlns:xsd="{_XSD}" xmlns:xsi="{_XSI}" xmlns:SOAP-ENC="{_ENCODING}"><SOAP-ENV:Body>'
)
_ENCODED_TAIL = "</SOAP-ENV:Body></SOAP-ENV:Envelope>"


def answer(service: Service, message: Message, result: str | int) -> bytes:
    """The answer to a message, written the way that the message is."""
    text = escaped(result) if isinstance(result, str) else str(result)
    if service.style is Style.DOCUMENT:
        return _document(service, message, text)
    if message.encoded:
        return _encoded(service, message, text, "string" if isinstance(result, str) else "int")
    return _literal(service, message, text)


def escaped(text: str) -> str:
    """A text as an element's content."""
    # A reader takes a bare carriage return for the end of a line.
    return escape(printable(text), {"\r": "&#xD;"})


def _document(service: Service, message: Message, text: str) -> bytes:
    name = message.operation.name
    element = service.result.format(name)
    return (
        f'{_HEAD[message.version]}<{name}Response xmlns="{service.namespace}">'
        f"<{element}>{text}</{element}></{name}Response>{_TAIL}"
    ).encode()


def _encoded(service: Service, message: Message, text: str, kind: str) -> bytes:
    name, element = message.operation.name, service.result
    namespace = quoteattr(message.namespace or service.namespace)
    return (
        f"{_ENCODED_HEAD.format(message.version.namespace)}"
        f"<ns1:{name}Response xmlns:ns1={namespace}>"
        f'<{element} xsi:type="xsd:{kind}">{text}</{element}></ns1:{name}Response>{_ENCODED_TAIL}'
    ).encode()


def _literal(service: Service, message: Message, text: str) -> bytes:
    """For who writes document/literal to an rpc/encoded service; qualified as its parameters."""
    name, element = message.operation.name, service.result
    prefix = "ns1:" if message.qualified else ""
    namespace = quoteattr(message.namespace or service.namespace)
    return (
        f"{_HEAD[message.version]}<ns1:{name}Response xmlns:ns1={namespace}>"
        f"<{prefix}{element}>{text}</{prefix}{element}></ns1:{name}Response>{_TAIL}"
    ).encode()
