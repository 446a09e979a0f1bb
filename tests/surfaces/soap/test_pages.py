"""What is shown at a service's address: pages for people, descriptions for toolkits."""

from __future__ import annotations

import httpx
import pytest
from lxml import etree, html

from emulator.surfaces.soap.contract import Service
from emulator.surfaces.soap.door import MOST_DESCRIPTIONS
from emulator.surfaces.wire import WORLD
from tests.surfaces.soap.caller import Caller
from tests.surfaces.soap.reception import DOCUMENT, RPC, SERVICES

BOTH = pytest.mark.parametrize("service", SERVICES, ids=["document", "rpc"])
HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
NAMES = {
    "w": "http://schemas.xmlsoap.org/wsdl/",
    "s": "http://www.w3.org/2001/XMLSchema",
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/",
    "soap12": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "http": "http://schemas.xmlsoap.org/wsdl/http/",
}


def found(answer: httpx.Response, path: str) -> list[str]:
    """What an XPath finds in a description."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, XML)
    return etree.fromstring(answer.content).xpath(path, namespaces=NAMES)


@BOTH
@pytest.mark.parametrize("query", ["", "?", "?op=", "?op=Nothing", "?op=%3Cb%3E", "?disco", "?x"])
def test_a_browser_is_shown_every_operation(service: Service, query: str) -> None:
    answer = Caller(service).send("GET", query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, HTML)
    page = html.fromstring(answer.content)
    assert page.findtext("body/h1") == service.name
    links = [it.get("href") for it in page.iter("a")]
    assert links == ["?wsdl", *(f"?op={it}" for it in service.operations)]


@BOTH
def test_a_browser_is_shown_how_an_operation_is_called(service: Service) -> None:
    answer = Caller(service).send("GET", "?op=Add")
    assert (answer.status_code, answer.headers["content-type"]) == (200, HTML)
    page = html.fromstring(answer.content)
    shown = dict(
        zip((it.text for it in page.iter("h3")), (it.text for it in page.iter("pre")), strict=True)
    )
    assert f'SOAPAction: "{service.action("Add")}"' in shown["SOAP 1.1"]
    assert "SOAPAction" not in shown["SOAP 1.2"]
    assert "<nLeft>int</nLeft>" in shown["SOAP 1.2"]
    assert ("HTTP GET" in shown) is (service is DOCUMENT)


def test_the_examples_of_a_page_are_messages_that_are_understood() -> None:
    caller = Caller(DOCUMENT)
    page = html.fromstring(caller.send("GET", "?op=Greet").content)
    for example in list(page.iter("pre"))[:2]:
        _, _, message = example.text.partition("\n\n")
        assert caller.post(message).status_code == 200
    assert caller.platform.calls == [("Greet", "string", "string")] * 2


@BOTH
@pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "?Wsdl", "?wsdl="])
def test_toolkits_find_the_description_at_once(service: Service, query: str) -> None:
    answer = Caller(service).send("GET", query)
    assert found(answer, "string(/w:definitions/@targetNamespace)") == service.namespace
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n")


@BOTH
@pytest.mark.parametrize("query", ["", "?wsdl", "?op=Add"])
def test_a_head_is_that_of_the_page(service: Service, query: str) -> None:
    caller = Caller(service)
    head, whole = caller.send("HEAD", query), caller.send("GET", query)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers


def test_the_description_of_a_document_service_has_four_ports() -> None:
    answer = Caller(DOCUMENT).send("GET", "?wsdl")
    assert found(answer, "//w:port/@name") == [
        "ReceptionSoap",
        "ReceptionSoap12",
        "ReceptionHttpGet",
        "ReceptionHttpPost",
    ]
    for name in ("soap", "soap12"):
        actions = found(answer, f"//{name}:operation/@soapAction")
        assert actions == [f"http://tempuri.org/{it}" for it in DOCUMENT.operations]
    greet = "//s:element[@name='Greet']/s:complexType/s:sequence/s:element"
    assert found(answer, f"{greet}/@name") == ["strUid", "strName"]
    assert found(answer, f"{greet}/@minOccurs") == ["1", "0"]
    assert found(answer, "//s:element[@name='AddResponse']//s:element/@name") == ["AddResult"]
    assert found(answer, "//s:element[@name='AddResponse']//s:element/@type") == ["s:int"]


def test_the_description_of_an_rpc_service_is_encoded() -> None:
    answer = Caller(RPC).send("GET", "?wsdl")
    assert set(found(answer, "//soap:body/@use")) == {"encoded"}
    assert found(answer, "//soap:binding/@style") == ["rpc"]
    actions = found(answer, "//soap:operation/@soapAction")
    assert actions == [f"urn:reception#{it}" for it in RPC.operations]
    assert found(answer, "//w:message[@name='AddRequest']/w:part/@type") == ["xsd:int"] * 2
    assert found(answer, "//w:message[@name='GreetResponse']/w:part/@name") == ["return"]


@BOTH
@pytest.mark.parametrize("host", ["cti.example.com:8043", "cti.example.com", "[::1]:8000", "a&b<c"])
def test_the_address_is_the_one_that_the_client_came_by(service: Service, host: str) -> None:
    answer = Caller(service).send("GET", "?wsdl", headers={"host": host})
    locations = found(answer, "//w:port/*/@location")
    assert set(locations) == {f"http://{host}{service.path}"}


@BOTH
async def test_a_world_that_is_chosen_by_its_path_is_in_the_address(service: Service) -> None:
    caller = Caller(service)

    async def in_a_world(scope: dict[str, object], receive: object, send: object) -> None:
        await caller.door({**scope, WORLD: "/_world/blue", "scheme": "https"}, receive, send)

    transport = httpx.ASGITransport(in_a_world)
    async with httpx.AsyncClient(transport=transport, base_url="http://cti:8000") as client:
        answer = await client.get(f"{service.path}?wsdl")
    locations = found(answer, "//w:port/*/@location")
    assert set(locations) == {f"https://cti:8000/_world/blue{service.path}"}


def test_descriptions_for_many_addresses_are_not_all_kept() -> None:
    caller = Caller(DOCUMENT)
    for number in range(MOST_DESCRIPTIONS + 5):
        caller.send("GET", "?wsdl", headers={"host": f"host{number}"})
    assert len(caller.door._descriptions) == MOST_DESCRIPTIONS


@BOTH
@pytest.mark.parametrize("tail", ["", "/"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_told_which_there_are(service: Service, method: str, tail: str) -> None:
    answer = Caller(service).send(method, tail)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


@BOTH
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_an_address_that_only_begins_like_the_services_is_not_there(
    service: Service, method: str
) -> None:
    assert Caller(service).send(method, "2").status_code == 404


def test_an_rpc_service_has_nothing_behind_its_address() -> None:
    for method in ("GET", "POST", "PUT"):
        assert Caller(RPC).send(method, "/index.php").status_code == 404


@BOTH
def test_a_slash_behind_the_address_does_not_matter(service: Service) -> None:
    assert Caller(service).send("GET", "/?wsdl").headers["content-type"] == XML


@BOTH
async def test_a_websocket_is_not_taken(service: Service) -> None:
    sent = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message["type"])

    scope = {"type": "websocket", "path": service.path}
    await Caller(service).door(scope, None, send)
    assert sent == ["websocket.close"]
