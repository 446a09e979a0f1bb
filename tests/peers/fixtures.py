"""The toolkits as fixtures: `php`, `mono`, `zeep`, `suds`, and `toolchain` for each of them.

A toolkit that is not installed is skipped, except in CI, where it is a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peers.toolchain import TOOLCHAINS, NotInstalled, Toolchain


@contextmanager
def running(kind: type[Toolchain], folder: Path) -> Iterator[Toolchain]:
    """A toolkit for the time being; skipped or failed if it is not installed."""
    try:
        started = kind(folder)
    except NotInstalled as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    with started:
        yield started


def _fixture(name: str) -> Any:
    @pytest.fixture(scope="session", name=name)
    def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolchain]:
        with running(TOOLCHAINS[name], tmp_path_factory.mktemp(name)) as it:
            yield it

    return started


php, mono, zeep, suds = map(_fixture, TOOLCHAINS)


@pytest.fixture(params=list(TOOLCHAINS))
def toolchain(request: pytest.FixtureRequest) -> Toolchain:
    """Each of them."""
    started: Toolchain = request.getfixturevalue(request.param)
    return started
