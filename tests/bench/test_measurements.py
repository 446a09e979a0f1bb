"""The measurements can be run: what they use of the emulator is still where they look for it."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

import bench

MODULES = [module.name for module in pkgutil.iter_modules(bench.__path__)]


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__main__"])
def test_a_measurement_can_be_loaded(name: str) -> None:
    assert hasattr(import_module(f"bench.{name}"), "main") or name in {
        "erlang",
        "machine",
        "scenario",
        "sip_load",
        "switch",
    }
