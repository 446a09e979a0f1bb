"""The codes of CC-FS (CEC 13.2.3.1), and what leads to them."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.surfaces.cec.errors import DoorError, Failure, ParameterError, Unauthenticated

VERSION = "2.0"
MAX_DAYS = "3"

DESCRIPTIONS = {
    "0300001": "The value of {} cannot be null.",
    "0300002": "The value of {} cannot be an empty string.",
    "0300003": "The length of {} is too long.",
    "0300004": "The format of {} is incorrect.",
    "0300006": "The value of version is error, current version is {} .",
    "0300007": "The params of requestBody is null.",
    "0300008": "Reached the download flow control threshold.",
    "0300009": "Reached the query flow control threshold.",
    "0300010": "The date in the value of fileName is in an incorrect format.",
    "0300011": "The file does not exist.",
    "0300012": "No data found.",
    "0300013": "The beginTime cannot be later than the endTime.",
    "0300014": "The maximum duration between the beginTime and endTime is {} days.",
    "0300015": "The local storage or voice path does not exist.",
    "0300016": "The value of {} is greater than current time.",
    "0300018": "This record belongs to another developer.",
    "0300019": "Specify at least one of fileName and callId.",
    "0300021": "The {0} in fileName does not match the {0} in the directory.",
    "0300022": "The parameter {} value contains illegal characters.",
    "0300023": "The file name does not match the path configured in the configuration file.",
    "0300024": "The file path is not canonical path.",
    "0300025": "Internal system error.",
    "0300026": "Authentication failed.",
    "0300027": "Parameter {} is empty.",
    "0300028": "Parameter {} is error.",
    "0300029": "File does not exist.",
    "0300030": "Failure of system processing.",
    "0300031": "Invalid oiap fileName, fileName Length is not legal.",
    "0300032": "file path is invalid.",
    "0300033": "locationId is empty",
    "0300034": "tenantId is empty",
    "0300035": "audio file type should be wav.",
    "0300036": "audio file channel should be mono.",
    "0300037": "audio file fileSampleSizeInBits should be 8000Hz.",
    "0300038": "audio file fileSampleRate should be 8000Hz.",
    "0300039": "Failed to read the audio file format.",
    "0300040": "An exception occurred during file deletion.",
    "0300041": "The file size exceeds the limit.",
    "0300044": "The directory contains multiple files.",
    "0300045": "Failed to compress the recording files.",
    "0300046": "The mount path corresponding to the drive letter does not exist.",
}
"""Those that are given; a name or a number comes into their braces."""


class Refused(DoorError):
    """A refusal with its documented code; `about` is what its text names."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(f"{code} {about}".strip())
        self.failure = failure(code, about)


class NotSigned(Unauthenticated):
    """The request is not signed as it should be; `path` is where it went."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason)
        self.path = path


@dataclass(frozen=True, slots=True)
class Rejection(Failure):
    """A refusal of the server in front of the service (Table 13-127)."""

    path: str = ""


def failure(code: str, about: str = "") -> Failure:
    """The failure with a documented code."""
    return Failure(code, DESCRIPTIONS[code].format(about))


def refusal(error: Exception) -> Failure:
    """What a `Refused` carries."""
    assert isinstance(error, Refused)
    return error.failure


def rejection(error: Exception) -> Failure:
    """Whoever has not signed does not reach the service."""
    assert isinstance(error, NotSigned)
    return Rejection("401", "Unauthorized", 401, error.path)


_USUAL = {
    "missing": "0300001",
    "too_short": "0300002",
    "too_long": "0300003",
    "illegal_characters": "0300022",
    "not_canonical": "0300024",
}
_PLAYBACK = {**dict.fromkeys(("missing", "too_short"), "0300027")}


def parameter(error: Exception) -> Failure:
    """The code of a wrong parameter."""
    return _parameter(error, _USUAL, "0300004")


def playback_parameter(error: Exception) -> Failure:
    """The same where a recording is listened to, which has codes of its own."""
    return _parameter(error, _PLAYBACK, "0300028")


def robot_parameter(error: Exception) -> Failure:
    """The same of the recordings of intelligent flows: a name has one code for its length."""
    lengths = dict.fromkeys(("too_short", "too_long"), "0300031")
    named = _name_and_flaw(error)[0] == "fileName"
    return _parameter(error, {**_USUAL, **(lengths if named else {})}, "0300004")


def upload_parameter(error: Exception) -> Failure:
    """The same of an upload, which may be too long before it is read."""
    if _name_and_flaw(error) == ("", "too long"):
        return failure("0300041")
    return parameter(error)


def _parameter(error: Exception, codes: dict[str, str], otherwise: str) -> Failure:
    name, flaw = _name_and_flaw(error)
    if flaw == "other_version":
        return failure("0300006", VERSION)
    if name in ("", "request", "msgBody"):
        return failure("0300003", "requestBody") if flaw == "too long" else failure("0300007")
    return failure(codes.get(flaw, otherwise), name)


def _name_and_flaw(error: Exception) -> tuple[str, str]:
    """Which parameter is wrong, and how; no name: it is the whole body."""
    assert isinstance(error, ParameterError)
    place, _, flaw = (error.problems[0] if error.problems else "").partition(": ")
    part, _, name = place.rpartition(".")
    return (name if part else ""), flaw.removeprefix("string_")


def slashes(path: str) -> str:
    """Backslashes are slashes."""
    return path.replace("\\", "/")
