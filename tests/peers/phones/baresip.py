"""baresip without a head: a phone with a tone of its own, whose ears are a file."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.peers.phones.tones import tones, write_tone
from tests.ports import free_port

MODULES = "/usr/lib/baresip/modules"
CONFIG = """
module_path {modules}
sip_listen {host}:{sip_port}
sip_cafile {cafile}
audio_source aufile,{folder}/voice.wav
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
audio_level no
audio_channels 1
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_timeout 60
net_interface {interface}
module g711.so
module g722.so
module opus.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{port}
snd_path {folder}
"""
_STATE = re.compile(r"\s*\[\d+:\d\d:\d\d\] +audio=\S+ \(bit/s\)\s*")
WITHIN_S = 15.0
EVERY_S = 0.1


class Baresip:
    """A phone at which `number` registers, or a caller; its voice is a tone of so many Hz."""

    def __init__(self, folder: Path, sip: str, number: str, hertz: int, **account: str) -> None:
        """`sip` is host, port and parameters of the emulator; `account` baresip's parameters."""
        self.number, self.hertz, self.sip = number, hertz, sip
        self.folder = folder / number
        self.folder.mkdir()
        self._port = free_port()
        write_tone(self.folder / "voice.wav", hertz)
        config = CONFIG.format(
            modules=MODULES,
            host="127.0.0.1",
            sip_port=account.pop("sip_port", "0"),
            cafile=account.pop("cafile", ""),
            folder=self.folder,
            interface="127.0.0.1",
            port=self._port,
        )
        (self.folder / "config").write_text(config)
        given = {"audio_codecs": "pcmu", "regint": "0", **account}
        told = ";".join(f"{name}={value}" for name, value in given.items())
        (self.folder / "accounts").write_text(f"<sip:{number}@{sip}>;{told}\n")
        self._log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            ["baresip", "-f", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._control = self._connect()

    def _connect(self) -> socket.socket:
        until = time.monotonic() + WITHIN_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._port), timeout=WITHIN_S)
            except OSError:
                assert time.monotonic() < until, self.said()
                time.sleep(EVERY_S)

    def said(self) -> str:
        """What it has written, without the state of its calls."""
        return _STATE.sub("", (self.folder / "log").read_text("utf-8", "replace"))

    def command(self, name: str, value: str = "") -> None:
        """One of its commands, as its menu has them."""
        order = json.dumps({"command": name, "params": value, "token": "t"}).encode()
        self._control.sendall(b"%d:%s," % (len(order), order))

    def dial(self, number: str) -> None:
        self.command("dial", f"sip:{number}@{self.sip}")

    def press(self, keys: str) -> None:
        for key in keys:
            self.command("sndcode", key)
            time.sleep(0.3)

    def hang_up(self) -> None:
        self.command("hangup")

    def hears(self) -> set[int]:
        """The tones (Hz) that were heard in the last half second."""
        dumps = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda it: it.stat().st_mtime)
        return tones(dumps[-1]) if dumps else set()

    def stop(self) -> None:
        """Switch the phone off."""
        with suppress(OSError):
            self._control.close()
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


def comes_true(what: Callable[[], bool], within: float = WITHIN_S) -> bool:
    """Whether something is so soon."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(EVERY_S)
    return what()
