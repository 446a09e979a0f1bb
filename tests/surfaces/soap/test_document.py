"""A document/literal service, as clients of ASP.NET know it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.surfaces.soap.faults import Version
from tests.surfaces.soap.caller import Caller
from tests.surfaces.soap.messages import Fault, envelope, fault_of, result_of, wrapped
from tests.surfaces.soap.reception import DOCUMENT, Platform

BOTH = pytest.mark.parametrize("version", Version)
GREET = wrapped("Greet", {"strUid": "101"})
CLIENT = {Version.SOAP11: "Client", Version.SOAP12: "Sender"}
SERVER = {Version.SOAP11: "Server", Version.SOAP12: "Receiver"}


@pytest.fixture
def caller() -> Caller:
    return Caller(DOCUMENT)


def test_soap_1_1_is_answered_to_the_byte(caller: Caller) -> None:
    answer = caller.ask("Greet", strUid="101", strName="王")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert (
        answer.content
        == (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
            '<GreetResponse xmlns="http://tempuri.org/"><GreetResult>101, 王</GreetResult>'
            "</GreetResponse></soap:Body></soap:Envelope>"
        ).encode()
    )


def test_soap_1_2_is_answered_in_its_own_words_at_the_same_address(caller: Caller) -> None:
    answer = caller.ask("Add", Version.SOAP12, nLeft=40, nRight=2)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/soap+xml; charset=utf-8"
    assert answer.content == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        b'<AddResponse xmlns="http://tempuri.org/"><AddResult>42</AddResult>'
        b"</AddResponse></soap:Body></soap:Envelope>"
    )


def test_a_fault_of_soap_1_1_is_written_to_the_byte(caller: Caller) -> None:
    answer = caller.ask("Nothing")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        b"<soap:Body><soap:Fault><faultcode>soap:Client</faultcode>"
        b"<faultstring>there is no operation Nothing</faultstring><detail /></soap:Fault>"
        b"</soap:Body></soap:Envelope>"
    )


def test_a_fault_of_soap_1_2_is_written_to_the_byte(caller: Caller) -> None:
    answer = caller.ask("Nothing", Version.SOAP12)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/soap+xml; charset=utf-8"
    assert answer.content == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
        b"<soap:Body><soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code>"
        b'<soap:Reason><soap:Text xml:lang="en">there is no operation Nothing</soap:Text>'
        b"</soap:Reason></soap:Fault></soap:Body></soap:Envelope>"
    )


@BOTH
@pytest.mark.parametrize(
    ("operation", "arguments", "result"),
    [
        ("Greet", {"strUid": "101", "strName": "<&>"}, "101, <&>"),
        ("Greet", {"strUid": "101"}, "101, "),
        ("Greet", {"strUid": "", "strName": ""}, ", "),
        ("Add", {"nLeft": -1}, "-1"),
        ("Add", {"nLeft": " +7\n", "nRight": ""}, "7"),
        ("Add", {"nLeft": -(2**31), "nRight": 2**31 - 1}, "-1"),
        ("Leave", {"strNote": "n" * 65_536}, "n" * 65_536),
        ("Version", {}, "2.5"),
        ("Ring", {"strUid": "101"}, "1"),
        ("Hangup", {"strUid": "101"}, "0"),
    ],
)
def test_operations_are_performed_with_what_was_given(
    caller: Caller, version: Version, operation: str, arguments: dict[str, Any], result: str
) -> None:
    assert result_of(caller.ask(operation, version, **arguments)) == result
    assert len(caller.platform.calls) == 1


def test_what_has_changed_is_kept_before_the_client_hears_of_it() -> None:
    caller = Caller(DOCUMENT, Platform(needs_commit=True))
    caller.ask("Hangup", strUid="101")
    assert caller.platform.done == [("advance",), ("Hangup", "101", ""), ("commit",)]


@BOTH
def test_a_refusal_that_the_reference_has_is_an_answer_and_no_fault(
    caller: Caller, version: Version
) -> None:
    assert result_of(caller.ask("Hangup", version, strUid="101", strCallid="404")) == "-1"
    assert result_of(caller.ask("Busy", version, strUid="101")) == "ERR=-1;101 is at lunch"
    assert caller.platform.calls == []


@BOTH
@pytest.mark.parametrize(
    ("operation", "arguments", "logged"),
    [
        ("Break", {}, "a secret of the implementation"),
        ("Hangup", {"strUid": "101", "strCallid": "409"}, "which the reference does not have"),
    ],
)
def test_what_no_reference_has_is_a_fault_of_the_service_and_is_logged(
    caller: Caller,
    version: Version,
    operation: str,
    arguments: dict[str, str],
    logged: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = caller.ask(operation, version, **arguments)
    assert answer.status_code == 500
    assert fault_of(answer) == Fault(version, SERVER[version], "the service has failed")
    assert logged not in answer.text
    assert logged in caplog.text


@BOTH
@pytest.mark.parametrize(
    ("operation", "arguments", "reason"),
    [
        ("Greet", {}, "strUid is missing"),
        ("Greet", {"strName": "王"}, "strUid is missing"),
        ("Greet", {"strUid": "1" * 257}, "strUid has more than 256 characters"),
        ("Leave", {"strNote": "客" * 65_537}, "strNote has more than 65536 characters"),
        ("Add", {"nLeft": "one"}, "nLeft is no number"),
        ("Add", {"nLeft": ""}, "nLeft is no number"),
        ("Add", {"nLeft": "1.0"}, "nLeft is no number"),
        ("Add", {"nLeft": "1_000"}, "nLeft is no number"),
        ("Add", {"nLeft": "１"}, "nLeft is no number"),
        ("Add", {"nLeft": "0x1"}, "nLeft is no number"),
        ("Add", {"nLeft": 1, "nRight": "x"}, "nRight is no number"),
        ("Add", {"nLeft": "9" * 5_000}, "nLeft has more than 64 characters"),
        ("Add", {"nLeft": 2**31}, "The value 2147483648 could not be validated."),
        ("Add", {"nLeft": -(2**31) - 1}, "The value -2147483649 could not be validated."),
    ],
)
def test_wrong_parameters_are_the_clients_fault(
    caller: Caller, version: Version, operation: str, arguments: dict[str, Any], reason: str
) -> None:
    answer = caller.ask(operation, version, **arguments)
    assert fault_of(answer) == Fault(version, CLIENT[version], reason)
    assert caller.platform.calls == []


def test_a_text_may_have_as_many_characters_in_any_script(caller: Caller) -> None:
    assert result_of(caller.ask("Leave", strNote="😀" * 65_536)) == "😀" * 65_536


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<strUid>1</strUid><strUid>2</strUid>", "strUid is there twice"),
        ("<strUid>1<b>0</b>1</strUid>", "strUid holds elements"),
    ],
)
def test_a_parameter_is_one_text(caller: Caller, inside: str, reason: str) -> None:
    answer = caller.post(envelope(f'<Greet xmlns="http://tempuri.org/">{inside}</Greet>'))
    assert fault_of(answer) == Fault(Version.SOAP11, "Client", reason)


@pytest.mark.parametrize(
    ("inside", "greeted"),
    [
        ("<strUid><![CDATA[<101>]]></strUid>", "<101>"),
        ("<strUid>1<!-- no -->0<?no no?>1</strUid>", "101"),
        ("<strUid>&#49;&lt;&#x4E00;</strUid>", "1<一"),
        ("<strUid xsi:nil='true'/>", ""),
        ("<strUid xsi:nil='false'>101</strUid>", "101"),
        ("<strUid strName='of an attribute'>101</strUid>", "101"),
        ("<strUid xsi:type='xsd:int'>one</strUid>", "one"),
        ("<strUid href='#nowhere'>101</strUid>", "101"),
        ("<q:strUid xmlns:q='http://tempuri.org/'>101</q:strUid>", "101"),
        ("<strUid xmlns=''>101</strUid>", "101"),
        ("<strUid>101</strUid><strMore>x</strMore><strMore>y</strMore>", "101"),
    ],
)
def test_a_parameter_may_be_written_in_many_ways(caller: Caller, inside: str, greeted: str) -> None:
    answer = caller.post(envelope(f'<Greet xmlns="http://tempuri.org/">{inside}</Greet>'))
    assert result_of(answer) == f"{greeted}, "


@pytest.mark.parametrize(
    "attributes", ["xsi:nil='true'", "xsi:type='xsd:int'", "xsi:type='AddResponse'", "strUid='1'"]
)
def test_what_the_operations_own_element_says_of_itself_does_not_matter(
    caller: Caller, attributes: str
) -> None:
    body = f'<Greet xmlns="http://tempuri.org/" {attributes}><strUid>101</strUid></Greet>'
    assert result_of(caller.post(envelope(body))) == "101, "


def test_prefixes_are_the_clients_own_and_the_answer_has_none(caller: Caller) -> None:
    body = '<m:Greet xmlns:m="http://tempuri.org/"><m:strUid>101</m:strUid></m:Greet>'
    answer = caller.post(envelope(body))
    assert b'<GreetResponse xmlns="http://tempuri.org/"><GreetResult>101, ' in answer.content


@BOTH
@pytest.mark.parametrize("namespace", ["http://tempuri.org", "urn:reception", ""])
def test_an_operation_of_another_namespace_is_not_there(
    caller: Caller, version: Version, namespace: str
) -> None:
    answer = caller.post(envelope(wrapped("Greet", {"strUid": "101"}, namespace), version))
    fault = fault_of(answer)
    assert fault[:2] == (version, CLIENT[version])
    assert fault.reason.startswith("there is no operation Greet in")


@pytest.mark.parametrize(
    "action",
    [
        None,
        "",
        '""',
        '"http://tempuri.org/Greet"',
        "http://tempuri.org/Greet",
        ' "http://tempuri.org/Greet" ',
    ],
)
def test_an_action_is_the_operations_or_left_open(caller: Caller, action: str | None) -> None:
    assert result_of(caller.post(envelope(GREET), action=action)) == "101, "


@BOTH
@pytest.mark.parametrize(
    "action", ['"http://tempuri.org/Add"', "Greet", '"http://tempuri.org/greet"', '"urn:x#Greet"']
)
def test_an_action_that_speaks_of_something_else_is_refused(
    caller: Caller, version: Version, action: str
) -> None:
    answer = caller.post(envelope(GREET, version), version.media_type.decode(), action)
    reason = f"the action {action.strip(chr(34))} is not that of the message"
    assert fault_of(answer) == Fault(version, CLIENT[version], reason)
    assert caller.platform.calls == []


def test_the_version_is_that_of_the_envelope_whatever_the_content_type_says(
    caller: Caller,
) -> None:
    answer = caller.post(envelope(GREET, Version.SOAP12), "text/xml")
    assert answer.headers["content-type"] == "application/soap+xml; charset=utf-8"
    answer = caller.post(envelope(GREET), "application/soap+xml; charset=utf-8")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert result_of(caller.post(envelope(GREET), None)) == "101, "


HEADER = '<h:Security xmlns:h="urn:h" e:{}>x</h:Security>'


@BOTH
@pytest.mark.parametrize("said", ['mustUnderstand="1"', 'mustUnderstand="true"'])
def test_a_header_that_must_be_understood_is_not(
    caller: Caller, version: Version, said: str
) -> None:
    answer = caller.post(envelope(GREET, version, HEADER.format(said)))
    reason = "the header {urn:h}Security is not understood"
    assert fault_of(answer) == Fault(version, "MustUnderstand", reason)
    assert caller.platform.calls == []


@BOTH
@pytest.mark.parametrize("said", ['mustUnderstand="0"', 'mustUnderstand="false"'])
def test_other_headers_are_ignored(caller: Caller, version: Version, said: str) -> None:
    answer = caller.post(envelope(GREET, version, HEADER.format(said)))
    assert result_of(answer) == "101, "


SOAP12_ROLE = "http://www.w3.org/2003/05/soap-envelope/role"


@pytest.mark.parametrize(
    ("version", "addressed", "is_ours"),
    [
        (Version.SOAP11, 'actor="urn:proxy"', False),
        (Version.SOAP11, 'actor="http://schemas.xmlsoap.org/soap/actor/next"', True),
        (Version.SOAP12, f'role="{SOAP12_ROLE}/none"', False),
        (Version.SOAP12, f'role="{SOAP12_ROLE}/next"', True),
        (Version.SOAP12, f'role="{SOAP12_ROLE}/ultimateReceiver"', True),
    ],
)
def test_a_header_for_somebody_on_the_way_need_not_be_understood(
    caller: Caller, version: Version, addressed: str, is_ours: bool
) -> None:
    header = HEADER.format(f'mustUnderstand="1" e:{addressed}')
    answer = caller.post(envelope(GREET, version, header))
    assert (answer.status_code == 500) is is_ours


def test_an_envelope_of_another_version_is_answered_in_soap_1_1(caller: Caller) -> None:
    message = envelope(GREET).replace("schemas.xmlsoap.org/soap/envelope/", "example.com/1.3")
    for content_type in ("text/xml", "application/soap+xml"):
        fault = fault_of(caller.post(message, content_type))
        assert fault[:2] == (Version.SOAP11, "VersionMismatch")
