"""Recordings as files, and where they can be listened to (CEC 13.2.1.1, 4 and 5)."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from pydantic import BaseModel, Field

from emulator.domain.calendar import SECOND
from emulator.domain.local_time import instant
from emulator.domain.recordings import sent
from emulator.media import paths
from emulator.media.library import MediaFile
from emulator.media.paths import NotAName
from emulator.store.rows import RecordingRow
from emulator.surfaces.cec.ccfs.component import (
    Blank,
    Body,
    CcfsAnswer,
    CcfsRequest,
    DriveName,
    RecordName,
    Version,
    ccfs,
    developer,
    file_answer,
)
from emulator.surfaces.cec.ccfs.errors import Refused
from emulator.surfaces.cec.ccfs.files import from_disk
from emulator.surfaces.cec.ccfs.indexes import Time, check_interval
from emulator.surfaces.cec.ccfs.objects import address
from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.coercion import Text, spelled
from emulator.switch.model import Tenant

CHINA = timedelta(hours=8)
DAY = 24 * 3600 * SECOND
BODY_CODES = ("0300001", "0300002", "0300003", "0300004", "0300006", "0300007")
FILE_CODES = (*BODY_CODES, "0300008", "0300022", "0300024", "0300025")


def whole(call: CcfsRequest, file: MediaFile | None) -> Answer:
    """Send a file, if there is one."""
    if file is None:
        raise Refused("0300011")
    return file_answer(call, file.size, sent(file))


def _foreign(call: CcfsRequest, tenant: Tenant, owner: int) -> bool:
    return owner != tenant.id and owner in call.platform.platform.switch.tenants


# By the name in the index


class IndexedFile(BaseModel):
    """Which file (13.2.1.4)."""

    name: RecordName = spelled("fileName")


@ccfs.post(
    "/downloadRecordFile",
    section="13.2.1.4",
    codes=(*FILE_CODES, "0300010", "0300011", "0300018", "0300021"),
    answers=CcfsAnswer[None],
    sends_file=True,
)
async def download_record_file(call: CcfsRequest, body: Body[IndexedFile]) -> Answer:
    """Send the recording that the index has by that name."""
    tenant = developer(call)
    begun, agent, wanted = _read_index_name(call, tenant, body.it.name)
    found = call.platform.platform.recordings
    rows = await found.of_agent(tenant.id, agent, begun, begun + DAY)
    cc_id = tenant.config.cc_id
    for row in rows:
        if paths.index_name(row.file_name, row.agent_id, row.started_at, cc_id) == wanted:
            return whole(call, await _open(call, row.file_name))
    raise Refused("0300011")


def _read_index_name(call: CcfsRequest, tenant: Tenant, name: str) -> tuple[int, str, str]:
    """The day and the agent in a name, and the name as our index has it.

    `/<node>/<call center>/record/<vdn>/<yyyymmdd>/<agent>/<name>`, or with developer and account
    (a tenant's name, or its VDN) in the place of the VDN, as the table of errors has it.
    """
    parts = name.removeprefix("/").split("/")
    if len(parts) not in (7, 8) or not name.startswith("/"):
        raise Refused("0300004", "fileName")
    node, cc_id, record, *owner, day, agent, file = parts
    config = tenant.config
    own = {config.name, str(tenant.id)}
    if node != str(paths.NODE):
        raise Refused("0300021", "nodeId")
    if record != paths.MESSAGES:
        raise Refused("0300021", "record")
    if len(owner) == 2 and owner[0] != config.name:
        raise _not_ours(call, owner[0], "0300021")
    if owner[-1] not in own:
        raise _not_ours(call, owner[-1], "0300011")
    try:
        begun = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        raise Refused("0300010") from None
    if len(day) != 8:
        raise Refused("0300010")
    if cc_id != str(config.cc_id):
        raise Refused("0300011")
    wanted = f"/{node}/{cc_id}/{record}/{tenant.id}/{day}/{agent}/{file}"
    return int(begun.timestamp()) * SECOND, "" if agent == "0" else agent, wanted


def _not_ours(call: CcfsRequest, owner: str, otherwise: str) -> Refused:
    tenants = call.platform.platform.switch.tenants.values()
    if any(owner in (other.config.name, str(other.id)) for other in tenants):
        return Refused("0300018")
    return Refused(otherwise, "appId")


async def _open(call: CcfsRequest, file_name: str) -> MediaFile | None:
    return await call.platform.platform.recordings.open(paths.read(file_name))


# By its original name, or by its call


class Original(BaseModel):
    """Which file, or the files of which call (13.2.1.5)."""

    name: Annotated[DriveName, Field(max_length=225)] = spelled("fileName", default="")
    call: Annotated[Blank, Field(max_length=25)] = spelled("callId", "callid", default="")
    cc_id: Annotated[Blank, Field(max_length=64)] = spelled("ccId", "ccid", "cclid", default="1")


@ccfs.post(
    "/downloadRecord",
    section="13.2.1.5",
    codes=(
        *("0300001", "0300002", "0300003", "0300004", "0300006", "0300007", "0300008", "0300011"),
        *("0300012", "0300018", "0300019", "0300022", "0300024", "0300025", "0300045"),
    ),
    answers=CcfsAnswer[None],
    sends_file=True,
)
async def download_record(call: CcfsRequest, body: Body[Original]) -> Answer:
    """Send a recording, or all those of a call."""
    tenant, asked = developer(call), body.it
    if not asked.name and not asked.call:
        raise Refused("0300019")
    found = await _asked_for(call, tenant, asked)
    if asked.cc_id != str(tenant.config.cc_id):
        raise Refused("0300012")
    names = list(dict.fromkeys(row.file_name for row in found))
    if len(names) == 1:
        return whole(call, await _open(call, names[0]))
    return await _zipped(call, found)


async def _asked_for(call: CcfsRequest, tenant: Tenant, asked: Original) -> list[RecordingRow]:
    recordings = call.platform.platform.recordings
    if asked.name:
        try:
            path = paths.read(asked.name)
        except NotAName:
            raise Refused("0300004", "fileName") from None
        if _foreign(call, tenant, path.tenant):
            raise Refused("0300018")
        rows = await recordings.of_file(path) if path.tenant == tenant.id else []
        if asked.call:
            rows = [row for row in rows if row.call_id == asked.call]
        if not rows:
            raise Refused("0300012")
        return rows
    return own_of(tenant, await recordings.of_call(asked.call))


def own_of(tenant: Tenant, rows: Sequence[RecordingRow]) -> list[RecordingRow]:
    """Those of the tenant, but for screens; it is told when they are somebody else's."""
    heard = [row for row in rows if not paths.read(row.file_name).is_screen]
    own = [row for row in heard if row.tenant_id == tenant.id]
    if not own:
        raise Refused("0300018" if heard else "0300012")
    return own


async def _zipped(call: CcfsRequest, rows: Sequence[RecordingRow]) -> Answer:
    if call.platform.is_busy:
        raise Refused("0300008")
    files: dict[str, MediaFile] = {}
    for name in dict.fromkeys(row.file_name for row in rows):
        file = await _open(call, name)
        if file is None:
            raise Refused("0300045")
        files[name] = file
    try:
        place = call.platform.scratch.place / f"{uuid4().hex}.zip"
        await asyncio.to_thread(_zip, place, files)
    except OSError:
        raise Refused("0300045") from None
    size, pieces = from_disk(place, once=True)
    return file_answer(call, size, pieces)


def _zip(place: Path, files: dict[str, MediaFile]) -> None:
    """Tones are hardly shorter compressed: they are only put together."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_STORED) as archive:
        for name, file in files.items():
            with archive.open(_name_in_zip(name), "w") as member:
                for piece in file.pieces():
                    member.write(piece)


def _name_in_zip(file_name: str) -> str:
    """Two agents may have begun to speak at the same instant."""
    *_, folder, name = file_name.split("/")
    stem, _, ending = name.rpartition(".")
    return f"{folder}_{stem}{paths.VIDEO if f'.{ending}' == paths.VIDEO else '.wav'}"


# Addresses to listen and download from


class Recorded(BaseModel):
    """The recordings of a call within an interval (13.2.1.1)."""

    call: Annotated[Text, Field(min_length=1, max_length=25)] = spelled("callId", "callid")
    begin: Time = spelled("beginTime")
    end: Time = spelled("endTime")
    version: Version | None = spelled("version", default=None)


class Url(BaseModel):
    """Where the recording is; several are separated by commas."""

    url: str


@ccfs.post(
    "/getRecordFileUrlFromObs",
    section="13.2.1.1",
    codes=(
        *("0300001", "0300002", "0300003", "0300004", "0300006", "0300007", "0300012", "0300013"),
        *("0300014", "0300016", "0300018", "0300025", "0300047"),
    ),
)
async def get_record_url(call: CcfsRequest, body: Recorded) -> Url:
    """Give addresses that are good for eight hours."""
    tenant, platform = developer(call), call.platform.platform
    zone = _zone(tenant, body)
    since, until = instant(body.begin, zone), instant(body.end, zone)
    check_interval(platform.now, since, until)
    rows = own_of(tenant, await platform.recordings.of_call(body.call))
    within = [r for r in rows if since <= r.started_at and r.ended_at < until + SECOND]
    if not within:
        raise Refused("0300012")
    within.sort(key=lambda row: (row.started_at, row.ended_at))
    names = dict.fromkeys(row.file_name for row in within)
    return Url(url=",".join(address(call, tenant, name) for name in names))


def _zone(tenant: Tenant, asked: Recorded) -> str:
    """Without a version, who lives eight hours east of Greenwich gives Greenwich's time."""
    zone = tenant.config.timezone
    if asked.version is not None:
        return zone
    shown = instant(asked.begin, "UTC") - instant(asked.begin, zone)
    if shown != CHINA.total_seconds() * SECOND:
        raise Refused("0300001", "version")
    return "UTC"
