"""The CC-FS component: its envelope, its bodies, its door (CEC 13.2)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticUseDefault

from emulator.media import paths
from emulator.surfaces.cec.auth_c2 import DeveloperRequest, SignatureGate
from emulator.surfaces.cec.ccfs import errors
from emulator.surfaces.cec.ccfs.desk import FileServer, real_time
from emulator.surfaces.cec.component import Component
from emulator.surfaces.cec.envelope import Answer, Stream, write_json
from emulator.surfaces.cec.errors import ErrorTable, Failure, ParameterError, Unauthenticated
from emulator.surfaces.coercion import Int, Text, as_digit_text, spelled
from emulator.switch.model import Tenant

CcfsRequest = DeveloperRequest[FileServer]

FILE = b"application/octet-stream;charset=UTF-8"
R = TypeVar("R")
B = TypeVar("B")


class CcfsAnswer(BaseModel, Generic[R]):
    """The answer of every interface; `resultData` is null where there is nothing to give."""

    result_data: R = Field(serialization_alias="resultData")
    result_code: str = Field(serialization_alias="resultCode")
    result_desc: str = Field(serialization_alias="resultDesc")


class CcfsEnvelope:
    """`resultData`, `resultCode`, `resultDesc`, in the order of the examples.

    The `response` object beside them, "reserved for compatibility", is in no example: it is left
    out. What does not reach the service has the form of Table 13-127.
    """

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success."""
        return write_json({"resultData": result, "resultCode": "0", "resultDesc": message})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        if failure.status == 200:
            return write_json(
                {"resultData": None, "resultCode": failure.code, "resultDesc": failure.message}
            )
        where = {"path": failure.path} if isinstance(failure, errors.Rejection) else {}
        return write_json(
            {
                "timestamp": real_time() // 1000,
                "status": failure.status,
                "error": HTTPStatus(failure.status).phrase,
                "message": "No message available",
                **where,
            }
        )

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        return CcfsAnswer[Any] if result is None else CcfsAnswer[result]


ccfs: Component[FileServer] = Component(
    "ccfs",
    prefix="/CCFS/resource/ccfs",
    envelope=CcfsEnvelope(),
    errors=ErrorTable(
        {
            errors.Refused: errors.refusal,
            ParameterError: errors.parameter,
            Unauthenticated: Failure("401", "Unauthorized", status=401),
            errors.NotSigned: errors.rejection,
        },
        parameter=errors.failure("0300007"),
        unforeseen=errors.failure("0300025"),
        unknown_path=Failure("404", "Not Found", status=404),
        wrong_method=Failure("405", "Method Not Allowed", status=405),
    ),
    auth="C2",
)


class CcfsGate(SignatureGate):
    """Who has not signed is told where that was."""

    def admit(self, request: DeveloperRequest[Any]) -> None:
        """Verify the signature."""
        try:
            super().admit(request)
        except Unauthenticated as error:
            raise errors.NotSigned(str(error), request.scope["path"]) from None


def developer(call: CcfsRequest) -> Tenant:
    """The tenant whose access key has signed the request."""
    tenant = call.platform.tenant_with(call.access_key)
    if tenant is None:
        raise errors.NotSigned("unknown access key", call.scope["path"])
    return tenant


# Bodies: `request` and `msgBody` are real


def _only_this(version: str) -> str:
    if version != errors.VERSION:
        raise PydanticCustomError("other_version", "not {it}", {"it": errors.VERSION})
    return version


def _canonical(path: str) -> str:
    folders = path.removeprefix("/").removesuffix("/").split("/")
    if any(folder in ("", ".", "..") for folder in folders):
        raise PydanticCustomError("not_canonical", "leads elsewhere")
    return path


def _allowed(characters: str) -> BeforeValidator:
    """Only letters, digits and these."""

    def check(value: object) -> object:
        if isinstance(value, str):
            for character in value:
                if not (character.isascii() and character.isalnum()) and (
                    character not in characters
                ):
                    raise PydanticCustomError("illegal_characters", "not allowed in a name")
        return value

    return BeforeValidator(check)


def _given(value: object) -> object:
    if value is None or value == "":
        raise PydanticUseDefault
    return as_digit_text(value)


Version = Annotated[Text, Field(min_length=1, max_length=32), AfterValidator(_only_this)]
Blank = Annotated[str, BeforeValidator(_given)]
"""A text that may be missing or empty, which is the same."""
ExportName = Annotated[Text, Field(min_length=1, max_length=49), _allowed("._-")]
RecordName = Annotated[
    Text, Field(min_length=1, max_length=225), AfterValidator(_canonical), _allowed("/._-")
]
DriveName = Annotated[
    Blank, AfterValidator(errors.slashes), AfterValidator(_canonical), _allowed(":;/\\._-")
]
"""A name that begins with a drive."""


DrivePath = Annotated[
    Text,
    Field(min_length=1),
    AfterValidator(errors.slashes),
    AfterValidator(_canonical),
    _allowed(":/\\._-"),
]


class Head(BaseModel):
    """The `request` object."""

    version: Version


class Body(BaseModel, Generic[B]):
    """What all bodies hold."""

    request: Head
    it: B = spelled("msgBody")


class At(BaseModel):
    """On which node, in a CTI pool."""

    location: Int | None = spelled("locationId", "locationid", default=None)


NODE = str(paths.NODE)


def is_here(call: CcfsRequest, location: object) -> bool:
    """Whether what is at that location can be reached; without a CTI pool there is one node."""
    return not call.platform.platform.settings.cti_pool or str(location) == NODE


def file_answer(call: CcfsRequest, size: int, pieces: Any) -> Answer:
    """Send a file, unless too many are being sent already."""
    if call.platform.is_busy:
        raise errors.Refused("0300008")
    return Answer(b"", FILE, stream=Stream(size, call.platform.counted(pieces)))
