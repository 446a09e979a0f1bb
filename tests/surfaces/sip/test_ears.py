"""What callers and agents hear at their phones, as the media process is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.media import paths
from emulator.media.wiring import (
    File,
    KeyPressed,
    Played,
    Press,
    Record,
    Recorded,
    Silent,
    Speech,
    StopRecording,
    Tone,
)
from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.party import Party
from emulator.surfaces.sip.sdp import Description, Direction
from emulator.switch.config import FlowConfig
from emulator.switch.playback import Playing
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.terms import AgentState, ChannelAttribute, TargetType
from tests.contract.world import World
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import AGENT, DESK, OUTSIDE, SOUND, Site

SECOND = 1_000_000
TAKE = "Y:/1/0/20231114/101/120000.V3"
MUSIC, RINGBACK = Tone("music"), Tone("ringback")


class SoundSite(Site):
    """A site with a media process, and where its caller's and its phone's sound comes to."""

    def __init__(self, world: World) -> None:
        self.studio = Studio()
        super().__init__(world, media=self.studio)

    @property
    def customer(self) -> int:
        assert self.caller.answered is not None
        return sdp.read(self.caller.answered.body).port

    @property
    def agent(self) -> int:
        return sdp.read(self.phone.offered[-1].request.body).port

    def hears(self, port: int) -> tuple[list[int], object]:
        """The ports of whom somebody hears, and what else."""
        self.pass_time(0.1)
        heard = self.studio.heard[port]
        assert all(it.gain == 1 for it in heard.voices)
        return [it.port for it in heard.voices], heard.sound

    def talk(self) -> None:
        """A customer talks to the agent."""
        self.register()
        self.sign_in()
        self.caller.call("95001")
        self.pass_time(0.1)
        self.phone.say(180)
        self.phone.say(200, SOUND)
        self.pass_time(0.1)


@pytest.fixture
def site() -> Iterator[SoundSite]:
    with World() as world:
        yield SoundSite(world)


def test_who_waits_in_a_queue_hears_music(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    assert site.hears(site.customer) == ([], MUSIC)


def test_those_who_talk_hear_each_other(site: SoundSite) -> None:
    site.talk()
    assert site.hears(site.customer) == ([site.agent], None)
    assert site.hears(site.agent) == ([site.customer], None)


def test_who_is_held_hears_music_and_then_the_agent_again(site: SoundSite) -> None:
    site.talk()
    site.world.do(lambda switch: switch.hold_call(AGENT))
    assert site.hears(site.customer) == ([], MUSIC)
    assert site.hears(site.agent) == ([], None)
    site.world.do(lambda switch: switch.retrieve_call(AGENT))
    assert site.hears(site.customer) == ([site.agent], None)


def test_a_muted_agent_is_not_heard_but_hears(site: SoundSite) -> None:
    site.talk()
    site.world.do(lambda switch: switch.mute(AGENT, True))
    assert site.hears(site.customer) == ([], None)
    assert site.hears(site.agent) == ([site.customer], None)


def test_a_flow_is_heard_by_its_caller(site: SoundSite) -> None:
    site.caller.call("95003")
    voices, sound = site.hears(site.customer)
    assert (voices, sound) == ([], Speech("welcome"))


def test_announcements_are_files_where_there_are_such(site: SoundSite, tmp_path: Path) -> None:
    site.leg.prompts = tmp_path
    (tmp_path / "welcome.wav").write_bytes(b"")
    site.caller.call("95003")
    assert site.hears(site.customer) == ([], File(tmp_path / "welcome.wav"))


def test_an_announcement_goes_on_while_nothing_else_is_to_be_heard(site: SoundSite) -> None:
    site.caller.call("95003")
    site.pass_time(0.1)
    begun = site.studio.heard[site.customer]
    site.pass_time(5)
    assert site.studio.heard[site.customer] is begun
    site.world.platform.move_clock(11_000_000)
    site.pass_time(0.1)
    assert site.studio.heard[site.customer].serial != begun.serial


def test_a_key_in_the_sound_is_a_key_of_the_caller(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95003")
    site.pass_time(0.1)
    site.studio.report(KeyPressed(site.customer, "1"))
    assert site.hears(site.customer) == ([], MUSIC)


def test_keys_sent_by_an_interface_are_heard_by_the_customer(site: SoundSite) -> None:
    site.talk()
    site.world.do(lambda switch: switch.generate_digits(AGENT, "12"))
    assert site.studio.asked(Press) == [Press(site.customer, "12")]


def test_keys_that_a_phone_sends_in_its_sound_are_not_sent_again(site: SoundSite) -> None:
    site.talk()
    site.studio.report(KeyPressed(site.agent, "5"))
    assert site.studio.asked(Press) == []


def test_a_call_is_recorded_customer_left_and_agent_right(site: SoundSite, tmp_path: Path) -> None:
    site.world.platform.recordings.library.root = tmp_path
    site.talk()
    [record] = site.studio.asked(Record)
    assert (record.left, record.right, record.append) == ((site.customer,), (site.agent,), False)
    assert record.path.suffix == ".V3"
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert site.studio.asked(StopRecording) == [StopRecording(record.name)]


def test_of_an_agent_who_gets_a_call_after_a_consultation_the_customer_is_recorded(
    site: SoundSite, tmp_path: Path
) -> None:
    site.world.platform.recordings.library.root = tmp_path
    site.talk()
    site.world.sign_in(102)
    [held] = site.world.platform.switch.calls
    site.world.do(lambda switch: switch.consultation_call(AGENT, (TargetType.AGENT, "102")))
    site.world.do(lambda switch: switch.answer_call(102))
    site.pass_time(0.1)
    record = site.studio.asked(Record)[-1]
    assert (record.name[:3], record.left) == ("102", (site.agent,))
    site.world.do(lambda switch: switch.transfer_call(AGENT, held))
    site.pass_time(0.1)
    goes_on = site.studio.asked(Record)[-1]
    assert (goes_on.name, goes_on.left) == (record.name, (site.customer,))


def test_a_message_is_recorded_and_gets_its_name_at_its_end(
    site: SoundSite, tmp_path: Path
) -> None:
    site.world.platform.recordings.library.root = tmp_path
    site.caller.call("95003")
    site.caller.within("INFO", b"9", Content_Type="application/dtmf")
    site.pass_time(0.1)
    [record] = site.studio.asked(Record)
    assert (record.left, record.right) == ((site.customer,), ())
    record.path.write_bytes(b"message")
    site.world.platform.move_clock(20_000_000)
    site.caller.within("BYE")
    site.pass_time(0.1)
    site.studio.report(Recorded(record.name, 160_000))
    [message] = (tmp_path / "1" / "record").glob("*/playvoice*.wav")
    assert message.read_bytes() == b"message"
    assert not record.path.exists()


def test_two_messages_of_a_call_are_two_files(site: SoundSite, tmp_path: Path) -> None:
    site.world.platform.recordings.library.root = tmp_path
    flow = FlowConfig(
        1,
        "messages",
        "first",
        {
            "first": {"type": "record", "max_seconds": 5, "next": "second"},
            "second": {"type": "record", "max_seconds": 5, "next": "bye"},
            "bye": {"type": "hang_up"},
        },
    )
    site.world.configure(flows=(flow,))
    site.caller.call("95003")
    site.pass_time(0.1)
    site.world.platform.move_clock(6_000_000)
    site.pass_time(0.1)
    first, second = site.studio.asked(Record)
    assert first.name != second.name
    first.path.write_bytes(b"first")
    second.path.write_bytes(b"second")
    site.studio.report(Recorded(first.name, 40_000))
    [message] = (tmp_path / "1" / "record").glob("*/playvoice*.wav")
    assert message.read_bytes() == b"first"


def test_a_phone_of_which_nothing_is_heard_any_more_has_hung_up(site: SoundSite) -> None:
    site.talk()
    site.studio.report(Silent(site.agent))
    site.pass_time(0.1)
    assert site.calls() == 0
    assert site.caller.methods() == ["BYE"]


def test_a_phone_that_holds_may_be_silent(site: SoundSite) -> None:
    site.talk()
    held = sdp.write(Description(DESK, 6000, direction=Direction.SEND), 1, 2)
    [answered] = site.phone.within("INVITE", held, Content_Type="application/sdp")
    assert sdp.read(answered.body).direction is Direction.RECEIVE
    site.studio.report(Silent(site.agent))
    assert site.calls() == 1


def test_no_port_is_left_when_everybody_has_gone(site: SoundSite) -> None:
    before = len(site.studio.free)
    site.talk()
    assert len(site.studio.free) == before - 2
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert (len(site.studio.free), site.leg.sounds.open) == (before, 0)


def test_a_caller_for_whom_no_port_is_left_is_refused(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.studio.free.clear()
    [refused] = site.caller.call("95001")
    assert refused.code == 503
    assert site.calls() == 0


def test_a_caller_who_is_refused_leaves_no_port_behind(site: SoundSite) -> None:
    before = len(site.studio.free)
    [refused] = site.caller.call("12345")
    assert refused.code == 404
    assert len(site.studio.free) == before


def test_who_offers_nothing_answers_in_the_ack(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001", b"", SOUND)
    site.pass_time(0.1)
    stream = site.studio.connected[site.customer].stream
    assert (stream.host, stream.port, stream.codec) == (OUTSIDE, 6000, "PCMU")


def test_a_phone_is_offered_first_what_the_caller_talks_in(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001", sdp.write(Description(OUTSIDE, 6000, (sdp.KNOWN[1],)), 1))
    site.pass_time(0.1)
    offered = sdp.read(site.phone.offered[-1].request.body)
    assert [it.name for it in offered.codecs] == ["PCMA", "PCMU", "G722", "telephone-event"]


# Conferences


@pytest.fixture
def conference(site: SoundSite, tmp_path: Path) -> SoundSite:
    """Agent 102 has the chair, at a simulated phone; agent 101's is real."""
    return confer(site, tmp_path)


