"""How a phone's calls are answered: by its keys, by an interface, by itself, or all in one call."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sipmessage import Request

from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.transport import Flow
from emulator.switch.config import PhoneConfig
from emulator.switch.terms import PhoneAnswer
from tests.contract.world import World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.test_leg import AGENT, DESK, PHONE, SOUND, Peer, Site


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world)
        yield found
        nothing_is_left(found)


# Always off the hook


def test_a_phone_that_is_always_off_the_hook_has_one_long_call(site: Site) -> None:
    site.register()
    site.sign_in(releasephone=False)
    for number in range(3):
        site.caller.call("95001")
        site.pass_time(0.1)
        if not number:
            site.phone.say(180)
            site.phone.say(200)
        else:
            assert site.agent_state() == "ANSWERING"
            site.world.do(lambda switch: switch.answer_call(AGENT))
            site.pass_time(0.1)
        assert site.agent_state() == "TALKING"
        site.caller.within("BYE")
        site.pass_time(1)
        assert site.agent_state() == "IDLE"
    assert site.phone.methods() == ["INVITE", "ACK"]
    assert len(site.leg.phones.lines) == 1
    site.phone.within("BYE")
    site.pass_time(0.1)
    assert site.world.platform.switch.phones[PHONE].leg.name == "DOWN"
    assert site.leg.parties == {}


def test_a_phone_that_was_always_off_the_hook_is_hung_up_with_its_agent(site: Site) -> None:
    site.register()
    site.sign_in(releasephone=False)
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200)
    site.caller.within("BYE")
    site.pass_time(1)
    site.world.do(lambda switch: switch.log_off(AGENT))
    site.pass_time(0.1)
    assert site.phone.methods() == ["INVITE", "ACK", "BYE"]
    assert site.leg.parties == {}


# Encrypted, or not


def by_tls(site: Site) -> None:
    """A customer's call rings at the agent's phone, which has registered by TLS."""
    site.no_listener.clear()
    site.register(uri=f"sip:{PHONE}@{DESK};transport=tls")
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)


def profiles(site: Site) -> list[str]:
    """How the sound was offered to the agent's phone, call by call."""
    offers = [it.body.decode() for it in site.phone.heard if it.method == "INVITE"]
    return [re.findall(r"^m=audio \d+ (\S+)", it, re.MULTILINE)[0] for it in offers]


@pytest.mark.parametrize("refusal", [415, 488])
def test_a_phone_by_tls_that_knows_no_srtp_is_called_again_without(
    site: Site, refusal: int
) -> None:
    by_tls(site)
    site.phone.say(refusal)
    site.pass_time(0.1)
    assert profiles(site) == ["RTP/SAVP", "RTP/AVP"]
    site.phone.say(180)
    site.phone.say(200, SOUND)
    assert site.agent_state() == "TALKING"
    assert len(site.leg.phones.lines) == 1


def test_a_phone_by_tls_that_takes_no_sound_at_all_is_called_twice_and_no_more(
    site: Site,
) -> None:
    by_tls(site)
    for _ in range(2):
        site.phone.say(488)
        site.pass_time(0.1)
    assert profiles(site) == ["RTP/SAVP", "RTP/AVP"]
    assert not site.leg.phones.lines.of(PHONE)


def test_a_phone_by_tls_that_is_busy_is_called_once(site: Site) -> None:
    by_tls(site)
    site.phone.say(486)
    site.pass_time(0.1)
    assert profiles(site) == ["RTP/SAVP"]


# Answered by an interface


class Plain(Peer):
    """A phone that does not know NOTIFY, or any other request than calls."""

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        if request.method == "NOTIFY":
            self.heard.append(request)
            transaction.respond(make_response(request, 489, to_tag="peer"))
        else:
            super().request(transaction, request)


def rings(site: Site, mode: PhoneAnswer = PhoneAnswer.NOTIFY) -> None:
    """A customer's call rings at the agent's phone, which is answered in this way."""
    site.world.configure(phones=(PhoneConfig(PHONE, "Demo@2026", answer=mode),))
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)


def answer(site: Site) -> None:
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.pass_time(0.1)


def answers_by_itself(request: Request) -> bool:
    return "answer-after=0" in (request.headers.get("Call-Info") or "")


def last_invite(site: Site) -> Request:
    return next(it for it in reversed(site.phone.heard) if it.method == "INVITE")


