"""A call center for each test."""

from __future__ import annotations

import pytest

from tests.switch.support import CallCenter, small_call_center


@pytest.fixture
def center() -> CallCenter:
    return small_call_center()
