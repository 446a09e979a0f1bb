"""Where recordings are listened to (chapter 3.4): the name as `getRecording` gives it.

/outbound/index.php/RecordingAction/index.php?m=Public&a=record&uniqueid=audio:….WAV
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from emulator.domain.recordings import sent
from emulator.media.library import MediaFile
from emulator.media.paths import NotAName
from emulator.media.paths import read as read_path
from emulator.surfaces.uncall import mapping
from emulator.surfaces.uncall.desk import Uncall
from emulator.surfaces.wire import respond, respond_in_pieces
from emulator.switch.errors import SwitchError

PATH = "/outbound/index.php/RecordingAction/index.php"
TEXT = b"text/plain; charset=utf-8"
SOUND = b"audio/x-wav"
_MOST_QUERY = 2_000


class RecordingAction:
    """Serves recordings: an ASGI application."""

    def __init__(self, desk: Uncall) -> None:
        self._desk = desk

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        path = scope["path"].removeprefix(scope.get("root_path") or "")
        if scope["method"] not in ("GET", "HEAD"):
            await respond(scope, send, 405, b"", TEXT, [(b"Allow", b"GET, HEAD")])
            return
        file = await self._file(scope["query_string"]) if path == PATH else None
        if file is None:
            await respond(scope, send, 404, b"there is no such recording", TEXT)
        elif scope["method"] == "HEAD":
            await respond(scope, send, 200, b"", SOUND)
        else:
            await respond_in_pieces(scope, send, file.size, sent(file), SOUND)

    async def _file(self, query: bytes) -> MediaFile | None:
        try:
            said = parse_qs(query[:_MOST_QUERY].decode("ascii"), errors="strict")
        except ValueError:
            return None
        if (said.get("m"), said.get("a")) != (["Public"], ["record"]):
            return None
        name = mapping.read_recording(said.get("uniqueid", [""])[0])
        if name is None:
            return None
        recordings = self._desk.platform.recordings
        rows = await self._desk.recordings_of(name.call)
        wanted = self._work_no_at(name.extension)
        for row in sorted(rows, key=lambda it: it.agent_id != wanted):
            try:
                return await recordings.open(read_path(row.file_name))
            except NotAName:
                continue
        return None

    def _work_no_at(self, extension: str) -> str:
        try:
            return str(self._desk.agent(extension).work_no)
        except SwitchError:
            return ""
