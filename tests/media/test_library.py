"""The recordings folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media import movie, paths, tones, wav
from emulator.media.library import Library, MediaFile, Take
from tests.media import movies

SOUND = paths.read("Y:/1/0/20231114/101/2213200.V3")
VIDEO = paths.read("Y:/1/0/20231114/119/2213200.mp4")
TAKE = Take("1700000000-4711", "101", 5_000_125)
FOREIGN = b"somebody's own file"


def content(file: MediaFile | None) -> bytes:
    assert file is not None
    found = b"".join(file.pieces())
    assert len(found) == file.size
    return found


def place(root: Path, path: paths.RecordingPath = SOUND) -> Path:
    return root.joinpath(*path.below)


def put(root: Path, raw: bytes, path: paths.RecordingPath = SOUND) -> None:
    place(root, path).parent.mkdir(parents=True)
    place(root, path).write_bytes(raw)


def test_without_a_folder_a_recording_is_rendered_and_always_the_same() -> None:
    file = Library().open(SOUND, [TAKE])
    assert file is not None
    assert file.microseconds == 5_000_125
    kind, (left, right) = wav.read(content(file))
    assert (kind, len(left)) == (tones.STEREO, 40_001)
    assert (tones.dialled(left), tones.dialled(right)) == ("1700000000-4711", "101")
    assert content(Library().open(SOUND, [TAKE])) == content(file)


def test_what_was_recorded_in_pieces_is_heard_one_after_the_other() -> None:
    second = Take("1700000000-4712", "102", 3_000_000)
    _, (left, _) = wav.read(content(Library().open(SOUND, [TAKE, second])))
    assert len(left) == 64_001
    assert tones.dialled(left[40_001:]) == "1700000000-4712"


def test_a_video_is_rendered_in_the_size_that_is_asked_for() -> None:
    file = Library().open(VIDEO, [TAKE], size=movie.SD)
    assert file is not None
    assert file.microseconds is None
    found = movies.read(content(file))
    assert found == movies.Movie(5.000125, movie.SD, "1700000000-4711 101")


def test_the_folder_has_the_large_picture_and_the_small_one_is_rendered(tmp_path: Path) -> None:
    library = Library(tmp_path)
    large = content(library.open(VIDEO, [TAKE]))
    small = content(library.open(VIDEO, [TAKE], size=movie.SD))
    assert (movies.read(large).size, movies.read(small).size) == (movie.HD, movie.SD)
    assert place(tmp_path, VIDEO).read_bytes() == large


def test_where_nothing_was_recorded_there_is_no_file(tmp_path: Path) -> None:
    assert Library().open(SOUND, []) is None
    assert Library(tmp_path).open(SOUND, []) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [SOUND, VIDEO])
def test_a_recording_is_put_into_the_folder_when_it_is_first_asked_for(
    tmp_path: Path, path: paths.RecordingPath
) -> None:
    rendered = content(Library().open(path, [TAKE]))
    assert content(Library(tmp_path).open(path, [TAKE])) == rendered
    assert place(tmp_path, path).read_bytes() == rendered
    assert [it.name for it in place(tmp_path, path).parent.iterdir()] == [path.parts[-1]]
    assert content(Library(tmp_path).open(path, [])) == rendered


def test_what_is_not_complete_is_not_kept(tmp_path: Path) -> None:
    content(Library(tmp_path).open(SOUND, [TAKE], keep=False))
    assert list(tmp_path.iterdir()) == []


def test_a_file_to_which_more_was_recorded_is_made_anew(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first = content(library.open(SOUND, [TAKE]))
    second = content(library.open(SOUND, [TAKE, TAKE]))
    assert len(second) > len(first)
    assert place(tmp_path).read_bytes() == second


def test_a_file_of_somebody_else_is_served_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, FOREIGN)
    library = Library(tmp_path)
    for takes in ([], [TAKE]):
        file = library.open(SOUND, takes)
        assert content(file) == FOREIGN
        assert file is not None
        assert file.microseconds is None
    assert library.holds_foreign(SOUND)
    assert not library.holds_foreign(VIDEO)


def test_a_wave_file_of_somebody_else_is_as_long_as_it_says(tmp_path: Path) -> None:
    kind = wav.Format(wav.Encoding.PCM_16, 1, 16_000)
    put(tmp_path, wav.header(kind, 8_000) + bytes(16_000))
    file = Library(tmp_path).open(SOUND, [])
    assert file is not None
    assert file.microseconds == 500_000


def test_a_link_out_of_the_folder_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.V3"
    secret.write_bytes(FOREIGN)
    root = tmp_path / "recordings"
    place(root).parent.mkdir(parents=True)
    place(root).symlink_to(secret)
    assert Library(root).open(SOUND, []) is None
    assert not Library(root).holds_foreign(SOUND)
    assert content(Library(root).open(SOUND, [TAKE])) != FOREIGN
    assert secret.read_bytes() == FOREIGN


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    place(tmp_path).mkdir(parents=True)
    assert Library(tmp_path).open(SOUND, []) is None
    assert content(Library(tmp_path).open(SOUND, [TAKE])) == content(Library().open(SOUND, [TAKE]))


def test_another_drive_has_no_folder_here(tmp_path: Path) -> None:
    put(tmp_path, FOREIGN)
    elsewhere = paths.read("Z:/1/0/20231114/101/2213200.V3")
    assert Library(tmp_path).open(elsewhere, []) is None


def test_a_disk_that_takes_nothing_does_not_keep_a_recording_from_being_heard(
    tmp_path: Path,
) -> None:
    blocked = tmp_path / "recordings"
    blocked.write_bytes(b"a file where the folder should be")
    library = Library(blocked)
    assert content(library.open(SOUND, [TAKE])) == content(Library().open(SOUND, [TAKE]))


@given(st.lists(st.sampled_from(("..", ".", "1", "a.V3", "C:", "")), min_size=1, max_size=6))
def test_no_name_that_can_be_read_is_outside_of_the_folder(names: list[str]) -> None:
    library = Library(Path("/nowhere/recordings"))
    try:
        path = paths.read("Y:/1/" + "/".join(names))
    except paths.NotAName:
        return
    found = library.place(path)
    assert found is not None
    assert found.is_relative_to("/nowhere/recordings/1")
