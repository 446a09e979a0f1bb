"""Whatever SIP refuses is in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.sip.limits import RateSettings
from emulator.surfaces.sip.refusals import NOTED
from emulator.surfaces.sip.stack import StackSettings
from emulator.surfaces.sip.transport import Flow
from tests.contract.world import World
from tests.surfaces.sip.test_leg import AGENT, OUTSIDE, PHONE, SOUND, SWITCH, Site, dial
from tests.surfaces.sip.wire import request as raw

SOURCE = f"UDP {OUTSIDE}:5060"


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        yield Site(world)


def noted(site: Site, **wanted: Any) -> list[dict[str, Any]]:
    """The refusals of SIP in the journal."""
    found = site.world.control("POST", "/journal/search", {"surface": "sip", **wanted}).document
    rows: list[dict[str, Any]] = found["exchanges"]
    return rows


def told(site: Site) -> list[tuple[str, int, str, list[str]]]:
    """Method, status, why, and offences of each."""
    return [
        (it["method"], it["status"], it["code"], [each["offence"] for each in it["violations"]])
        for it in noted(site)
    ]


def comes(site: Site, data: bytes) -> None:
    """Bytes come from outside."""
    site.leg.stack.received(data, Flow("UDP", OUTSIDE, 5060, SWITCH, 5060))
    site.pass_time(0.1)


def test_a_call_to_nowhere_says_where_it_came_from_and_where_to(site: Site) -> None:
    site.caller.call("12345")
    [row] = noted(site)
    assert (row["method"], row["path"]) == ("INVITE", f"sip:12345@{SWITCH}")
    assert (row["status"], row["code"], row["verdict"]) == (404, "Not Found", "refused")
    assert row["source"] == SOURCE
    assert row["violations"] == []
    assert row["headers"]["call-id"].startswith("INVITE-")
    assert noted(site, source="UDP 192.0.2.99:5060") == []


def test_a_wrong_password_is_noted_and_a_first_question_is_not(site: Site) -> None:
    assert site.registering() == 200
    assert noted(site) == []
    assert site.registering(password="wrong") == 401
    assert told(site) == [("REGISTER", 401, "wrong", ["unauthenticated"])]
    [row] = noted(site)
    assert row["headers"]["authorization"] == "…"
    assert row["tenant"] == 1
    assert noted(site, offence="unauthenticated", tenant=1) == [row]


def test_who_is_locked_out_is_noted(site: Site) -> None:
    for _ in range(5):
        site.registering(password="wrong")
    assert site.registering() == 403
    assert told(site)[-1] == ("REGISTER", 403, "locked out", ["unauthenticated"])


def test_an_agent_whose_phone_may_not_dial_is_no_offence(site: Site) -> None:
    site.register()
    site.sign_in()
    assert [it.code for it in dial(site, "13900000009")] == [403]
    assert told(site) == [("INVITE", 403, "Forbidden", [])]
    assert noted(site)[0]["agent"] == AGENT
    assert "proxy-authorization" in noted(site)[0]["headers"]
    assert noted(site)[0]["headers"]["proxy-authorization"] == "…"


@pytest.mark.parametrize(
    ("data", "method", "status"),
    [
        (raw("OPTIONS", call_id="a b"), "OPTIONS", 400),
        (raw("OPTIONS").replace(b"SIP/2.0\r\n", b"SIP/3.0\r\n", 1), "OPTIONS", 505),
        (raw("ACK", call_id="a b"), "", 0),
        (b"nonsense\r\n\r\n", "", 0),
        (b"\xff" * 100, "", 0),
    ],
)
def test_messages_that_are_none_are_noted(
    site: Site, data: bytes, method: str, status: int
) -> None:
    comes(site, data)
    [row] = noted(site)
    assert (row["method"], row["status"]) == (method, status)
    assert row["code"]
    assert [it["offence"] for it in row["violations"]] == ["invalid_parameter"]


def test_requests_out_of_their_place_are_noted(site: Site) -> None:
    site.caller.send(site.caller.plain("PUBLISH", "x"))
    site.caller.send(site.caller.plain("BYE", "95003", To=f"<sip:95003@{SWITCH}>;tag=nobody"))
    site.caller.call("95003", b"v=0\r\n")
    assert [(method, status) for method, status, *_ in told(site)] == [
        ("PUBLISH", 405),
        ("BYE", 481),
        ("INVITE", 488),
    ]


def test_a_caller_who_gives_up_has_not_been_refused(site: Site) -> None:
    site.sign_in()
    site.caller.call("95001")
    site.caller.within("BYE")
    assert noted(site) == []


def test_who_floods_is_noted_now_and_then(site: Site) -> None:
    flow = Flow("UDP", OUTSIDE, 5060, SWITCH, 5060)
    for number in range(3 * NOTED.burst):
        site.leg.stack.received(b"nonsense %d\r\n\r\n" % number, flow)
    assert len(noted(site)) == NOTED.burst


def test_a_source_above_its_rate_is_noted_with_each_refusal() -> None:
    with World() as world:
        site = Site(world, settings=StackSettings(rates=RateSettings(rate=0.01, burst=1)))
        for _ in range(5):
            site.caller.stack.send_request(
                site.caller.plain("OPTIONS", "x"), site.caller.switch, print, print
            )
        site.pass_time(0.5)
        assert told(site) == [("OPTIONS", 503, "more requests than its rate", ["too_often"])]


def test_without_a_journal_nothing_is_noted(site: Site) -> None:
    site.world.control("PUT", "/journal", {"recording": False})
    site.caller.call("12345")
    site.world.control("PUT", "/journal", {"recording": True})
    assert noted(site) == []


def test_a_name_that_is_no_address_is_noted_too(site: Site) -> None:
    invite = site.caller.plain("INVITE", PHONE, SOUND)
    invite.headers.set("From", "<mailto:me>;tag=peer")
    assert [it.code for it in site.caller.send(invite)] == [400]
    assert told(site) == [("INVITE", 400, "Bad Request", ["invalid_parameter"])]
