"""The file of a snapshot: a line of JSON that says what it is, then JSON compressed by zlib.

    {"format":"call-center-snapshot","version":1,"emulator":"0.1.0","layout":"…","size":…,"sha256":"…"}

`layout` is the fingerprint of the classes, `size` and `sha256` are those of the content before it
was compressed. The same world gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

from emulator import __version__
from emulator.snapshot.errors import SnapshotRefused

FORMAT = "call-center-snapshot"
VERSION = 1
LONGEST_HEAD = 1000
_FIELDS = {"format", "version", "emulator", "layout", "size", "sha256"}
LONGEST = 1024 * 1024 * 1024
"""Bytes of content: a file that claims more, or holds more than it claims, is not read."""


def pack(content: Any, fingerprint: str) -> bytes:
    """The file with this content."""
    text = json.dumps(content, separators=(",", ":")).encode()
    head = {
        "format": FORMAT,
        "version": VERSION,
        "emulator": __version__,
        "layout": fingerprint,
        "size": len(text),
        "sha256": hashlib.sha256(text).hexdigest(),
    }
    line = json.dumps(head, separators=(",", ":")).encode()
    return line + b"\n" + zlib.compress(text, 1)


def unpack(file: bytes, fingerprint: str) -> Any:
    """The content of a file that `pack` has made with the same fingerprint."""
    line, newline, packed = file.partition(b"\n")
    if not newline or len(line) > LONGEST_HEAD:
        raise SnapshotRefused("this is no snapshot of a call center")
    head = _read(line)
    if type(head) is not dict or head.get("format") != FORMAT:
        raise SnapshotRefused("this is no snapshot of a call center")
    if head.get("version") != VERSION:
        raise SnapshotRefused(f"snapshots have version {VERSION}, this one {head.get('version')}")
    if set(head) != _FIELDS:
        raise SnapshotRefused("the snapshot is damaged")
    if head.get("layout") != fingerprint:
        raise SnapshotRefused(
            f"the snapshot was saved by emulator {head.get('emulator')}, whose world is laid out "
            f"in another way than that of this one ({__version__})"
        )
    text = _unpacked(packed, head.get("size"))
    if hashlib.sha256(text).hexdigest() != head.get("sha256"):
        raise SnapshotRefused("the snapshot is damaged")
    return _read(text)


def _unpacked(packed: bytes, size: Any) -> bytes:
    if type(size) is not int or not 0 < size <= LONGEST:
        raise SnapshotRefused("the snapshot has no size, or is too large")
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, size + 1)
    except zlib.error as error:
        raise SnapshotRefused(f"the snapshot is damaged: {error}") from error
    if len(text) != size or not unpacker.eof or unpacker.unused_data:
        raise SnapshotRefused("the snapshot is cut short, or goes on after its end")
    return text


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SnapshotRefused(f"the snapshot cannot be read: {error}") from error
