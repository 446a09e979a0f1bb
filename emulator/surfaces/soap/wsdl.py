"""WSDL 1.1 documents, as the toolkits of the two styles publish them.

Document/literal: as an ASP.NET service does, for SOAP 1.1, SOAP 1.2 and plain HTTP; the wrapped
elements have anonymous types, without which proxy generators do not unwrap them. Rpc/encoded: as
PHP's NuSOAP does, which spyne cannot write.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from emulator.surfaces.soap.contract import Operation, Parameter, Service, Style

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP12 = "http://schemas.xmlsoap.org/wsdl/soap12/"
HTTP = "http://schemas.xmlsoap.org/wsdl/http/"
MIME = "http://schemas.xmlsoap.org/wsdl/mime/"
XSD = "http://www.w3.org/2001/XMLSchema"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
TRANSPORT = "http://schemas.xmlsoap.org/soap/http"

_NAMES = {"wsdl": WSDL, "soap": SOAP, "soap12": SOAP12, "http": HTTP, "mime": MIME, "s": XSD}
_W, _S, _S12, _H, _M, _X = (ElementMaker(namespace=it, nsmap=_NAMES) for it in _NAMES.values())
_VERBS = ("Get", "Post")


def document(service: Service, location: str) -> bytes:
    """The WSDL of the service, reached at the location."""
    root = _definitions(service)
    if service.style is Style.DOCUMENT:
        _describe_document(root, service, location)
    else:
        _describe_rpc(root, service, location)
    described: bytes = etree.tostring(
        root, xml_declaration=True, encoding="utf-8", pretty_print=True
    )
    return described


def _definitions(service: Service) -> Any:
    names: dict[str | None, str] = dict(_NAMES.items())
    if service.style is Style.RPC:
        names = {"xsd": XSD, "SOAP-ENC": ENCODING, "soap": SOAP, "wsdl": WSDL, None: WSDL}
    names["tns"] = service.namespace
    about = {"targetNamespace": service.namespace}
    return etree.Element(f"{{{WSDL}}}definitions", about, nsmap=names)


def _type(kind: type[Any], prefix: str = "s") -> str:
    return f"{prefix}:int" if kind is int else f"{prefix}:string"


# Document/literal


def _describe_document(root: Any, service: Service, location: str) -> None:
    operations = service.operations.values()
    root.append(_W.types(_schema(service)))
    for it in operations:
        root.extend(_soap_messages(it))
    for verb in _VERBS:
        for it in operations:
            root.extend(_http_messages(service, it, verb))
    protocols = ("Soap", *(f"Http{verb}" for verb in _VERBS))
    root.extend(_port_type(service, protocol) for protocol in protocols)
    root.append(_soap_binding(service, _S, "Soap", "Soap"))
    root.append(_soap_binding(service, _S12, "Soap12", "Soap"))
    root.extend(_http_binding(service, verb) for verb in _VERBS)
    addresses = {"Soap": _S, "Soap12": _S12, "HttpGet": _H, "HttpPost": _H}
    root.append(
        _W.service(
            *(
                _W.port(
                    made.address(location=location),
                    name=service.name + protocol,
                    binding=f"tns:{service.name}{protocol}",
                )
                for protocol, made in addresses.items()
            ),
            name=service.name,
        )
    )


def _schema(service: Service) -> Any:
    schema = _X.schema(elementFormDefault="qualified", targetNamespace=service.namespace)
    returned: dict[type[Any], None] = {}
    for it in service.operations.values():
        schema.append(_wrapper(it.name, it.parameters))
        result = Parameter(service.result.format(it.name), it.returns, 0, it.returns is str)
        schema.append(_wrapper(f"{it.name}Response", (result,)))
        returned[it.returns] = None
    for kind in returned:
        element = _X.element(name=_type(kind).partition(":")[2], type=_type(kind))
        if kind is str:
            element.set("nillable", "true")
        schema.append(element)
    return schema


def _wrapper(name: str, parameters: tuple[Parameter, ...]) -> Any:
    inside = _X.sequence(
        *(
            _X.element(
                minOccurs="0" if it.optional else "1",
                maxOccurs="1",
                name=it.name,
                type=_type(it.type),
            )
            for it in parameters
        )
    )
    kind = _X.complexType(inside) if parameters else _X.complexType()
    return _X.element(kind, name=name)


def _soap_messages(it: Operation) -> list[Any]:
    return [
        _W.message(_W.part(name="parameters", element=f"tns:{element}"), name=it.name + suffix)
        for element, suffix in ((it.name, "SoapIn"), (f"{it.name}Response", "SoapOut"))
    ]


def _http_messages(service: Service, it: Operation, verb: str) -> list[Any]:
    asked = (_W.part(name=each.name, type="s:string") for each in it.parameters)
    body = _W.part(name="Body", element=f"tns:{_type(it.returns).partition(':')[2]}")
    return [
        _W.message(*asked, name=f"{it.name}Http{verb}In"),
        _W.message(body, name=f"{it.name}Http{verb}Out"),
    ]


def _port_type(service: Service, protocol: str) -> Any:
    return _W.portType(
        *(
            _W.operation(
                _W.input(message=f"tns:{name}{protocol}In"),
                _W.output(message=f"tns:{name}{protocol}Out"),
                name=name,
            )
            for name in service.operations
        ),
        name=service.name + protocol,
    )


def _soap_binding(service: Service, made: ElementMaker, protocol: str, port_type: str) -> Any:
    return _W.binding(
        made.binding(transport=TRANSPORT),
        *(
            _W.operation(
                made.operation(soapAction=service.action(name), style="document"),
                _W.input(made.body(use="literal")),
                _W.output(made.body(use="literal")),
                name=name,
            )
            for name in service.operations
        ),
        name=service.name + protocol,
        type=f"tns:{service.name}{port_type}",
    )


def _http_binding(service: Service, verb: str) -> Any:
    name = f"{service.name}Http{verb}"
    return _W.binding(
        _H.binding(verb=verb.upper()),
        *(
            _W.operation(
                _H.operation(location=f"/{operation}"),
                _W.input(
                    _H.urlEncoded()
                    if verb == "Get"
                    else _M.content(type="application/x-www-form-urlencoded")
                ),
                _W.output(_M.mimeXml(part="Body")),
                name=operation,
            )
            for operation in service.operations
        ),
        name=name,
        type=f"tns:{name}",
    )


# Rpc/encoded


def _describe_rpc(root: Any, service: Service, location: str) -> None:
    root.append(
        _W.types(
            _X.schema(
                getattr(_X, "import")(namespace=ENCODING),
                getattr(_X, "import")(namespace=WSDL),
                targetNamespace=service.namespace,
            )
        )
    )
    for it in service.operations.values():
        asked = (_W.part(name=each.name, type=_type(each.type, "xsd")) for each in it.parameters)
        result = _W.part(name=service.result, type=_type(it.returns, "xsd"))
        root.append(_W.message(*asked, name=f"{it.name}Request"))
        root.append(_W.message(result, name=f"{it.name}Response"))
    root.append(_rpc_port_type(service))
    root.append(_rpc_binding(service))
    port = _W.port(
        _S.address(location=location),
        name=f"{service.name}Port",
        binding=f"tns:{service.name}Binding",
    )
    root.append(_W.service(port, name=service.name))


def _rpc_port_type(service: Service) -> Any:
    return _W.portType(
        *(
            _W.operation(
                _W.input(message=f"tns:{name}Request"),
                _W.output(message=f"tns:{name}Response"),
                name=name,
            )
            for name in service.operations
        ),
        name=f"{service.name}PortType",
    )


def _rpc_binding(service: Service) -> Any:
    body = {"use": "encoded", "namespace": service.namespace, "encodingStyle": ENCODING}
    return _W.binding(
        _S.binding(style="rpc", transport=TRANSPORT),
        *(
            _W.operation(
                _S.operation(soapAction=service.action(name), style="rpc"),
                _W.input(_S.body(**body)),
                _W.output(_S.body(**body)),
                name=name,
            )
            for name in service.operations
        ),
        name=f"{service.name}Binding",
        type=f"tns:{service.name}PortType",
    )
