"""Every measurement, one after the other.

python -m bench
"""

from __future__ import annotations

from bench import exports, history, http, loaded, polling, push, reset, simulation, startup


def main() -> None:
    """Print every measurement, the start first and the switch last."""
    for measurement in (startup, reset, http, polling, push, loaded, exports, history, simulation):
        measurement.main()
        print()


if __name__ == "__main__":
    main()
