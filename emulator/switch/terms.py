"""The switch's vocabulary: enumerations under their ECMA-269 or reference names.

None of the numbers below is a wire code, except where a docstring says that the value *is* the
one of the reference: media types (12.3.8.4), call types (6.5.4), leave reasons (12.3.8.9) and
device types (12.3.8.11) are shared by all references and by the call records.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class AgentType(IntEnum):
    """What an agent can be offered; values as in CEC 5.1.1 and 6.1.1.1."""

    AUDIO = 4
    MULTIMEDIA = 5
    VIDEO = 11
    VERSATILE = 99


class Role(IntEnum):
    """Agent role; values as `ccRoleId` in CEC 5.1.1."""

    AGENT = 2
    INSPECTOR = 3
    OUTBOUND_AGENT = 4


class GroupType(IntEnum):
    """What a user group is for (`groupType` in CEC 12.3.4.5)."""

    AGENTS = 2
    INSPECTORS = 3


class MediaType(IntEnum):
    """Media type of a call or queue; values of CEC 12.3.8.4 (Table 12-695)."""

    TEXT_CHAT = 1
    CLICK_TO_DIAL = 2
    CALLBACK = 4
    VOICE = 5
    PREDICTED_OUTBOUND = 15
    PREVIEWED_OUTBOUND = 16
    MESSAGE = 17
    CLICK_TO_DIAL_VIDEO = 18
    VIDEO = 19
    WEB_CHAT = 51
    SOCIAL_CHAT = 53


CHAT_MEDIA = frozenset({MediaType.TEXT_CHAT, MediaType.WEB_CHAT, MediaType.SOCIAL_CHAT})
VIDEO_MEDIA = frozenset({MediaType.VIDEO, MediaType.CLICK_TO_DIAL_VIDEO})


class CallType(IntEnum):
    """How a call came to be; values of CEC 6.5.4 (Table 6-455). It stays with the call id."""

    INBOUND = 0
    INTERNAL = 6
    OUTBOUND = 7
    RESERVED = 40
    PREOCCUPIED = 41
    PREDICTED = 43
    PREVIEWED = 44
    CALLBACK = 45
    TWO_PARTY_CONSULTATION = 51
    THREE_PARTY_CONSULTATION = 52
    MULTI_PARTY = 53


CONSULTATIONS = frozenset({CallType.TWO_PARTY_CONSULTATION, CallType.THREE_PARTY_CONSULTATION})


class DeviceType(IntEnum):
    """Kind of a device; 1 to 3 are the values of the call records (CEC 12.3.8.11, 13.2.2.1)."""

    QUEUE = 1
    AGENT = 2
    IVR = 3
    TRUNK = 4


class ConnectionState(IntEnum):
    """State of a connection between a call and a device (ECMA-269, 6.1.5)."""

    NULL = 0
    INITIATED = 1
    ALERTING = 2
    CONNECTED = 3
    HOLD = 4


class AgentState(IntEnum):
    """State of an agent; values of the CTI platform (CEC 6.5.3, Table 6-453)."""

    SIGNED_OUT = 0
    IDLE = 1
    PREOCCUPIED = 2
    OCCUPIED = 3
    ANSWERING = 4
    TALKING = 5
    WRAP_UP = 6
    BUSY = 7
    REST = 8
    STUDY = 9


IN_CALL_STATES = frozenset(
    {AgentState.PREOCCUPIED, AgentState.OCCUPIED, AgentState.ANSWERING, AgentState.TALKING}
)


class LegState(IntEnum):
    """State of a phone's audio leg. A leg is not a connection (rule 3 of the house)."""

    DOWN = 0
    RINGING = 1
    UP = 2


class PhoneCondition(StrEnum):
    """Whether calls can ring at a phone: free for them, used without them, or out of reach."""

    IN_SERVICE = "in service"
    BUSY = "busy"
    OFFLINE = "offline"


class PhoneAnswer(StrEnum):
    """How a real phone is picked up for an agent who answers by an interface.

    `NOTIFY`: it rings, and is told to be picked up; one that does not know that is called again.
    `ALERT`: it rings, and is called again, to answer by itself. `LATE`: it is called when the
    agent answers, to answer by itself; until then it is silent.
    """

    NOTIFY = "notify"
    ALERT = "alert"
    LATE = "late"


class QueueOutcome(IntEnum):
    """How a stay in a queue ended: exactly one of these, or the stay is in progress."""

    IN_PROGRESS = 0
    ANSWERED = 1
    ABANDONED = 2
    OVERFLOWED = 3
    TIMED_OUT = 4
    TRANSFERRED_OUT = 5
    RELEASED = 6


