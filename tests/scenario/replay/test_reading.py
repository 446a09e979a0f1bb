"""Files of call records are read whatever is wrong with them, and no line is lost."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.scenario.replay import findings as kinds
from emulator.scenario.replay.calls import Call, Calls
from emulator.scenario.replay.columns import COLUMNS
from emulator.scenario.replay.findings import Findings
from emulator.scenario.replay.lines import LONGEST, CannotRead, sources_of
from emulator.scenario.replay.reading import Reading
from tests.scenario.replay.support import DAY, answered, busy_day, file_of, line, waits, written


def read(*paths: Path, zone: str = "UTC") -> tuple[list[Call], Reading]:
    """The whole calls of files."""
    reading = Reading(sources_of(list(paths)), zone)
    return list(Calls(reading)), reading


def places(findings: Findings, kind: str) -> list[int]:
    """The numbers of the lines of a kind."""
    return [place.line for place, _ in findings.damaged[kind].examples]


def adds_up(findings: Findings) -> bool:
    """Whether every line was used or reported."""
    return findings.read == findings.used + findings.reported


DAMAGED = [
    (kinds.BLANK, ""),
    (kinds.TOO_FEW, line(call_id="x").removesuffix(",")),
    (kinds.TOO_MANY, line(call_id="x") + ","),
    (kinds.NOT_A_NUMBER, line(call_id="x", device_no="three")),
    (kinds.NOT_A_NUMBER, line(call_id="x", device_no="٣")),
    (kinds.NOT_A_NUMBER, line(call_id="x", leave_reason="gone")),
    (kinds.NOT_A_NUMBER, line(call_id="x", call_id_num=0)),
    (kinds.NOT_A_NUMBER, line(call_id="x", device_no="9" * 5000)),
    (kinds.NOT_A_TIME, line(call_id="x", call_end=f"{DAY} 09:61:00")),
    (kinds.NOT_A_TIME, line(call_id="x", call_end=f"{DAY}T09:00:20")),
    (kinds.NOT_A_TIME, line(call_id="x", call_end="0001-01-01 00:00:00", call_begin="1")),
    (kinds.NOT_A_TIME, line(call_id="x", call_end="")),
    (kinds.UNKNOWN_DEVICE, line(call_id="x", device_type=10)),
    (kinds.NO_CALL_ID, line(call_id="")),
    (kinds.QUOTING, line(call_id="x", developer='"shop')),
    (kinds.QUOTING, line(call_id="x", developer='"shop"s')),
    (kinds.NUL, line(call_id="x", developer="sh\0p")),
    (kinds.TOO_LONG, line(call_id="x", developer="s" * LONGEST)),
    (kinds.BACKWARDS, line(call_id="x", wait_begin=f"{DAY} 09:00:21")),
    (kinds.BACKWARDS, line(call_id="x", call_begin=f"{DAY} 09:00:21")),
    (kinds.NO_LAST_LINE, line(call_id="x", call_id_num=1)),
    (kinds.DUPLICATE, line(call_id="1-1")),
    (kinds.CONTRADICTION, line(call_id="1-1", device_no=4)),
]


@pytest.mark.parametrize(("kind", "damaged"), DAMAGED, ids=lambda it: it[:40])
def test_a_damaged_line_is_reported_with_its_number_and_the_rest_goes_on(
    tmp_path: Path, kind: str, damaged: str
) -> None:
    first, *others = waits(3)
    calls, reading = read(file_of(tmp_path, [first, damaged, *others]))
    assert [it.id for it in calls] == ["1-1", "1-2", "1-3"]
    assert list(reading.findings.damaged) == [kind]
    assert places(reading.findings, kind) == [2]
    assert (reading.findings.read, reading.findings.used) == (4, 3)


def test_a_call_is_not_rebuilt_from_what_damage_has_left_of_it(tmp_path: Path) -> None:
    wait, talk = answered()
    ring = line(call_id="1-1", call_id_num=2, device_type="?")
    last = talk
    path = file_of(tmp_path, [wait, ring, last, *answered("1-2", minute=5)])
    calls, reading = read(path)
    assert [it.id for it in calls] == ["1-2"]
    assert places(reading.findings, kinds.NOT_A_NUMBER) == [2]
    assert places(reading.findings, kinds.BESIDE_DAMAGE) == [1, 3]
    assert adds_up(reading.findings)


def test_a_call_of_which_lines_are_missing_is_reported(tmp_path: Path) -> None:
    calls, reading = read(file_of(tmp_path, [line(call_id_num=2), line()]))
    assert calls == []
    assert places(reading.findings, kinds.GAP) == [1, 2]


def test_a_file_that_is_given_twice_is_played_once(tmp_path: Path) -> None:
    path = file_of(tmp_path, waits(3))
    calls, reading = read(path, path)
    assert len(calls) == 3
    assert reading.findings.damaged[kinds.DUPLICATE].lines == 3
    assert adds_up(reading.findings)


# Columns


def test_columns_may_be_named_and_stand_in_any_order(tmp_path: Path) -> None:
    (plain,), _ = read(file_of(tmp_path, [line()]))
    order = sorted(COLUMNS)
    values = dict(zip(COLUMNS, line().split(","), strict=True))
    lines = [",".join(it.title() for it in order), ",".join(values[it] for it in order)]
    (named,), reading = read(file_of(tmp_path, lines))
    assert named.records == plain.records
    assert (reading.findings.read, reading.findings.used) == (2, 2)


def test_columns_may_be_missing_and_others_be_there(tmp_path: Path) -> None:
    names = [it for it in COLUMNS if it not in ("developer", "service_no")]
    values = dict(zip(COLUMNS, line().split(","), strict=True))
    lines = [",".join([*names, "weather"]), ",".join([*(values[it] for it in names), "fine"])]
    (call,), reading = read(file_of(tmp_path, lines))
    assert call.records[0].developer == ""
    assert call.records[0].caller_no == "13900000000"
    assert reading.missing == {"developer", "service_no"}
    assert any("'weather'" in note for note in reading.findings.notes)


def test_without_an_essential_column_every_line_is_reported(tmp_path: Path) -> None:
    names = [it for it in COLUMNS if it != "call_end"]
    calls, reading = read(file_of(tmp_path, [",".join(names), *waits(2)]))
    assert calls == []
    assert places(reading.findings, kinds.MISSING_COLUMN) == [2, 3]


# Bytes


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "商店"),
        ("utf-8-sig", "商店"),
        ("gb18030", "商店"),
        ("iso-8859-1", "Café,"),
        ("utf-16", "商店"),
    ],
)
def test_the_encoding_of_a_file_is_found(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / "x.csv"
    lines = [line(developer=f'"{name}"'), line(call_id="1-2")]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    calls, _ = read(path)
    assert [it.records[0].developer for it in calls] == [name, "shop"]


def test_bytes_that_are_no_text_damage_only_their_line(tmp_path: Path) -> None:
    good = [line(developer="商店", call_id=f"1-{it}").encode() for it in range(3)]
    path = tmp_path / "x.csv"
    path.write_bytes(
        b"\n".join([good[0], line(developer="商", call_id="x").encode()[:2] + b"\xff", *good[1:]])
    )
    calls, reading = read(path)
    assert len(calls) == 3
    assert places(reading.findings, kinds.UNDECODABLE) == [2]


def test_a_zip_of_the_platform_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_call_2.csv", line(call_id="1-2"))
        archive.writestr("x_call_1.csv", line(call_id="1-1"))
        archive.writestr("x_agentOprInfo_1.csv", "1,2,3")
    calls, reading = read(path)
    assert [it.id for it in calls] == ["1-1", "1-2"]
    assert reading.findings.reported == 0


@pytest.mark.parametrize(
    "content", [None, b"PK\x05\x06" + b"\0" * 18], ids=["missing", "empty zip"]
)
def test_what_is_no_file_of_call_records_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CannotRead):
        read(path)


def test_the_lines_of_a_call_may_stand_in_any_order_near_each_other(tmp_path: Path) -> None:
    (call,), reading = read(file_of(tmp_path, answered()[::-1]))
    assert [it.call_id_num for it in call.records] == [1, -1]
    assert reading.findings.notes != []


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "x.csv"
    return written(path, busy_day(5, 150), "UTC").read_bytes()


CHANGES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3), st.integers(0, 60)),
    max_size=12,
)


@settings(deadline=None, max_examples=150)
@given(changes=CHANGES)
def test_whatever_happens_to_bytes_every_line_is_used_or_reported(
    tmp_path_factory: pytest.TempPathFactory,
    good: bytes,
    changes: list[tuple[float, bytes, int]],
) -> None:
    content = bytearray(good)
    for where, put, gone in changes:
        place = int(where * len(content))
        content[place : place + gone] = put
    path = tmp_path_factory.getbasetemp() / "changed.csv"
    path.write_bytes(content)
    calls, reading = read(path)
    assert adds_up(reading.findings)
    assert sum(len(it.records) for it in calls) == reading.findings.used
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        unfinished = bool(content) and not content.endswith(b"\n")
        assert reading.findings.read == content.count(b"\n") + unfinished
