"""SIPp against a served emulator: a phone that registers, and customers who call."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ports import free_port
from tests.test_cli import serving

SCENARIOS = Path(__file__).parent / "sipp"
AGENT, PHONE, PASSWORD = "101", "40101", "Demo@2026"
WITHIN_S = 30


@pytest.fixture(autouse=True)
def sipp() -> None:
    """SIPp; without it the tests are skipped, except in CI, where they fail."""
    if shutil.which("sipp"):
        return
    if os.environ.get("CI"):
        pytest.fail("sipp is not installed")
    pytest.skip("sipp is not installed")


@dataclass
class Site:
    """A served emulator, as its REST and SIP clients see it."""

    http: httpx.Client
    sip_port: int
    folder: Path

    def start(self, port: int, *how: str) -> subprocess.Popen[str]:
        """SIPp at a port of this machine, for one call."""
        where = ["-i", "127.0.0.1", "-p", str(port), "-m", "1", "-nostdin"]
        limits = ["-timeout", str(WITHIN_S), "-timeout_error"]
        return subprocess.Popen(
            ["sipp", f"127.0.0.1:{self.sip_port}", *where, *limits, *how],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def play(self, *how: str) -> None:
        succeeds(self.start(free_port(), *how))

    def register(self, port: int, password: str = PASSWORD) -> subprocess.Popen[str]:
        scenario = str(SCENARIOS / "register.xml")
        return self.start(port, "-sf", scenario, "-s", PHONE, "-au", PHONE, "-ap", password)

    def sign_in(self) -> None:
        body = {"password": PASSWORD, "phonenum": PHONE, "autoanswer": False}
        answer = self.http.put(f"/agentgateway/resource/onlineagent/{AGENT}", json=body)
        assert answer.json()["retcode"] == "0"

    def records(self) -> list[dict[str, Any]]:
        """The calls that are over."""
        rows: list[dict[str, Any]] = self.http.get("/_emulator/records/calls?tenant=1").json()
        return rows


def succeeds(started: subprocess.Popen[str]) -> None:
    said, _ = started.communicate(timeout=WITHIN_S + 10)
    assert started.returncode == 0, said[-3000:]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    http_port = free_port()
    options = ("--http-port", str(http_port), "--https-port", "0", "--sip-port", "-1")
    with serving(*options) as (_, ready):
        sip = next(it for it in ready if it.startswith("sip:"))
        with httpx.Client(base_url=f"http://127.0.0.1:{http_port}") as http:
            yield Site(http, int(sip.rpartition(":")[2]), tmp_path)


def test_a_customer_talks_to_an_agent_from_phone_to_phone(site: Site) -> None:
    desk = free_port()
    succeeds(site.register(desk))
    site.sign_in()
    phone = site.start(desk, "-sf", str(SCENARIOS / "phone.xml"))
    site.play("-sn", "uac", "-s", "95001", "-d", "1500")
    succeeds(phone)
    waited, talked = site.records()
    assert (waited["caller_no"], waited["callee_no"]) == ("sipp", "95001")
    assert (talked["agent_id"], talked["call_id"]) == (AGENT, waited["call_id"])
    assert talked["ack_begin"] < talked["ack_end"] == talked["call_begin"] < talked["call_end"]


def test_a_phone_with_another_password_is_not_registered(site: Site) -> None:
    refused = site.register(free_port(), "Other@2026")
    said, _ = refused.communicate(timeout=WITHIN_S + 10)
    assert refused.returncode == 1, said[-3000:]
    site.sign_in()
    site.play("-sn", "uac", "-s", "95001", "-d", "100")


def test_a_customer_is_refused_when_no_agent_is_there(site: Site) -> None:
    customer = site.start(free_port(), "-sn", "uac", "-s", "95001")
    customer.communicate(timeout=WITHIN_S + 10)
    assert customer.returncode == 1


def test_customers_hang_up_while_they_wait(site: Site) -> None:
    site.sign_in()
    site.play("-sn", "uac", "-s", "95001", "-d", "500")
    [tenant] = site.http.get("/_emulator/state").json()["tenants"]
    assert tenant["calls"] == []
