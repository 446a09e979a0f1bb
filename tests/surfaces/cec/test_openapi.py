"""The OpenAPI document tells what the door does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.surfaces.cec.caller import request
from tests.surfaces.cec.switchboard import Platform, open_gateway

CALLOUT = "/agentgateway/resource/voicecall/{agentid}/callout"


@pytest.fixture(scope="module")
def document() -> Any:
    return request(open_gateway(Platform()), "GET", "/agentgateway/openapi.json").json()


def test_an_operation_carries_section_codes_events_and_authentication(document: Any) -> None:
    operation = document["paths"][CALLOUT]["put"]
    assert operation["x-section"] == "6.1.2.1"
    assert "200-001" in operation["x-codes"]
    assert operation["x-events"] == ["AgentEvent_Talking"]
    assert operation["security"] == [{"C4": []}]


def test_a_body_is_described_with_documented_names_types_and_limits(document: Any) -> None:
    body = document["components"]["schemas"]["CalloutBody"]
    assert body["required"] == ["called"]
    assert body["properties"]["called"]["maxLength"] == 24
    assert body["properties"]["callappdata"]["x-max-bytes"] == 16 * 1024
    ability = body["properties"]["mediaability"]
    assert (ability["type"], ability["minimum"], ability["maximum"]) == ("integer", 0, 2)
    assert "skillid" in body["properties"]


def test_path_and_query_are_described(document: Any) -> None:
    operation = document["paths"]["/agentgateway/resource/voicecall/{agentid}/{callid}"]["delete"]
    described = {(p["name"], p["in"], p["required"]) for p in operation["parameters"]}
    assert described == {
        ("agentid", "path", True),
        ("callid", "path", True),
        ("force", "query", False),
    }


def test_answers_are_described_with_their_envelope(document: Any) -> None:
    responses = document["paths"][CALLOUT]["put"]["responses"]
    assert list(responses) == ["200"]
    reference = responses["200"]["content"]["application/json"]["schema"]["$ref"]
    answer = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert list(answer["properties"]) == ["message", "retcode", "result"]


def test_fastapis_own_errors_are_not_advertised(document: Any) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_there_is_a_page_for_people() -> None:
    page = request(open_gateway(Platform()), "GET", "/agentgateway/docs")
    assert "text/html" in page.headers["content-type"]
    assert "/agentgateway/openapi.json" in page.text
