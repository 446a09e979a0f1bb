"""What is played in agent conferences (CEC 6.1.6): to one party, to everybody, to who is held.

And in passing: a welcome to who joins, and what tells the others of it, or that somebody leaves.
Who hears that is seen when it begins; each hears it to its end, or until there is something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass, replace

from emulator.media.wiring import File, Sound
from emulator.surfaces.sip.hearing import Backdrop, Heard
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
        self._beginning: dict[tuple[str, str], Playing] = {}
        """What is played in passing from now on."""
        self._passing: dict[int, Playing] = {}
        """What of that each party hears, by its port."""

    def begins(self, event: ConferencePrompted, serial: int) -> None:
        """An announcement begins; its path's last part names a prompt."""
        sound = self._prompt(_FOLDERS.sub("", event.prompt))
        playing = self._beginning if event.passing else self._playing
        playing[event.call, event.device] = Playing(serial, sound, event.background)

    def begun(self) -> None:
        """Everybody has been looked at since."""
        self._beginning.clear()

    def over(self, port: int, serial: int) -> bool:
        """A party has heard a sound to its end; whether it was one of these."""
        playing = self._passing.get(port)
        if playing is None or playing.serial != serial:
            return False
        del self._passing[port]
        return True

    def heard(self, heard: Heard, call: str, device: str, port: int) -> Playing | None:
        """What a party hears of them; None: nothing. Who is held hears a file again and again."""
        backdrop = heard.backdrop
        if heard.passing:
            return self._in_passing(call, device, port)
        self.gone(port)
        if backdrop is Backdrop.TO_ALL:
            return self._playing.get((call, EVERYBODY))
        own = self._playing.get((call, device))
        if backdrop is Backdrop.TO_ONE:
            return own
        if backdrop is Backdrop.MUSIC and own is not None and isinstance(own.sound, File):
            return replace(own, sound=replace(own.sound, times=0))
        return None

    def _in_passing(self, call: str, device: str, port: int) -> Playing | None:
        """A welcome is heard to its end, whoever joins meanwhile."""
        before = self._passing.get(port)
        begins = self._beginning.get((call, device)) or self._beginning.get((call, EVERYBODY))
        if begins is not None and (before is None or before.background):
            self._passing[port] = begins
            return begins
        return before

    def leave_behind(self, calls: Container[str]) -> None:
        """Forget what is played on other calls than these."""
        for key in [it for it in self._playing if it[0] not in calls]:
            del self._playing[key]

    def gone(self, port: int) -> None:
        """Nothing is heard there in passing any more."""
        self._passing.pop(port, None)
