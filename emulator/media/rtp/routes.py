"""Who is sent what: worked out once when something changes, and used until it does again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emulator.media.rtp.party import Party
from emulator.media.rtp.sounds import Playing
from emulator.media.wiring import Voice


@dataclass(slots=True)
class Hearing:
    """What a port is to hear, connected or not yet."""

    voices: tuple[Voice, ...] = ()
    playing: Playing | None = None
    """Its sound; one that is over stays, so that it does not begin again."""

    @property
    def is_playing(self) -> bool:
        return self.playing is not None and not self.playing.is_over


@dataclass(frozen=True, slots=True)
class Group:
    """Listeners among whom the same parties are heard, each with its gains."""

    listeners: NDArray[np.intp]
    """Rows of what is sent."""
    sources: NDArray[np.intp]
    """Rows of what is heard."""
    gains: NDArray[np.float32]
    """A row for each listener, a column for each source."""


@dataclass(slots=True)
class Routes:
    """Who is listened to, who is sent mixed sound, and what is in it."""

    sources: list[Party] = field(default_factory=list)
    """Those whose sound is decoded, in the rows of what is heard."""
    rows: dict[int, int] = field(default_factory=dict)
    """The row of each such port."""
    mixed: list[Party] = field(default_factory=list)
    """Those who get sound of ours, in the rows of what is sent."""
    playing: list[tuple[int, Playing]] = field(default_factory=list)
    """Rows of those who hear a sound."""
    unheard: list[tuple[int, Playing]] = field(default_factory=list)
    """Sounds that go on for parties who receive nothing for now, by port."""
    relayed: list[Party] = field(default_factory=list)
    """Those who get packets of another as they come."""
    groups: list[Group] = field(default_factory=list)
    detected: list[tuple[int, Party]] = field(default_factory=list)
    """Rows of those whose keys are in their sound."""


def work_out(
    parties: Mapping[int, Party], hearings: Mapping[int, Hearing], recorded: Collection[int]
) -> Routes:
    """The routes among connected parties; `recorded` ports are listened to in any case."""
    routes = Routes()
    for party in parties.values():
        party.relays_to = []
    tapped = {port for port in recorded if port in parties}
    for port, party in parties.items():
        if party.stream.events is None and party.stream.sends:
            tapped.add(port)
        hearing = hearings[port]
        if party.stream.receives:
            source = _relayed(party, hearing, parties)
            if source is not None:
                source.relays_to.append(party)
                routes.relayed.append(party)
            else:
                routes.mixed.append(party)
                tapped.update(voice.port for voice in hearing.voices if voice.port in parties)
        elif hearing.playing is not None and hearing.is_playing:
            routes.unheard.append((port, hearing.playing))
    _tap(routes, parties, tapped)
    _group(routes, hearings)
    return routes


def _relayed(party: Party, hearing: Hearing, parties: Mapping[int, Party]) -> Party | None:
    """The party whose packets are all that this one hears; None if there is more to it."""
    if len(hearing.voices) != 1 or hearing.is_playing or party.keypad.is_busy:
        return None
    [voice] = hearing.voices
    source = parties.get(voice.port)
    if source is None or voice.gain != 1 or source.codec.name != party.codec.name:
        return None
    return source if source.stream.sends else None


def _tap(routes: Routes, parties: Mapping[int, Party], tapped: set[int]) -> None:
    for port, party in parties.items():
        if port not in tapped:
            if party.is_tapped:
                party.ear.stop()
            party.is_tapped = False
            continue
        party.is_tapped = True
        row = routes.rows[port] = len(routes.sources)
        routes.sources.append(party)
        if party.stream.events is None:
            routes.detected.append((row, party))


def _group(routes: Routes, hearings: Mapping[int, Hearing]) -> None:
    among: dict[tuple[int, ...], list[tuple[int, Hearing]]] = {}
    for row, party in enumerate(routes.mixed):
        hearing = hearings[party.port]
        if hearing.playing is not None and hearing.is_playing:
            routes.playing.append((row, hearing.playing))
        heard = {voice.port for voice in hearing.voices if voice.port in routes.rows}
        if heard:
            # Of a conference all have the same: those they hear, and themselves.
            itself = {party.port} & routes.rows.keys()
            among.setdefault(tuple(sorted(heard | itself)), []).append((row, hearing))
    for ports, listeners in among.items():
        columns = {port: column for column, port in enumerate(ports)}
        gains = np.zeros((len(listeners), len(ports)), np.float32)
        for number, (_, hearing) in enumerate(listeners):
            for voice in hearing.voices:
                if voice.port in columns:
                    gains[number, columns[voice.port]] += voice.gain
        routes.groups.append(
            Group(
                np.array([row for row, _ in listeners]),
                np.array([routes.rows[port] for port in ports]),
                gains,
            )
        )
