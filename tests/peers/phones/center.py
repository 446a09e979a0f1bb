"""A served call center with real phones, which are told apart by the tones of their voices."""

from __future__ import annotations

import os
import shutil
import subprocess
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import yaml

from emulator.media import wav
from emulator.media.rtp.tones import MELODY
from tests.peers.phones.baresip import Baresip, comes_true
from tests.peers.phones.linphone import Linphone
from tests.peers.phones.tones import RATE, amplitudes, write_keys
from tests.ports import free_port
from tests.surfaces.sip.test_sipp import PHONE, SCENARIOS, succeeds
from tests.test_cli import serving

PASSWORD = "Demo@2026"
CALLER, FRIEND = "13900000009", "13800000001"
"""Numbers of a customer and of somebody outside who is called."""
CUSTOMER, FIRST, SECOND, INSPECTOR, OUTSIDE = 1000, 700, 1300, 1700, 2100
"""Hz of their voices; none is in the music."""
MUSIC = {round(it, -1) for it in MELODY}
OURS = (Path(__file__).parent / "sipp", SCENARIOS)
"""Where scenarios are."""
DEMO = Path(__file__).parents[3] / "emulator" / "seeds" / "demo.yaml"


def required(program: str) -> None:
    """Without the program a test is skipped, except in CI, where it fails."""
    if shutil.which(program):
        return
    if os.environ.get("CI"):
        pytest.fail(f"{program} is not installed")
    pytest.skip(f"{program} is not installed")


@pytest.fixture(autouse=True)
def baresip() -> None:
    required("baresip")


