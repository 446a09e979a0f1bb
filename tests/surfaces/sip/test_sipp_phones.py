"""SIPp as phones that do more than to be picked up."""

from __future__ import annotations

from tests.ports import free_port
from tests.surfaces.sip.test_sipp import (
    AGENT,
    PASSWORD,
    PHONE,
    SCENARIOS,
    Site,
    sipp,
    site,
    succeeds,
)

__all__ = ["sipp", "site"]
ELSEWHERE = "13900000009"
TRANSFERRED = "17"


def sign_in(site: Site) -> None:
    """The agent's phone is linked: what its keys do counts."""
    body = {"password": PASSWORD, "phonenum": PHONE, "autoanswer": False, "phonelinkage": True}
    answer = site.http.put(f"/agentgateway/resource/onlineagent/{AGENT}", json=body)
    assert answer.json()["retcode"] == "0"


def test_a_phone_holds_its_call_and_sends_it_to_somebody_else(site: Site) -> None:
    desk = free_port()
    succeeds(site.register(desk))
    sign_in(site)
    phone = site.start(desk, "-sf", str(SCENARIOS / "transfer.xml"), "-s", ELSEWHERE)
    site.play("-sn", "uac", "-s", "95001", "-d", "6000")
    succeeds(phone)
    _, talked = site.records()
    assert (talked["agent_id"], talked["leave_reason"]) == (AGENT, TRANSFERRED)


def test_of_two_phones_of_one_number_one_is_picked_up(site: Site) -> None:
    desks = [free_port(), free_port()]
    for desk in desks:
        succeeds(site.register(desk))
    shown = site.http.get(f"/_emulator/phones/{PHONE}").json()
    assert sorted(it["source"] for it in shown["registrations"]) == sorted(
        f"127.0.0.1:{desk}" for desk in desks
    )
    sign_in(site)
    phone = site.start(desks[0], "-sf", str(SCENARIOS / "phone.xml"))
    given_up = site.start(desks[1], "-sf", str(SCENARIOS / "silenced.xml"))
    site.play("-sn", "uac", "-s", "95001", "-d", "1500")
    succeeds(phone)
    succeeds(given_up)
