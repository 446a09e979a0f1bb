"""SOAP clients of others at the pretend services: what they send is understood, and so are we."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.peers.fixtures import running
from tests.peers.toolchain import TOOLCHAINS, Mono, NotInstalled, PeerFault, Suds, Toolchain
from tests.surfaces.soap.reception import DOCUMENT, RPC
from tests.surfaces.soap.serving import ServerProcess

TEXTS = ["客服中心", "王 & <李> \"'", "😀𠀀", "e\u0301 é", "a\tb\nc", "]]>", "100 % &", "#101*"]
PATHS = {"document": DOCUMENT.path, "document 1.2": DOCUMENT.path, "rpc": RPC.path}
CLIENTS = [
    (name, service)
    for name, kind in TOOLCHAINS.items()
    for service in PATHS
    if kind.speaks_soap12 or not service.endswith("1.2")
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Both services in a process of their own."""
    process = ServerProcess(tmp_path_factory.mktemp("soap") / "log")
    try:
        yield process
    finally:
        process.stop()


def address(server: ServerProcess, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}?wsdl"


@dataclass(frozen=True, slots=True)
class Client:
    """A toolkit that knows a service."""

    name: str
    toolkit: Toolchain
    service: str

    def call(self, operation: str, **arguments: Any) -> Any:
        """Call an operation of the service."""
        return self.toolkit.call(self.service, operation, **arguments)


@pytest.fixture(params=CLIENTS, ids=[f"{name} {service}" for name, service in CLIENTS])
def client(request: pytest.FixtureRequest, server: ServerProcess) -> Client:
    """Each toolkit at each service."""
    name, service = request.param
    toolkit: Toolchain = request.getfixturevalue(name)
    version = "1.2" if service.endswith("1.2") else "1.1"
    toolkit.load(service, address(server, PATHS[service]), version)
    return Client(name, toolkit, service)


def only(*services: str) -> pytest.MarkDecorator:
    """At some of the services."""
    chosen = [it for it in CLIENTS if it[1] in services]
    ids = [f"{name} {service}" for name, service in chosen]
    return pytest.mark.parametrize("client", chosen, indirect=True, ids=ids)


@pytest.mark.parametrize(
    ("operation", "arguments", "result"),
    [
        ("Greet", {"strUid": "101", "strName": "Wang"}, "101, Wang"),
        ("Greet", {"strUid": "101", "strName": ""}, "101, "),
        ("Greet", {"strUid": "", "strName": ""}, ", "),
        ("Add", {"nLeft": 40, "nRight": 2}, 42),
        ("Add", {"nLeft": 0, "nRight": -(2**31)}, -(2**31)),
        ("Leave", {"strNote": "n" * 65_536}, "n" * 65_536),
        ("Version", {}, "2.5"),
        ("Ring", {"strUid": "101"}, 1),
        ("Hangup", {"strUid": "101", "strCallid": "7"}, 0),
        ("Hangup", {"strUid": "101", "strCallid": "404"}, -1),
        ("Busy", {"strUid": "101"}, "ERR=-1;101 is at lunch"),
        ("Odd", {}, "a�b�c�d�e\r\nf<&>\"'\t客😀"),
    ],
)
def test_every_operation_is_performed(
    client: Client, operation: str, arguments: dict[str, Any], result: object
) -> None:
    assert client.call(operation, **arguments) == result


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_and_goes_unharmed(client: Client, text: str) -> None:
    assert client.call("Leave", strNote=text) == text
    assert client.call("Greet", strUid=text, strName=text) == f"{text}, {text}"


def test_an_empty_text_is_empty_or_nothing(client: Client) -> None:
    assert client.call("Leave", strNote="") in ("", None)


@only("document", "document 1.2")
def test_optional_parameters_can_be_left_out(client: Client) -> None:
    assert client.call("Greet", strUid="101") == "101, "
    assert client.call("Add", nLeft=40) == 40
    assert client.call("Hangup", strUid="101") == 0


@only("rpc")
def test_an_rpc_description_has_no_optional_parameters_and_most_toolkits_do_not_mind(
    client: Client,
) -> None:
    if client.name == "zeep":
        with pytest.raises(PeerFault, match="Missing element strName"):
            client.call("Greet", strUid="101")
    else:
        assert client.call("Greet", strUid="101") == "101, "
        assert client.call("Add", nLeft=40) == 40