def test_a_phone_that_knows_no_talk_is_called_again_to_answer_by_itself(site: Site) -> None:
    site.phone = Plain(site.network, DESK)
    rings(site)
    site.phone.say(180)
    assert not answers_by_itself(last_invite(site))
    answer(site)
    site.pass_time(0.2)
    assert [it for it in site.phone.methods() if it != "ACK"] == ["INVITE", "NOTIFY", "INVITE"]
    assert answers_by_itself(last_invite(site))
    assert site.agent_state() == "ANSWERING"
    site.phone.say(200)
    assert site.agent_state() == "TALKING"
    assert len(site.leg.phones.lines) == 1


def test_requests_of_a_dialog_are_numbered_on_after_it_is_answered(site: Site) -> None:
    rings(site)
    site.phone.say(180)
    answer(site)
    site.phone.say(200)
    site.caller.within("BYE")
    site.pass_time(0.1)
    numbers = [it.headers["CSeq"] for it in site.phone.heard]
    assert numbers == ["1 INVITE", "2 NOTIFY", "1 ACK", "3 BYE"]


def test_a_phone_that_is_to_be_alerted_is_called_again_at_once(site: Site) -> None:
    rings(site, PhoneAnswer.ALERT)
    site.phone.say(180)
    answer(site)
    site.pass_time(0.2)
    assert [it for it in site.phone.methods() if it != "ACK"] == ["INVITE", "INVITE"]
    assert answers_by_itself(last_invite(site))
    site.phone.say(200)
    assert site.agent_state() == "TALKING"


def test_who_picks_up_just_before_the_second_call_has_picked_up(site: Site) -> None:
    site.phone = Plain(site.network, DESK)
    rings(site)
    site.phone.say(180)
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.phone.say(200)
    site.pass_time(0.2)
    assert site.agent_state() == "TALKING"
    assert site.phone.methods().count("INVITE") == 1
    assert len(site.leg.parties) == 2


def test_a_phone_that_registers_while_it_rings_simulated_is_called_for_the_answer(
    site: Site,
) -> None:
    site.sign_in(autoanswer=False)
    site.caller.call("95001")
    site.register()
    assert site.phone.methods() == []
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.pass_time(0.1)
    assert site.phone.methods() == ["INVITE"]
    site.phone.say(200, SOUND)
    assert site.agent_state() == "TALKING"
    assert len(site.leg.phones.lines) == 1


def test_a_late_phone_is_silent_until_its_agent_answers(site: Site) -> None:
    rings(site, PhoneAnswer.LATE)
    assert site.phone.methods() == []
    assert site.agent_state() == "ANSWERING"
    answer(site)
    assert site.phone.methods() == ["INVITE"]
    assert answers_by_itself(last_invite(site))
    site.phone.say(200)
    assert site.agent_state() == "TALKING"


def test_a_late_phone_that_is_not_picked_up_is_as_one_that_nobody_answers(site: Site) -> None:
    rings(site, PhoneAnswer.LATE)
    answer(site)
    site.phone.say(486)
    site.pass_time(0.1)
    assert site.agent_state() == "BUSY"
    assert len(site.leg.phones.lines) == 0


def test_a_call_that_is_given_up_leaves_a_late_phone_alone(site: Site) -> None:
    rings(site, PhoneAnswer.LATE)
    site.caller.within("BYE")
    site.pass_time(1)
    assert site.phone.methods() == []
    assert len(site.leg.phones.lines) == 0


def test_a_late_phone_that_is_not_there_does_not_ring(site: Site) -> None:
    rings(site, PhoneAnswer.LATE)
    site.caller.within("BYE")
    site.register(expires=0)
    site.pass_time(0.1)
    site.world.do(lambda switch: switch.attach_phone(PHONE, True))
    site.caller.call("95001")
    site.pass_time(0.1)
    assert site.agent_state() == "BUSY"


@pytest.mark.parametrize("mode", PhoneAnswer)
def test_a_phone_that_is_called_for_its_own_agent(site: Site, mode: PhoneAnswer) -> None:
    site.world.configure(phones=(PhoneConfig(PHONE, "Demo@2026", answer=mode),))
    site.register()
    site.sign_in()
    site.world.do(lambda switch: switch.make_call(AGENT, "13900000009"))
    site.pass_time(0.1)
    assert answers_by_itself(last_invite(site))


def test_a_phone_that_was_asked_to_answer_by_itself_is_given_the_time(site: Site) -> None:
    site.register()
    site.sign_in(autoanswer=True)
    site.caller.call("95001")
    site.pass_time(0.1)
    assert answers_by_itself(last_invite(site))
    site.phone.say(180)
    site.pass_time(0.8)
    assert site.phone.methods() == ["INVITE"]
    site.pass_time(0.3)
    assert site.phone.methods() == ["INVITE", "NOTIFY"]


# Several contacts


HOME, SHELF = "10.0.0.4", "10.0.0.5"


