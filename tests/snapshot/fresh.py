"""Goes on from snapshots in a process of its own: `python -m tests.snapshot.fresh FOLDER`.

For each `n.snapshot` with its `n.inputs` it leaves what the switch answered and reported as
`n.stream`, and a snapshot of how it ended as `n.end`.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from tests.snapshot import days


def main(folder: Path) -> None:
    for snapshot in sorted(folder.glob("*.snapshot")):
        switch = days.load(snapshot.read_bytes())
        packed = pickle.loads(snapshot.with_suffix(".inputs").read_bytes())
        inputs = [pickle.loads(it) for it in packed]
        snapshot.with_suffix(".stream").write_bytes(days.stream(switch, inputs))
        snapshot.with_suffix(".end").write_bytes(days.save(switch))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
