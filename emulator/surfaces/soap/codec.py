"""Reading the messages of a service, with spyne: both SOAP versions, by their envelopes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from emulator.surfaces.soap import toolkit
from emulator.surfaces.soap.contract import Operation, Parameter, Service, Style
from emulator.surfaces.soap.faults import FaultCode, SoapFault, Version

_ENCODING_STYLE = "encodingStyle"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUE = frozenset({"1", "true"})
_ADDRESSING = ("mustUnderstand", "actor", "role")
_OURSELVES = frozenset(
    {
        "",
        "http://schemas.xmlsoap.org/soap/actor/next",
        f"{Version.SOAP12.namespace}/role/next",
        f"{Version.SOAP12.namespace}/role/ultimateReceiver",
    }
)
"""Whom a header is for, if it is for us (SOAP 1.1, 4.2.2; SOAP 1.2, 2.2)."""
MOST_DIGITS = 64
"""Characters of a number, blanks about it included."""
_INTEGER = re.compile(r"[ \t\r\n]*[+-]?[0-9]+[ \t\r\n]*")
_LENGTH = etree.XPath("string-length()")
"""Characters of an element's text, without a copy of it."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a client asks for, and how it has written it.

    `namespace` is that of the operation's element; `encoded` with types (SOAP encoding);
    `qualified` whether the parameters have a namespace; `unknown` are parameters that there are
    none of.
    """

    version: Version
    operation: Operation
    arguments: dict[str, Any]
    namespace: str
    encoded: bool = False
    qualified: bool = True
    unknown: tuple[str, ...] = ()


class Codec:
    """Reads the messages of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        handlers = {it.name: _declared(service, it) for it in service.operations.values()}
        declared = type(service.name, (toolkit.Service,), handlers)
        server = _server(service, declared)
        self._protocol = server.app.in_protocol
        self._contracts = {
            name: server.app.interface.service_method_map[f"{{{service.namespace}}}{name}"][0]
            for name in service.operations
        }
        # One for all messages: it is in a reference cycle, and would keep theirs for long.
        self._context = toolkit.MethodContext(server, toolkit.MethodContext.SERVER)

    def read(self, document: bytes) -> Message:
        """The message in a document without declaration; `SoapFault`."""
        root = _parse(document)
        version = _version_of(root)
        try:
            return self._read(root, version)
        except SoapFault as fault:
            fault.version = version
            raise

    def _read(self, root: Any, version: Version) -> Message:
        _refuse_what_must_be_understood(root, version)
        body = root.find(f"{{{version.namespace}}}Body")
        asked = body[0] if body is not None and len(body) else None
        if asked is None:
            raise SoapFault("the message has no body")
        operation = self._operation_of(asked)
        encoded = _is_encoded(root, asked)
        given = _given(asked, operation)
        for parameter in operation.parameters:
            element = given.pop(parameter.name, None)
            if element is not None:
                source = _source(element, root) if self._service.style is Style.RPC else element
                _reduce(element, source, parameter)
            elif not parameter.optional:
                raise SoapFault(f"{parameter.name} is missing")
        return Message(
            version,
            operation,
            self._arguments(asked, operation),
            etree.QName(asked).namespace or "",
            encoded,
            any(etree.QName(it).namespace for it in asked),
            tuple(given),
        )

    def _operation_of(self, asked: Any) -> Operation:
        name = etree.QName(asked)
        operation = self._service.operations.get(name.localname)
        if operation is None:
            raise SoapFault(f"there is no operation {name.localname}")
        # PHP services look at the name alone, whatever its namespace.
        if self._service.style is Style.DOCUMENT and name.namespace != self._service.namespace:
            raise SoapFault(f"there is no operation {name.localname} in {name.namespace}")
        return operation

    def _arguments(self, asked: Any, operation: Operation) -> dict[str, Any]:
        asked.attrib.clear()
        contract = self._contracts[operation.name].in_message
        try:
            values = self._protocol.from_element(self._context, contract, asked)
        except toolkit.Fault as fault:
            raise SoapFault(fault.faultstring) from None
        return {it.name: _given_or_empty(values, it) for it in operation.parameters}