class Center:
    """A served emulator, and phones that are switched off at the end."""

    def __init__(self, house: House, folder: Path, until: ExitStack) -> None:
        self.house, self.http, self.sip = house, house.http, house.sip
        self.folder, self.until = folder, until
        self.name = self.url = str(house.http.base_url).rstrip("/")

    def configure(self, **parts: Any) -> None:
        """Begin anew with the demo's call center, some parts of which are others."""
        told = yaml.safe_load(DEMO.read_text("utf-8"))
        told["tenants"][0] |= parts
        body = yaml.safe_dump(told, allow_unicode=True).encode()
        kind = {"Content-Type": "application/yaml"}
        self.http.post("/_emulator/seed", content=body, headers=kind).raise_for_status()

    def phone(self, number: str, hertz: int, **account: str) -> Baresip:
        where = account.pop("sip", self.sip)
        phone = Baresip(self.folder, where, number, hertz, **account)
        self.until.callback(phone.stop)
        return phone

    def by_tls(self) -> dict[str, str]:
        """What an account has that reaches us by TLS."""
        return {"sip": self.house.tls, "cafile": str(self.house.data / "server-cert.pem")}

    def outside(self, **account: str) -> Baresip:
        """A phone of somebody outside, who is reached by the gateway."""
        return self.phone(FRIEND, OUTSIDE, sip_port=str(self.house.outside), **account)

    def customer(self, **account: str) -> Baresip:
        """A phone outside, at which somebody calls us."""
        return self.phone(CALLER, CUSTOMER, **account)

    def desk(self, work_no: int, hertz: int, **account: str) -> Baresip:
        """An agent's phone, registered, which answers by itself; its agent has signed in."""
        phone = self.registered_phone(work_no, hertz, **account)
        self.sign_in(work_no)
        return phone

    def registered_phone(self, work_no: int, hertz: int, **account: str) -> Baresip:
        number = f"40{work_no}"
        given = {"auth_pass": PASSWORD, "answermode": "auto", "regint": "300", **account}
        phone = self.phone(number, hertz, auth_user=number, **given)
        assert comes_true(lambda: number in self.registered()), phone.said()
        return phone

    def linphone(self, work_no: int, hertz: int, *, by_itself: bool = True) -> Linphone:
        """An agent's phone of another make, registered; `by_itself` it answers every call."""
        required("linphonec")
        number = f"40{work_no}"
        phone = Linphone(self.folder, self.sip, number, PASSWORD, hertz, by_itself=by_itself)
        self.until.callback(phone.stop)
        assert comes_true(lambda: number in self.registered()), phone.said()
        return phone

    def sipp(self, scenario: str, *how: str, port: int = 0, to: str = "") -> subprocess.Popen[str]:
        """SIPp with a scenario of ours, or one of its own, for one call."""
        required("sipp")
        where = ("-i", "127.0.0.1", "-p", str(port or free_port()), "-m", "1", "-nostdin")
        started = subprocess.Popen(
            ["sipp", to or self.sip, *_scenario(scenario), *where, *how],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.until.callback(_ended, started)
        return started

    def sipp_desk(self, scenario: str, hertz: int, *how: str) -> subprocess.Popen[str]:
        """SIPp as agent 101's phone, registered, whose voice is a tone."""
        port, who = free_port(), ("-s", PHONE, "-au", PHONE, "-ap", PASSWORD)

        def register(seconds: str) -> None:
            succeeds(self.sipp("registers", *who, "-key", "expires", seconds, port=port))

        register("300")
        self.until.callback(register, "0")
        write_keys(self.folder / "voice.alaw", "", 0, hertz)
        return self.sipp(scenario, *how, port=port)

    def registered(self) -> list[str]:
        return registered(self.http)

    def sign_in(self, work_no: int, **how: Any) -> None:
        phone = f"40{work_no}"
        self.ask("PUT", f"onlineagent/{work_no}", password=PASSWORD, phonenum=phone, **how)

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

    def becomes(self, work_no: int, state: str) -> bool:
        """Whether an agent is in a state soon."""
        return comes_true(lambda: self.state(work_no) == state)

    def calls(self) -> list[dict[str, Any]]:
        """The calls that there are, in their order."""
        calls: list[dict[str, Any]] = self.http.get("/_emulator/calls").json()
        return calls

    def talk(self, **account: str) -> tuple[Baresip, Baresip]:
        """A customer who talks to agent 101, whose phone has this `account`."""
        desk = self.desk(101, FIRST, **account)
        customer = self.customer()
        customer.dial("95001")
        assert comes_true(lambda: customer.hears() == {FIRST}), customer.said()
        assert comes_true(lambda: desk.hears() == {CUSTOMER}), desk.said()
        return customer, desk

    def recording(self, work_no: int) -> tuple[set[int], set[int]]:
        """What was said on the left and on the right of the agent's last recording."""
        rows = self.http.get(f"/_emulator/records/recordings?tenant=1&agent={work_no}").json()
        url = f"/agentgateway/resource/recordfile/{work_no}/recordfiledownloadEx"
        return said_in(self.http.get(url, params={"callId": rows[-1]["call_id"]}).content)


def _scenario(name: str) -> tuple[str, str]:
    files = (folder / f"{name}.xml" for folder in OURS)
    return next((("-sf", str(it)) for it in files if it.exists()), ("-sn", name))


def _ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def said_in(raw: bytes) -> tuple[set[int], set[int]]:
    """The tones (Hz, to the nearest ten) on the left and on the right of a recording."""
    kind, (left, right) = wav.read(raw)
    assert kind.rate == RATE
    return spoken(left), spoken(right)


def spoken(samples: array[int]) -> set[int]:
    """The tones (Hz, to the nearest ten) of a recording's side."""
    return {round(it, -1) for it in amplitudes(np.array(samples, np.int16))}


class House:
    """One served emulator for the tests of a process, each of which finds it as new."""

    def __init__(self, folder: Path) -> None:
        self.data, self.prompts = folder / "data", folder / "prompts"
        self.prompts.mkdir()
        self.outside = free_port()
        """Where numbers outside are reached, by a gateway."""
        self._gateways = folder / "gateways.yaml"
        here = {"name": "near", "host": "127.0.0.1", "port": self.outside, "options_every": 0}
        self._gateways.write_text(yaml.safe_dump({"gateways": [here]}))
        self._until = ExitStack()
        self.http = httpx.Client()
        self.sip = self.tls = ""
        """Host, port and parameters."""

    def start(self) -> None:
        port = free_port()
        options = ("--http-port", str(port), "--https-port", "0", "--auth-mode", "0")
        options += ("--sip-port", "-1", "--sip-tls-port", "-1", "--data", str(self.data))
        options += ("--sip-prompts", str(self.prompts), "--sip-gateways", str(self._gateways))
        _, ready = self._until.enter_context(serving(*options))
        plain, *_, by_tls = (it.removeprefix("sip:") for it in ready if it.startswith("sip:"))
        self.sip, self.tls = plain, by_tls
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)
        self.http = self._until.enter_context(client)

    def stop(self) -> None:
        self._until.close()

    def tidy(self) -> None:
        """Begin anew, also with the phones."""
        if comes_true(lambda: not registered(self.http), within=1):
            self.http.post("/_emulator/reset").raise_for_status()
        else:
            self.stop()
            self.start()


def registered(http: httpx.Client) -> list[str]:
    """The phones that are."""
    found = http.get("/_emulator/phones").json()
    return [it["number"] for it in found if it["registrations"]]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    house.start()
    yield house
    house.stop()


@pytest.fixture
def center(house: House, tmp_path: Path) -> Iterator[Center]:
    with ExitStack() as until:
        yield Center(house, tmp_path, until)
    house.tidy()
