"""The emulator of `servers.ChildProcess`: serves until it is told to end, or nobody is left.

    python -m emulator.testing.child PID

PID is the process that it must not outlive; settings come from the environment.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from emulator.serve import CannotServe, serve
from emulator.settings import from_environment

LOOKS_EVERY_S = 1.0


def main(watched: int) -> int:
    """Serve; gives the exit code."""
    # Where signal 0 ends a process in place of asking for it, whoever started us must end us.
    if sys.platform != "win32":
        threading.Thread(target=_end_with, args=(watched,), daemon=True).start()
    try:
        serve(from_environment())
    except (CannotServe, ValueError, TypeError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _end_with(watched: int) -> None:
    while _lives(watched):
        time.sleep(LOOKS_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
