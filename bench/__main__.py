"""Every measurement, one after the other.

python -m bench
"""

from __future__ import annotations

from bench import http, simulation, startup


def main() -> None:
    """Print the switch beside simulators, the doors beside a plain endpoint, and the start."""
    startup.main()
    print()
    http.main()
    print()
    simulation.main()


if __name__ == "__main__":
    main()
