"""SIP gateways in their file: what is taken, and what is said of the rest."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from emulator.clients import answers
from emulator.control.gateways import peering_of, read_peering
from emulator.control.seed import SeedError
from emulator.domain.gateways import GatewayState
from tests.contract.world import World

FILE = """
trusted_only: true
gateways:
  - name: near
    host: 192.0.2.10
    transport: tcp
    weight: 3
    limit: 30
    sources: [192.0.2.0/24]
    called_out: [{strip: "0", prepend: "+86"}, {match: "1(.*)", replace: "+861\\\\1"}]
"""


def test_gateways_are_read_from_their_file(tmp_path: Path) -> None:
    file = tmp_path / "gateways.yaml"
    file.write_text(FILE)
    peering = read_peering(file)
    [gateway] = peering.gateways
    assert (gateway.name, gateway.transport, gateway.limit) == ("near", "tcp", 30)
    assert [it.apply("0301") for it in gateway.called_out] == ["+86301", None]
    assert (peering.trusted_only, peering.session_expires) == (True, 1800)


def problem(**wrong: Any) -> str:
    """What is said of a file with one gateway in which this is wrong."""
    gateway = {"name": "near", "host": "192.0.2.10"}
    with pytest.raises(SeedError) as raised:
        peering_of({"gateways": [{**gateway, **wrong}]}, "file")
    return str(raised.value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hosts": "x"}, "hosts: is not known here"),
        ({"port": "x"}, "port: must be a whole number"),
        ({"port": 70000}, "port: ports are 1 to 65535"),
        ({"host": ""}, "host: must not be empty"),
        ({"host": "a b"}, "host: is neither an address nor a name"),
        ({"transport": "sctp"}, "transport: must be one of: 'udp', 'tcp' or 'tls'"),
        ({"weight": -1}, "weight: -1 is less than 0"),
        ({"options_misses": 0}, "options_misses: 0 is less than 1"),
        ({"user": "x"}, "user: goes together with password"),
        ({"register": True}, "register: needs user and password"),
        ({"register_expires": 5}, "register_expires: 5 is less than 60"),
        ({"sources": ["x"]}, "sources[0]: is neither an address nor a network"),
        ({"called_in": [{}]}, "called_in[0]: does nothing: it needs match, strip or prepend"),
        ({"called_in": [{"match": "("}]}, "called_in[0].match: is no regular expression"),
        ({"called_in": [{"match": "1", "strip": "2"}]}, "called_in[0].match: does not go"),
        ({"called_in": [{"replace": "1", "strip": "2"}]}, "called_in[0].replace: needs match"),
        (
            {"called_in": [{"match": "(1)", "replace": "\\2"}]},
            "called_in[0].replace: names group 2, which match does not have",
        ),
    ],
)
def test_what_is_wrong_with_a_gateway_is_said_with_its_place(
    wrong: dict[str, Any], said: str
) -> None:
    assert problem(**wrong).startswith(f"file: gateways[0].{said}")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"trusted_only": True}, "trusted_only: needs gateways: nobody could call"),
        ({"min_se": 60}, "min_se: 60 is less than 90 (RFC 4028, 4)"),
        ({"session_expires": 89}, "session_expires: is less than min_se"),
        ({"gateways": [{"name": "a", "host": "b"}] * 2}, "gateways[0].name: 'a' occurs more"),
        ([], "must be a mapping"),
    ],
)
def test_what_is_wrong_with_the_rest_is_said_too(document: Any, said: str) -> None:
    with pytest.raises(SeedError) as raised:
        peering_of(document, "file")
    assert str(raised.value).startswith(f"file: {said}")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_gateway_that_the_emulator_has_no_port_for_is_refused(transport: str) -> None:
    document = {"gateways": [{"name": "a", "host": "b", "transport": transport}]}
    others = {"udp", "tcp", "tls"} - {transport}
    with pytest.raises(SeedError, match="transport: the emulator has no such SIP port"):
        peering_of(document, transports=others)
    assert peering_of(document, transports=[transport]).gateways


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="cannot be read"):
        read_peering(tmp_path / "none.yaml")


def test_clients_know_all_that_is_shown_of_a_gateway() -> None:
    assert [*answers.Gateway.__annotations__] == [it.name for it in fields(GatewayState)]


def test_without_a_leg_there_are_no_gateways() -> None:
    with World() as world:
        assert world.control("GET", "/gateways").document == []
