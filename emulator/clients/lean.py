"""A client of HTTP/1.1 that does little and is fast: for hundreds of polling clients in a process.

It keeps as many connections as are in use at once and takes the one that was used last. Answers
must carry their length, as all of the emulator's do.
"""

from __future__ import annotations

import asyncio
import json as standard_json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

LONGEST_HEAD = 64 * 1024


class Disconnected(OSError):
    """The connection ended before the answer, or the answer is not understood."""


class Answer:
    """An answer; the names of its headers in lower case."""

    __slots__ = ("content", "headers", "status_code")

    def __init__(self, status_code: int, headers: dict[str, str], content: bytes) -> None:
        self.status_code = status_code
        self.headers = headers
        self.content = content

    def json(self) -> Any:
        """What the JSON says; ValueError if it is none."""
        return orjson.loads(self.content)


class _Connection:
    __slots__ = ("_reader", "_writer")

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def is_open(self) -> bool:
        return not (self._reader.at_eof() or self._writer.is_closing())

    async def ask(self, request: bytes) -> Answer:
        self._writer.write(request)
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")[:-2]
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            content = await self._reader.readexactly(int(headers["content-length"]))
            return Answer(int(first.split(" ", 2)[1]), headers, content)
        except (EOFError, KeyError, ValueError, asyncio.LimitOverrunError) as error:
            raise Disconnected(f"the answer is not whole: {error!r}") from error

    def close(self) -> None:
        self._writer.close()

    async def closed(self) -> None:
        try:
            await self._writer.wait_closed()
        except OSError:
            return


class LeanHttp:
    """Asks servers; certificates are not looked at. `request` may be called by many at once."""

    def __init__(self, timeout: float = 60.0) -> None:
        """`timeout`: seconds for each request."""
        self._timeout = timeout
        self._idle: dict[tuple[str, str], list[_Connection]] = {}

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
    ) -> Answer:
        """Send a request and read its answer; OSError (TimeoutError too) if there is none."""
        origin, path = _split(url)
        if params:
            path += "?" + urlencode({name: _text(value) for name, value in params.items()})
        lines = [f"{method} {path} HTTP/1.1", f"host: {origin[1]}"]
        body = b""
        if json is not None:
            body = orjson.dumps(json)
            lines.append("content-type: application/json")
        if body or method in ("POST", "PUT"):
            lines.append(f"content-length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        request = "\r\n".join((*lines, "", "")).encode("latin-1") + body
        async with asyncio.timeout(self._timeout):
            connection = await self._connection(origin)
            try:
                answer = await connection.ask(request)
            except BaseException:
                connection.close()
                raise
        if answer.headers.get("connection", "").lower() == "close":
            connection.close()
        else:
            self._idle.setdefault(origin, []).append(connection)
        return answer

    async def _connection(self, origin: tuple[str, str]) -> _Connection:
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
            connection.close()
        scheme, netloc = origin
        parts = urlsplit(f"//{netloc}")
        secure = scheme == "https"
        port = parts.port or (443 if secure else 80)
        reader, writer = await asyncio.open_connection(
            parts.hostname, port, ssl=_unverified() if secure else None, limit=LONGEST_HEAD
        )
        return _Connection(reader, writer)

    async def aclose(self) -> None:
        """Close the connections that nobody uses."""
        idle, self._idle = self._idle, {}
        connections = [connection for some in idle.values() for connection in some]
        for connection in connections:
            connection.close()
        for connection in connections:
            await connection.closed()


def _split(url: str) -> tuple[tuple[str, str], str]:
    """Scheme with host and port, and the path as it is sent."""
    scheme, _, rest = url.partition("://")
    netloc, _, path = rest.partition("/")
    return (scheme, netloc), quote("/" + path, safe="/%?&=;:@,+$!*'()~")


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _text(value: Any) -> str:
    return value if isinstance(value, str) else standard_json.dumps(value)
