"""One end of a call of the switch that is at a SIP phone or a SIP caller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from emulator.surfaces.sip.dialogs import Dialog
from emulator.surfaces.sip.sdp import NO_MEDIA, Description
from emulator.surfaces.sip.transactions import InviteServerTransaction
from emulator.surfaces.sip.transport import Destination, Target

NOWHERE = Destination("UDP", "", 0)
"""Where a party is whose way is not chosen yet."""


class Cancellable(Protocol):
    """A call of ours that was not answered yet."""

    def cancel(self) -> None:
        """Give it up; who answers nevertheless is hung up on."""


if TYPE_CHECKING:
    from emulator.surfaces.sip.ringing import Ringing


class Stage(IntEnum):
    """How far a call to or from the party has come."""

    ASKED = 0
    RINGS = 1
    UP = 2
    OVER = 3


@dataclass(slots=True, eq=False)
class Party:
    """A caller by a trunk, or a phone; `call` is that of the switch, `where` requests are sent.

    `session` and `version` name our description of the sound; `local` is what it says.
    """

    number: str
    call: str
    where: Target
    session: int
    stage: Stage = Stage.ASKED
    dialog: Dialog | None = None
    local: Description | None = None
    remote: Description | None = None
    """What they say of their sound."""
    port: int = NO_MEDIA
    """Where their sound comes to."""
    offering: bool = False
    """Our 2xx had an offer: their ACK has the answer."""
    version: int = 1
    answered: InviteServerTransaction | None = None
    """Their INVITE, whose 2xx is sent until it is acknowledged."""
    invite: Cancellable | None = None
    """Ours, which can be cancelled."""
    gateway: str = ""
    """The name of the gateway that it is behind."""

    @property
    def is_secured(self) -> bool:
        """Whether it was offered, or has, encrypted sound."""
        return self.local is not None and self.local.crypto is not None

    @property
    def device(self) -> str:
        """Its name in the switch's events, as a caller."""
        return f"trunk:{self.number}"


@dataclass(slots=True, eq=False)
class PhoneParty(Party):
    """A phone that we call; the requests of the switch that wait for it (0: none)."""

    ring: int = 0
    answer: int = 0
    dials: bool = False
    """It calls with its keys, and nobody has answered yet."""
    holds: bool = False
    """It holds its call, by its own keys."""
    ringing: Ringing | None = None
    """Its contacts that are called."""


@dataclass(slots=True, eq=False)
class OutsideParty(Party):
    """Somebody outside whom a gateway calls; `request` is the switch's."""

    request: int = 0