@pytest.fixture
def desks(site: Site) -> list[Peer]:
    """Three telephones under one number, which all ring."""
    phones = [site.phone, Peer(site.network, HOME), Peer(site.network, SHELF)]
    for phone in phones:
        site.phone = phone
        site.register(uri=f"sip:{PHONE}@{phone.host}")
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    assert [it.methods() for it in phones] == [["INVITE"]] * 3
    return phones


def test_the_first_who_picks_up_has_the_call_and_the_others_are_silent(
    site: Site, desks: list[Peer]
) -> None:
    said: list[bytes] = []
    shelf = site.network.peers[SHELF]

    def overheard(data: bytes, flow: Flow) -> None:
        said.append(data)
        shelf(data, flow)

    site.network.peers[SHELF] = overheard
    for phone in desks:
        phone.say(180)
    assert site.agent_state() == "ANSWERING"
    desks[1].say(200)
    site.pass_time(0.1)
    assert site.agent_state() == "TALKING"
    assert desks[1].methods() == ["INVITE", "ACK"]
    for phone in (desks[0], desks[2]):
        assert phone.offered[0].state.name in ("COMPLETED", "CONFIRMED")
    [cancel] = [it for it in said if it.startswith(b"CANCEL")]
    assert b'\r\nReason: SIP;cause=200;text="Call completed elsewhere"\r\n' in cancel
    desks[1].within("BYE")
    site.pass_time(0.1)
    assert site.agent_state() == "IDLE"


def test_who_picks_up_too_late_is_hung_up_on(site: Site, desks: list[Peer]) -> None:
    desks[0].say(180)
    first, second = desks[0].offered[0], desks[1].offered[0]
    for phone, transaction in ((desks[0], first), (desks[1], second)):
        response = make_response(transaction.request, 200, to_tag=phone.host)
        response.headers.set("Contact", f"<sip:{PHONE}@{phone.host}>")
        transaction.respond(response)
    site.pass_time(0.2)
    assert [it.methods()[1:] for it in desks[:2]] == [["ACK"], ["ACK", "BYE"]]
    assert site.agent_state() == "TALKING"
    assert len(site.leg.phones.lines) == 1


def test_a_busy_phone_lets_the_others_ring(site: Site, desks: list[Peer]) -> None:
    desks[0].say(486)
    desks[1].say(180)
    assert site.agent_state() == "ANSWERING"
    desks[1].say(480)
    assert site.agent_state() == "ANSWERING"
    desks[2].say(200)
    assert site.agent_state() == "TALKING"


def test_when_all_are_busy_the_call_goes_on_to_somebody_else(site: Site, desks: list[Peer]) -> None:
    for phone in desks:
        phone.say(486)
    site.pass_time(0.1)
    assert site.agent_state() == "BUSY"
    assert len(site.leg.phones.lines) == 0


def test_who_declines_does_so_for_all(site: Site, desks: list[Peer]) -> None:
    for phone in desks:
        phone.say(180)
    desks[0].say(603)
    site.pass_time(0.1)
    assert site.agent_state() == "BUSY"
    assert all(it.offered[0].state.name in ("COMPLETED", "CONFIRMED") for it in desks)


def test_a_caller_who_gives_up_silences_all(site: Site, desks: list[Peer]) -> None:
    for phone in desks:
        phone.say(180)
    site.caller.within("BYE")
    site.pass_time(60)
    assert all(it.offered[0].state.name == "TERMINATED" for it in desks)
    assert site.leg.stack.pending == 0
    assert site.leg.parties == {}


# What phones ask for


def test_a_phone_that_wants_longer_sessions_is_called_again(site: Site) -> None:
    rings(site)
    transaction = site.phone.offered[-1]
    refusal = make_response(transaction.request, 422, to_tag="phone")
    refusal.headers.set("Min-SE", "7200")
    transaction.respond(refusal)
    site.pass_time(0.1)
    again = last_invite(site)
    assert again is not transaction.request
    assert again.headers["Session-Expires"].startswith("7200")
    site.phone.say(180)
    site.phone.say(200)
    assert site.agent_state() == "TALKING"


def test_a_phone_that_rings_reliably_is_told_that_it_was_heard(site: Site) -> None:
    rings(site)
    transaction = site.phone.offered[-1]
    ringing = make_response(transaction.request, 180, to_tag="phone")
    for name, value in (("Contact", f"<sip:phone@{DESK}>"), ("Require", "100rel"), ("RSeq", "7")):
        ringing.headers.set(name, value)
    transaction.respond(ringing)
    site.pass_time(0.1)
    prack = next(it for it in site.phone.heard if it.method == "PRACK")
    assert prack.headers["RAck"] == "7 1 INVITE"
    assert site.agent_state() == "ANSWERING"
