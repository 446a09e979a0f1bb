"""Names of recordings: the documented ones are read, and nothing leads out of the VDN's folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media import paths
from emulator.media.paths import NotAName

MOMENT = 1_700_000_000_500_000


@pytest.mark.parametrize(
    ("text", "name", "below"),
    [
        (
            "Y:/1/0/20180621/105/1406470.V3",
            "Y:/1/0/20180621/105/1406470.V3",
            "1/0/20180621/105/1406470.V3",
        ),
        (
            "y:\\1\\0\\20181217\\120\\1524488.V3",
            "Y:/1/0/20181217/120/1524488.V3",
            "1/0/20181217/120/1524488.V3",
        ),
        (
            "y:/1/record/20190412/playvoice1551276018824.wav",
            "Y:/1/record/20190412/playvoice1551276018824.wav",
            "1/record/20190412/playvoice1551276018824.wav",
        ),
        (
            "y;/3rdfile/1/record/20190408/515/1633022.V3",
            "Y:/3rdfile/1/record/20190408/515/1633022.V3",
            "3rdfile/1/record/20190408/515/1633022.V3",
        ),
    ],
)
def test_the_documented_names_are_read(text: str, name: str, below: str) -> None:
    found = paths.read(text)
    assert (str(found), "/".join(found.below), found.tenant) == (name, below, 1)
    assert found.mapped


def test_what_a_name_stands_for_is_told_by_its_folder_and_ending() -> None:
    assert paths.read("Y:/1/record/20190412/a.wav").is_message
    assert paths.read("Y:/3rdfile/1/record/a.V3").is_message
    assert not paths.read("Y:/1/0/20190412/101/a.V3").is_message
    assert paths.read("Y:/90/0/20210519/4977/1642329.mp4").is_video
    assert not paths.read("Z:/1/0/a.V3").mapped


def test_the_platform_s_own_names_are_names() -> None:
    own = [
        paths.call_file(1, 101, MOMENT),
        paths.call_file(1, 101, MOMENT, video=True),
        paths.screen_file(1, 101, MOMENT),
        paths.message_file(1, MOMENT),
    ]
    assert own == [
        "Y:/1/0/20231114/101/2213205.V3",
        "Y:/1/0/20231114/101/2213205.mp4",
        "Y:/1/screen/20231114/101/2213205.mp4",
        "Y:/1/record/20231114/playvoice1700000000500.wav",
    ]
    assert [str(paths.read(name)) for name in own] == own


HOSTILE = [
    "",
    "Y:",
    "Y:/",
    "Y:/1",
    "Y:/1/",
    "/etc/passwd",
    "//server/share/file",
    "\\\\server\\share\\file",
    "../../etc/passwd",
    "Y:/1/../2/0/a.V3",
    "Y:/1/0/../../../etc/passwd",
    "Y:\\1\\..\\2\\a.V3",
    "Y:/1/0/..\\..\\a.V3",
    "Y:/../1/0/a.V3",
    "Y:/1/./a.V3",
    "Y:/1/0/a.V3/..",
    "Y:/1/0/.hidden",
    "Y:/1/0/a.V3.",
    "Y:/1/0/a.V3 ",
    "Y:/1//a.V3",
    "Y:/1/0/a\0.V3",
    "Y:/1/0/a.V3\n",
    "Y:/1/0/a.V3::$DATA",
    "Y:/1/0/a:b.V3",
    "Y:/1/%2e%2e/2/a.V3",
    "Y:/1/0/%00.V3",
    "Y:/1/0/\N{FULLWIDTH FULL STOP}\N{FULLWIDTH FULL STOP}/a.V3",
    "Y:/1/0/\N{TWO DOT LEADER}/a.V3",
    "Y:/1/0/a\N{FRACTION SLASH}b.V3",
    "Y:/\N{ARABIC-INDIC DIGIT ONE}/0/a.V3",
    "Y:/01/0/a.V3",
    "Y:/-1/0/a.V3",
    "Y:/0/0/a.V3",
    "Y:/3rdfile/../1/a.V3",
    "Y:/3rdfile/x/a.V3",
    "YY:/1/0/a.V3",
    "Y:1/0/a.V3",
    "~/a.V3",
    "$HOME/a.V3",
    "Y:/1/0/" + "a" * 100,
    "file:///etc/passwd",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_spelled_like_a_name_is_none(text: str) -> None:
    with pytest.raises(NotAName):
        paths.read(text)


parts = st.sampled_from(
    ("..", ".", "1", "2", "0", "", "a.V3", "%2e%2e", "Y:", "C:", "~", "\0", "3rdfile")
)
spelled = st.builds(
    lambda names, separator, drive: drive + separator.join(names),
    st.lists(parts, max_size=8),
    st.sampled_from(("/", "\\", "//", "/./")),
    st.sampled_from(("Y:/", "y:\\", "", "/", "C:\\", "Y:/1/")),
)


@given(st.one_of(spelled, spelled.map(quote), st.text(max_size=120)))
def test_no_text_leads_out_of_its_vdn_s_folder(text: str) -> None:
    try:
        found = paths.read(text)
    except NotAName:
        return
    owner = [str(found.tenant)]
    assert list(found.below)[: len(owner) + found.third_party][-1:] == owner
    for kind in (PurePosixPath, PureWindowsPath):
        place = kind("root").joinpath(*found.below)
        assert place.parts == ("root", *found.below)
    assert not {"..", ".", ""} & set(found.below)
    assert str(paths.read(str(found))) == str(found)


@given(st.integers(0, 4_000_000_000_000_000))
def test_a_file_is_named_for_the_moment_at_which_it_began(moment: int) -> None:
    at = datetime.fromtimestamp(moment // 1_000_000, UTC)
    tenth = moment // 100_000 % 10
    expected = f"Y:/1/0/{at:%Y%m%d}/101/{at:%H%M%S}{tenth}.V3"
    assert paths.call_file(1, 101, moment) == expected
