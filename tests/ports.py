"""Ports for servers and peers of tests: of nobody, by TCP and UDP, until the test opens them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from itertools import cycle

_FIRST, _EACH, _SHARES = 20_000, 750, 16
"""Below those that systems give away, so that nothing else takes a port in the meantime."""


def _share() -> Iterator[int]:
    """The ports of this process: workers that run tests side by side have others."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    number = int(worker) if worker else os.getpid()
    begin = _FIRST + number % _SHARES * _EACH
    return cycle(range(begin, begin + _EACH, 2))


_ports = _share()


def free_port() -> int:
    """A port of loopback that nobody has, and that is not given again soon.

    Nor has anybody the next one, which phones take besides for TLS or RTCP.
    """
    while True:
        port = next(_ports)
        if _is_free(port) and _is_free(port + 1):
            return port


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
