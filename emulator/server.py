"""The HTTP server: one application behind an HTTP and an HTTPS port, in the caller's event loop.

    server = HttpServer(app, ServerSettings(http_port=8000, https_port=8043))
    await server.start()
    ...
    await server.stop()

`run(main())` runs a program on uvloop where there is one.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import uvicorn

from emulator.declined_upgrades import HttpProtocol
from emulator.surfaces.wire import KEEPS_CASE

if TYPE_CHECKING:
    from emulator.certificate import CertificateFiles

T = TypeVar("T")
Application = Callable[[Any, Any, Any], Awaitable[None]]

ANY_PORT = -1
"""In place of a port's number: any that is free."""
BACKLOG = 2048
GRACE_S = 0.3
"""How long a stop waits for open requests before it ends them."""
LAST_RESORT_S = 1
GC_THRESHOLDS = (50_000, 20, 1_000)
"""Full collections of a large heap stop the process for up to a second; this makes them rare."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server listens; port 0 turns a port off, `ANY_PORT` takes a free one."""

    host: str = "127.0.0.1"
    http_port: int = 8000
    https_port: int = 8043
    data_directory: Path | None = None
    """Where the self-signed certificate is kept; without it one is made at every start."""
    certificate: CertificateFiles | None = None
    tune_gc: bool = True


class HttpServer:
    """Serves one ASGI application on the ports of its settings."""

    def __init__(self, app: Application, settings: ServerSettings) -> None:
        self._app = _behind_server(app)
        self._settings = settings
        self._listeners: list[_Listener] = []
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._thresholds: tuple[int, int, int] | None = None
        self.http_port: int | None = None
        self.https_port: int | None = None

    async def start(self) -> None:
        """Listen; OSError if a port is taken."""
        try:
            if self._settings.http_port:
                self.http_port = await self._listen(self._settings.http_port, None)
            if self._settings.https_port:
                files = self._certificate()
                self.https_port = await self._listen(self._settings.https_port, files)
        except BaseException:
            await self.stop()
            raise
        if self._settings.tune_gc:
            self._tune_gc()

    async def stop(self) -> None:
        """Stop listening and end every open request, within a second."""
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        self._listeners.clear()
        self.http_port = self.https_port = None
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None
        if self._thresholds is not None:
            gc.set_threshold(*self._thresholds)
            gc.unfreeze()
            self._thresholds = None

    async def _listen(self, port: int, files: CertificateFiles | None) -> int:
        sock = _bind(self._settings.host, port)
        listener = _Listener(self._app, sock, files)
        self._listeners.append(listener)
        await listener.start()
        bound: int = sock.getsockname()[1]
        return bound

    def _certificate(self) -> CertificateFiles:
        if self._settings.certificate is not None:
            return self._settings.certificate
        from emulator.certificate import ensure_certificate

        directory = self._settings.data_directory
        if directory is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="emulator-tls-")
            directory = Path(self._temporary.name)
        return ensure_certificate(directory)

    def _tune_gc(self) -> None:
        self._thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)


class _Uvicorn(uvicorn.Server):
    """A uvicorn that leaves the process's signals to the program it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Listener:
    """One port."""

    def __init__(
        self, app: Application, sock: socket.socket, files: CertificateFiles | None
    ) -> None:
        self._socket = sock
        self._server = _Uvicorn(
            uvicorn.Config(
                app,
                http=HttpProtocol,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=LAST_RESORT_S,
                ssl_certfile=None if files is None else files.certificate,
                ssl_keyfile=None if files is None else files.key,
            )
        )
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve, and return when connections are accepted."""
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
                raise OSError("the server ended before it had started")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Let short requests finish, then end the others, held polls among them."""
        if self._serving is None:
            self._socket.close()
            return
        self._server.should_exit = True
        await asyncio.wait([self._serving], timeout=GRACE_S)
        state = self._server.server_state
        for request in list(state.tasks):
            request.cancel()
        await asyncio.wait([self._serving], timeout=0.1)
        for connection in list(state.connections):
            # A TLS client that does not answer our goodbye would keep its connection for long.
            connection.transport.abort()
        await self._serving


def _behind_server(app: Application) -> Application:
    """Tell the application what the server can do, and end quietly what a stop cuts short.

    Without this, uvicorn logs a traceback for each request that is cancelled.
    """

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        scope[KEEPS_CASE] = True
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            if scope["type"] == "http":
                await _service_unavailable(send)

    return serve


async def _service_unavailable(send: Any) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    # The answer may have begun already: then the connection is closed in the middle of it.
    with contextlib.suppress(RuntimeError):
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off on accepted connections: an
    # answer's body would otherwise wait 40 ms for the client to acknowledge its head.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, max(port, 0)))
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from error
    except BaseException:
        sock.close()
        raise
    return sock


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a program's main coroutine, on uvloop where it is installed."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
