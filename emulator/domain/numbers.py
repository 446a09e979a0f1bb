"""Running numbers whose latest one is known, so that it can be saved."""

from __future__ import annotations


class Numbers:
    """Counts up; an iterator that does not end."""

    __slots__ = ("last",)

    def __init__(self, last: int = 0) -> None:
        """The first number is the one after `last`."""
        self.last = last

    def __iter__(self) -> Numbers:
        return self

    def __next__(self) -> int:
        self.last += 1
        return self.last