class LeaveReason(IntEnum):
    """Why a call left a device; values of CEC 12.3.8.9 that the switch can produce."""

    NORMAL = 0
    OVERFLOW = 1
    TIMEOUT = 2
    NO_AGENT = 3
    QUEUE_CANCELLED = 4
    NO_ANSWER = 5
    RESUMED = 6
    HELD_CALL_CONNECTED = 7
    THREE_PARTY_HELP = 8
    HELD_CALL_TAKEN_BACK = 9
    THREE_PARTY = 10
    HELP_RELEASED = 11
    INTERCEPTED = 12
    PICKED_UP = 13
    NO_ROUTE = 14
    USER_RELEASED = 15
    AGENT_RELEASED = 16
    TRANSFERRED = 17
    CALLED_BUSY = 20
    POWERED_OFF = 22
    OUT_OF_SERVICE = 23
    NO_SUCH_NUMBER = 24
    NO_RESOURCE = 25
    USER_NO_ANSWER = 26
    CALLED_REJECTED = 27
    TRANSFERRED_TO_QUEUE = 28
    THREE_PARTY_IN_QUEUE = 29
    TRANSFER_TIMED_OUT = 30
    THREE_PARTY_TIMED_OUT = 31
    REJECTED = 50
    CONFERENCE_RELEASED = 52
    REMOVED = 53


class SupervisionMode(IntEnum):
    """What an inspector does to an agent; values of `switchtype` in CEC 12.1.14."""

    LISTEN = 0
    BARGE_IN = 1
    WHISPER = 2


class TransferMode(StrEnum):
    """Transfer modes of CEC 6.5.5 (Table 6-459)."""

    BLIND = "blind"
    RELEASE_AFTER = "release-after-transfer"
    TALK = "talk"
    THREE_PARTY = "three-party"
    HANG_UP = "hang-up"


class TargetType(IntEnum):
    """What a call can be transferred to; values of `devicetype` in CEC 6.1.2.11."""

    QUEUE = 1
    AGENT = 2
    IVR = 3
    ACCESS_CODE = 4
    OUTSIDE = 5


class ParticipantChange(IntEnum):
    """What has become of a participant; values of `changeType` in CEC 6.5.1.10.6."""

    JOINED = 0
    LEFT = 1
    CHAIRPERSON = 2
    MUTED = 3
    UNMUTED = 4
    HELD = 5
    UNHELD = 6


class LeavingReason(IntEnum):
    """Why a participant has left; values of `changeReason` in CEC 6.5.1.10.6."""

    LEFT = 0
    REMOVED = 1
    HUNG_UP = 2
    ENDED = 3
    SIGNED_OUT = 4
    OTHER = 6


class ChannelAttribute(IntEnum):
    """What a participant can do; values of `attribute` in CEC 6.1.6.12."""

    LISTEN = 1
    SPEAK = 2
    BOTH = 3
    NEITHER = 4


class PlaybackEnd(IntEnum):
    """Why a playback ended; values of `cause` in CEC 6.5.1.5.4."""

    COMPLETE = 0
    STOPPED = 1
    FAILED = 2


class MediaAbility(IntEnum):
    """Media capability shown in call events (CEC 6.5.1.2.1)."""

    VOICE = 1
    VOICE_AND_VIDEO = 3
    TEXT = 5


# What every call goes through, by bare names: looking one up in its enumeration
# takes several times as long as the comparison that it is needed for.

SIGNED_OUT: Final = AgentState.SIGNED_OUT
IDLE: Final = AgentState.IDLE
PREOCCUPIED: Final = AgentState.PREOCCUPIED
OCCUPIED: Final = AgentState.OCCUPIED
ANSWERING: Final = AgentState.ANSWERING
TALKING: Final = AgentState.TALKING
WRAP_UP: Final = AgentState.WRAP_UP
BUSY: Final = AgentState.BUSY
REST: Final = AgentState.REST
STUDY: Final = AgentState.STUDY

NULL: Final = ConnectionState.NULL
INITIATED: Final = ConnectionState.INITIATED
ALERTING: Final = ConnectionState.ALERTING
CONNECTED: Final = ConnectionState.CONNECTED
HOLD: Final = ConnectionState.HOLD

IN_SERVICE: Final = PhoneCondition.IN_SERVICE

DOWN: Final = LegState.DOWN
RINGING: Final = LegState.RINGING
UP: Final = LegState.UP

QUEUE_DEVICE: Final = DeviceType.QUEUE
AGENT_DEVICE: Final = DeviceType.AGENT
IVR_DEVICE: Final = DeviceType.IVR
TRUNK_DEVICE: Final = DeviceType.TRUNK

VOICE_AND_VIDEO: Final = MediaAbility.VOICE_AND_VIDEO
