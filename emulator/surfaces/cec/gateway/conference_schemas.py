"""What the interfaces of agent conferences are sent, and what they show (CEC 6.1.6)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from emulator.surfaces.cec.gateway.component import CallerDigits
from emulator.surfaces.coercion import Bool, DigitText, Int, IntText, Long, Text, spelled
from emulator.switch.rooms import Address, Conference, ConferenceWish, Invitation, Participant
from emulator.switch.terms import ChannelAttribute

PHONE, AGENT = 6, 9
"""`addressType` of a phone number and of an agent."""
FROM_FILE = 2
"""`playMode`: a specified file, the only mode."""
MILLISECOND, MINUTE = 1000, 60_000_000

Path = Annotated[Text, Field(min_length=1, max_length=127)]
OptionalPath = Annotated[Text, Field(max_length=127)]
PlayMode = Annotated[Int, Field(ge=FROM_FILE, le=FROM_FILE)]
OwnType = Annotated[Int, Field(ge=0, le=255)]
"""A device type of the business's own (Tables 6-457, 6-458)."""


class Announced(BaseModel):
    """An announcement that is optional: with `beepTone` it needs its file."""

    beep: Bool = spelled("beepTone", default=False)
    mode: PlayMode = spelled("playMode", default=FROM_FILE)
    path: OptionalPath = spelled("voicePath", default="")

    @model_validator(mode="after")
    def _require_file(self) -> Announced:
        if self.beep and not self.path:
            raise PydanticCustomError("missing", "voicePath is needed with beepTone")
        return self

    @property
    def announcement(self) -> str:
        """The file, empty if none is to be played."""
        return self.path if self.beep else ""


class RequestBody(Announced):
    """A conference asked for (6.1.6.1); times in minutes."""

    size: Annotated[Int, Field(ge=1, le=120)] = spelled("memberNum")
    caller: CallerDigits = spelled("confCallerNo", default="")
    minutes: Annotated[Int, Field(ge=4, le=1440)] = spelled("time", default=60)
    prompt: Annotated[Int, Field(ge=3, le=1440)] = spelled("promptTime", default=3)

    @property
    def wish(self) -> ConferenceWish:
        return ConferenceWish(self.size, self.minutes, self.prompt, self.caller, self.announcement)


class AddressBody(BaseModel):
    """A participant: a phone number or an agent."""

    kind: IntText = spelled("addressType")
    number: Annotated[DigitText, Field(min_length=1, max_length=24, pattern=r"^[0-9*#]+$")] = (
        spelled("address")
    )

    @model_validator(mode="after")
    def _require_kind(self) -> AddressBody:
        if self.kind not in (PHONE, AGENT):
            raise PydanticCustomError("address_type", "addressType is 6 or 9")
        return self

    @property
    def address(self) -> Address:
        return Address(self.kind == AGENT, self.number)


class InvitedBody(AddressBody):
    """Who is invited."""

    device_call_type: OwnType = spelled("deviceCallType", default=0)
    device_type: OwnType = spelled("deviceType", default=0)

    @property
    def invitation(self) -> Invitation:
        return Invitation(self.address, self.device_call_type, self.device_type)


class InvitationBody(Announced):
    """An invitation of several (6.1.6.10)."""

    addresses: Annotated[list[InvitedBody], Field(min_length=1, max_length=120)]
    caller: CallerDigits = ""


class RemovalBody(BaseModel):
    """A removal of several (6.1.6.11)."""

    addresses: Annotated[list[AddressBody], Field(min_length=1, max_length=30)]


class FileToOneBody(AddressBody):
    """A participant, and the file it hears."""

    mode: PlayMode = spelled("playMode", default=FROM_FILE)
    path: Path = spelled("voicePath")


class FileToAllBody(BaseModel):
    """A file that everybody hears (6.1.6.13), in front of the conversation or behind it."""

    background: Annotated[Int, Field(ge=0, le=1)] = spelled("playType", default=0)
    mode: PlayMode = spelled("playMode", default=FROM_FILE)
    path: Path = spelled("voicePath")


class AttributeBody(AddressBody):
    """What a participant can do (6.1.6.12)."""

    attribute: Annotated[Int, Field(ge=min(ChannelAttribute), le=max(ChannelAttribute))]


class ResizeBody(BaseModel):
    """More parties or less (6.1.6.17)."""

    decrease: Annotated[Int, Field(ge=0, le=1)] = spelled("modifyType")
    number: Annotated[Int, Field(ge=2, le=118)] = spelled("modifyNum")


class IdsBody(BaseModel):
    """Conferences by id (6.1.6.18)."""

    ids: Annotated[list[Long], Field(max_length=20)] = spelled("confIds")


# What is shown


class ParticipantInfo(BaseModel):
    """A participant (Table 6-350); times in milliseconds since the epoch."""

    addressType: str  # noqa: N815
    address: str
    deviceCallType: int  # noqa: N815
    deviceType: int  # noqa: N815
    channelAttrib: int  # noqa: N815
    channelState: int  # noqa: N815
    role: int
    enterTime: int  # noqa: N815


class ConferenceInfo(BaseModel):
    """A conference (Table 6-349); durations in minutes."""

    confId: int  # noqa: N815
    confState: int  # noqa: N815
    startTime: int  # noqa: N815
    applyConfTime: int  # noqa: N815
    confHaveBeenTime: int  # noqa: N815
    addresses: list[ParticipantInfo]


class AddressInfo(BaseModel):
    """An address as it was named."""

    addressType: str  # noqa: N815
    address: str

    @classmethod
    def of(cls, address: Address) -> AddressInfo:
        return cls(addressType=address_type(address), address=address.number)


def address_type(address: Address) -> str:
    return str(AGENT if address.is_agent else PHONE)


TALKING, HELD, PLAYING = 0, 1, 2


def _channel_state(participant: Participant) -> int:
    if participant.timer:
        return PLAYING
    return HELD if participant.held else TALKING


def information(room: Conference, now: int) -> ConferenceInfo:
    """The conference as 6.1.6.18 shows it; whoever still rings is not in it."""
    return ConferenceInfo(
        confId=room.id,
        confState=int(bool(room.voice_timer)),
        startTime=room.begun // MILLISECOND,
        applyConfTime=room.minutes,
        confHaveBeenTime=(now - room.begun) // MINUTE,
        addresses=[
            ParticipantInfo(
                addressType=address_type(participant.address),
                address=participant.address.number,
                deviceCallType=participant.device_call_type,
                deviceType=participant.device_type,
                channelAttrib=int(participant.attribute),
                channelState=_channel_state(participant),
                role=int(room.is_chairperson(participant)),
                enterTime=participant.entered // MILLISECOND,
            )
            for participant in room.present
        ],
    )
