"""The client of the control API that waits for its answers."""

from __future__ import annotations

import json

import httpx
import pytest

from emulator.clients.control import ControlClient, ControlRefused

URL = "http://127.0.0.1:8000/"


def client(answer: httpx.Response, seen: list[httpx.Request], token: str = "") -> ControlClient:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    return ControlClient(URL, token, httpx.Client(transport=httpx.MockTransport(handle)))


def test_a_customers_call_is_sent_as_the_api_wants_it_and_its_id_is_given() -> None:
    seen: list[httpx.Request] = []
    with client(httpx.Response(201, json={"call": "17-1"}), seen) as control:
        assert control.dial_in("139", "95001", data="gold") == "17-1"
    (request,) = seen
    assert (request.method, request.url.path) == ("POST", "/_emulator/calls")
    assert json.loads(request.content) == {"caller": "139", "called": "95001", "data": "gold"}
    assert "authorization" not in request.headers


def test_the_token_goes_with_every_request() -> None:
    seen: list[httpx.Request] = []
    with client(httpx.Response(200, json={}), seen, token="t") as control:
        control.load_seed("tenants: []", "mine.yaml")
    (request,) = seen
    assert request.headers["authorization"] == "Bearer t"
    assert request.headers["content-type"] == "application/yaml"
    assert request.url.params["source"] == "mine.yaml"


def test_an_id_is_one_part_of_a_path_whatever_it_is() -> None:
    seen: list[httpx.Request] = []
    with client(httpx.Response(200, json={}), seen) as control:
        control.save_customer("a/b ?", name="Ada", tenant=2)
        control.remove_contact("../1")
    saved, removed = seen
    assert saved.url.raw_path == b"/_emulator/customers/a%2Fb%20%3F"
    assert json.loads(saved.content) == {"tenant": 2, "name": "Ada"}
    assert removed.url.raw_path == b"/_emulator/contacts/..%2F1?tenant=1"


def test_a_refusal_says_what_and_why() -> None:
    error = {"error": {"type": "NoCall", "message": "there is no call 1-1"}}
    with (
        client(httpx.Response(404, json=error), []) as control,
        pytest.raises(ControlRefused, match="NoCall: there is no call 1-1") as refused,
    ):
        control.hang_up("1-1")
    assert (refused.value.status, refused.value.kind) == (404, "NoCall")


def test_what_is_no_emulator_is_named() -> None:
    with (
        client(httpx.Response(404, text="<html>"), []) as control,
        pytest.raises(ControlRefused, match=r"127\.0\.0\.1:8000.* answered 404"),
    ):
        control.state()
