"""linphonec, told by its standard input: another make of phone, whose ears are a file too."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from tests.peers.phones.tones import tones, write_tone
from tests.ports import free_port

CONFIG = """
[sip]
sip_port={sip}
sip_tcp_port=0
[rtp]
audio_rtp_port={rtp}
"""
BETWEEN_S = 0.5
"""It reads one line at a time."""


class Linphone:
    """A phone that registers as `number`; its voice is a tone. `by_itself` it answers all calls."""

    def __init__(
        self,
        folder: Path,
        sip: str,
        number: str,
        password: str,
        hertz: int,
        *,
        by_itself: bool = True,
    ) -> None:
        self.folder = folder / f"linphone-{number}"
        (self.folder / ".local/share/linphone").mkdir(parents=True)
        config = CONFIG.format(sip=free_port(), rtp=free_port())
        (self.folder / "rc").write_text(config)
        write_tone(self.folder / "voice.wav", hertz)
        self._log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [
                "linphonec",
                *(["-a"] if by_itself else []),
                *("-c", str(self.folder / "rc"), "-d", "0"),
            ],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"HOME": str(self.folder)},
            text=True,
        )
        for line in (
            "soundcard use files",
            f"play {self.folder / 'voice.wav'}",
            f"record {self.folder / 'heard.wav'}",
            f"register sip:{number}@{sip} sip:{sip} {password}",
        ):
            self.tell(line)

    def tell(self, line: str) -> None:
        """Type a line of its own commands."""
        assert self.process.stdin is not None
        time.sleep(BETWEEN_S)
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def said(self) -> str:
        """What it has written."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def hears(self) -> set[int]:
        """The tones (Hz) that were heard in the last half second."""
        heard = self.folder / "heard.wav"
        return tones(heard) if heard.exists() else set()

    def stop(self) -> None:
        """Switch the phone off."""
        try:
            self.process.communicate("quit\n", timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self._log.close()
