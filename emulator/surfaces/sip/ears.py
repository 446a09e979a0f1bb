"""What parties hear, kept as the switch has it: each change is told to the media process.

An event makes it doubtful what those on its call hear; it is looked at once everything that
happens at that instant has happened, and only what has changed is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.media.wiring import (
    File,
    Hear,
    KeyPressed,
    Media,
    Played,
    Press,
    Recorded,
    Report,
    Silent,
    Sound,
    Speech,
    Tone,
    Voice,
)
from emulator.surfaces.sip import hearing
from emulator.surfaces.sip.announcing import Announcing
from emulator.surfaces.sip.hearing import Backdrop, Heard
from emulator.surfaces.sip.party import Party, PhoneParty
from emulator.surfaces.sip.tapes import Tapes
from emulator.switch.events import (
    AnnouncementRequested,
    ConferencePrompted,
    DigitsGenerated,
    Event,
)
from emulator.switch.model import Agent, Call, Connection
from emulator.switch.playback import NORMAL
from emulator.switch.switch import Switch
from emulator.switch.terms import TRUNK_DEVICE

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

_TONES = {
    Backdrop.RINGBACK: Tone("ringback"),
    Backdrop.MUSIC: Tone("music"),
}


@dataclass(frozen=True, slots=True)
class Announced:
    """What the flow of a call says; `request` of the switch waits for its end, 0: nobody does."""

    serial: int
    sound: Sound
    request: int


class Ears:
    """The ears of one leg's parties."""

    def __init__(self, leg: SipLeg, media: Media) -> None:
        self._leg = leg
        self._media = media
        self.tapes = Tapes(leg.platform, media, self.port_of)
        self._calls: dict[str, None] = {}
        """Those on which something has happened, in order."""
        self._agents: dict[int, None] = {}
        self._announced: dict[str, Announced] = {}
        self._announcing = Announcing(self._prompt)
        self._serial = 0
        self._asked: dict[int, Hear] = {}
        self._waiting = False
        self.own_key: Party | None = None
        """Who presses a key, whose sound carries it already."""
        media.listen(self.report)
        leg.sounds.on_change = self._party_changed

    # The switch

    def hear(self, event: Event) -> None:
        """Take note of an event of the switch."""
        call, agent = getattr(event, "call", ""), getattr(event, "agent", 0)
        kind = type(event)
        if kind is AnnouncementRequested:
            self._announces(event)
        elif kind is ConferencePrompted:
            self._serial += 1
            self._announcing.begins(event, self._serial)
        elif kind is DigitsGenerated:
            self._pressed(event)
        self.tapes.hear(event)
        if call:
            self._calls[call] = None
        if agent:
            self._agents[agent] = None
        if supervised := getattr(event, "target", 0):
            self._agents[supervised] = None
        if call or agent:
            self._settle_soon()

    def leave_behind(self, switch: Switch) -> None:
        """Forget what is said and recorded on calls that are not the switch's any more."""
        for call in [it for it in self._announced if it not in switch.calls]:
            del self._announced[call]
        self._announcing.leave_behind(switch.calls)
        self.tapes.leave_behind(switch)

    def _party_changed(self, party: Party) -> None:
        """It, and those on its call, are looked at anew."""
        self._asked.pop(party.port, None)
        if self._leg.sounds.at(party.port) is not party:
            self._announcing.gone(party.port)
        self._calls[party.call] = None
        agent = self._leg.phones.agent_at(party) if isinstance(party, PhoneParty) else None
        if agent is not None:
            # It may have come to another call since its phone was called.
            self._agents[agent.work_no] = None
        self._settle_soon()

    def _settle_soon(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._leg.clock.call_later(0, self.settle)

    def _announces(self, event: AnnouncementRequested) -> None:
        self._serial += 1
        sound = self._prompt(event.prompt)
        self._announced[event.call] = Announced(self._serial, sound, event.request)

    def _prompt(self, name: str) -> Sound:
        """A file of that name among the prompts, else the words."""
        folder = self._leg.prompts
        if folder is not None and name and "/" not in name and "\\" not in name:
            for found in (folder / name, folder / f"{name}.wav"):
                if found.is_file():
                    return File(found)
        return Speech(name.replace("-", " ").replace("_", " "))

    def _pressed(self, event: DigitsGenerated) -> None:
        """Keys that a party sends by an interface are heard by the others of its call."""
        call = self._leg.platform.switch.calls.get(event.call)
        if call is None or self.own_key is not None:
            return
        for connection in call.connections:
            port = self.port_of(connection)
            if connection.device != event.device and port is not None:
                self._media.ask(Press(port, event.digits))

    # Looking

    def settle(self) -> None:
        """Ask for what has changed."""
        self._waiting = False
        calls, agents = self._calls, self._agents
        self._calls, self._agents = {}, {}
        switch = self._leg.platform.switch
        looked_at: set[int] = set()
        for call_id in calls:
            call = switch.calls.get(call_id)
            if call is None:
                self._announced.pop(call_id, None)
                self._announcing.leave_behind(switch.calls)
            else:
                self._look(call, looked_at)
                self._wait_for_nobody(call)
        for work_no in agents:
            agent = switch.agents.get(work_no)
            if agent is not None:
                self._look_at_agent(agent, looked_at)
                for connection in agent.connections:
                    self._look(connection.call, looked_at)
        self._announcing.begun()
        self.tapes.settle()

    def _wait_for_nobody(self, call: Call) -> None:
        """A flow does not wait for who has gone, or was never there but in a snapshot."""
        said = self._announced.get(call.id)
        if said is None or not said.request or call.served is None:
            return
        party = self._leg.customers.parties.get(call.id, call.served.device)
        if party is None or self._leg.sounds.at(party.port) is not party:
            self._is_over(said)

    def _is_over(self, said: Announced) -> None:
        self._leg.post(lambda switch: switch.announcement_over(said.request))

    def _look(self, call: Call, looked_at: set[int]) -> None:
        for connection in call.connections:
            if connection.agent is not None:
                self._look_at_agent(connection.agent, looked_at)
                continue
            party = self._leg.customers.parties.get(call.id, connection.device)
            if party is not None:
                self._tell(party, call, hearing.by_party(connection), looked_at)

    def _look_at_agent(self, agent: Agent, looked_at: set[int]) -> None:
        for hearer in (agent, *(it.inspector for it in agent.supervisors)):
            party = self._leg.phones.party_of(hearer)
            if party is not None:
                active = hearer.active
                call = active.call if active is not None else None
                self._tell(party, call, hearing.by_agent(hearer), looked_at, hearer)

    def _tell(
        self,
        party: Party,
        call: Call | None,
        heard: Heard,
        looked_at: set[int],
        agent: Agent | None = None,
    ) -> None:
        if party.port in looked_at or self._leg.sounds.at(party.port) is not party:
            return
        looked_at.add(party.port)
        ports = (self.port_of(it) for it in heard.voices)
        voices = tuple(Voice(it) for it in ports if it is not None and it != party.port)
        device = party.device if agent is None else agent.device
        name = call.id if call else ""
        playing = self._announcing.heard(heard, name, device, party.port)
        if playing is not None:
            voices = voices if playing.background else ()
            order = Hear(party.port, voices, playing.sound, playing.serial)
        else:
            backdrop = Backdrop.SILENCE if voices else heard.backdrop
            serial, sound = self._sound(backdrop, call, agent)
            order = Hear(party.port, voices, sound, serial)
        if self._asked.get(party.port) != order:
            self._asked[party.port] = order
            self._media.ask(order)

    def _sound(
        self, backdrop: Backdrop, call: Call | None, agent: Agent | None
    ) -> tuple[int, Sound | None]:
        if backdrop is Backdrop.ANNOUNCEMENT and call is not None:
            said = self._announced.get(call.id)
            return (0, None) if said is None else (said.serial, said.sound)
        if backdrop is Backdrop.RECORDING and agent is not None and agent.playback is not None:
            return self._played(agent)
        return 0, _TONES.get(backdrop)

    def _played(self, agent: Agent) -> tuple[int, Sound | None]:
        playback = agent.playback
        if playback is None or playback.paused:
            return 0, None
        place = self.tapes.place(playback.file)
        if place is None:
            return 0, None
        # A jump, or another begin, is another sound.
        return playback.since, File(
            place,
            playback.times,
            playback.position % playback.length,
            playback.volume / NORMAL,
            playback.speed / NORMAL,
        )

    def port_of(self, connection: Connection) -> int | None:
        """Where the sound of a connection comes to; None: it is simulated, or not up."""
        leg = self._leg
        party: Party | None
        if connection.agent is not None:
            party = leg.phones.party_of(connection.agent)
        elif connection.kind is TRUNK_DEVICE:
            party = leg.customers.parties.get(connection.call.id, connection.device)
        else:
            return None
        if party is None or party.remote is None or leg.sounds.at(party.port) is not party:
            return None
        return party.port

    # The media process

    def report(self, report: Report) -> None:
        """Take note of what the media process reports."""
        if isinstance(report, KeyPressed):
            party = self._leg.sounds.at(report.port)
            if party is not None:
                self._key(party, report.key)
        elif isinstance(report, Silent):
            party = self._leg.sounds.at(report.port)
            if party is not None and party.remote is not None and not party.remote.on_hold:
                self._leg.lost(party)
        elif isinstance(report, Played):
            self._played_out(report)
        elif isinstance(report, Recorded):
            self.tapes.recorded(report)

    def _played_out(self, report: Played) -> None:
        """A party has heard a sound to its end."""
        party = self._leg.sounds.at(report.port)
        if party is None:
            return
        said = self._announced.get(party.call)
        if said is not None and said.serial == report.serial:
            self._is_over(said)
        if self._announcing.over(report.port, report.serial):
            self._party_changed(party)

    def _key(self, party: Party, key: str) -> None:
        """Those whom the party talks to have heard it already."""
        self.own_key = party
        try:
            whose = self._leg.phones if isinstance(party, PhoneParty) else self._leg.customers
            whose.presses(party, key)
        finally:
            self.own_key = None
