"""Rows can be read as JSON, and by the reference's own client whatever is in them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.ultracrm.records import rows
from tests.surfaces.ultracrm import documented_client

WIDE = str.maketrans(",:{}[]", "，：｛｝［］")
NARROW = str.maketrans("，：", ",:")
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='/"\\'))
ROWS = st.lists(
    st.fixed_dictionaries({"CALLER": TEXTS, "MSG_TYPE": st.integers(0, 11), "BODYS": TEXTS}),
    min_size=1,
    max_size=4,
)


@given(ROWS)
def test_any_row_survives_both_readers(written: list[dict[str, str | int]]) -> None:
    text = rows.write(written)
    for row, plain, split in zip(
        written, json.loads(text), documented_client.read(text), strict=True
    ):
        assert list(plain) == list(row)
        for name, value in row.items():
            wide = value.translate(WIDE) if isinstance(value, str) else value
            assert plain[name] == wide
            assert split[name] == str(wide).translate(NARROW)


def test_without_rows_there_is_a_zero() -> None:
    assert rows.write([]) == "0"
