"""The guid of a signed-in agent (CEC 4.5)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from random import Random

import httpx
import pytest

from emulator.surfaces.cec.auth_c4 import (
    AuthMode,
    GuidRefused,
    GuidSessions,
    GuidSettings,
    NotSignedIn,
)
from tests.surfaces.cec.caller import request
from tests.surfaces.cec.switchboard import Platform, open_gateway

SECOND = 1_000_000
ALICE, BOB = 101, 102
ROOT = "/agentgateway/resource"


def sessions(mode: AuthMode = AuthMode.DYNAMIC) -> GuidSessions:
    return GuidSessions(GuidSettings(mode), Random(7))


def test_a_guid_has_the_documented_form() -> None:
    guid = sessions().open(ALICE, 0)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.AgentGateway0", guid)


def test_the_same_seed_gives_the_same_guids() -> None:
    assert sessions().open(ALICE, 0) == sessions().open(ALICE, 0)


@pytest.mark.parametrize(
    "shown",
    [
        lambda guid: guid,
        lambda guid: "JSESSIONID=" + guid,
        lambda guid: "JSESSIONID" + guid,
        lambda guid: "JSESSIONID=:" + guid,
        lambda guid: f" {guid} ",
    ],
    ids=["bare", "with-cookie-name", "without-equals-sign", "with-colon", "with-spaces"],
)
def test_the_guid_is_recognised_as_clients_send_it(shown: Callable[[str], str]) -> None:
    table = sessions()
    guid = table.open(ALICE, 0)
    table.check(ALICE, shown(guid), 0)


@pytest.mark.parametrize("shown", [None, "", "JSESSIONID=", "JSESSIONID", "é", "x.AgentGateway0"])
def test_a_missing_or_wrong_guid_is_refused(shown: str | None) -> None:
    table = sessions()
    table.open(ALICE, 0)
    with pytest.raises(GuidRefused):
        table.check(ALICE, shown, 0)


def test_the_guid_of_another_agent_is_refused() -> None:
    table = sessions()
    table.open(ALICE, 0)
    bobs = table.open(BOB, 0)
    with pytest.raises(GuidRefused):
        table.check(ALICE, bobs, 0)


def test_an_agent_without_session_is_not_signed_in() -> None:
    table = sessions()
    guid = table.open(ALICE, 0)
    table.close(ALICE)
    table.close(ALICE)
    with pytest.raises(NotSignedIn):
        table.check(ALICE, guid, 0)


def test_signing_in_again_ends_the_earlier_session() -> None:
    table = sessions()
    first = table.open(ALICE, 0)
    table.open(ALICE, 0)
    with pytest.raises(GuidRefused):
        table.check(ALICE, first, 0)


def test_a_new_guid_is_due_after_the_interval_and_not_before() -> None:
    table = sessions()
    guid = table.open(ALICE, 0)
    assert table.renew(ALICE, guid, 60 * SECOND - 1) is None
    assert table.renew(ALICE, guid, 60 * SECOND) not in (None, guid)


def test_the_superseded_guid_is_good_until_the_timeout() -> None:
    table = sessions()
    first = table.open(ALICE, 0)
    second = table.renew(ALICE, first, 60 * SECOND)
    table.check(ALICE, first, 120 * SECOND - 1)
    table.check(ALICE, second, 120 * SECOND)
    with pytest.raises(GuidRefused):
        table.check(ALICE, first, 120 * SECOND)


def test_a_client_that_missed_the_new_guid_is_given_it_again() -> None:
    table = sessions()
    first = table.open(ALICE, 0)
    second = table.renew(ALICE, first, 60 * SECOND)
    assert table.renew(ALICE, first, 61 * SECOND) == second
    assert table.renew(ALICE, second, 62 * SECOND) is None


def test_a_leap_of_the_clock_does_not_lock_an_agent_out() -> None:
    table = sessions()
    guid = table.open(ALICE, 0)
    hours_later = 8 * 3600 * SECOND
    table.check(ALICE, guid, hours_later)
    table.renew(ALICE, guid, hours_later)
    table.check(ALICE, guid, hours_later + SECOND)


def test_a_static_guid_never_changes() -> None:
    table = sessions(AuthMode.STATIC)
    guid = table.open(ALICE, 0)
    assert table.renew(ALICE, guid, 3600 * SECOND) is None
    table.check(ALICE, guid, 3600 * SECOND)


def test_without_authentication_no_guid_is_wanted_and_a_warning_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        table = sessions(AuthMode.NONE)
    assert "without authentication" in caplog.text
    table.open(ALICE, 0)
    table.check(ALICE, None, 0)
    with pytest.raises(NotSignedIn):
        table.check(BOB, None, 0)


@pytest.mark.parametrize(("interval", "timeout"), [(120_000, 120_000), (2, 1), (0, 1)])
def test_the_interval_must_be_less_than_the_timeout(interval: int, timeout: int) -> None:
    with pytest.raises(ValueError, match="GUIDINTERVAL"):
        GuidSettings(interval_ms=interval, timeout_ms=timeout)


class Gateway:
    """A gateway's door, and a clock to move."""

    def __init__(self) -> None:
        self.platform = Platform()
        self.door = open_gateway(self.platform)

    def sign_in(self) -> str:
        answer = request(self.door, "PUT", f"{ROOT}/onlineagent/{ALICE}", json={"phonenum": "1"})
        return answer.headers["set-guid"]

    def poll(self, headers: dict[str, str], agent: str = str(ALICE)) -> httpx.Response:
        return request(self.door, "GET", f"{ROOT}/agentevent/{agent}", headers=headers)


def test_sign_in_delivers_the_guid_and_polls_deliver_its_successor() -> None:
    gateway = Gateway()
    delivered = gateway.sign_in()
    assert delivered.startswith("JSESSIONID=")
    guid = delivered.removeprefix("JSESSIONID=")
    assert "set-guid" not in gateway.poll({"guid": guid}).headers
    gateway.platform.now = 60 * SECOND
    successor = gateway.poll({"GUID": guid}).headers["set-guid"]
    assert successor not in (delivered, guid)
    assert gateway.poll({"Guid": successor}).json()["retcode"] == "0"


def test_a_cookie_proves_nothing() -> None:
    gateway = Gateway()
    answer = gateway.poll({"Cookie": gateway.sign_in()})
    assert answer.json()["retcode"] == "000-003"


@pytest.mark.parametrize(
    ("agent", "code"),
    [
        ("102", "100-006"),
        ("0", "100-006"),
        ("x", "000-002"),
        ("%D9%A4", "000-002"),
        ("-1", "000-002"),
    ],
)
def test_a_path_without_a_signed_in_agent_is_refused(agent: str, code: str) -> None:
    gateway = Gateway()
    guid = gateway.sign_in()
    assert gateway.poll({"guid": guid}, agent).json()["retcode"] == code
