"""The lines of files of call records, as text: out of zips, in whatever encoding they are.

An encoding is a file's, not a line's: UTF-8 if most lines that are not ASCII can be read so, else
GB 18030 if they can be read so, else ISO-8859-1. A line that is not in its file's is damaged.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LONGEST = 64 * 1024
"""Bytes of a line: no record is as long."""
UTF_8, GB_18030, ISO_8859_1 = "utf-8", "gb18030", "iso-8859-1"
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CONTROLS = bytes(range(0x80, 0xA0))
"""Bytes that are control characters in ISO-8859-1: no text has them."""


class CannotRead(Exception):
    """A file cannot be opened, or holds no call records."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of call records, perhaps within a zip; `name` is how reports call it."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        return f"{self.path}!{self.member}" if self.member else str(self.path)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its bytes; `CannotRead` if they cannot be had."""
        try:
            if self.member:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                    yield file
            else:
                with self.path.open("rb") as file:
                    yield file
        except (OSError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
            raise CannotRead(f"{self.name}: cannot be read: {error}") from error


def sources_of(paths: list[Path]) -> list[Source]:
    """The files of call records among these: themselves, and those within zips."""
    return [source for path in paths for source in _sources(path)]


def _sources(path: Path) -> Iterator[Source]:
    if not zipfile.is_zipfile(path):
        yield Source(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise CannotRead(f"{path}: cannot be read: {error}") from error
    found = [it for it in names if "_call_" in it.rpartition("/")[2] and it.endswith(".csv")]
    if not found:
        raise CannotRead(f"{path}: holds no file of call records (…_call_N.csv)")
    for name in sorted(found, key=lambda it: (len(it), it)):
        yield Source(path, name)


@dataclass(frozen=True, slots=True)
class Text:
    """A line: its number, and its text or what is wrong with its bytes."""

    number: int
    text: str = ""
    problem: str = ""


UNDECODABLE, TOO_LONG = "undecodable", "too long"


def encoding_of(source: Source) -> str:
    """In what encoding the file is, as far as its bytes tell."""
    with source.open() as file:
        start = file.read(2)
    for mark, name in _MARKS.items():
        if start == mark:
            return name
    other = as_utf_8 = as_gb_18030 = 0
    for _, line in _raw(source):
        if line is not None and not line.isascii():
            other += 1
            as_utf_8 += _decodes(line, UTF_8)
            as_gb_18030 += _decodes(line, GB_18030)
    if 2 * as_utf_8 >= other:
        return UTF_8
    return GB_18030 if as_gb_18030 == other else ISO_8859_1


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def lines_of(source: Source, encoding: str) -> Iterator[Text]:
    """Every line of the file, without its end."""
    if encoding in _MARKS.values():
        yield from _wide(source, encoding)
        return
    is_latin = encoding == ISO_8859_1
    for number, line in _raw(source):
        if line is None:
            yield Text(number, problem=TOO_LONG)
            continue
        if number == 1 and line.startswith(codecs.BOM_UTF8):
            line = line[len(codecs.BOM_UTF8) :]
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            yield Text(number, problem=UNDECODABLE)
            continue
        if is_latin and line.translate(None, _CONTROLS) != line:
            yield Text(number, problem=UNDECODABLE)
            continue
        yield Text(number, text)


def _raw(source: Source) -> Iterator[tuple[int, bytes | None]]:
    """Every line as bytes, None for one that is too long."""
    number = 0
    with source.open() as file:
        try:
            while line := file.readline(LONGEST):
                number += 1
                if len(line) == LONGEST and not line.endswith(b"\n"):
                    while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                        pass
                    yield number, None
                else:
                    yield number, line.rstrip(b"\r\n")
        except zipfile.BadZipFile as error:
            raise CannotRead(f"{source.name}: line {number + 1}: {error}") from error


def _wide(source: Source, encoding: str) -> Iterator[Text]:
    decode = codecs.getincrementaldecoder(encoding)("replace").decode
    pending, number = "", 0
    with source.open() as file:
        file.read(2)
        while block := file.read(LONGEST):
            *lines, pending = (pending + decode(block)).split("\n")
            for line in lines:
                number += 1
                yield _of_wide(number, line)
            pending = pending[: LONGEST + 1]
        pending += decode(b"", True)
    if pending:
        yield _of_wide(number + 1, pending)


def _of_wide(number: int, line: str) -> Text:
    if len(line) > LONGEST:
        return Text(number, problem=TOO_LONG)
    if "\ufffd" in line:
        return Text(number, problem=UNDECODABLE)
    return Text(number, line.rstrip("\r"))