def confer(site: SoundSite, prompts: Path, *, tone: str = "", welcome: str = "") -> SoundSite:
    """The same, with these announcements of who joins and leaves."""
    site.leg.prompts = prompts
    (prompts / "news.wav").touch()
    site.register()
    site.sign_in()
    site.world.sign_in(102)
    wish, invited = ConferenceWish(5, tone=tone), [colleague(AGENT)]
    site.world.do(lambda switch: switch.request_conference(102, wish))
    site.world.do(lambda switch: switch.invite_participants(102, invited, welcome=welcome))
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200, SOUND)
    if site.agent_state() != "TALKING":
        site.world.do(lambda switch: switch.answer_conference(AGENT))
    return site


def test_an_announcement_to_all_is_heard_until_it_is_stopped(
    conference: SoundSite, tmp_path: Path
) -> None:
    site = conference
    assert site.hears(site.agent) == ([], None)
    site.world.do(lambda switch: switch.announce(102, "Y:/1/news.wav"))
    assert site.hears(site.agent) == ([], File(tmp_path / "news.wav"))
    site.world.do(lambda switch: switch.stop_announcing(102))
    assert site.hears(site.agent) == ([], None)


def test_an_announcement_to_one_is_heard_by_it_until_it_is_stopped(
    conference: SoundSite, tmp_path: Path
) -> None:
    site, who = conference, Address(is_agent=True, number=str(AGENT))
    site.world.do(lambda switch: switch.announce_to(102, who, "news"))
    assert site.hears(site.agent) == ([], File(tmp_path / "news.wav"))
    site.world.do(lambda switch: switch.stop_announcing_to(102, who))
    assert site.hears(site.agent) == ([], None)


