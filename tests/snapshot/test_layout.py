"""Everything that lives in the switch is data that a snapshot knows."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pytest

import emulator.switch
from emulator.snapshot.errors import NotPlainData
from emulator.snapshot.layout import WITHOUT_HINTS, Layout
from emulator.snapshot.soundness import SUBJECTS
from emulator.switch.core import TRANSIENT
from emulator.switch.switch import Switch
from emulator.switch.timers import TimerKind, Timers

NO_STATE = {
    "Address": "what a command is given",
    "ClockState": "the clock is beside the switch",
    "ConferenceWish": "what a command is given",
    "Invitation": "what a command is given",
    "IvrEntry": "what a command is given",
    "NodeType": "a table",
    "Playing": "what a command is given",
    "Problem": "what a check of a configuration finds",
    "SignIn": "what a command is given",
}
"""Data classes of the switch that are never part of what lives, and why."""


def data_classes() -> Iterator[type[Any]]:
    """Those that the modules of the switch define, but for events."""
    for module in pkgutil.iter_modules(emulator.switch.__path__):
        if module.name == "events":
            continue
        found = vars(importlib.import_module(f"emulator.switch.{module.name}"))
        for cls in found.values():
            is_own = isinstance(cls, type) and cls.__module__ == f"emulator.switch.{module.name}"
            if is_own and (dataclasses.is_dataclass(cls) or hasattr(cls, "_fields")):
                yield cls


def test_every_data_class_of_the_switch_is_known_or_no_state() -> None:
    known = {it.cls for it in Layout({"switch": Switch}).known.values()}
    unknown = {cls.__name__ for cls in data_classes() if cls not in known}
    assert unknown == NO_STATE.keys()


def test_every_slot_of_the_switch_and_its_timers_is_kept_or_transient() -> None:
    slots = {name for cls in Switch.__mro__ for name in getattr(cls, "__slots__", ())}
    assert slots == {*WITHOUT_HINTS[Switch], *TRANSIENT}
    assert set(Timers.__slots__) == {*WITHOUT_HINTS[Timers]}


def test_of_every_kind_of_timer_it_is_known_what_it_is_about() -> None:
    assert SUBJECTS.keys() == set(TimerKind)


def test_the_switch_keeps_nothing_outside_its_slots() -> None:
    assert not hasattr(Switch(0), "__dict__")


@dataclass(slots=True)
class Closure:
    action: Any
    callback: type[Any]


@dataclass
class Loose:
    number: int


class Opaque:
    pass


@pytest.mark.parametrize("unfit", [Closure, Loose, Opaque, set[int], "Text", Literal[1]])
def test_what_is_no_plain_data_cannot_be_part_of_a_snapshot(unfit: Any) -> None:
    with pytest.raises(NotPlainData):
        Layout({"it": unfit})


class One(NamedTuple):
    number: int


class Two(NamedTuple):
    number: int
    more: str


def test_another_field_is_another_layout() -> None:
    layouts = [Layout({"it": kind}).fingerprint for kind in (One, Two, One | None, list[One])]
    assert len(set(layouts)) == 4
    assert Layout({"it": One}).fingerprint == layouts[0]


def test_of_a_choice_of_texts_no_others_are_kept() -> None:
    layout = Layout({"it": Literal["UDP", "TCP"], "other": Literal["UDP", "TLS"]})
    allowed = layout.roots["it"].check()
    assert [it for it in ("UDP", "TCP", "TLS", "", 1, None) if allowed(it)] == ["UDP", "TCP"]
    assert layout.roots["it"].text != layout.roots["other"].text
