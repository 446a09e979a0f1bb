from __future__ import annotations

import pytest

from emulator.surfaces.cec.routing import RouteTable


@pytest.fixture
def table() -> RouteTable[str]:
    table: RouteTable[str] = RouteTable()
    table.add("DELETE", "/voicecall/{agentid}/release", "release")
    table.add("DELETE", "/voicecall/{agentid}/{callid}", "drop")
    table.add("PUT", "/voicecall/{agentid}/{callid}", "connect")
    table.add("GET", "/voicecall/all/release", "released")
    table.add("GET", "/calldata", "calldata")
    return table


@pytest.mark.parametrize(
    ("method", "path", "target", "values"),
    [
        ("DELETE", "/voicecall/101/release", "release", {"agentid": "101"}),
        ("DELETE", "/voicecall/101/42-7", "drop", {"agentid": "101", "callid": "42-7"}),
        ("PUT", "/voicecall/101/release", "connect", {"agentid": "101", "callid": "release"}),
        ("GET", "/voicecall/all/release", "released", {}),
        ("DELETE", "/voicecall/all/release", "release", {"agentid": "all"}),
        ("DELETE", "/voicecall/all/x", "drop", {"agentid": "all", "callid": "x"}),
        ("DELETE", "/voicecall/1%2F2/%E4%B8%96", "drop", {"agentid": "1/2", "callid": "世"}),
        ("GET", "/call%64ata", "calldata", {}),
    ],
)
def test_a_literal_is_preferred_and_a_parameter_tried_after_it(
    table: RouteTable[str], method: str, path: str, target: str, values: dict[str, str]
) -> None:
    assert table.find(method, path) == (target, values)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/voicecall", "/voicecall/101", "/voicecall//release", "/calldata/", "//calldata"],
)
def test_a_path_of_another_shape_is_not_found(table: RouteTable[str], path: str) -> None:
    assert table.find("DELETE", path) is None
    assert table.find("GET", path) is None
    assert table.methods(path) == []


def test_the_methods_of_a_path_are_those_of_all_its_templates(table: RouteTable[str]) -> None:
    assert table.methods("/voicecall/101/release") == ["DELETE", "PUT"]
    assert table.methods("/voicecall/all/release") == ["DELETE", "GET", "PUT"]


def test_two_interfaces_of_one_shape_cannot_be_registered(table: RouteTable[str]) -> None:
    with pytest.raises(ValueError, match="twice"):
        table.add("DELETE", "/voicecall/{workNo}/{id}", "other")


def test_the_work_for_a_path_does_not_grow_with_the_number_of_interfaces() -> None:
    def visited(count: int) -> int:
        table: RouteTable[int] = RouteTable()
        for number in range(count):
            table.add("PUT", f"/resource/group{number}/{{agentid}}/act", number)
        looked_up = 0

        class Counting(dict[str, object]):
            def get(self, key: str, default: object = None) -> object:
                nonlocal looked_up
                looked_up += 1
                return super().get(key, default)

        nodes = [table._root]
        while nodes:
            node = nodes.pop()
            nodes.extend(node.literals.values())
            nodes.extend([node.parameter] if node.parameter else [])
            node.literals = Counting(node.literals)  # type: ignore[assignment]
        assert table.find("PUT", f"/resource/group{count - 1}/101/act") is not None
        return looked_up

    assert visited(500) == visited(1)
