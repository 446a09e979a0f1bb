"""A client's server for pushed events (CEC 6.1.4.2).

with PushReceiver() as receiver:
    world.agent(101).sign_in(callbackUri=receiver.uri, serviceToken="t-1")
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

CONFIRMED = b'{"retcode":"0","message":"success"}'


class PushReceiver:
    """Confirms what it gets; `answer`, an HTTP status and a body, may be set to something else."""

    def __init__(self) -> None:
        self.batches: list[dict[str, Any]] = []
        """Bodies as they came: `workNo` and `eventList`."""
        self.tokens: list[str] = []
        """The `service_token` that came with each."""
        self.answer = (200, CONFIRMED)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def uri(self) -> str:
        """What to sign in with as `callbackUri`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/events"

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _handler(receiver: PushReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            receiver.batches.append(json.loads(body))
            receiver.tokens.append(self.headers.get("service_token", ""))
            status, answer = receiver.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - it is theirs
            """Keep quiet."""

    return Handler