def _declared(service: Service, operation: Operation) -> Any:
    """The operation in spyne's words; it is never called."""

    def stands_for_it(_context: Any, *_arguments: Any) -> None:
        """Stand for the operation."""

    stands_for_it.__name__ = operation.name
    return toolkit.rpc(
        *map(_type_of, operation.parameters),
        _args=[it.name for it in operation.parameters],
        _returns=toolkit.Unicode if operation.returns is str else toolkit.Integer32,
        _body_style="wrapped",
    )(stands_for_it)


def _type_of(parameter: Parameter) -> Any:
    least = 0 if parameter.optional else 1
    if parameter.type is int:
        return toolkit.Integer32(min_occurs=least, nullable=parameter.optional)
    return toolkit.Unicode(min_occurs=least)


def _given_or_empty(values: Any, parameter: Parameter) -> Any:
    value = getattr(values, parameter.name)
    return parameter.type() if value is None else value


def _server(service: Service, declared: Any) -> Any:
    application = toolkit.Application(
        [declared],
        service.namespace,
        name=service.name,
        in_protocol=toolkit.Soap11(validator="soft"),
        out_protocol=toolkit.Soap11(),
    )
    return type("Server", (toolkit.ServerBase,), {"transport": "none"})(application)


def _parse(document: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise SoapFault(f"not well-formed: {error.msg}") from None


def _version_of(root: Any) -> Version:
    name = etree.QName(root)
    for version in Version:
        if name.namespace == version.namespace and name.localname == "Envelope":
            return version
    if name.localname != "Envelope":
        raise SoapFault("the message has no envelope")
    raise SoapFault(
        f"the envelope is of {name.namespace}", FaultCode.VERSION_MISMATCH, Version.SOAP11
    )


def _refuse_what_must_be_understood(root: Any, version: Version) -> None:
    header = root.find(f"{{{version.namespace}}}Header")
    for block in header if header is not None else ():
        said = {name: block.get(f"{{{version.namespace}}}{name}", "") for name in _ADDRESSING}
        is_for_us = said["actor"] in _OURSELVES and said["role"] in _OURSELVES
        if is_for_us and said["mustUnderstand"] in _TRUE:
            raise SoapFault(f"the header {block.tag} is not understood", FaultCode.MUST_UNDERSTAND)


def _is_encoded(root: Any, asked: Any) -> bool:
    """Whether the message says that it has SOAP encoding, or shows it by its types."""
    places = (root, asked.getparent(), asked)
    if any(etree.QName(name).localname == _ENCODING_STYLE for it in places for name in it.attrib):
        return True
    return any(_XSI_TYPE in it.attrib for it in asked)


def _given(asked: Any, operation: Operation) -> dict[str, Any]:
    """The elements in the operation's, by their names; `SoapFault` if a parameter comes twice."""
    given: dict[str, Any] = {}
    for element in asked:
        name = etree.QName(element).localname
        if name in given and any(it.name == name for it in operation.parameters):
            raise SoapFault(f"{name} is there twice")
        given[name] = element
    return given


def _source(element: Any, root: Any) -> Any:
    """The element itself, or the one that it refers to (SOAP 1.1, 5.4.1); `SoapFault`."""
    reference = element.get("href")
    if reference is None:
        return element
    for found in root.iter(etree.Element):
        if found.get("id") == reference.removeprefix("#") and found.get("href") is None:
            return found
    raise SoapFault(f"the reference {reference} leads nowhere")


def _reduce(element: Any, source: Any, parameter: Parameter) -> None:
    """Leave nothing of a parameter but its source's text, or that it is nil; `SoapFault`.

    The type that a client writes does not count: PHP's writes that of its variable.
    """
    if len(source):
        raise SoapFault(f"{parameter.name} holds elements")
    is_nil = source.get(_XSI_NIL) in _TRUE
    if not is_nil:
        _require_fitting(source, parameter)
    if source is not element:
        element.clear()
        element.text = source.text
    element.attrib.clear()
    if is_nil:
        element.set(_XSI_NIL, "true")


def _require_fitting(source: Any, parameter: Parameter) -> None:
    most = parameter.limit if parameter.type is str else MOST_DIGITS
    if _LENGTH(source) > most:
        raise SoapFault(f"{parameter.name} has more than {most} characters")
    if parameter.type is str or (parameter.optional and not source.text):
        return
    if not _INTEGER.fullmatch(source.text or ""):
        raise SoapFault(f"{parameter.name} is no number")
