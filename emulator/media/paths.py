"""The names of recordings, as clients know them (CEC 13.1).

    Y:/<vdn>/<media>/<yyyymmdd>/<work number>/<time>.V3    an agent's recording; .mp4 with picture
    Y:/<vdn>/screen/<yyyymmdd>/<work number>/<time>.mp4    a recording of an agent's screen
    Y:/<vdn>/record/<yyyymmdd>/playvoice<time>.wav         a message left with an IVR flow
    Y:/3rdfile/<vdn>/record/…                              a third party's message

The drive is a mapping of the platform's, in either case; backslashes are slashes. A name never
leads out of its VDN's folder: whatever is not spelled like the above is no name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

DRIVE = "Y"
"""MAPPINGDISK: the drive on which recordings are."""
MAX_LENGTH = 100
THIRD_PARTY = "3rdfile"
MESSAGES = "record"
SCREENS = "screen"
SOUND, VIDEO = ".V3", ".mp4"
NODE = 256
"""The node on which all files are, of a CTI pool too."""

_NAME = re.compile(r"([A-Za-z])[:;]/(?:(3rdfile)/)?([1-9][0-9]{0,8})((?:/[A-Za-z0-9_.-]+)+)")
_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


class NotAName(ValueError):
    """The text does not name a recording."""


@dataclass(frozen=True, slots=True)
class RecordingPath:
    """A name that was read: the VDN, and what stands below its folder."""

    drive: str
    tenant: int
    parts: tuple[str, ...]
    third_party: bool = False

    def __str__(self) -> str:
        owner = f"{THIRD_PARTY}/{self.tenant}" if self.third_party else str(self.tenant)
        return f"{self.drive}:/{owner}/{'/'.join(self.parts)}"

    @property
    def mapped(self) -> bool:
        """Whether the drive is one of the platform's."""
        return self.drive == DRIVE

    @property
    def is_message(self) -> bool:
        """Whether it is a voice message, and not an agent's recording."""
        return self.third_party or self.parts[0] == MESSAGES

    @property
    def is_screen(self) -> bool:
        """Whether it is what an agent saw, and nobody is heard."""
        return self.parts[0] == SCREENS

    @property
    def is_video(self) -> bool:
        return self.parts[-1].lower().endswith(VIDEO)

    @property
    def below(self) -> tuple[str, ...]:
        """The folders and the file below the recordings folder."""
        owner = (THIRD_PARTY, str(self.tenant)) if self.third_party else (str(self.tenant),)
        return (*owner, *self.parts)


def read(text: str) -> RecordingPath:
    """Read a name; NotAName if it is none."""
    found = _NAME.fullmatch(text.replace("\\", "/")) if len(text) <= MAX_LENGTH else None
    if found is None:
        raise NotAName("not the name of a recording")
    drive, third_party, tenant, rest = found.groups()
    parts = tuple(rest.split("/")[1:])
    if not all(_PART.fullmatch(part) for part in parts):
        raise NotAName("not the name of a recording")
    return RecordingPath(drive.upper(), int(tenant), parts, third_party is not None)


# The platform's own names


def call_file(tenant: int, agent: int, begun: int, *, video: bool = False) -> str:
    """Where an agent's part of a call is kept that began at that instant (µs)."""
    return _agents_file(tenant, "0", agent, begun, VIDEO if video else SOUND)


def screen_file(tenant: int, agent: int, begun: int) -> str:
    """Where a recording of an agent's screen is kept."""
    return _agents_file(tenant, SCREENS, agent, begun, VIDEO)


def _agents_file(tenant: int, folder: str, agent: int, begun: int, ending: str) -> str:
    tenths = begun // 100_000
    hours, rest = divmod(tenths % (24 * 36_000), 36_000)
    minutes, rest = divmod(rest, 600)
    time = f"{hours:02}{minutes:02}{rest:03}"
    return f"{DRIVE}:/{tenant}/{folder}/{_day(tenths // (24 * 36_000))}/{agent}/{time}{ending}"


@lru_cache(maxsize=16)
def _day(day: int) -> str:
    """The date of a day since 1970; every recorded call asks for one."""
    return f"{datetime.fromtimestamp(day * 24 * 3600, UTC):%Y%m%d}"


def message_file(tenant: int, ended: int) -> str:
    """Where a message is kept that a customer has left with an IVR flow."""
    day = _day(ended // (24 * 3600 * 1_000_000))
    return f"{DRIVE}:/{tenant}/{MESSAGES}/{day}/playvoice{ended // 1000}.wav"


def index_name(file_name: str, agent: str, begun: int, cc_id: int) -> str:
    """What the recording index calls a file (CEC 13.2.2.1), and downloads ask for (13.2.1.4).

    `/<node>/<call center>/record/<vdn>/<yyyymmdd>/<work number>/<name>.wav`, the day being that of
    its begin (UTC). A message is of no agent, 0.
    """
    path = read(file_name)
    name = path.parts[-1]
    stem, dot, ending = name.rpartition(".")
    if dot and f".{ending}".lower() != VIDEO:
        name = f"{stem}.wav"
    day = _day(begun // (24 * 3600 * 1_000_000))
    return f"/{NODE}/{cc_id}/{MESSAGES}/{path.tenant}/{day}/{agent or 0}/{name}"
