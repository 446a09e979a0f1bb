"""Files of third parties whose robots are connected to the IVR (CEC 13.2.1.12 to 13.2.1.15)."""

from __future__ import annotations

import asyncio
import base64
import binascii
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.domain.voice_files import (
    BadVoicePath,
    TooManyUploads,
    VoicePath,
    digest,
    read,
)
from emulator.media import voice
from emulator.surfaces.cec.ccfs import errors
from emulator.surfaces.cec.ccfs.component import (
    NODE,
    Blank,
    Body,
    CcfsAnswer,
    CcfsRequest,
    DrivePath,
    ccfs,
    developer,
    file_answer,
    is_here,
)
from emulator.surfaces.cec.ccfs.desk import FileServer, real_time
from emulator.surfaces.cec.ccfs.errors import Refused
from emulator.surfaces.cec.ccfs.files import from_disk
from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.coercion import Int, Text, spelled

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
MEBIBYTE = 1024 * 1024
OVERHEAD = 64 * 1024
"""Bytes of a body beside the file."""
FOLDER = 1
"""`mode` of a path that is a folder's."""

PATH_CODES = (
    *("0300001", "0300002", "0300003", "0300004", "0300006", "0300007", "0300011", "0300022"),
    *("0300024", "0300025", "0300026", "0300032", "0300046"),
)
_FLAWS = {
    voice.NotRiff: "0300035",
    voice.WrongChannels: "0300036",
    voice.WrongBits: "0300037",
    voice.WrongRate: "0300038",
    voice.NotVoice: "0300039",
}


def _own_path(call: CcfsRequest, text: str, *, upload: bool = False) -> VoicePath:
    """Read the path of a file or folder of the developer's."""
    tenant = developer(call)
    try:
        path = read(text)
    except BadVoicePath:
        raise Refused("0300032") from None
    if upload and not path.is_upload:
        raise Refused("0300032")
    if path.tenant != tenant.id:
        raise Refused("0300026")
    if not path.mapped:
        raise Refused("0300046")
    return path


class Wanted(BaseModel):
    """Which file, or the only one in which folder (13.2.1.12)."""

    path: DrivePath = spelled("filePath")
    mode: Int = spelled("mode", default=0)


@ccfs.post(
    "/ivr/downloadFile",
    section="13.2.1.12",
    codes=(*PATH_CODES, "0300008", "0300044"),
    answers=CcfsAnswer[None],
    sends_file=True,
)
async def download_file(call: CcfsRequest, body: Body[Wanted]) -> Answer:
    """Send a file of the third party's."""
    path, files = _own_path(call, body.it.path), call.platform.voice_files
    if body.it.mode == FOLDER:
        place = await asyncio.to_thread(_only_one, call.platform, path)
    else:
        place = await asyncio.to_thread(files.find, path)
    if place is None:
        raise Refused("0300011")
    size, pieces = from_disk(place)
    return file_answer(call, size, pieces)


def _only_one(desk: FileServer, path: VoicePath) -> Path | None:
    found = [] if path.name else desk.voice_files.files_in(path)
    if len(found) > 1:
        raise Refused("0300044")
    return found[0] if found else None


# Uploads


def _most(desk: FileServer) -> int:
    return desk.platform.settings.upload_mb * MEBIBYTE


def longest_body(desk: FileServer) -> int:
    """Bytes that the body of an upload may have."""
    return _most(desk) * 4 // 3 + OVERHEAD


class ForVdn(BaseModel):
    """Whose robot the file is for."""

    vdn: Int = spelled("vdnId")


class Upload(BaseModel):
    """The file in Base64 (13.2.1.13)."""

    data: Annotated[Text, Field(min_length=1)]


@ccfs.post(
    "/ivr/uploadFile",
    section="13.2.1.13",
    codes=(
        *("0300001", "0300002", "0300003", "0300004", "0300006", "0300007", "0300025", "0300026"),
        *("0300030", "0300035", "0300036", "0300037", "0300038", "0300039", "0300041"),
    ),
    failures={ParameterError: errors.upload_parameter},
    max_body=longest_body,
)
async def upload_file(call: CcfsRequest, query: ForVdn, body: Body[Upload]) -> dict[str, Any]:
    """Keep a file for the VDN's robot; in a CTI pool it is said on which nodes it is."""
    tenant, desk = developer(call), call.platform
    if query.vdn != tenant.id:
        raise Refused("0300026")
    content = await asyncio.to_thread(_sound, body.it.data, _most(desk))
    letters = "".join(desk.numbers.choice(LETTERS) for _ in range(8))
    name = f"{letters}_{real_time() // 1000}.wav"
    try:
        path = await asyncio.to_thread(desk.voice_files.add, tenant.id, name, content)
    except (TooManyUploads, OSError):
        raise Refused("0300030") from None
    where = {"locationId": [NODE]} if desk.platform.settings.cti_pool else {}
    return {"fileName": path, **where}


def _sound(data: str, most: int) -> bytes:
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("0300004", "data") from None
    if len(content) > most:
        raise Refused("0300041")
    try:
        voice.check(content)
    except voice.NotVoice as flaw:
        raise Refused(_FLAWS[type(flaw)]) from None
    return content


class Named(BaseModel):
    """Which upload; in a CTI pool perhaps only on one node."""

    location: Blank = spelled("locationId", "locationid", default="")
    path: DrivePath = spelled("fileName")


class Hash(BaseModel):
    """SHA-256 of the file, in hexadecimal digits."""

    value: str = Field(serialization_alias="hashValue")


async def _upload_of(call: CcfsRequest, named: Named) -> Path:
    path = _own_path(call, named.path, upload=True)
    place = await asyncio.to_thread(call.platform.voice_files.find, path)
    if place is None or (named.location and not is_here(call, named.location)):
        raise Refused("0300011")
    return place


@ccfs.post("/ivr/getFileHash", section="13.2.1.14", codes=PATH_CODES)
async def get_file_hash(call: CcfsRequest, body: Body[Named]) -> Hash:
    """Give the hash of an upload."""
    return Hash(value=await asyncio.to_thread(digest, await _upload_of(call, body.it)))


@ccfs.post("/ivr/deleteFile", section="13.2.1.15", codes=(*PATH_CODES, "0300040"))
async def delete_file(call: CcfsRequest, body: Body[Named]) -> None:
    """Delete an upload."""
    place = await _upload_of(call, body.it)
    try:
        await asyncio.to_thread(place.unlink, missing_ok=True)
    except OSError:
        raise Refused("0300040") from None
