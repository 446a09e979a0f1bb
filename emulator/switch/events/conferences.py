"""Reports of agent conferences (CEC 6.1.6, 6.5.1.10).

`conference` is the conference's id, `call` the call that joins its participants; `agent` hears the
report. Where a report tells of a device and `agent` is 0, the device is a phone outside.
"""

from __future__ import annotations

from typing import NamedTuple

from emulator.switch.terms import LeavingReason, ParticipantChange


class ConferenceStarted(NamedTuple):
    """The agent's conference is there, and the agent is its chairperson."""

    at: int
    tenant: int
    call: str
    agent: int
    conference: int


class ConferenceRefused(NamedTuple):
    """The conference that the agent asked for does not begin; `cause` of CEC Table 6-450."""

    at: int
    tenant: int
    call: str
    agent: int
    cause: int


class ConferenceRinging(NamedTuple):
    """An invited phone rings, or is about to; `caller` is what it shows."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    conference: int
    caller: str


class ConferenceJoined(NamedTuple):
    """`device` takes part from now on."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    conference: int


class ConferenceLeft(NamedTuple):
    """`device` takes part no longer."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    conference: int


class ParticipantNotReached(NamedTuple):
    """An invited device that rang does not join; `cause` of CEC Table 6-451 or 12.3.8.10."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    conference: int
    cause: int


class ParticipantChanged(NamedTuple):
    """`agent`, who takes part, hears what has become of a participant.

    `result` 0: done; else why an invited one did not join. `reason` is None unless one has left.
    `is_agent` tells a work number from a phone number.
    """

    at: int
    tenant: int
    call: str
    agent: int
    conference: int
    change: ParticipantChange
    reason: LeavingReason | None
    result: int
    number: str
    is_agent: bool
    device_call_type: int
    device_type: int


class ChairpersonChanged(NamedTuple):
    """The agent is the chairperson from now on."""

    at: int
    tenant: int
    call: str
    agent: int
    conference: int


class ConferenceTimeout(NamedTuple):
    """The chairperson hears that the conference will soon be over."""

    at: int
    tenant: int
    call: str
    agent: int
    conference: int


class ConferencePrompted(NamedTuple):
    """An announcement begins: to `device`, or to everybody if that is empty.

    `passing`: it is that of who joins or leaves; nobody waits for its end, or can stop it.
    """

    at: int
    tenant: int
    call: str
    device: str
    conference: int
    prompt: str
    background: bool
    passing: bool = False


class ConferenceSoundChanged(NamedTuple):
    """What `device`, or everybody if that is empty, hears or says is another; nobody is told."""

    at: int
    tenant: int
    call: str
    device: str
    conference: int


class ConferenceVoiceStopped(NamedTuple):
    """The announcement to everybody is over; the chairperson hears it."""

    at: int
    tenant: int
    call: str
    agent: int
    conference: int


class ParticipantVoiceStopped(NamedTuple):
    """The announcement to `device` is over; the chairperson hears it."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    conference: int
