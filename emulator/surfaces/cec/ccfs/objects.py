"""The object storage that recordings are fetched from by address, without a signature of one's own.

    /ccfs/record/<vdn>/<file>?AccessKeyId=…&Expires=…&Signature=…

Whoever has such an address may read that one file until it expires (CEC 13.2.1.1).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from emulator.domain.calendar import SECOND
from emulator.media import paths
from emulator.media.paths import NotAName
from emulator.surfaces.cec.body import decode_query
from emulator.surfaces.cec.ccfs.component import CcfsRequest
from emulator.surfaces.cec.ccfs.desk import FileServer
from emulator.surfaces.cec.ccfs.playback import OutOfRange, part
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.wire import WORLD, respond, respond_in_pieces
from emulator.switch.model import Tenant

PREFIX = "/ccfs/record"
LIFE = 8 * 3600
"""Seconds of domain time."""
TEXT = b"text/plain;charset=UTF-8"
SOUND, PICTURES = b"audio/x-wav", b"video/mp4"


def address(call: CcfsRequest, tenant: Tenant, file_name: str) -> str:
    """Where a file can be read by anybody, for a while."""
    scope = call.scope
    host = (call.header(b"host") or b"localhost").decode("latin-1")
    path = PREFIX + quote(file_name.partition(":")[2])
    expires = call.platform.platform.now // SECOND + LIFE
    secrets = tenant.config.secrets
    query = urlencode(
        {
            "AccessKeyId": secrets["ak"],
            "Expires": expires,
            "Signature": _signature(secrets.get("sk", ""), path, str(expires)),
        }
    )
    return f"{scope.get('scheme', 'https')}://{host}{scope.get(WORLD, '')}{path}?{query}"


def _signature(secret: str, path: str, expires: str) -> str:
    text = f"GET\n{path}\n{expires}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, sha256).digest()).decode()


class ObjectStorage:
    """Serves addresses: an ASGI application."""

    def __init__(self, desk: FileServer) -> None:
        self._desk = desk

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif scope["method"] not in ("GET", "HEAD"):
            await respond(scope, send, 405, b"", TEXT, [(b"Allow", b"GET, HEAD")])
        elif not self._is_allowed(scope):
            await respond(scope, send, 403, b"AccessDenied", TEXT)
        else:
            await self._send(scope, send)

    def _is_allowed(self, scope: Any) -> bool:
        try:
            query = decode_query(scope["query_string"])
            expires = int(query["Expires"])
        except (ParameterError, KeyError, ValueError):
            return False
        tenant = self._desk.tenant_with(query.get("AccessKeyId", ""))
        path = quote(scope["path"])
        if tenant is None or not path.startswith(f"{PREFIX}/{tenant.id}/"):
            return False
        expected = _signature(tenant.config.secrets.get("sk", ""), path, query["Expires"])
        given = query.get("Signature", "")
        valid = hmac.compare_digest(expected.encode(), given.encode())
        return valid and expires > self._desk.platform.now // SECOND

    async def _send(self, scope: Any, send: Any) -> None:
        try:
            path = paths.read(f"{paths.DRIVE}:{scope['path'].removeprefix(PREFIX)}")
        except NotAName:
            path = None
        file = None if path is None else await self._desk.platform.recordings.open(path)
        if path is None or file is None:
            await respond(scope, send, 404, b"NoSuchKey", TEXT)
            return
        kind = PICTURES if path.is_video else SOUND
        headers = dict(scope["headers"])
        try:
            found = part(file, headers.get(b"range"))
        except OutOfRange as error:
            await respond(scope, send, 416, b"InvalidRange", TEXT, error.headers)
            return
        if scope["method"] == "HEAD":
            await respond_to_head(scope, send, found.size, kind, found.headers)
            return
        pieces = self._desk.counted(found.pieces)
        await respond_in_pieces(scope, send, found.size, pieces, kind, found.headers, found.status)


async def respond_to_head(
    scope: Mapping[str, Any], send: Any, size: int, kind: bytes, headers: Any
) -> None:
    """Answer as to GET, but for the body."""
    lines = [(b"content-type", kind), (b"content-length", b"%d" % size), *headers]
    await send({"type": "http.response.start", "status": 200, "headers": lines})
    await send({"type": "http.response.body", "body": b""})
