"""Real phones on the switch: what each party hears is told by the tones of the others' voices."""

from __future__ import annotations

import os
import shutil
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from emulator.media import wav
from emulator.media.rtp.tones import MELODY
from tests.peers.phones.baresip import Baresip, comes_true
from tests.peers.phones.tones import RATE, amplitudes
from tests.test_cli import free_port, serving

PASSWORD = "Demo@2026"
CUSTOMER, FIRST, SECOND, INSPECTOR = 1000, 700, 1300, 1700
"""Hz of their voices; none is in the music."""
MUSIC = {round(it, -1) for it in MELODY}


@pytest.fixture(autouse=True)
def baresip() -> None:
    """baresip; without it the tests are skipped, except in CI, where they fail."""
    if shutil.which("baresip"):
        return
    if os.environ.get("CI"):
        pytest.fail("baresip is not installed")
    pytest.skip("baresip is not installed")


class Center:
    """A served emulator, and phones that are switched off at the end."""

    def __init__(self, http: httpx.Client, sip: str, folder: Path, until: ExitStack) -> None:
        self.http, self.sip, self.folder = http, sip, folder
        self._until = until

    def phone(self, number: str, hertz: int, **account: str) -> Baresip:
        phone = Baresip(self.folder, self.sip, number, hertz, **account)
        self._until.callback(phone.stop)
        return phone

    def desk(self, work_no: int, hertz: int, **account: str) -> Baresip:
        """An agent's phone, registered, which answers by itself; its agent has signed in."""
        number = f"40{work_no}"
        given = {"auth_pass": PASSWORD, "answermode": "auto", "regint": "300", **account}
        phone = self.phone(number, hertz, auth_user=number, **given)
        assert comes_true(lambda: number in self.registered()), phone.said()
        self.ask("PUT", f"onlineagent/{work_no}", password=PASSWORD, phonenum=number)
        return phone

    def registered(self) -> list[str]:
        found = self.http.get("/_emulator/phones").json()
        return [it["number"] for it in found if it["registrations"]]

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """A request of the agent gateway that succeeds."""
        url = f"/agentgateway/resource/{path}"
        answer: dict[str, Any] = self.http.request(method, url, json=body or None).json()
        assert answer["retcode"] == "0", answer
        return answer

    def state(self, work_no: int) -> str:
        [tenant] = self.http.get("/_emulator/state").json()["tenants"]
        state: str = next(it["state"] for it in tenant["agents"] if it["work_no"] == work_no)
        return state

    def talk(self) -> tuple[Baresip, Baresip]:
        """A customer who talks to agent 101."""
        desk = self.desk(101, FIRST)
        customer = self.phone("13900000009", CUSTOMER)
        customer.dial("95001")
        assert comes_true(lambda: customer.hears() == {FIRST}), customer.said()
        assert comes_true(lambda: desk.hears() == {CUSTOMER}), desk.said()
        return customer, desk

    def recording(self, work_no: int) -> tuple[set[int], set[int]]:
        """What was said on the left and on the right of the agent's last recording."""
        rows = self.http.get(f"/_emulator/records/recordings?tenant=1&agent={work_no}").json()
        url = f"/agentgateway/resource/recordfile/{work_no}/recordfiledownloadEx"
        raw = self.http.get(url, params={"callId": rows[-1]["call_id"]}).content
        kind, (left, right) = wav.read(raw)
        assert kind.rate == RATE
        return _spoken(left), _spoken(right)


def _spoken(samples: array[int]) -> set[int]:
    return {round(it, -1) for it in amplitudes(np.array(samples, np.int16))}


@pytest.fixture
def center(tmp_path: Path) -> Iterator[Center]:
    http_port = free_port()
    options = ("--http-port", str(http_port), "--https-port", "0", "--sip-port", "-1")
    with serving(*options, "--auth-mode", "0") as (_, ready), ExitStack() as until:
        sip = next(it for it in ready if it.startswith("sip:")).removeprefix("sip:")
        http = until.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{http_port}"))
        yield Center(http, sip, tmp_path, until)


