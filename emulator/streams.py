"""The named random streams of a world: what they have still to give can be saved."""

from __future__ import annotations

from random import Random

from emulator.snapshot.errors import SnapshotRefused
from emulator.snapshot.part import Part

State = tuple[int, tuple[int, ...], float | None]
"""Of a generator: the version of its algorithm, its 624 words and its place in them, the rest."""

_VERSION, _WORDS = Random.VERSION, 624


class Streams:
    """Random streams by name; each begins where seed and name say."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._streams: dict[str, Random] = {}

    def get(self, name: str) -> Random:
        """The stream of this name: the same one for everybody who asks."""
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = Random(f"{self._seed}:{name}")
        return stream

    def part(self) -> Part:
        """What a snapshot keeps of them."""
        return Part("random", dict[str, State], self._states, self._take_up, _check)

    def _states(self) -> dict[str, State]:
        return {name: stream.getstate() for name, stream in self._streams.items()}

    def _take_up(self, states: dict[str, State]) -> None:
        """Have each stream go on where the saved one was, for those who hold it already."""
        for name, state in states.items():
            self.get(name).setstate(state)


def _check(states: dict[str, State]) -> None:
    for name, (version, words, _) in states.items():
        in_range = all(0 <= word < 2**32 for word in words[:-1])
        if not (
            version == _VERSION
            and len(words) == _WORDS + 1
            and in_range
            and 0 <= words[-1] <= _WORDS
        ):
            raise SnapshotRefused(f"the random stream {name} cannot stand there")
