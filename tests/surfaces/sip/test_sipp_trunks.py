"""SIPp as gateways to the world outside, against a served emulator."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.ports import free_port
from tests.surfaces.sip.test_sipp import (
    AGENT,
    PASSWORD,
    PHONE,
    SCENARIOS,
    Site,
    sipp,
    succeeds,
)
from tests.test_cli import serving

__all__ = ["sipp"]
FRIEND = "13900000009"
WITHIN_S = 10


@contextmanager
def trunk_site(folder: Path, *gateways: dict[str, Any]) -> Iterator[Site]:
    """A served emulator with these gateways on this machine."""
    file = folder / "gateways.yaml"
    here = [{"host": "127.0.0.1", "options_every": 0, **it} for it in gateways]
    file.write_text(yaml.safe_dump({"gateways": here}))
    http_port = free_port()
    options = ["--http-port", str(http_port), "--https-port", "0", "--sip-port", "-1"]
    options += ["--auth-mode", "0"]
    with serving(*options, "--sip-gateways", str(file)) as (_, ready):
        sip = next(it for it in ready if it.startswith("sip:"))
        with httpx.Client(base_url=f"http://127.0.0.1:{http_port}") as http:
            yield Site(http, int(sip.rpartition(":")[2]), folder)


def gateway(site: Site, port: int, scenario: str) -> subprocess.Popen[str]:
    return site.start(port, "-sf", str(SCENARIOS / f"{scenario}.xml"))


def call_out(site: Site) -> None:
    """The agent, who is signed in, calls somebody outside."""
    path = f"/agentgateway/resource/voicecall/{AGENT}/callout"
    answer = site.http.put(path, json={"caller": "95000", "called": FRIEND})
    assert answer.json()["retcode"] == "0", answer.json()


def agent_state(site: Site) -> str:
    [tenant] = site.http.get("/_emulator/state").json()["tenants"]
    state: str = next(it["state"] for it in tenant["agents"] if str(it["work_no"]) == AGENT)
    return state


def becomes(site: Site, state: str) -> None:
    until = time.monotonic() + WITHIN_S
    while agent_state(site) != state:
        assert time.monotonic() < until, agent_state(site)
        time.sleep(0.05)


def hang_up(site: Site) -> None:
    site.http.delete(f"/agentgateway/resource/voicecall/{AGENT}/release")


def sign_in(site: Site, **how: object) -> None:
    """At a phone that is simulated, unless it has registered."""
    body = {"password": PASSWORD, "phonenum": PHONE, "autoanswer": False, **how}
    answer = site.http.put(f"/agentgateway/resource/onlineagent/{AGENT}", json=body)
    assert answer.json()["retcode"] == "0", answer.json()


def test_an_agent_at_a_real_phone_calls_out_by_a_real_gateway(tmp_path: Path) -> None:
    port, desk = free_port(), free_port()
    with trunk_site(tmp_path, {"name": "near", "port": port}) as site:
        succeeds(site.register(desk))
        sign_in(site)
        phone = site.start(desk, "-aa", "-sf", str(SCENARIOS / "phone.xml"))
        outside = gateway(site, port, "gateway")
        call_out(site)
        becomes(site, "talking")
        [shown] = site.http.get("/_emulator/gateways").json()
        assert (shown["name"], shown["calls"], shown["available"]) == ("near", 1, True)
        hang_up(site)
        succeeds(outside)
        succeeds(phone)
        [talked] = site.records()
        assert (talked["callee_no"], talked["agent_id"]) == (FRIEND, AGENT)


def test_a_gateway_that_takes_no_call_leaves_it_to_the_next(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    gateways = ({"name": "a", "port": first}, {"name": "b", "port": second, "weight": 0})
    with trunk_site(tmp_path, *gateways) as site:
        sign_in(site)
        busy, outside = gateway(site, first, "busy_gateway"), gateway(site, second, "gateway")
        call_out(site)
        becomes(site, "talking")
        hang_up(site)
        succeeds(busy)
        succeeds(outside)


def test_a_busy_number_is_busy_and_no_other_gateway_is_tried(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    gateways = ({"name": "a", "port": first}, {"name": "b", "port": second, "weight": 0})
    with trunk_site(tmp_path, *gateways) as site:
        sign_in(site)
        busy = gateway(site, first, "busy_number")
        call_out(site)
        succeeds(busy)
        becomes(site, "idle")
        [failed] = site.records()
        assert failed["callee_no"] == FRIEND


def test_the_scenario_that_comes_with_sipp_is_called_too(tmp_path: Path) -> None:
    port = free_port()
    with trunk_site(tmp_path, {"name": "near", "port": port}) as site:
        sign_in(site)
        outside = site.start(port, "-sn", "uas")
        call_out(site)
        becomes(site, "talking")
        hang_up(site)
        succeeds(outside)


def test_what_a_gateway_tells_reliably_is_acknowledged(tmp_path: Path) -> None:
    port = free_port()
    with trunk_site(tmp_path, {"name": "near", "port": port}) as site:
        sign_in(site)
        outside = gateway(site, port, "reliable_gateway")
        call_out(site)
        becomes(site, "talking")
        hang_up(site)
        succeeds(outside)


def test_a_phone_dials_somebody_outside(tmp_path: Path) -> None:
    port, desk = free_port(), free_port()
    with trunk_site(tmp_path, {"name": "near", "port": port}) as site:
        succeeds(site.register(desk))
        sign_in(site, phonelinkage=True)
        outside = gateway(site, port, "gateway")
        who = ["-key", "phone", PHONE, "-au", PHONE, "-ap", PASSWORD]
        who += ["-auth_uri", f"{FRIEND}@127.0.0.1:{site.sip_port}"]
        succeeds(site.start(desk, "-sf", str(SCENARIOS / "dials.xml"), "-s", FRIEND, *who))
        succeeds(outside)
        becomes(site, "idle")


def test_a_gateway_is_asked_for_a_sign_of_life(tmp_path: Path) -> None:
    port = free_port()
    gone = {"name": "near", "port": port, "options_every": 0.3, "options_misses": 2}
    with trunk_site(tmp_path, gone) as site:
        until = time.monotonic() + WITHIN_S
        while site.http.get("/_emulator/gateways").json()[0]["available"]:
            assert time.monotonic() < until
            time.sleep(0.05)
        [tenant] = site.http.get("/_emulator/state").json()["tenants"]
        [trunk] = [it for it in tenant["trunks"] if it["name"] == "outside"]
        assert (trunk["external"], trunk["attached"]) == (True, False)
        succeeds(gateway(site, port, "alive"))
        assert site.http.get("/_emulator/gateways").json()[0]["available"]
