"""What flows have recorded: messages, and what intelligent ones keep (CEC 13.2.1.10 and 11)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from emulator.media import paths
from emulator.media.paths import NotAName, RecordingPath
from emulator.surfaces.cec.ccfs import errors
from emulator.surfaces.cec.ccfs.component import (
    At,
    Body,
    CcfsAnswer,
    CcfsRequest,
    ccfs,
    developer,
    is_here,
)
from emulator.surfaces.cec.ccfs.errors import Refused
from emulator.surfaces.cec.ccfs.recordings import BODY_CODES, whole
from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.coercion import Text, spelled

_MESSAGE = re.compile(r"([A-Za-z]):/([1-9][0-9]{0,8})/([A-Za-z0-9]+)/([0-9]{8})/([A-Za-z0-9_.-]+)")
_ROBOT = (
    re.compile(r"([A-Za-z]):/record/([1-9][0-9]{0,8})/(odfsrecord)/([0-9]{8})/([A-Za-z0-9_.-]+)"),
    re.compile(
        r"([A-Za-z]):/([1-9][0-9]{0,8})/(odfsrecord|transferrecord)/([0-9]{8})/([A-Za-z0-9_.-]+)"
    ),
    re.compile(r"([A-Za-z]):/record/([1-9][0-9]{0,8})/()([0-9]{8})/([A-Za-z0-9_.-]+)"),
)


class RobotFile(BaseModel):
    """Which file (13.2.1.10)."""

    name: Annotated[Text, Field(min_length=1, max_length=127), AfterValidator(errors.slashes)] = (
        spelled("fileName")
    )


class MessageFile(BaseModel):
    """Which file (13.2.1.11)."""

    name: Annotated[Text, Field(min_length=1, max_length=225), AfterValidator(errors.slashes)] = (
        spelled("fileName")
    )


@ccfs.post(
    "/downloadOiapRecord",
    section="13.2.1.10",
    codes=(
        *(*BODY_CODES, "0300008", "0300011", "0300025", "0300026"),
        *("0300031", "0300032", "0300033", "0300046"),
    ),
    failures={ParameterError: errors.robot_parameter},
    answers=CcfsAnswer[None],
    sends_file=True,
)
async def download_robot_record(call: CcfsRequest, query: At, body: Body[RobotFile]) -> Answer:
    """Send what an intelligent flow has recorded."""
    found = next((it for form in _ROBOT if (it := form.fullmatch(body.it.name))), None)
    if found is None:
        raise Refused("0300032")
    drive, tenant, folder, day, name = found.groups()
    return await _message(call, query, drive, int(tenant), folder or paths.MESSAGES, day, name)


@ccfs.post(
    "/downloadIVRRecordFile",
    section="13.2.1.11",
    codes=(
        *BODY_CODES,
        "0300008",
        "0300011",
        "0300023",
        "0300025",
        "0300026",
        "0300033",
        "0300046",
    ),
    answers=CcfsAnswer[None],
    sends_file=True,
)
async def download_message(call: CcfsRequest, query: At, body: Body[MessageFile]) -> Answer:
    """Send a message that a customer has left with a flow."""
    found = _MESSAGE.fullmatch(body.it.name)
    if found is None:
        raise Refused("0300004", "fileName")
    drive, tenant, folder, day, name = found.groups()
    if folder != paths.MESSAGES:
        raise Refused("0300023")
    return await _message(call, query, drive, int(tenant), folder, day, name)


async def _message(
    call: CcfsRequest, query: At, drive: str, owner: int, folder: str, day: str, name: str
) -> Answer:
    tenant = developer(call)
    if owner != tenant.id:
        raise Refused("0300026")
    if drive.upper() != paths.DRIVE:
        raise Refused("0300046")
    if call.platform.platform.settings.cti_pool and query.location is None:
        raise Refused("0300033")
    if not is_here(call, query.location):
        raise Refused("0300011")
    recordings = call.platform.platform.recordings
    try:
        file = await recordings.open(paths.read(f"{paths.DRIVE}:/{owner}/{folder}/{day}/{name}"))
        if file is None and folder == "odfsrecord":
            # What our flows record is kept among the messages.
            path = RecordingPath(paths.DRIVE, owner, (paths.MESSAGES, day, name))
            file = await recordings.open(path)
    except NotAName:
        file = None
    return whole(call, file)
