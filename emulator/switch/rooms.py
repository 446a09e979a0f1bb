"""What an agent conference is: its chairperson, its limits, and who takes part (CEC 6.1.6).

A conference is a call that goes on with one party as well. What is particular to it is its
`Conference`, the call's `room`; the parties are the call's connections, each with a `Participant`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator.switch.model import Agent, Call, Connection
from emulator.switch.terms import AGENT_DEVICE, ChannelAttribute

MAX_SIZE = 120
SIZES = range(1, MAX_SIZE + 1)
MINUTES = range(4, 1440 + 1)
PROMPT_MINUTES = range(3, 1440 + 1)
RESIZES = range(2, 118 + 1)
MAX_PATH = 127
AGENT_TYPE = 6
"""`deviceType` of an agent (Table 6-457); 0: unknown."""


@dataclass(frozen=True, slots=True)
class ConferenceWish:
    """What an agent asks for (CEC 6.1.6.1).

    `size` 1–120 parties, the chairperson included; `minutes` 4–1440; `prompt` minutes before the
    end, 3–1440, at which the chairperson is warned; `caller` is shown to whom is invited, empty:
    the tenant's number; `tone` is the announcement when somebody joins or leaves, empty: none.
    """

    size: int
    minutes: int = 60
    prompt: int = 3
    caller: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A participant by its number: an agent's work number, or a phone number."""

    is_agent: bool
    number: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is to join; the device types, 0–255, are the business's own (Tables 6-457, 6-458)."""

    address: Address
    device_call_type: int = 0
    device_type: int = 0


@dataclass(slots=True, eq=False)
class Participant:
    """A party of a conference. `entered` (µs) is 0 while it is being rung."""

    connection: Connection
    device_call_type: int = 0
    device_type: int = 0
    caller: str = ""
    """What its phone shows."""
    welcome: str = ""
    entered: int = 0
    attribute: ChannelAttribute = ChannelAttribute.BOTH
    held: bool = False
    timer: int = 0
    """Of the announcement to this party alone, 0: none."""

    @property
    def address(self) -> Address:
        return Address(self.connection.agent is not None, self.connection.number)


@dataclass(slots=True, eq=False)
class Conference:
    """An agent conference; `begun` (µs) is 0 until its chairperson's phone is up."""

    id: int
    call: Call
    chairperson: Agent
    size: int
    minutes: int
    prompt: int
    caller: str
    tone: str
    begun: int = 0
    timer: int = 0
    prompt_timer: int = 0
    voice_timer: int = 0
    participants: list[Participant] = field(default_factory=list)

    def add(self, connection: Connection, invitation: Invitation | None = None) -> Participant:
        """A party that joins, or is to."""
        if invitation is not None:
            call_type, device_type = invitation.device_call_type, invitation.device_type
        else:
            call_type = 0
            device_type = AGENT_TYPE if connection.kind is AGENT_DEVICE else 0
        participant = Participant(connection, call_type, device_type)
        self.participants.append(participant)
        return participant

    def of(self, connection: Connection) -> Participant:
        return next(p for p in self.participants if p.connection is connection)

    def find(self, address: Address) -> Participant | None:
        for participant in self.participants:
            if participant.address == address:
                return participant
        return None

    @property
    def present(self) -> list[Participant]:
        """Who takes part, in the order in which they were invited."""
        return [p for p in self.participants if p.entered]

    def is_chairperson(self, participant: Participant) -> bool:
        return participant.connection.agent is self.chairperson
