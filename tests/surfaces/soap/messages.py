"""Messages as clients write them, and what an answer says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import httpx
from lxml import etree

from emulator.surfaces.soap.faults import Version

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
TEMPURI = "http://tempuri.org/"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


class Fault(NamedTuple):
    """A fault as a client reads it."""

    version: Version
    code: str
    reason: str


def envelope(body: str, version: Version = Version.SOAP11, header: str = "") -> str:
    """A whole message, without a declaration."""
    names = f'xmlns:e="{version.namespace}" xmlns:xsi="{XSI}" xmlns:xsd="{XSD}"'
    head = f"<e:Header>{header}</e:Header>" if header else ""
    return f"<e:Envelope {names}>{head}<e:Body>{body}</e:Body></e:Envelope>"


def wrapped(name: str, arguments: Mapping[str, Any], namespace: str = TEMPURI) -> str:
    """An operation with its arguments, document/literal."""
    inside = "".join(f"<{it}>{escape(str(value))}</{it}>" for it, value in arguments.items())
    return f'<{name} xmlns="{namespace}">{inside}</{name}>'


def encoded(name: str, arguments: Mapping[str, Any], namespace: str = "urn:reception") -> str:
    """An operation with its arguments, rpc/encoded."""
    inside = "".join(
        f'<{it} xsi:type="xsd:{"int" if isinstance(value, int) else "string"}">'
        f"{escape(str(value))}</{it}>"
        for it, value in arguments.items()
    )
    return f'<ns1:{name} xmlns:ns1="{namespace}" e:encodingStyle="{ENCODING}">{inside}</ns1:{name}>'


def result_of(answer: httpx.Response) -> str:
    """The text of the only element in the answer's wrapper."""
    assert answer.status_code == 200, answer.text
    body = etree.fromstring(answer.content)[-1]
    (wrapper,) = body
    (result,) = wrapper
    return result.text or ""


def fault_of(answer: httpx.Response) -> Fault:
    """The fault in an answer, which must be one in every respect."""
    root = etree.fromstring(answer.content)
    (version,) = (it for it in Version if root.tag == f"{{{it.namespace}}}Envelope")
    assert answer.headers["content-type"] == version.media_type.decode()
    space = f"{{{version.namespace}}}"
    (body,) = root
    (fault,) = body
    assert (body.tag, fault.tag) == (f"{space}Body", f"{space}Fault")
    if version is Version.SOAP11:
        code, reason = fault.findtext("faultcode"), fault.findtext("faultstring")
    else:
        code = fault.findtext(f"{space}Code/{space}Value")
        reason = fault.findtext(f"{space}Reason/{space}Text")
    prefix, _, name = code.partition(":")
    assert fault.nsmap[prefix] == version.namespace
    assert answer.status_code == (400 if name == "Sender" else 500)
    return Fault(version, name, reason)
