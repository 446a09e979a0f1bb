"""Objects come back as they were, and nothing else ever comes."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.snapshot import graph
from emulator.snapshot.errors import NotPlainData, SnapshotRefused
from emulator.snapshot.layout import Layout


class Colour(Enum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


class Told(NamedTuple):
    at: int
    by: Person


@dataclass(slots=True, eq=False)
class Person:
    name: str
    friends: list[Person] = field(default_factory=list)
    news: dict[tuple[int, str], Told] = field(default_factory=dict)
    size: int = 0
    colour: Colour | None = None
    extra: Any = None
    last: deque[int] = field(default_factory=lambda: deque(maxlen=2))
    weight: float = 1
    face: bytes = b""


@dataclass(frozen=True, slots=True)
class Frozen:
    names: tuple[str, ...]


LAYOUT = Layout({"person": Person, "frozen": dict[Frozen, int], "size": Size})


def again(value: Any, root: str = "person") -> Any:
    """What comes back of it."""
    text = json.dumps(graph.encode(value, LAYOUT))
    return graph.decode(json.loads(text), LAYOUT, LAYOUT.roots[root])


def test_circles_and_shared_things_survive() -> None:
    one, two = Person("one"), Person("two")
    one.friends, two.friends = [two, two, one], one.friends
    one.news[1, "a"] = Told(5, one)
    two.news = one.news
    back = again(one)
    other = back.friends[0]
    assert back.friends == [other, other, back]
    assert other.news is back.news
    assert back.news[1, "a"] == Told(5, back)


def test_values_keep_their_types() -> None:
    person = Person(
        "\ud800 1",
        size=Size.SMALL,
        colour=Colour.RED,
        extra={1: [True, None, 1.0, 10**30], (2, "a"): Size.SMALL},
        last=deque([1, 2], maxlen=2),
        weight=0.1,
        face=b"\x00\xff",
    )
    back = again(person)
    for name in Person.__slots__:
        assert repr(getattr(back, name)) == repr(getattr(person, name))
    assert type(back.size) is Size
    assert back.last.maxlen == 2


def test_a_dictionary_keeps_its_order_and_finds_its_keys() -> None:
    back = again({Frozen(("b",)): 1, Frozen(("a",)): 2}, "frozen")
    assert list(back.items()) == [(Frozen(("b",)), 1), (Frozen(("a",)), 2)]
    assert back[Frozen(("a",))] == 2


def test_a_chain_longer_than_any_recursion_comes_back() -> None:
    first = last = Person("0")
    for number in range(5000):
        last.friends = [Person(str(number))]
        last = last.friends[0]
    back = again(first)
    for _ in range(5000):
        (back,) = back.friends
    assert back.name == "4999"


@pytest.mark.parametrize("unfit", [{1, 2}, object(), lambda: None, Person, 1j])
def test_what_is_no_plain_data_is_not_saved(unfit: Any) -> None:
    with pytest.raises(NotPlainData):
        graph.encode(Person("one", extra=unfit), LAYOUT)


PERSON = ["Person", "one", [1], [2], 0, None, None, [3], 1, [4]]
PARTS: list[Any] = [["list"], ["dict"], ["deque", 2], ["bytes", ""]]


def person(**changes: Any) -> list[Any]:
    names = ("name", "friends", "news", "size", "colour", "extra", "last", "weight", "face")
    fields = dict(zip(names, PERSON[1:], strict=True)) | changes
    return ["Person", *fields.values()]


def test_a_person_in_order_is_loaded() -> None:
    found = graph.decode({"objects": [PERSON, *PARTS], "root": [0]}, LAYOUT, LAYOUT.roots["person"])
    assert found.name == "one"


REFUSED: dict[str, list[Any]] = {
    "an unknown class": [["os.system", "true"], *PARTS],
    "a class of ours in other letters": [["person", *PERSON[1:]], *PARTS],
    "a field too few": [PERSON[:-1], *PARTS],
    "a field too many": [[*PERSON, 1], *PARTS],
    "another type": [person(name=5), *PARTS],
    "a list where a dictionary belongs": [person(news=[1]), *PARTS],
    "a stranger among the friends": [person(), ["list", 5], *PARTS[1:]],
    "an unknown member": [person(colour=[5]), *PARTS, ["Colour", "GREEN"]],
    "a number of no object": [person(friends=[99]), *PARTS],
    "a number below 0": [person(friends=[-1]), *PARTS],
    "a reference that is true": [person(friends=[True]), *PARTS],
    "two references": [person(friends=[1, 2]), *PARTS],
    "an object as it is in JSON": [person(extra={}), *PARTS],
    "no bytes": [PERSON, *PARTS[:3], ["bytes", "?"]],
    "a key without a value": [PERSON, ["list"], ["dict", "a"], *PARTS[2:]],
    "a key twice": [person(extra=[5]), *PARTS, ["dict", "a", 1, "a", 2]],
    "a key that can change": [person(extra=[5]), *PARTS, ["dict", [1], 2]],
    "a tuple that holds itself": [person(extra=[5]), *PARTS, ["tuple", [5]]],
    "a list that holds itself in plain data": [person(extra=[5]), *PARTS, ["list", [5]]],
    "a deque of no length": [PERSON, *PARTS[:2], ["deque", "long"], PARTS[3]],
    "an endless deque": [PERSON, *PARTS[:2], ["deque", 10**30], PARTS[3]],
    "no number": [person(weight=float("nan")), *PARTS],
    "an entry of nothing": [PERSON, *PARTS, []],
    "an entry that is none": [PERSON, *PARTS, 7],
    "a kind that is a list": [PERSON, *PARTS, [["list"]]],
}


@pytest.mark.parametrize("entries", REFUSED.values(), ids=REFUSED)
def test_what_is_not_in_order_is_refused(entries: list[Any]) -> None:
    with pytest.raises(SnapshotRefused):
        graph.decode({"objects": entries, "root": [0]}, LAYOUT, LAYOUT.roots["person"])


@pytest.mark.parametrize("data", [None, [], {}, {"objects": 1, "root": 1}, {"objects": []}])
def test_what_is_no_graph_is_refused(data: Any) -> None:
    with pytest.raises(SnapshotRefused):
        graph.decode(data, LAYOUT, LAYOUT.roots["person"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 6) | st.sampled_from(["a", "Person", "list"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=1), inner),
)


@given(st.lists(st.lists(JSON, max_size=10), max_size=6), JSON)
@settings(max_examples=40, deadline=None)
def test_anything_is_refused_or_loaded(entries: list[Any], root: Any) -> None:
    try:
        found = graph.decode({"objects": entries, "root": root}, LAYOUT, LAYOUT.roots["person"])
    except SnapshotRefused:
        return
    assert type(found) is Person