def test_customer_and_agent_hear_each_other_and_hang_up(center: Center) -> None:
    customer, _ = center.talk()
    customer.hang_up()
    assert comes_true(lambda: center.state(101) == "idle")


def test_a_held_customer_hears_music(center: Center) -> None:
    customer, desk = center.talk()
    center.ask("POST", "voicecall/101/hold")
    assert comes_true(lambda: bool(customer.hears() & MUSIC))
    assert comes_true(lambda: desk.hears() == set())
    center.ask("POST", "voicecall/101/gethold")
    assert comes_true(lambda: customer.hears() == {FIRST})


def test_a_muted_agent_is_not_heard(center: Center) -> None:
    customer, desk = center.talk()
    center.ask("POST", "voicecall/101/beginmute")
    assert comes_true(lambda: customer.hears() == set())
    assert desk.hears() == {CUSTOMER}
    center.ask("POST", "voicecall/101/endmute")
    assert comes_true(lambda: customer.hears() == {FIRST})


def test_keys_lead_a_caller_through_the_menu_to_an_agent(center: Center) -> None:
    desk = center.desk(101, FIRST)
    customer = center.phone("13900000009", CUSTOMER)
    customer.dial("95003")
    assert comes_true(lambda: bool(customer.hears())), "the menu is read aloud"
    assert desk.hears() == set()
    customer.press("1")
    assert comes_true(lambda: customer.hears() == {FIRST})
    assert comes_true(lambda: desk.hears() == {CUSTOMER})


def test_a_colleague_is_consulted_joins_and_gets_the_call(center: Center) -> None:
    customer, desk = center.talk()
    second = center.desk(102, SECOND)
    center.ask("POST", "voicecall/101/innerhelp", dstaddress="102", devicetype=2, mode=1)
    assert comes_true(lambda: desk.hears() == {SECOND})
    assert comes_true(lambda: second.hears() == {FIRST})
    assert comes_true(lambda: bool(customer.hears() & MUSIC))
    held = center.http.get("/_emulator/state").json()["tenants"][0]["calls"][0]["id"]
    center.ask("POST", "voicecall/101/confjoin", callid=held)
    assert comes_true(lambda: customer.hears() == {FIRST, SECOND})
    assert comes_true(lambda: desk.hears() == {CUSTOMER, SECOND})
    assert comes_true(lambda: second.hears() == {CUSTOMER, FIRST})
    desk.hang_up()
    assert comes_true(lambda: customer.hears() == {SECOND})
    assert comes_true(lambda: second.hears() == {CUSTOMER})


def test_an_inspector_listens_whispers_and_barges_in(center: Center) -> None:
    customer, desk = center.talk()
    inspector = center.desk(191, INSPECTOR)
    center.ask("PUT", "qualitycontrol/191/addsupervise/101")
    assert comes_true(lambda: inspector.hears() == {CUSTOMER, FIRST})
    assert (customer.hears(), desk.hears()) == ({FIRST}, {CUSTOMER})
    for mode, by_customer, by_desk in (
        (2, {FIRST}, {CUSTOMER, INSPECTOR}),
        (1, {FIRST, INSPECTOR}, {CUSTOMER, INSPECTOR}),
    ):
        how = f"whisperagentid=101&switchtype={mode}"
        center.ask("POST", f"qualitycontrol/191/requestswitchinsertwhisperagent?{how}")
        assert comes_true(lambda it=by_desk: desk.hears() == it)
        assert comes_true(lambda it=by_customer: customer.hears() == it)


def test_a_call_is_recorded_customer_left_and_agent_right(center: Center) -> None:
    customer, _ = center.talk()
    customer.hang_up()
    assert comes_true(lambda: center.state(101) == "idle")
    assert comes_true(lambda: center.recording(101) == ({CUSTOMER}, {FIRST}))
