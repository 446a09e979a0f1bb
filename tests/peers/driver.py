"""Calls SOAP services with zeep or suds, as lines of JSON on standard input say.

    python -m tests.peers.driver zeep

The orders and the answers are described in toolchain.py.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Order = Mapping[str, Any]
Call = Callable[[str, Mapping[str, Any]], Any]


class Failed(Exception):
    """The toolkit has raised an exception for a fault of the service."""

    def __init__(self, exception: str, code: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.code = code.rpartition(":")[2]


class Load(Protocol):
    """Reads a description; gives what calls the operations."""

    def __call__(self, order: Order) -> Call: ...


def zeep_load(order: Order) -> Call:
    """A client of zeep; its fault has the code in either version."""
    import zeep

    client = zeep.Client(order["wsdl"])
    (service,) = client.wsdl.services.values()
    wanted = "Soap12" if order.get("version") == "1.2" else "Soap11"
    port = next(
        name
        for name, it in service.ports.items()
        if type(it.binding).__name__ == f"{wanted}Binding"
    )
    proxy = client.bind(service.name, port)

    def call(operation: str, arguments: Mapping[str, Any]) -> Any:
        try:
            return proxy[operation](**arguments)
        except zeep.exceptions.Fault as fault:
            raise Failed("Fault", fault.code or "", fault.message) from None

    return call


def suds_load(order: Order) -> Call:
    """A client of suds, which speaks SOAP 1.1 alone."""
    import suds
    import suds.client

    client = suds.client.Client(order["wsdl"], cache=None)

    def call(operation: str, arguments: Mapping[str, Any]) -> Any:
        try:
            result = getattr(client.service, operation)(**arguments)
        except suds.WebFault as error:
            raise Failed("WebFault", error.fault.faultcode, error.fault.faultstring) from None
        return str(result) if isinstance(result, str) else result

    return call


LOADS: Mapping[str, Load] = {"zeep": zeep_load, "suds": suds_load}


def main() -> None:
    """Obey orders until there are no more."""
    warnings.simplefilter("ignore")
    load = LOADS[sys.argv[1]]
    calls: dict[str, Call] = {}
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"result": _obey(order, load, calls)}
        except Exception as error:
            answer = {
                "exception": getattr(error, "exception", type(error).__name__),
                "code": getattr(error, "code", ""),
                "message": str(error),
            }
        print(json.dumps(answer), flush=True)  # noqa: T201


def _obey(order: Order, load: Load, calls: dict[str, Call]) -> Any:
    if "wsdl" in order:
        calls[order["service"]] = load(order)
        return None
    return calls[order["service"]](order["operation"], order["arguments"])


if __name__ == "__main__":
    main()