@pytest.mark.parametrize(
    ("operation", "arguments", "code", "reason"),
    [
        ("Break", {}, "Server", "the service has failed"),
        ("Hangup", {"strUid": "1", "strCallid": "409"}, "Server", "the service has failed"),
        (
            "Greet",
            {"strUid": "客" * 257, "strName": ""},
            "Client",
            "strUid has more than 256 characters",
        ),
    ],
)
def test_a_fault_is_the_toolkits_exception(
    client: Client,
    operation: str,
    arguments: dict[str, str],
    code: str,
    reason: str,
) -> None:
    with pytest.raises(PeerFault) as raised:
        client.call(operation, **arguments)
    in_soap12 = {"Server": "Receiver", "Client": "Sender"}
    expected = in_soap12[code] if client.service.endswith("1.2") else code
    assert (raised.value.exception, raised.value.code) == (client.toolkit.fault, expected)
    assert raised.value.message == reason


@only("document", "rpc")
def test_a_mandatory_parameter_that_is_missing_is_an_exception_of_toolkit_or_service(
    client: Client,
) -> None:
    # PHP sends nil in its place, suds an empty element: both are there.
    if (client.name, client.service) in (("php", "rpc"), ("suds", "document")):
        assert client.call("Greet") == ", "
    else:
        with pytest.raises(PeerFault, match="strUid"):
            client.call("Greet")


@only("document")
def test_a_script_goes_on_after_an_exception(client: Client) -> None:
    script = [
        {"service": client.service, "operation": operation, "arguments": arguments}
        for operation, arguments in (
            ("Version", {}),
            ("Break", {}),
            ("Nothing", {}),
            ("Greet", {"strUid": "王"}),
        )
    ]
    first, second, third, fourth = client.toolkit.run(script)
    assert first == {"result": "2.5"}
    assert second["exception"] == client.toolkit.fault
    assert "Nothing" in third["message"]
    assert fourth == {"result": "王, "}


def test_one_process_knows_many_services_and_learns_others(
    toolchain: Toolchain, server: ServerProcess
) -> None:
    toolchain.load("a", address(server, DOCUMENT.path))
    toolchain.load("b", address(server, RPC.path))
    for name in ("a", "b", "a"):
        assert toolchain.call(name, "Add", nLeft=1, nRight=1) == 2
    toolchain.load("a", address(server, RPC.path))
    assert toolchain.call("a", "Version") == "2.5"


def test_a_description_that_cannot_be_had_is_an_exception(toolchain: Toolchain) -> None:
    with pytest.raises(Exception, match=r".+") as raised:
        toolchain.load("nowhere", "http://127.0.0.1:9/nowhere?wsdl")
    assert not isinstance(raised.value, TimeoutError)


def test_a_proxy_is_compiled_once_for_a_description_wherever_it_is_reached(
    mono: Mono, server: ServerProcess, tmp_path: Path
) -> None:
    mono.load("first", address(server, DOCUMENT.path))
    proxies = sorted(mono.folder.glob("*.dll"))
    other = ServerProcess(tmp_path / "log")
    try:
        mono.load("second", address(other, DOCUMENT.path))
        assert mono.call("second", "Version") == "2.5"
    finally:
        other.stop()
    assert sorted(mono.folder.glob("*.dll")) == proxies
    with pytest.raises(PeerFault):
        mono.call("second", "Version")
    assert mono.call("first", "Version") == "2.5"


# Where a toolkit is not there, or ends


class Absent(Toolchain):
    """A toolkit that nobody has."""

    def command(self) -> Sequence[str]:
        raise NotInstalled("teapot is not installed: install teapot-cli")


def test_what_is_not_installed_is_skipped_but_not_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CI", "true")
    with (
        pytest.raises(pytest.fail.Exception, match="install teapot-cli"),
        running(Absent, tmp_path),
    ):
        pass
    monkeypatch.delenv("CI")
    with (
        pytest.raises(pytest.skip.Exception, match="install teapot-cli"),
        running(Absent, tmp_path),
    ):
        pass


@pytest.mark.parametrize(("name", "package"), [("php", "php-cli"), ("mono", "mono-devel")])
def test_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, package: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstalled, match=f"install {package}"):
        TOOLCHAINS[name](tmp_path)


class Brief(Toolchain):
    """A toolkit that does not live long."""

    def command(self) -> Sequence[str]:
        return [sys.executable, "-c", "import sys; input(); sys.exit('out of ink')"]


def test_a_toolkit_that_ends_says_why(tmp_path: Path) -> None:
    with Brief(tmp_path) as brief, pytest.raises(RuntimeError, match="out of ink"):
        brief.call("any", "Version")


def test_a_toolkit_ends_with_its_orders(tmp_path: Path) -> None:
    with Suds(tmp_path) as suds:
        begun = time.perf_counter()
    assert suds._process.returncode == 0
    assert time.perf_counter() - begun < 10
