"""The pages that a browser is shown: the list of operations, and one operation with examples."""

from __future__ import annotations

from html import escape

from emulator.surfaces.soap.contract import Operation, Service, Style
from emulator.surfaces.soap.faults import Version

HTML = b"text/html; charset=utf-8"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font-family: Verdana, sans-serif; margin: 2em; }}
pre {{ background: #e5e5cc; padding: 1em; }}
</style></head><body>{body}</body></html>
"""


def operations(service: Service) -> bytes:
    """The list of a service's operations."""
    name = escape(service.name)
    items = "".join(
        f'<li><a href="?op={escape(it)}">{escape(it)}</a></li>' for it in service.operations
    )
    return _page(
        f"{service.name} Web Service",
        f"<h1>{name}</h1><p>The following operations are supported. For a formal definition, "
        f'see the <a href="?wsdl">Service Description</a>.</p><ul>{items}</ul>',
    )


def operation(service: Service, asked: Operation) -> bytes:
    """One operation: what is sent, and what comes back."""
    shown = {
        "SOAP 1.1": _soap_example(service, asked, Version.SOAP11),
        "SOAP 1.2": _soap_example(service, asked, Version.SOAP12),
    }
    if service.style is Style.DOCUMENT:
        query = _query(asked)
        form = f"Content-Type: application/x-www-form-urlencoded\n\n{query[1:]}"
        shown["HTTP GET"] = f"GET {service.path}/{asked.name}{query} HTTP/1.1"
        shown["HTTP POST"] = f"POST {service.path}/{asked.name} HTTP/1.1\n{form}"
    examples = "".join(
        f"<h3>{title}</h3><pre>{escape(text)}</pre>" for title, text in shown.items()
    )
    return _page(
        f"{service.name} Web Service",
        f'<h1>{escape(service.name)}</h1><p><a href="?">All operations</a></p>'
        f"<h2>{escape(asked.name)}</h2>{examples}",
    )


def _query(it: Operation) -> str:
    return "?" + "&".join(f"{each.name}=string" for each in it.parameters) if it.parameters else ""


def _soap_example(service: Service, it: Operation, version: Version) -> str:
    parameters = "\n".join(
        f"      <{each.name}>{'int' if each.type is int else 'string'}</{each.name}>"
        for each in it.parameters
    )
    action = f'SOAPAction: "{service.action(it.name)}"\n' if version is Version.SOAP11 else ""
    return (
        f"POST {service.path} HTTP/1.1\nContent-Type: {version.media_type.decode()}\n{action}\n"
        f'<soap:Envelope xmlns:soap="{version.namespace}">\n  <soap:Body>\n'
        f'    <{it.name} xmlns="{service.namespace}">\n{parameters}\n    </{it.name}>\n'
        "  </soap:Body>\n</soap:Envelope>"
    )


def _page(title: str, body: str) -> bytes:
    return _PAGE.format(title=escape(title), body=body).encode()
