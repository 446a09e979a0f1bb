"""Uncall's words for what is in the call center, in one place.

| Uncall                 | call center                                                          |
|------------------------|----------------------------------------------------------------------|
| `strExten`, `strAgent` | an extension, or the work number of whoever is there                 |
| `uid`                  | the id of a call: `1372123897.17` for `1372123897-17`                |
| a channel              | `SIP/<extension>-<sequence number of the call, 8 hex digits>`        |
| a recording            | `audio:<extension>-<other number>-<date>-<time>-<uid>.WAV`           |

The reference says extension where it means work number, and the other way round: both are taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator.domain.calendar import local
from emulator.platform import Platform
from emulator.surfaces.soap import numbers
from emulator.surfaces.soap.numbers import extension_of
from emulator.switch.errors import UnknownPhone
from emulator.switch.model import Agent, Call, Tenant
from emulator.switch.terms import CallType

_RECORDING = re.compile(
    r"audio:(?P<extension>[^-]*)-(?P<number>[^-]*)-(?P<date>\d{8})-(?P<time>\d{6})-"
    r"(?P<epoch>\d+)\.(?P<sequence>\d+)\.WAV",
    re.ASCII | re.IGNORECASE,
)
_UID = re.compile(r"(\d{1,12})\.(\d{1,12})", re.ASCII)


def agent_of(platform: Platform, tenant: Tenant, number: str) -> Agent:
    """The agent at an extension, or with a work number; a SwitchError."""
    try:
        return numbers.agent_at(platform, tenant, number)
    except UnknownPhone:
        return numbers.agent_with(tenant, number)


def uid(call: str) -> str:
    """The uid of a call of the switch."""
    return call.replace("-", ".")


def call_with(wanted: str) -> str | None:
    """The switch's id of the call with that uid, None if it is no uid."""
    found = _UID.fullmatch(wanted)
    return f"{found[1]}-{found[2]}" if found else None


def channel(agent: Agent, call: Call) -> str:
    """The channel of an agent's part in a call."""
    return f"SIP/{extension_of(agent)}-{int(call.id.partition('-')[2]):08x}"


def other_number(call_type: int, caller: str, called: str, agent: Agent) -> str:
    """The number at the other end of an agent's call; agents by their extensions."""
    own = (str(agent.work_no), extension_of(agent))
    number = caller if call_type == CallType.INBOUND or called in own else called
    other = agent.tenant.agents.get(int(number)) if number.isdecimal() else None
    return number if other is None else extension_of(other)


@dataclass(frozen=True, slots=True)
class RecordingName:
    """What the name of a recording says; `call` is the switch's id."""

    extension: str
    call: str


def recording(extension: str, number: str, begun: int, call: str, zone: str) -> str:
    """The name of a recording that began at an instant (µs)."""
    at = local(begun, zone)
    return f"audio:{extension}-{number}-{at:%Y%m%d}-{at:%H%M%S}-{uid(call)}.WAV"


def read_recording(name: str) -> RecordingName | None:
    """What such a name says, None if it is none."""
    found = _RECORDING.fullmatch(name)
    if found is None:
        return None
    return RecordingName(found["extension"], f"{found['epoch']}-{found['sequence']}")
