"""Reading the messages of a service, with spyne: both SOAP versions, by their envelopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from emulator.surfaces.soap import toolkit
from emulator.surfaces.soap.contract import Operation, Parameter, Service, Style
from emulator.surfaces.soap.faults import FaultCode, SoapFault, Version

_ENCODING_STYLE = "encodingStyle"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TRUE = frozenset({"1", "true"})


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
        self._servers = {
            version: _server(service, declared, protocol)
            for version, protocol in (
                (Version.SOAP11, toolkit.Soap11),
                (Version.SOAP12, toolkit.Soap12),
            )
        }

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
        given = {etree.QName(it).localname for it in asked}
        for parameter in operation.parameters:
            if parameter.name not in given and not parameter.optional:
                raise SoapFault(f"{parameter.name} is missing")
        values = self._deserialize(root, asked, version, operation)
        arguments = {it.name: _checked(it, values) for it in operation.parameters}
        return Message(
            version,
            operation,
            arguments,
            etree.QName(asked).namespace or "",
            _is_encoded(root, asked),
            any(etree.QName(it).namespace for it in asked),
            tuple(given - arguments.keys()),
        )

    def _operation_of(self, asked: Any) -> Operation:
        name = etree.QName(asked)
        operation = self._service.operations.get(name.localname)
        if operation is None:
            raise SoapFault(f"there is no operation {name.localname}")
        if self._service.style is Style.DOCUMENT and name.namespace != self._service.namespace:
            raise SoapFault(f"there is no operation {name.localname} in {name.namespace}")
        return operation

    def _deserialize(self, root: Any, asked: Any, version: Version, operation: Operation) -> Any:
        server = self._servers[version]
        context = toolkit.MethodContext(server, toolkit.MethodContext.SERVER)
        references = _identified(root) if self._service.style is Style.RPC else None
        # PHP services look at the name of the operation alone, whatever its namespace.
        asked.tag = f"{{{self._service.namespace}}}{operation.name}"
        context.in_document = (root, references)
        try:
            server.app.in_protocol.decompose_incoming_envelope(context)
            (context,) = server.app.in_protocol.generate_method_contexts(context)
            server.app.in_protocol.deserialize(context, server.app.in_protocol.REQUEST)
        except toolkit.Fault as fault:
            raise SoapFault(fault.faultstring) from None
        except (KeyError, RecursionError):
            raise SoapFault("a reference leads nowhere") from None
        return context.in_object


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


def _server(service: Service, declared: Any, protocol: Any) -> Any:
    application = toolkit.Application(
        [declared],
        service.namespace,
        name=service.name,
        in_protocol=protocol(validator="soft"),
        out_protocol=protocol(),
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
        if block.get(f"{{{version.namespace}}}mustUnderstand") in _TRUE:
            raise SoapFault(f"the header {block.tag} is not understood", FaultCode.MUST_UNDERSTAND)


def _is_encoded(root: Any, asked: Any) -> bool:
    """Whether the message says that it has SOAP encoding, or shows it by its types."""
    places = (root, asked.getparent(), asked)
    if any(etree.QName(name).localname == _ENCODING_STYLE for it in places for name in it.attrib):
        return True
    return any(_XSI_TYPE in it.attrib for it in asked)


def _identified(root: Any) -> dict[str, Any]:
    return {name: it for it in root.iter(etree.Element) if (name := it.get("id"))}


def _checked(parameter: Parameter, values: Any) -> Any:
    value = getattr(values, parameter.name)
    if value is None:
        return parameter.type()
    if parameter.type is str and len(value) > parameter.limit:
        raise SoapFault(f"{parameter.name} has more than {parameter.limit} characters")
    return value
