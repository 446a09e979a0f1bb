"""The SIP leg of one platform: requests to whom they are for, events of the switch to dialogs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from sipmessage import URI, Request

from emulator.domain.signalling import Signalling
from emulator.media.wiring import Media, NoPort
from emulator.surfaces.sip import bodies, dialogs, extensions, identities, sdp
from emulator.surfaces.sip.bindings import Binding
from emulator.surfaces.sip.clock import LoopClock, WireClock
from emulator.surfaces.sip.customers import Customers
from emulator.surfaces.sip.dialling import Dialling
from emulator.surfaces.sip.directory import Directory
from emulator.surfaces.sip.ears import Ears
from emulator.surfaces.sip.gateways import Gateways
from emulator.surfaces.sip.incoming import Incoming
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.outbound import Outbound
from emulator.surfaces.sip.party import Party, PhoneParty, Stage
from emulator.surfaces.sip.peering import Peering
from emulator.surfaces.sip.phones import Phones
from emulator.surfaces.sip.presence import REALM, Presence
from emulator.surfaces.sip.reach import way_to
from emulator.surfaces.sip.referrals import Referrals
from emulator.surfaces.sip.refusals import Refusals
from emulator.surfaces.sip.replies import Fields
from emulator.surfaces.sip.sdp import NotAcceptable
from emulator.surfaces.sip.session_timers import Sessions
from emulator.surfaces.sip.sound import Sounds
from emulator.surfaces.sip.stack import SipStack, StackSettings
from emulator.surfaces.sip.tally import Tally
from emulator.surfaces.sip.texts import Texts
from emulator.surfaces.sip.transactions import InviteServerTransaction, ServerTransaction
from emulator.surfaces.sip.transport import (
    PORTS,
    Destination,
    Name,
    Target,
    Wire,
)
from emulator.surfaces.sip.watching import Watching
from emulator.switch.errors import SwitchError
from emulator.switch.events import (
    CallCleared,
    ConnectionCleared,
    ConnectionMoved,
    Delivered,
    EndpointRequested,
    Established,
    Event,
    LinkedPhoneTransferResult,
    NoteReceived,
    OutsideReleased,
    OutsideRequested,
    PhoneAlerting,
    PhoneOffHook,
    PhoneOnHook,
)
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    from emulator.platform import Platform


class SipLeg:
    """Phones and callers of one platform."""

    def __init__(
        self,
        platform: Platform,
        settings: StackSettings,
        clock: WireClock | None = None,
        wire: Wire | None = None,
        media: Media | None = None,
        peering: Peering | None = None,
    ) -> None:
        """`clock` and `wire` are by default those of the event loop and of the settings' ports.

        Without `media` there is signalling, and no sound; without `peering` no gateway.
        """
        peering = peering or Peering()
        self.platform = platform
        self.clock = clock or LoopClock()
        self.random: Random = platform.random("sip")
        self.stack = SipStack(settings, Incoming(self), self.clock, self.random, wire)
        self.directory = Directory(platform)
        self.refusals = Refusals(platform, self.clock)
        self.stack.on_refused = self.refusals.note
        self.presence = Presence(self)
        self.registrar = self.presence.registrar
        platform.gateways = lambda: self.gateways.as_rows()
        platform.signalling = self._signalling
        platform.on_anew = lambda: self.clock.call_later(0, self.follow)
        self.parties: dict[dialogs.DialogId, Party] = {}
        self.sounds = Sounds(media, self.random)
        self.prompts: Path | None = None
        """The folder of announcements."""
        self.tally = Tally()
        self.customers = Customers(self)
        self.phones = Phones(self)
        self.referrals = Referrals(self)
        self.texts = Texts(self)
        self.watching = Watching(self)
        self.gateways = Gateways(self, peering)
        self.sessions = Sessions(self, peering.session_expires, peering.min_se)
        self.outbound = Outbound(self)
        self.dialling = Dialling(self)
        self._switch = platform.switch
        """The switch whose phones and trunk groups were told last what is there."""
        self._hear: dict[type[Any], Callable[[Any], None]] = {
            EndpointRequested: self.phones.requested,
            ConnectionCleared: self._cleared,
            ConnectionMoved: self._moved,
            CallCleared: self._call_cleared,
            Delivered: self.dialling.rings,
            Established: self.dialling.established,
            OutsideRequested: self.outbound.requested,
            OutsideReleased: self.outbound.released,
            LinkedPhoneTransferResult: self.referrals.transferred,
            NoteReceived: self.texts.noted,
            PhoneAlerting: self.watching.changed,
            PhoneOffHook: self._lifted,
            PhoneOnHook: self._lowered,
        }
        platform.subscribe(self.hear)
        self.ears: Ears | None = None
        if media is not None:
            self.ears = Ears(self, media)
            platform.subscribe(self.ears.hear)

    def follow(self) -> None:
        """The switch may be another one, or have been told something else: who is not its, goes."""
        switch = self.platform.switch
        self.presence.follow(switch)
        self.customers.leave_behind(switch)
        self.phones.leave_behind(switch)
        if self.ears is not None:
            self.ears.leave_behind(switch)
        self.outbound.follow(switch)
        self.watching.follow(switch)
        self.gateways.follow(switch)

    def _signalling(self) -> Signalling:
        return Signalling(
            len(self.customers.parties) + len(self.phones.lines),
            len(self.parties),
            self.stack.pending,
            self.sounds.open,
            self.ears.tapes.open if self.ears is not None else 0,
            len(self.registrar),
            self.refusals.counts,
        )

    async def start(self) -> None:
        """Open the ports; OSError."""
        if self.sounds.media is not None and self.ears is not None:
            await self.sounds.media.start()
            self.ears.tapes.start()
        await self.stack.start()
        await self.gateways.look_up()
        self.gateways.start()

    def addresses(self) -> list[str]:
        """Where phones and callers reach it, as SIP URIs."""
        return [_uri(it.transport, _literal(it.host), it.port) for it in self.stack.transport.bound]

    async def stop(self) -> None:
        """Say goodbye to everybody, and close the ports."""
        self.presence.stop()
        self.gateways.stop()
        self.watching.stop()
        for party in list(self.parties.values()):
            self.end(party)
        await self.stack.stop()
        if self.sounds.media is not None and self.ears is not None:
            await self.sounds.media.stop()
            self.ears.tapes.stop()

    # The switch

    def hear(self, event: Event) -> None:
        """Take note of an event of the switch."""
        if self._switch is not self.platform.switch:
            self._switch = self.platform.switch
            self.clock.call_later(0, self.follow)
        handler = self._hear.get(type(event))
        if handler is not None:
            handler(event)

    def _call_cleared(self, event: CallCleared) -> None:
        self.customers.call_cleared(event)
        self.dialling.call_cleared(event)

    def _cleared(self, event: ConnectionCleared) -> None:
        self.customers.cleared(event)
        self.phones.lines.cleared(event)

    def _lifted(self, event: PhoneOffHook) -> None:
        self.phones.lifted(event)
        self.watching.changed(event)

    def _lowered(self, event: PhoneOnHook) -> None:
        self.phones.lowered(event)
        self.watching.changed(event)

    def _moved(self, event: ConnectionMoved) -> None:
        self.customers.moved(event)
        self.phones.lines.cleared(event)

    def post(self, command: Callable[[Switch], object]) -> None:
        """Command the switch soon, outside its callbacks; a refusal changes nothing."""
        self.clock.call_later(0, partial(self.command, command))

    def command(self, command: Callable[[Switch], object]) -> None:
        """Command the switch; a refusal changes nothing, and phones have no ears for it."""
        with contextlib.suppress(SwitchError):
            command(self.platform.advance())

    # Parties

    def says_goodbye(self, party: Party) -> None:
        """The party has hung up."""
        if isinstance(party, PhoneParty):
            self.phones.hung_up(party)
        else:
            self.customers.hung_up(party)

    def lost(self, party: Party) -> None:
        """Nothing has been heard of the party for a while: its network has gone."""
        if party.stage is not Stage.OVER:
            self.end(party)
            self.says_goodbye(party)

    # Answers and requests

    def answer(
        self,
        transaction: ServerTransaction,
        request: Request,
        code: int,
        party: Party | None = None,
        *,
        described: bool = True,
        own_tag: str = "",
        more: Fields = (),
    ) -> None:
        """Answer a request; with a `party` as its dialog has it, and `described` its sound."""
        known = party.dialog if party is not None else None
        own_tag = own_tag or (self.new_tag() if known is None else known.own_tag)
        response = make_response(request, code, to_tag=own_tag)
        extensions.introduce(response)
        for name, value in more:
            response.headers.set(name, value)
        if party is not None:
            if party.stage is Stage.UP and request.method in ("INVITE", "UPDATE") and code == 200:
                self.sessions.agree(party, request, response)
            response.headers.set("Contact", self.contact(party.where))
            if party.local is not None and described:
                response.headers.set("Content-Type", sdp.MEDIA_TYPE)
                response.body = self.sounds.written(party)
        if party is not None and isinstance(transaction, InviteServerTransaction):
            if party.answered is not None:
                # Who asks again within the dialog has our answer before.
                party.answered.settle()
            party.answered = transaction
            transaction.on_timeout = partial(self.lost, party)  # without an ACK (13.3.1.4)
            transaction.insist(response)
        else:
            transaction.respond(response)

    def describe(self, party: Party, transaction: ServerTransaction, request: Request) -> bool:
        """Agree with who calls on the sound, or refuse the call: then it is False."""
        host = self.host_for(party.where)
        try:
            offer = bodies.description(request)
            if offer:
                self.sounds.answer(party, host, sdp.read(offer))
            else:
                self.sounds.offer(party, host)
        except NotAcceptable:
            self.answer(transaction, request, 488)
        except NoPort:
            self.answer(transaction, request, 503)
        else:
            return True
        self.sounds.close(party)
        return False

    def host_for(self, where: Target) -> str:
        """Our address as the other side reaches it."""
        return self.stack.sent_by(where)[0]

    def is_ours(self, uri: URI, where: Target) -> bool:
        """Whether an address is one of ours, as who is there sees it."""
        host, port = self.stack.sent_by(where)
        kind = "TLS" if uri.scheme == "sips" else where.transport
        same = (uri.host.strip("[]").lower(), uri.port or PORTS[kind]) == (host.lower(), port)
        return same or uri.host.lower() == REALM

    def contact(self, where: Target) -> str:
        """Where requests within a dialog reach us."""
        return f"<{self.address_at(where, REALM)}>"

    def address_at(self, where: Target, user: str) -> str:
        """Somebody here, as the other side reaches us."""
        host, port = self.stack.sent_by(where)
        return _uri(where.transport, f"{user}@{_literal(host)}", port)

    def way_to(self, binding: Binding) -> Destination:
        """Where requests for a registered phone are sent; LookupError, ValueError: nowhere."""
        where = way_to(binding)
        self.stack.sent_by(where)
        return where

    def new_tag(self) -> str:
        """A tag that nobody has."""
        return f"{self.random.getrandbits(64):016x}"

    def remember(self, party: Party) -> None:
        """From now on requests within its dialog are the party's."""
        assert party.dialog is not None
        self.parties[party.dialog.id] = party

    def forget(self, party: Party) -> None:
        """Its dialog is over."""
        self.referrals.forget(party)
        party.stage, party.invite = Stage.OVER, None
        self.sounds.close(party)
        self.sessions.stop(party)
        if party.dialog is not None:
            self.parties.pop(party.dialog.id, None)
        if party.answered is not None:
            party.answered.settle()
            party.answered = None

    def end(self, party: Party) -> None:
        """Hang up, or give a call up that was not answered."""
        if party.stage is Stage.OVER:
            return
        calling = party.invite if party.stage is not Stage.UP else None
        self.forget(party)
        if calling is not None:
            calling.cancel()
        if calling is not None or party.dialog is None:
            return
        bye = party.dialog.request("BYE", self.contact(party.where))
        self.stack.send_request(bye, party.where)

    def address_of(self, number: str) -> str:
        """A number of ours as an address."""
        return f"<sip:{identities.user_of(number)}@{REALM}>"


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _uri(transport: Name, host: str, port: int) -> str:
    return f"sip:{host}:{port}" + ("" if transport == "UDP" else f";transport={transport.lower()}")
