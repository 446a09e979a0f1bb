"""Real phones on the switch: what each party hears is told by the tones of the others' voices."""

from __future__ import annotations

import subprocess
import time

from tests.peers.phones.baresip import comes_true
from tests.peers.phones.center import (
    CUSTOMER,
    FIRST,
    INSPECTOR,
    MUSIC,
    PASSWORD,
    SECOND,
    Center,
    baresip,
    center,
    house,
    required,
)

__all__ = ["baresip", "center", "house"]
TALKS_S = 3


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


def test_a_recording_is_played_slowly_and_as_high_as_it_was(center: Center) -> None:
    customer, desk = center.talk()
    time.sleep(TALKS_S)
    customer.hang_up()
    assert comes_true(lambda: center.state(101) == "idle")
    url = "/_emulator/records/recordings"
    [row] = center.http.get(url, params={"tenant": "1", "agent": "101"}).json()
    how = {"voicepath": row["file_name"], "speedchange": "25", "volumechange": "100"}
    center.ask("PUT", "recordplay/101/play", **how)
    assert comes_true(lambda: desk.hears() == {FIRST, CUSTOMER}), desk.hears()


def test_keys_lead_a_caller_through_the_menu_to_an_agent(center: Center) -> None:
    desk = center.desk(101, FIRST)
    customer = center.customer()
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


def test_a_phone_by_tls_talks_encrypted(center: Center) -> None:
    desk = center.desk(101, FIRST, mediaenc="srtp-mand", **center.by_tls())
    customer = center.customer()
    customer.dial("95001")
    assert comes_true(lambda: customer.hears() == {FIRST}), desk.said()
    assert comes_true(lambda: desk.hears() == {CUSTOMER}), desk.said()


def test_a_phone_of_another_make_talks_to_a_customer(center: Center) -> None:
    phone = center.linphone(101, FIRST)
    center.sign_in(101)
    customer = center.customer()
    customer.dial("95001")
    assert comes_true(lambda: customer.hears() == {FIRST}), phone.said()
    assert comes_true(lambda: phone.hears() == {CUSTOMER}), phone.said()
    customer.hang_up()
    assert comes_true(lambda: center.state(101) == "idle")


def test_sipsak_finds_the_switch_and_registers(center: Center) -> None:
    required("sipsak")
    uri = f"sip:40102@{center.sip}"
    assert sipsak("-s", uri).returncode == 0
    registered = sipsak("-U", "-s", uri, "-a", PASSWORD, "-u", "40102", "-x", "60", "-i", "-v")
    assert "All usrloc tests completed successful" in registered.stdout
    assert "40102" in center.registered()
    assert "authorization failed" in sipsak("-U", "-s", uri, "-a", "Other@2026", "-i", "-v").stdout


def test_a_phone_by_tls_that_knows_no_srtp_talks_all_the_same(center: Center) -> None:
    customer, desk = center.talk(**center.by_tls())
    customer.hang_up()
    assert comes_true(lambda: not center.calls()), desk.said()


def sipsak(*how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sipsak", *how],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        check=False,
    )
