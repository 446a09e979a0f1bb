"""Every measurement, one after the other.

python -m bench
"""

from __future__ import annotations

from bench import (
    day,
    exports,
    history,
    http,
    loaded,
    media,
    polling,
    push,
    reset,
    simulation,
    sip,
    soap,
    startup,
    theory,
)

MEASUREMENTS = (
    startup,
    reset,
    http,
    soap,
    polling,
    push,
    loaded,
    sip,
    media,
    exports,
    history,
    simulation,
    day,
    theory,
)


def main() -> None:
    """Print every measurement, the start first and theory, which takes longest, last."""
    for measurement in MEASUREMENTS:
        measurement.main()
        print()


if __name__ == "__main__":
    main()
