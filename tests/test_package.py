"""The package as it is installed."""

from __future__ import annotations

from importlib.metadata import version

import emulator


def test_the_installed_version_is_the_one_the_package_names() -> None:
    assert version("emulator") == emulator.__version__
