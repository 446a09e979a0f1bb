"""How long it takes from the command to the line that begins with `ready`.

python -m bench.startup
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time

ROUNDS = 5


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def time_to_ready() -> float:
    """Seconds until every door of a new process answers."""
    ports = ["--http-port", str(free_port()), "--https-port", str(free_port())]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "emulator.cli", "serve", *ports],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        elapsed = time.perf_counter() - started
        if not line.startswith("ready"):
            raise SystemExit(f"the server did not start: {line!r}")
        return elapsed
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def main() -> None:
    """Print the first start and the median of several."""
    times = [time_to_ready() for _ in range(ROUNDS)]
    print(f"ready after {times[0]:.2f} s, median {statistics.median(times):.2f} s")


if __name__ == "__main__":
    main()
