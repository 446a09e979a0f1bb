"""Numbers: running ones whose latest one is known, and such as columns of records have."""

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


class Column(dict[int, str]):
    """Numbers as a column of text has them, where 0 is none; made once, since there are few."""

    def __missing__(self, number: int) -> str:
        text = self[number] = str(int(number)) if number else ""
        return text