def colleague(work_no: int) -> Invitation:
    return Invitation(Address(is_agent=True, number=str(work_no)))


def comes(site: SoundSite, work_no: int) -> None:
    """An agent at a simulated phone joins the conference."""
    site.world.sign_in(work_no)
    site.world.do(lambda switch: switch.invite_participants(102, [colleague(work_no)]))
    agent = site.world.platform.switch.agents[work_no]
    if agent.state is not AgentState.TALKING:
        site.world.do(lambda switch: switch.answer_conference(work_no))


def is_over(site: SoundSite) -> None:
    """The agent's sound has been heard to its end."""
    site.pass_time(0.1)
    site.studio.report(Played(site.agent, site.studio.heard[site.agent].serial))


def look_again(site: SoundSite) -> None:
    """Something happens that changes nothing of what is heard."""
    site.world.do(lambda switch: switch.prolong_conference(102, 1))
    site.leg.sounds.on_change(parties(site)[0])


def parties(site: SoundSite) -> list[Party]:
    return list(site.leg.parties.values())


def test_who_joins_a_conference_is_welcomed_whoever_joins_meanwhile(
    site: SoundSite, tmp_path: Path
) -> None:
    confer(site, tmp_path, tone="tone", welcome="y:/conf/1/news.wav")
    assert site.hears(site.agent) == ([], File(tmp_path / "news.wav"))
    comes(site, 103)
    assert site.hears(site.agent) == ([], File(tmp_path / "news.wav"))
    is_over(site)
    assert site.hears(site.agent) == ([], None)


