"""The sound of parties: their descriptions are negotiated here, and their ports connected.

Without a media process everything is negotiated just so, and there is nothing to be heard.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from sipmessage import Request, Response

from emulator.media.wiring import Close, Connect, Keys, Media, Stream
from emulator.surfaces.sip import bodies, sdp
from emulator.surfaces.sip.party import Party
from emulator.surfaces.sip.sdp import (
    EVENTS,
    KEY_AND_SALT,
    KNOWN,
    NO_MEDIA,
    OPUS,
    SUITES,
    Codec,
    Crypto,
    Description,
    Direction,
)


class Sounds:
    """What the parties of one leg have agreed on. NoPort if there are too many."""

    def __init__(self, media: Media | None, random: Random) -> None:
        self.media = media
        self._random = random
        self._parties: dict[int, Party] = {}
        self.on_change: Callable[[Party], None] = _nothing
        """Hears of parties that have got their sound, or another, or are about to lose it."""

    def at(self, port: int) -> Party | None:
        """Whose sound comes to a port."""
        return self._parties.get(port)

    @property
    def open(self) -> int:
        """How many parties have a port."""
        return len(self._parties)

    @property
    def known(self) -> Sequence[Codec]:
        """The codecs that can be talked in, the best first to be offered."""
        if self.media is not None and "OPUS" in self.media.codecs:
            return *KNOWN, OPUS
        return KNOWN

    def offer(
        self, party: Party, host: str, like: Party | None = None, *, plain: bool = False
    ) -> bytes:
        """Our offer; what `like` talks in comes first, so that nothing must be translated.

        `plain`: without SRTP, even if the party is reached by TLS.
        """
        codecs = list(self.known)
        if like is not None and like.remote is not None and like.local is not None:
            spoken = like.local.spoken
            codecs.sort(key=lambda it: not it.is_same(spoken))
        secure = party.where.transport == "TLS" and not plain
        crypto = self._key(SUITES[0], 1) if secure else None
        party.local = Description(host, self._port_of(party), (*codecs, EVENTS), crypto=crypto)
        party.offering = True
        return self.written(party)

    def offer_again(self, party: Party) -> None:
        """Our offer to who asks for one within its call: all that we know, both ways.

        What was agreed on keeps its number, its key and its place (RFC 3264, 8).
        """
        before = party.local
        assert before is not None
        taken = {it.number for it in before.codecs}
        new = (
            it
            for it in (*self.known, EVENTS)
            if it.number not in taken and not any(map(it.is_same, before.codecs))
        )
        party.local = replace(before, codecs=(*before.codecs, *new), direction=Direction.BOTH)
        party.version += 1

    def answer(self, party: Party, host: str, offer: Description) -> None:
        """Answer an offer of theirs; `NotAcceptable` if there is nothing in common."""
        crypto = None if offer.crypto is None else self._key(offer.crypto.suite, offer.crypto.tag)
        answer = offer.answered_by(host, NO_MEDIA, self.known, crypto)
        port = self._port_of(party)
        if party.local is not None:
            party.version += 1
        party.local = Description(
            host,
            port,
            answer.codecs,
            answer.direction,
            self._same_key(party.local, answer.crypto),
            answer.before,
            answer.behind,
        )
        self._connect(party, offer)

    def accept(self, party: Party, message: Request | Response) -> None:
        """Their answer to our offer, if the message has one; `NotAcceptable` if it is none."""
        answer = bodies.description(message)
        if party.local is not None and answer:
            party.offering = False
            self._connect(party, sdp.read(answer))

    def written(self, party: Party) -> bytes:
        """Our description, as it is sent; there is one."""
        assert party.local is not None
        return sdp.write(party.local, party.session, party.version)

    def close(self, party: Party) -> None:
        """The party has gone."""
        if self._parties.pop(party.port, None) is not None and self.media is not None:
            self.on_change(party)
            self.media.ask(Close(party.port))
        party.port, party.remote = NO_MEDIA, None

    def _port_of(self, party: Party) -> int:
        if self.media is None:
            return NO_MEDIA
        if party.port == NO_MEDIA:
            party.port = self.media.open()
            self._parties[party.port] = party
        return party.port

    def _connect(self, party: Party, theirs: Description) -> None:
        ours = party.local
        assert ours is not None
        party.remote = theirs
        if self.media is None:
            return
        agreed = next(
            (it for it in theirs.codecs if any(map(it.is_same, ours.codecs)) and not it.is_events),
            None,
        )
        if agreed is None:
            raise sdp.NotAcceptable("no codec in common")
        keys = None
        if ours.crypto is not None and theirs.crypto is not None:
            keys = Keys(ours.crypto.suite, ours.crypto.key, theirs.crypto.key)
        events = theirs.events if ours.events is not None else None
        self.media.ask(
            Connect(
                party.port,
                Stream(
                    theirs.host,
                    theirs.port,
                    agreed.name.upper(),
                    agreed.number,
                    events.number if events is not None else None,
                    sends=theirs.direction in (Direction.BOTH, Direction.SEND),
                    receives=not theirs.on_hold,
                    keys=keys,
                ),
            )
        )
        self.on_change(party)

    def _key(self, suite: str, tag: int) -> Crypto:
        return Crypto(suite, b64encode(self._random.randbytes(KEY_AND_SALT)).decode(), tag)

    def _same_key(self, before: Description | None, new: Crypto | None) -> Crypto | None:
        """A re-INVITE does not change what we send with, as long as it is of the same suite."""
        old = before.crypto if before is not None else None
        if old is not None and new is not None and old.suite == new.suite:
            return Crypto(old.suite, old.key, new.tag)
        return new


def _nothing(_: Party) -> None:
    """Nobody listens."""
