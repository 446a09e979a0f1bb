"""Sound of third parties: for their voice robots, and what their IVR has recorded (CEC 13.2.1.12).

    Y:/3rdfile/<vdn>/thirdvoicebotfile/…     what a third party uploads, and downloads again
    Y:/3rdfile/<vdn>/IVRrecordFile/…         what its IVR has recorded; somebody puts it there
    Y:/voice/<vdn>/IVRrecordFile/…           the same

Files lie below the recordings folder; in memory, in one that ends with the call center. Everything
here blocks: call it in a thread.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from emulator.domain.folder import Folder
from emulator.media.paths import DRIVE

UPLOADS = ("3rdfile", "thirdvoicebotfile")
RULES = (("voice", "IVRrecordFile"), ("3rdfile", "IVRrecordFile"), UPLOADS)
"""The folders above and below a VDN's id that can be downloaded from."""
MOST_UPLOADS = 1_000
"""Files of each VDN."""

_PATH = re.compile(
    r"([A-Za-z]):/([A-Za-z0-9]+)/([1-9][0-9]{0,8})/([A-Za-z0-9]+)((?:/[A-Za-z0-9_.-]+)?)/?"
)
_UPLOADED = re.compile(r"[A-Za-z0-9]{8}_[0-9]{13}\.wav")
_PIECE = 128 * 1024


class BadVoicePath(ValueError):
    """The text is no path of a third party's files."""


class TooManyUploads(Exception):
    """The VDN has `MOST_UPLOADS` files already."""


@dataclass(frozen=True, slots=True)
class VoicePath:
    """A path that was read; `name` empty: a folder."""

    drive: str
    top: str
    tenant: int
    folder: str
    name: str

    @property
    def mapped(self) -> bool:
        """Whether the drive is one of the platform's."""
        return self.drive == DRIVE

    @property
    def is_upload(self) -> bool:
        """Whether it is below the folder of uploads."""
        return (self.top, self.folder) == UPLOADS


def read(text: str) -> VoicePath:
    """Read a path; `BadVoicePath` if it is none that files can have."""
    found = _PATH.fullmatch(text)
    if found is None:
        raise BadVoicePath(text)
    drive, top, tenant, folder, name = found.groups()
    if (top, folder) not in RULES or name[1:2] == ".":
        raise BadVoicePath(text)
    return VoicePath(drive.upper(), top, int(tenant), folder, name[1:])


class VoiceFiles:
    """The files of third parties."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def find(self, path: VoicePath) -> Path | None:
        """Where a file is."""
        place = self._place(path)
        return place if place is not None and path.name and place.is_file() else None

    def files_in(self, path: VoicePath) -> list[Path]:
        """The files in a folder, by name."""
        place = self._place(path)
        if place is None or not place.is_dir():
            return []
        root = self._folder.place.resolve()
        return sorted(
            file
            for file in place.iterdir()
            if file.is_file() and file.resolve().is_relative_to(root)
        )

    def add(self, tenant: int, name: str, content: bytes) -> str:
        """Keep an upload, whole or not at all; gives its path. `TooManyUploads`, OSError."""
        path = VoicePath(DRIVE, UPLOADS[0], tenant, UPLOADS[1], name)
        if len(self.files_in(VoicePath(DRIVE, UPLOADS[0], tenant, UPLOADS[1], ""))) >= MOST_UPLOADS:
            raise TooManyUploads(tenant)
        place = self._folder.place / UPLOADS[0] / str(tenant) / UPLOADS[1] / name
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = None
        try:
            with tempfile.NamedTemporaryFile(dir=self._folder.place, delete=False) as file:
                unfinished = Path(file.name)
                file.write(content)
            unfinished.chmod(0o644)
            unfinished.replace(place)
        except OSError:
            if unfinished is not None:
                unfinished.unlink(missing_ok=True)
            raise
        return f"{path.drive}:/{path.top}/{tenant}/{path.folder}/{name}"

    def forget(self, tenant: int | None) -> None:
        """A tenant begins anew, or all do: what was uploaded is gone, what lay there stays."""
        top = self._folder.place / UPLOADS[0] if self._folder.exists else None
        if top is None or not top.is_dir():
            return
        for owner in [top / str(tenant)] if tenant is not None else list(top.iterdir()):
            for file in (owner / UPLOADS[1]).glob("*.wav"):
                if _UPLOADED.fullmatch(file.name):
                    with suppress(OSError):
                        file.unlink()

    def _place(self, path: VoicePath) -> Path | None:
        if not self._folder.exists:
            return None
        root = self._folder.place.resolve()
        place = root.joinpath(path.top, str(path.tenant), path.folder, path.name).resolve()
        return place if place.is_relative_to(root) else None


def digest(place: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    found = hashlib.sha256()
    with place.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