def test_who_joins_and_leaves_is_announced_to_those_who_take_part(
    site: SoundSite, tmp_path: Path
) -> None:
    confer(site, tmp_path, tone="tone")
    assert site.hears(site.agent) == ([], Speech("tone"))
    is_over(site)
    assert site.hears(site.agent) == ([], None)
    comes(site, 103)
    assert site.hears(site.agent) == ([], Speech("tone"))
    first = site.studio.heard[site.agent].serial
    look_again(site)
    assert site.hears(site.agent) == ([], Speech("tone"))
    assert site.studio.heard[site.agent].serial == first
    site.world.do(lambda switch: switch.leave_conference(103))
    assert site.hears(site.agent) == ([], Speech("tone"))
    assert site.studio.heard[site.agent].serial > first


def test_who_hears_something_else_does_not_hear_of_those_who_join(
    site: SoundSite, tmp_path: Path
) -> None:
    confer(site, tmp_path, tone="tone")
    is_over(site)
    who = Address(is_agent=True, number=str(AGENT))
    site.world.do(lambda switch: switch.announce(102, "news"))
    comes(site, 103)
    assert site.hears(site.agent) == ([], File(tmp_path / "news.wav"))
    site.world.do(lambda switch: switch.stop_announcing(102))
    assert site.hears(site.agent) == ([], None)
    site.world.do(lambda switch: switch.hold_participant(102, who, "none.wav"))
    site.world.do(lambda switch: switch.leave_conference(103))
    assert site.hears(site.agent) == ([], MUSIC)
    site.world.do(lambda switch: switch.unhold_participant(102, who))
    assert site.hears(site.agent) == ([], None)


def test_who_may_not_listen_does_not_hear_of_those_who_join(
    site: SoundSite, tmp_path: Path
) -> None:
    confer(site, tmp_path, tone="tone")
    is_over(site)
    who = Address(is_agent=True, number=str(AGENT))
    site.world.do(lambda switch: switch.change_participant(102, who, ChannelAttribute.SPEAK))
    comes(site, 103)
    assert site.hears(site.agent) == ([], None)


def test_of_what_was_played_in_passing_nothing_is_kept(site: SoundSite, tmp_path: Path) -> None:
    confer(site, tmp_path, tone="tone", welcome="news")
    site.pass_time(0.1)
    site.world.do(lambda switch: switch.release_conference(102))
    site.pass_time(1)
    assert site.leg.ears is not None
    announcing = site.leg.ears._announcing
    assert (announcing._beginning, announcing._passing, announcing._playing) == ({}, {}, {})


@pytest.mark.parametrize("named", [True, False])
def test_who_is_held_in_a_conference_hears_the_file_or_else_music(
    conference: SoundSite, tmp_path: Path, named: bool
) -> None:
    site, who = conference, Address(is_agent=True, number=str(AGENT))
    name = "1\\news.wav" if named else "other.wav"
    site.world.do(lambda switch: switch.hold_participant(102, who, name))
    expected = File(tmp_path / "news.wav", 0) if named else Tone("music")
    assert site.hears(site.agent) == ([], expected)
    site.world.do(lambda switch: switch.unhold_participant(102, who))
    assert site.hears(site.agent) == ([], None)


def test_a_recording_is_played_as_loud_and_as_fast_as_the_agent_asks(
    site: SoundSite, tmp_path: Path
) -> None:
    site.register()
    site.sign_in()
    library = site.world.platform.recordings.library
    library.root = tmp_path
    place = library.place(paths.read(TAKE))
    assert place is not None
    place.parent.mkdir(parents=True)
    place.touch()
    how = Playing(position=4, volume=20, speed=100)
    site.world.do(lambda switch: switch.play(AGENT, TAKE, 60 * SECOND, how))
    site.pass_time(0.1)
    site.phone.say(200, SOUND)
    assert site.hears(site.agent) == ([], File(place, 1, 4 * SECOND, gain=0.4, speed=2.0))
    site.world.platform.move_clock(3 * SECOND)
    site.world.do(lambda switch: switch.jump_in_playback(AGENT, 10))
    [_, sound] = site.hears(site.agent)
    assert isinstance(sound, File)
    assert sound.offset == pytest.approx(20 * SECOND, abs=SECOND)
    assert (sound.gain, sound.speed) == (0.4, 2.0)
