"""Listening to recordings: a token, then the sound by its address (CEC 13.2.1.8 and 13.2.1.9)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from emulator.media import paths
from emulator.media.library import MediaFile
from emulator.media.paths import NotAName
from emulator.surfaces.cec.ccfs import errors
from emulator.surfaces.cec.ccfs.component import (
    FILE,
    Body,
    CcfsAnswer,
    CcfsRequest,
    Version,
    ccfs,
    developer,
)
from emulator.surfaces.cec.ccfs.errors import Refused
from emulator.surfaces.cec.ccfs.files import stretch
from emulator.surfaces.cec.envelope import Answer, Stream
from emulator.surfaces.cec.errors import DoorError, Failure, ParameterError
from emulator.surfaces.coercion import Text, spelled

_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})")


# Stretches of a file (RFC 9110, 14.2)


class OutOfRange(DoorError):
    """The file is shorter."""

    def __init__(self, size: int) -> None:
        super().__init__("not within the file")
        self.headers = [(b"Content-Range", b"bytes */%d" % size)]


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent of a file: all of it (200) or one stretch (206)."""

    status: int
    size: int
    pieces: AsyncIterator[bytes]
    headers: list[tuple[bytes, bytes]]


def part(file: MediaFile, wanted: bytes | None) -> Part:
    """What a Range header asks for; several stretches at once, or nonsense, are all of it."""
    accept = (b"Accept-Ranges", b"bytes")
    found = _RANGE.fullmatch(wanted.strip()) if wanted else None
    if found is None or found.groups() == (b"", b""):
        return Part(200, file.size, stretch(file, 0, file.size), [accept])
    first, last = found.groups()
    begin = int(first) if first else max(file.size - int(last), 0)
    end = min(int(last), file.size - 1) if first and last else file.size - 1
    if first and last and int(last) < begin:
        return Part(200, file.size, stretch(file, 0, file.size), [accept])
    if begin > end:
        raise OutOfRange(file.size)
    size = end - begin + 1
    place = (b"Content-Range", b"bytes %d-%d/%d" % (begin, end, file.size))
    return Part(206, size, stretch(file, begin, size), [accept, place])


# A token


class Recording(BaseModel):
    """What is to be heard (13.2.1.8)."""

    name: Annotated[Text, Field(min_length=1), AfterValidator(errors.slashes)] = spelled("fileName")


class Token(BaseModel):
    """What lets its holder hear it."""

    token: str


@ccfs.post(
    "/requestPlayVoice",
    section="13.2.1.8",
    codes=(
        *("0300006", "0300007", "0300018", "0300025", "0300026", "0300027", "0300028", "0300029"),
    ),
    failures={ParameterError: errors.playback_parameter},
)
async def request_play_voice(call: CcfsRequest, body: Body[Recording]) -> Token:
    """Give a token for a recording, or for a message."""
    tenant = developer(call)
    try:
        path = paths.read(body.it.name)
    except NotAName:
        raise Refused("0300028", "fileName") from None
    if path.tenant != tenant.id:
        known = path.tenant in call.platform.platform.switch.tenants
        raise Refused("0300018" if known else "0300026")
    if path.is_video or await call.platform.platform.recordings.open(path) is None:
        raise Refused("0300029")
    return Token(token=call.platform.new_token(tenant.id, str(path)))


class Playing(BaseModel):
    """What the address holds (13.2.1.9)."""

    time: Annotated[Text, Field(min_length=1)] = spelled("t")
    version: Version
    token: Annotated[Text, Field(min_length=1)] = spelled("st")


def _range_failure(_: Exception) -> Failure:
    return errors.Rejection("416", "Requested Range Not Satisfiable", 416)


@ccfs.get(
    "/playVoice",
    section="13.2.1.9",
    codes=("0300006", "0300008", "0300025", "0300027", "0300028", "0300029"),
    auth=None,
    failures={ParameterError: errors.playback_parameter, OutOfRange: _range_failure},
    answers=CcfsAnswer[None],
    sends_file=True,
    refused_as=FILE,
)
async def play_voice(call: CcfsRequest, query: Playing) -> Answer:
    """Send the sound that the token is for, or the stretch of it that is asked for."""
    held = call.platform.token(query.token)
    if held is None:
        raise Refused("0300028", "token")
    file = await call.platform.platform.recordings.open(paths.read(held.file))
    if file is None:
        raise Refused("0300029")
    if call.platform.is_busy:
        raise Refused("0300008")
    try:
        found = part(file, call.header(b"range"))
    except OutOfRange as error:
        call.answer_headers += error.headers
        raise
    call.answer_headers += found.headers
    stream = Stream(found.size, call.platform.counted(found.pieces))
    return Answer(b"", FILE, found.status, stream)
