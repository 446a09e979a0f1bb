"""A call center in the test's own process, whose SOAP services are called with plain messages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from emulator.control.seed import load_seed
from emulator.store.store import Store
from tests.contract.world import Reply, World

ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soap:Body>{}</soap:Body></soap:Envelope>"
)
XML = {"Content-Type": "text/xml; charset=utf-8"}
AT_CLIENT = "/UltraCRM_ATClient.asmx"
WEBSERVICE = "/UltraCRM_Webservice.asmx"
UNCALL = "/uncall_services_api/index.php"
AGENT, COLLEAGUE, THIRD, INSPECTOR = 101, 102, 103, 191
CUSTOMER = "13800000001"
OUTSIDE = "13900000009"


class Fault(Exception):
    """The service answered with a fault."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an Uncall operation returned."""

    result: str | None
    nodes: dict[str, str]

    @property
    def message(self) -> str:
        return self.nodes["Message"]

    @property
    def response(self) -> str:
        return self.nodes["Response"]


class SoapWorld(World):
    """One call center, with a store of its own: its configuration can be changed."""

    def __init__(self, **settings: Any) -> None:
        self._own_store = Store.open()
        for tenant in load_seed("demo"):
            self._own_store.save_tenant(tenant)
        super().__init__(self._own_store, **settings)

    def __exit__(self, *how: object) -> None:
        super().__exit__(*how)
        self._own_store.close()

    def at(self, operation: str, **arguments: str | int) -> Any:
        """Do something at the softphone service; numbers come as numbers."""
        return self._result(AT_CLIENT, operation, arguments)

    def records(self, operation: str, **arguments: str | int) -> Any:
        """Ask the records service; rows come as a list."""
        result = self._result(WEBSERVICE, operation, arguments)
        return json.loads(result) if str(result).startswith("[") else result

    def uncall(self, operation: str, **arguments: str) -> Told:
        """Do something at Uncall."""
        text = self._result(UNCALL, operation, arguments)
        root = etree.fromstring(text.encode())
        assert root.tag == "uncall"
        (own,) = [it for it in root if it.tag != "result"]
        assert own.tag == operation
        nodes = {it.tag: it.text or "" for it in own}
        return Told(root.findtext("result"), nodes)

    def call_info(self, agent: int = AGENT) -> dict[str, str]:
        """What ATGetCallInfo says of an agent's call."""
        return _pairs(self.at("ATGetCallInfo", strUid=agent, strKey=""))

    def agent_info(self, agent: int = AGENT) -> dict[str, str]:
        """What ATGetUidInfo says of an agent."""
        return _pairs(self.at("ATGetUidInfo", strUid=agent))

    def post(self, path: str, content: str, **headers: str) -> Reply:
        """Send a message as it is."""
        return self.request("POST", path, body=content.encode(), headers={**XML, **headers})

    def _result(self, path: str, operation: str, arguments: dict[str, Any]) -> Any:
        inside = "".join(f"<{name}>{escape(str(it))}</{name}>" for name, it in arguments.items())
        namespace = "urn:uncall" if path == UNCALL else "http://tempuri.org/"
        asked = f'<{operation} xmlns="{namespace}">{inside}</{operation}>'
        reply = self.post(path, ENVELOPE.format(asked))
        body = etree.fromstring(reply.raw)[0]
        answer = body[0]
        if reply.status != 200:
            raise Fault(answer.findtext("faultstring"))
        assert etree.QName(answer).localname == f"{operation}Response"
        text = answer[0].text or ""
        (row,) = [it for it in _facts() if it["operation"] == operation]
        return int(text) if row["returns"] == "int" else text

    # What tests do and see elsewhere

    def states(self, agent: int) -> str:
        """The agent's state, as the control plane has it."""
        found = self.control("GET", "/state").document
        (row,) = [it for it in found["tenants"][0]["agents"] if it["work_no"] == agent]
        return str(row["state"])

    def talk(self, agent: int = AGENT, caller: str = CUSTOMER) -> str:
        """A customer calls, and the agent (whose turn it must be) answers; gives the call's id."""
        call = self.dial_in("95001", caller)
        self.do(lambda switch: switch.answer_call(agent))
        return call


def _pairs(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(";") if part)


def _facts() -> list[dict[str, Any]]:
    from tests.contract.soap.facts import OPERATIONS

    return OPERATIONS
