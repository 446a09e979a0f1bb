"""What is played in agent conferences: to one party, to everybody, to who is held (CEC 6.1.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass, replace

from emulator.media.wiring import File, Sound
from emulator.surfaces.sip.hearing import Backdrop
from emulator.switch.events import ConferencePrompted

EVERYBODY = ""
"""In the place of a device."""
_FOLDERS = re.compile(r".*[/\\]")


@dataclass(frozen=True, slots=True)
class Playing:
    """An announcement; in the `background` those who talk are heard too."""

    serial: int
    sound: Sound
    background: bool


class Announcing:
    """The announcements of conferences; `prompt` finds the sound of a name."""

    def __init__(self, prompt: Callable[[str], Sound]) -> None:
        self._prompt = prompt
        self._playing: dict[tuple[str, str], Playing] = {}

    def begins(self, event: ConferencePrompted, serial: int) -> None:
        """An announcement begins; its path's last part names a prompt."""
        sound = self._prompt(_FOLDERS.sub("", event.prompt))
        self._playing[event.call, event.device] = Playing(serial, sound, event.background)

    def heard(self, backdrop: Backdrop, call: str, device: str) -> Playing | None:
        """What a party hears of them; None: nothing. Who is held hears a file again and again."""
        if backdrop is Backdrop.TO_ALL:
            return self._playing.get((call, EVERYBODY))
        own = self._playing.get((call, device))
        if backdrop is Backdrop.TO_ONE:
            return own
        if backdrop is Backdrop.MUSIC and own is not None and isinstance(own.sound, File):
            return replace(own, sound=replace(own.sound, times=0))
        return None

    def leave_behind(self, calls: Container[str]) -> None:
        """Forget what is played on other calls than these."""
        for key in [it for it in self._playing if it[0] not in calls]:
            del self._playing[key]
