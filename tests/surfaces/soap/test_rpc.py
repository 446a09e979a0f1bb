"""An rpc/encoded service, as clients of PHP's NuSOAP know it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.surfaces.soap.faults import Version
from tests.surfaces.soap.caller import Caller
from tests.surfaces.soap.messages import (
    ENCODING,
    Fault,
    encoded,
    envelope,
    fault_of,
    result_of,
    wrapped,
)
from tests.surfaces.soap.reception import RPC

BOTH = pytest.mark.parametrize("version", Version)


@pytest.fixture
def caller() -> Caller:
    return Caller(RPC)


def encoded_answer(version: Version, inside: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<SOAP-ENV:Envelope SOAP-ENV:encodingStyle="{ENCODING}"'
        f' xmlns:SOAP-ENV="{version.namespace}"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:SOAP-ENC="{ENCODING}"><SOAP-ENV:Body>{inside}</SOAP-ENV:Body></SOAP-ENV:Envelope>'
    ).encode()


@BOTH
def test_who_writes_types_is_answered_with_types_to_the_byte(
    caller: Caller, version: Version
) -> None:
    answer = caller.ask("Greet", version, strUid="101", strName="王")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == version.media_type.decode()
    assert answer.content == encoded_answer(
        version,
        '<ns1:GreetResponse xmlns:ns1="urn:reception">'
        '<return xsi:type="xsd:string">101, 王</return></ns1:GreetResponse>',
    )
    answer = caller.ask("Add", version, nLeft=40, nRight=2)
    assert answer.content == encoded_answer(
        version,
        '<ns1:AddResponse xmlns:ns1="urn:reception">'
        '<return xsi:type="xsd:int">42</return></ns1:AddResponse>',
    )


def test_types_alone_show_that_a_message_is_encoded(caller: Caller) -> None:
    body = '<Greet><strUid xsi:type="xsd:string">101</strUid></Greet>'
    assert b' xsi:type="xsd:string">101, </return>' in caller.post(envelope(body)).content


@pytest.mark.parametrize("place", ["e:Envelope", "e:Body", "ns1:Version"])
def test_an_encoding_style_alone_shows_it_too_wherever_it_stands(
    caller: Caller, place: str
) -> None:
    message = envelope('<ns1:Version xmlns:ns1="urn:reception"/>')
    plain = caller.post(message)
    assert b"xsi:type" not in plain.content
    style = f'<{place} e:encodingStyle="{ENCODING}"'
    answer = caller.post(message.replace(f"<{place}", style, 1))
    assert b'<return xsi:type="xsd:string">2.5</return>' in answer.content


def test_who_writes_literal_messages_is_answered_so(caller: Caller) -> None:
    answer = caller.post(envelope(wrapped("Greet", {"strUid": "101"}, "urn:reception")))
    assert answer.content == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        b'<ns1:GreetResponse xmlns:ns1="urn:reception"><ns1:return>101, </ns1:return>'
        b"</ns1:GreetResponse></soap:Body></soap:Envelope>"
    )


def test_rpc_literal_parameters_without_namespace_get_a_result_without_one(
    caller: Caller,
) -> None:
    body = '<n:Greet xmlns:n="urn:reception"><strUid>101</strUid></n:Greet>'
    answer = caller.post(envelope(body))
    assert (
        b'<ns1:GreetResponse xmlns:ns1="urn:reception"><return>101, </return></ns1:GreetResponse>'
    ) in answer.content


@BOTH
@pytest.mark.parametrize("namespace", ["urn:other", "http://tempuri.org/", "a&amp;b"])
def test_the_namespace_does_not_matter_and_comes_back(
    caller: Caller, version: Version, namespace: str
) -> None:
    answer = caller.post(
        envelope(encoded("Greet", {"strUid": "101"}, namespace), version),
        version.media_type.decode(),
    )
    assert result_of(answer) == "101, "
    assert f'<ns1:GreetResponse xmlns:ns1="{namespace}">'.encode() in answer.content


def test_an_operation_without_namespace_is_answered_in_the_services(caller: Caller) -> None:
    answer = caller.post(envelope("<Greet><strUid>101</strUid></Greet>"))
    assert b'<ns1:GreetResponse xmlns:ns1="urn:reception">' in answer.content


@pytest.mark.parametrize(
    "action", [None, "", '""', '"urn:reception#Greet"', '"urn:reception#Add"', "anything"]
)
def test_the_action_is_not_looked_at(caller: Caller, action: str | None) -> None:
    message = envelope(encoded("Greet", {"strUid": "101"}))
    assert result_of(caller.post(message, action=action)) == "101, "


@BOTH
@pytest.mark.parametrize(
    ("operation", "arguments", "result"),
    [
        ("Greet", {"strUid": "101"}, "101, "),
        ("Greet", {"strUid": "", "strName": "王"}, ", 王"),
        ("Add", {"nLeft": -1}, "-1"),
        ("Leave", {"strNote": "客\n" * 32_768}, "客\n" * 32_768),
        ("Version", {}, "2.5"),
        ("Ring", {"strUid": "101"}, "1"),
        ("Hangup", {"strUid": "101", "strCallid": "404"}, "-1"),
        ("Busy", {"strUid": "101"}, "ERR=-1;101 is at lunch"),
    ],
)
def test_operations_are_performed_with_what_was_given(
    caller: Caller, version: Version, operation: str, arguments: dict[str, Any], result: str
) -> None:
    assert result_of(caller.ask(operation, version, **arguments)) == result


@pytest.mark.parametrize(
    "kind", ["xsd:string", "xsd:int", "xsd:long", "xsd:double", "old:string", "SOAP-ENC:string"]
)
def test_the_type_that_a_client_writes_is_that_of_its_variable_and_does_not_matter(
    caller: Caller, kind: str
) -> None:
    names = 'xmlns:old="http://www.w3.org/1999/XMLSchema" xmlns:SOAP-ENC="urn:enc"'
    for operation, name, result in (("Greet", "strUid", "101, "), ("Add", "nLeft", "101")):
        inside = f'<{name} {names} xsi:type="{kind}">101</{name}>'
        assert result_of(caller.post(envelope(f"<{operation}>{inside}</{operation}>"))) == result


def referring(parameters: str, values: str, version: Version = Version.SOAP11) -> str:
    return envelope(f'<n:Greet xmlns:n="urn:r">{parameters}</n:Greet>{values}', version)


@BOTH
def test_parameters_may_refer_to_values_behind_the_operation(
    caller: Caller, version: Version
) -> None:
    parameters = '<strUid href="#id0"/><strName href="#id1"/>'
    values = (
        '<multiRef id="id0" xsi:type="xsd:string">101</multiRef>'
        '<multiRef id="id1" xsi:type="xsd:string">王</multiRef>'
    )
    message = referring(parameters, values, version)
    assert result_of(caller.post(message, version.media_type.decode())) == "101, 王"


def test_two_parameters_may_refer_to_one_value(caller: Caller) -> None:
    parameters = '<strUid href="#both"/><strName href="#both"/>'
    answer = caller.post(referring(parameters, '<multiRef id="both">101</multiRef>'))
    assert result_of(answer) == "101, 101"


def test_a_reference_may_be_to_nil(caller: Caller) -> None:
    parameters = '<strUid>101</strUid><strName href="#nil"/>'
    answer = caller.post(referring(parameters, '<multiRef id="nil" xsi:nil="1"/>'))
    assert result_of(answer) == "101, "


@BOTH
@pytest.mark.parametrize(
    ("reference", "values", "reason"),
    [
        ("#id1", "", "the reference #id1 leads nowhere"),
        ("#id1", '<multiRef id="id0">101</multiRef>', "the reference #id1 leads nowhere"),
        ("#id1", '<multiRef id="id1" href="#id1"/>', "the reference #id1 leads nowhere"),
        (
            "#id1",
            '<multiRef id="id1" href="#id2"/><multiRef id="id2" href="#id1"/>',
            "the reference #id1 leads nowhere",
        ),
        (
            "#id1",
            '<multiRef id="id1"><m id="id2" href="#id1"/></multiRef>',
            "strUid holds elements",
        ),
        ("cid:a-file", "", "the reference cid:a-file leads nowhere"),
        (
            "#id1",
            f'<multiRef id="id1">{"1" * 257}</multiRef>',
            "strUid has more than 256 characters",
        ),
    ],
)
def test_a_reference_to_no_text_is_the_clients_fault(
    caller: Caller, version: Version, reference: str, values: str, reason: str
) -> None:
    message = referring(f'<strUid href="{reference}"/>', values, version)
    fault = fault_of(caller.post(message, version.media_type.decode()))
    assert fault == Fault(version, fault.code, reason)
    assert fault.code in ("Client", "Sender")
    assert caller.platform.calls == []


def test_faults_are_the_same_as_those_of_any_service(caller: Caller) -> None:
    fault = fault_of(caller.ask("Add", nLeft="x"))
    assert fault == Fault(Version.SOAP11, "Client", "nLeft is no number")
    header = '<h:Trace xmlns:h="urn:h" e:mustUnderstand="1"/>'
    fault = fault_of(caller.post(envelope(encoded("Version", {}), header=header)))
    assert fault[:2] == (Version.SOAP11, "MustUnderstand")
    fault = fault_of(caller.ask("Break", Version.SOAP12))
    assert fault == Fault(Version.SOAP12, "Receiver", "the service has failed")
