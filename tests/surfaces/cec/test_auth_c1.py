"""Bearer tokens for an application's key and secret (CEC 4.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import pytest

from emulator.surfaces.cec.auth_c1 import ApplicationRequest, BearerGate, BearerTokens
from emulator.surfaces.cec.component import Component
from emulator.surfaces.cec.errors import ErrorTable, Failure, Unauthenticated
from emulator.surfaces.cec.tokens import UNAUTHORIZED, TokenEnvelope, TokenOffice, apigovernance
from tests.surfaces.cec.caller import request

SECOND = 1_000_000
START = 1_545_650_171 * SECOND
SECRETS = {"app1": "secret1", "app2": "secret2"}
TOKEN_PATH = "/apigovernance/api/oauth/tokenByAkSk"

management: Component[None] = Component(
    "management",
    prefix="/apiaccess",
    envelope=TokenEnvelope(),
    errors=ErrorTable(
        {Unauthenticated: UNAUTHORIZED},
        parameter=Failure("400", ""),
        unforeseen=Failure("500", ""),
        unknown_path=Failure("404", "", status=404),
        wrong_method=Failure("405", "", status=405),
    ),
    auth="C1",
)


@management.post("/who", section="5.1.1")
def who(call: ApplicationRequest[None]) -> str:
    return call.app_key


@dataclass
class Office:
    """A token office, a door behind it, and a clock to move."""

    now: int = START
    capacity: int = 10
    tokens: BearerTokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = BearerTokens(SECRETS.get, Random(1), self.capacity)
        clock = lambda: self.now  # noqa: E731
        self.door = apigovernance.open(TokenOffice(self.tokens, clock), {})
        self.management = management.open(None, {"C1": BearerGate(self.tokens, clock)})

    def ask(self, secret: Any = "secret1", **headers: str) -> httpx.Response:
        body = {"app_key": "app1", "app_secret": secret}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(self.door, "POST", TOKEN_PATH, json=body, headers=sent)

    def token(self, **headers: str) -> str:
        text: str = self.ask(**headers).json()["AccessToken"]
        return text

    def who(self, **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(self.management, "POST", "/apiaccess/who", headers=sent)


def test_the_answer_has_the_documented_fields() -> None:
    answer = Office().ask()
    assert answer.status_code == 200
    token = answer.json()
    assert re.fullmatch(r"[0-9a-f]{64}", token.pop("AccessToken"))
    assert token == {
        "ApplyType": "Bearer",
        "CreateTime": "1545650171",
        "Expires": "600",
        "Scope": "call-center",
        "AppKey": "app1",
        "UserID": "Anonymous",
    }


@pytest.mark.parametrize("secret", ["secret2", "", "SECRET1", 1, None])
def test_a_wrong_secret_gets_no_token(secret: object) -> None:
    assert Office().ask(secret).status_code in (400, 401)
    assert Office().ask("secret2").status_code == 401


def test_an_unknown_application_gets_no_token() -> None:
    body = {"app_key": "app9", "app_secret": "secret1"}
    assert request(Office().door, "POST", TOKEN_PATH, json=body).status_code == 401


def test_a_token_is_good_for_its_lifetime_and_no_longer() -> None:
    office = Office()
    token = office.token(X_Token_Expire="60")
    office.now += 60 * SECOND - 1
    assert office.who(Authorization=f"Bearer {token}").json() == "app1"
    office.now += 1
    assert office.who(Authorization=f"Bearer {token}").status_code == 401


@pytest.mark.parametrize(
    ("wanted", "status"), [("3600", 200), ("3601", 400), ("0", 400), ("x", 400)]
)
def test_a_lifetime_is_at_most_an_hour(wanted: str, status: int) -> None:
    assert Office().ask(X_Token_Expire=wanted).status_code == status


def test_an_app_key_beside_the_token_must_be_the_tokens() -> None:
    office = Office()
    bearer = f"Bearer {office.token()}"
    assert office.who(Authorization=bearer, x_app_key="app1").status_code == 200
    assert office.who(Authorization=bearer, x_app_key="app2").status_code == 401


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic {token}", "{token}"])
def test_without_a_good_bearer_token_the_door_stays_shut(authorization: str) -> None:
    office = Office()
    sent = authorization.format(token=office.token())
    answer = office.who(Authorization=sent)
    assert answer.status_code == 401
    assert answer.json()["resultCode"] == "401"


def test_a_full_table_forgets_expired_tokens_before_the_oldest() -> None:
    office = Office(capacity=2)
    expired = office.token(X_Token_Expire="1")
    office.now += 2 * SECOND
    kept = office.token()
    office.token()
    assert office.who(Authorization=f"Bearer {kept}").status_code == 200
    assert office.who(Authorization=f"Bearer {expired}").status_code == 401
    office.token()
    assert office.who(Authorization=f"Bearer {kept}").status_code == 401
