"""Pictures of customers that agents have taken in video calls (CEC 6.1.5.5).

There is no camera: a picture shows the call, the time (UTC), the agent and the customer's number,
so that it can be told from every other. It is kept as a file where there is a directory for it,
else in memory.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path

from emulator.domain import png
from emulator.snapshot.errors import SnapshotRefused
from emulator.snapshot.part import Part
from emulator.switch.events import Event, ImageCaptured

DRIVE = "Y:/"
KEPT = 1000
"""Pictures in memory; then the oldest are forgotten."""
_NAME = re.compile(r"Y:/\d{1,9}/1/\d{8}/\d{1,5}/\d{6,26}\.png")


def file_name(taken: ImageCaptured) -> str:
    """Where the picture is: `Y:/<vdn>/1/<day>/<agent>/<time><serial>.png`."""
    at = datetime.fromtimestamp(taken.at // 1_000_000, UTC)
    folder = f"{DRIVE}{taken.tenant}/1/{at:%Y%m%d}/{taken.agent}"
    return f"{folder}/{at:%H%M%S}{taken.serial}.png"


def draw(taken: ImageCaptured) -> bytes:
    """The picture, as a PNG file."""
    at = datetime.fromtimestamp(taken.at // 1_000_000, UTC)
    lines = (taken.call, f"{at:%Y-%m-%d %H:%M:%S}", str(taken.agent), taken.number)
    texts = {
        "Call": taken.call,
        "Creation Time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "Agent": str(taken.agent),
        "Customer": taken.number.encode("ascii", "replace").decode(),
    }
    return png.picture(lines, texts)


def _taken(name: str) -> tuple[str, str, str]:
    """When a picture was taken: its day, then its time, in the name's fourth and last part."""
    parts = name.split("/")
    return parts[3], parts[-1], name


def _check(pictures: dict[str, bytes]) -> None:
    for name in pictures:
        if not _NAME.fullmatch(name):
            raise SnapshotRefused(f"{name} is no name of a picture")


class Pictures:
    """All pictures of a call center; `folder` outlives it, without one they do not."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: OrderedDict[str, bytes] = OrderedDict()

    def hear(self, event: Event) -> None:
        """Keep the picture that an event tells of."""
        if type(event) is not ImageCaptured:
            return
        name, content = file_name(event), draw(event)
        if self._folder is not None:
            self._write(name, content)
            return
        self._memory[name] = content
        if len(self._memory) > KEPT:
            self._memory.popitem(last=False)

    def part(self) -> Part:
        """What a snapshot keeps of them: the latest, as many as memory would."""
        return Part("pictures", dict[str, bytes], self._all, self._take_up, _check)

    def _all(self) -> dict[str, bytes]:
        if self._folder is None:
            return dict(self._memory)
        root = self._folder
        names = (f"{DRIVE}{it.relative_to(root).as_posix()}" for it in root.rglob("*.png"))
        latest = sorted((name for name in names if _NAME.fullmatch(name)), key=_taken)[-KEPT:]
        return {name: (root / name.removeprefix(DRIVE)).read_bytes() for name in latest}

    def _take_up(self, pictures: dict[str, bytes]) -> None:
        """In a folder those that are there stay."""
        if self._folder is None:
            self._memory = OrderedDict(pictures)
            return
        for name, content in pictures.items():
            self._write(name, content)

    def _write(self, name: str, content: bytes) -> None:
        assert self._folder is not None
        path = self._folder / name.removeprefix(DRIVE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def read(self, name: str) -> bytes | None:
        """The picture with this name, as the event told it; None if there is none."""
        if self._folder is None:
            return self._memory.get(name)
        if not _NAME.fullmatch(name):
            return None
        path = self._folder / name.removeprefix(DRIVE)
        return path.read_bytes() if path.is_file() else None
