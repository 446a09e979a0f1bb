"""What storms and strangers do to calls: nothing, and nothing is left of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sipmessage import Request

from emulator.surfaces.sip.limits import RateSettings
from emulator.surfaces.sip.messages import make_response, write
from emulator.surfaces.sip.stack import StackSettings
from emulator.surfaces.sip.transport import Flow
from tests.contract.world import World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import DESK, OUTSIDE, PHONE, SOUND, SWITCH, Site, dial
from tests.surfaces.sip.torture import ALL

STORM = 300


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        settings = StackSettings(rates=RateSettings(rate=1000))
        found = Site(world, media=Studio(), settings=settings)
        yield found
        nothing_is_left(found)


def talk(site: Site) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200, SOUND)
    assert site.agent_state() == "TALKING"


def comes(site: Site, request: Request, source: str = OUTSIDE) -> None:
    """A request as somebody else would send it: it need not be true."""
    if not request.headers.get("Via"):
        via = f"SIP/2.0/UDP {source}:5060;branch=z9hG4bK{site.network.random.random()}"
        request.headers.set("Via", via)
    data = write(request)
    flow = Flow("UDP", source, 5060, SWITCH, 5060)
    site.world.do(lambda _: site.leg.stack.received(data, flow))


def test_a_storm_of_the_same_call_is_one_call(site: Site) -> None:
    site.sign_in()
    invite = site.caller.plain("INVITE", "95001", SOUND, Content_Type="application/sdp")
    for _ in range(STORM):
        comes(site, invite)
    site.pass_time(1)
    assert site.calls() == 1
    site.pass_time(40)
    assert site.calls() == 0


def test_a_call_that_comes_by_two_proxies_is_one_call(site: Site) -> None:
    site.sign_in()
    invite = site.caller.plain("INVITE", "95001", SOUND, Content_Type="application/sdp")
    for number in range(STORM):
        invite.headers.set("Via", f"SIP/2.0/UDP {OUTSIDE}:5060;branch=z9hG4bK{number}")
        comes(site, invite)
    assert site.calls() == 1


def test_a_stranger_who_guesses_tags_hangs_nothing_up(site: Site) -> None:
    talk(site)
    dialog = site.caller.dialog
    assert dialog is not None
    for number in range(STORM):
        for method in ("BYE", "CANCEL", "INFO", "REFER", "UPDATE"):
            request = dialog.request(method, "<sip:me@192.0.2.66>", 100 + number)
            request.headers.set("From", f"<sip:13800000001@{OUTSIDE}>;tag={number}")
            comes(site, request, "192.0.2.66")
        ours = dialog.request("BYE", "<sip:me@192.0.2.66>", 100 + number)
        ours.headers.set("To", f"<sip:95001@{SWITCH}>;tag={number}")
        comes(site, ours, "192.0.2.66")
    site.pass_time(1)
    assert site.agent_state() == "TALKING"


def test_a_call_cannot_be_cancelled_by_who_does_not_know_its_branch(site: Site) -> None:
    site.sign_in()
    invite = site.caller.plain("INVITE", "95001", SOUND, Content_Type="application/sdp")
    site.caller.send(invite)
    cancel = site.caller.plain("CANCEL", "95001", Call_ID=invite.headers["Call-ID"])
    comes(site, cancel, "192.0.2.66")
    site.pass_time(0.1)
    assert site.calls() == 1


def test_a_flood_of_registrations_is_answered_now_and_then(site: Site) -> None:
    register = site.phone.plain("REGISTER", PHONE)
    for number in range(5 * STORM):
        register.headers.set("Via", f"SIP/2.0/UDP {DESK}:5060;branch=z9hG4bK{number}")
        register.headers.set("Call-ID", f"{number}")
        comes(site, register, DESK)
    site.pass_time(0.1)
    answered = [line for source, to, line in site.network.log if (source, to) == (SWITCH, DESK)]
    refused = [it for it in answered if it.startswith("SIP/2.0 503")]
    assert len(refused) == 1
    assert len(answered) < 5 * STORM
    site.pass_time(5)
    site.register()


def test_the_messages_of_the_torture_book_do_nothing_to_a_call(site: Site) -> None:
    talk(site)
    for torture in ALL:
        site.leg.stack.received(torture.data, Flow("UDP", "192.0.2.66", 5060, SWITCH, 5060))
        site.pass_time(0.1)
    assert site.agent_state() == "TALKING"


def test_a_phone_at_our_own_address_is_no_caller(site: Site) -> None:
    site.register(uri=f"sip:95001@{SWITCH}")
    # Called at its address, and not where it registered from.
    [binding] = site.leg.registrar.bindings_of(PHONE)
    site.leg.registrar._bindings.replace(PHONE, (replace(binding, flow=None),))
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(1)
    assert site.agent_state() == "BUSY"
    assert site.calls() == 1


def test_a_phone_whose_answers_are_nonsense_is_not_there(site: Site) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    transaction = site.phone.offered[-1]
    answer = make_response(transaction.request, 200, to_tag="phone")
    answer.headers.set("Contact", "<sip:phone@x?a=b>")
    transaction.respond(answer)
    site.pass_time(1)
    assert site.agent_state() == "BUSY"


def test_calls_that_end_at_once_leave_nothing(site: Site) -> None:
    site.register()
    site.sign_in(phonelinkage=True)
    for _ in range(20):
        site.caller.call("95001")
        site.caller.within("BYE")
        assert [it.code for it in dial(site, "13900000009")][-1] in (183, 403)
    site.world.pass_time(60)
