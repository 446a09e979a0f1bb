"""The command line, as scripts and people use it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from emulator import __version__
from emulator.cli import main, parser, serve_settings
from emulator.clients.signer import AuthV2
from emulator.store import Store, file_url
from tests.ports import free_port

COMMAND = [sys.executable, "-m", "emulator.cli"]
BAD_FLOW = """
tenants:
  - {id: 1, name: x, flows: [{id: 1, name: f, start: s, nodes: {s: {type: dance}}}]}
"""
SMALL = "tenants: [{id: 7, name: small}]\n"


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EMULATOR_")}
    return {**kept, **more}


@contextlib.contextmanager
def serving(*options: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A served emulator and the words of its ready line."""
    process = subprocess.Popen(
        [*COMMAND, "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**variables),
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()
    finally:
        process.kill()
        process.communicate()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, check=False, env=environment()
    )


# serve


def test_ready_is_said_once_when_every_door_answers() -> None:
    http, https = free_port(), free_port()
    with serving("--http-port", str(http), "--https-port", str(https)) as (process, ready):
        urls = [f"http://127.0.0.1:{http}", f"https://127.0.0.1:{https}"]
        assert ready == ["ready", *urls]
        for url in urls:
            health = httpx.get(f"{url}/_emulator/health", verify=False)
            assert health.json()["status"] == "ready"
        process.terminate()
        output, log = process.communicate(timeout=10)
    assert output == ""
    assert process.returncode == 0
    assert "Traceback" not in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well_while_a_poll_is_held(number: signal.Signals) -> None:
    port = free_port()
    with (
        serving("--http-port", str(port), "--https-port", "0") as (process, _),
        httpx.Client(base_url=f"http://127.0.0.1:{port}/agentgateway/resource") as client,
        socket.create_connection(("127.0.0.1", port)) as polling,
    ):
        body = {"password": "Demo@2026", "phonenum": "40101"}
        answer = client.put("/onlineagent/101", json=body)
        guid = answer.headers["set-guid"].partition("=")[2]
        for _ in range(2):
            client.get("/agentevent/101", headers={"guid": guid})
        request = f"GET /agentgateway/resource/agentevent/101 HTTP/1.1\r\nguid: {guid}\r\n"
        polling.sendall(request.encode() + b"Host: x\r\n\r\n")
        client.get("/onlineagent/101/agentstatus", headers={"guid": guid})
        process.send_signal(number)
        _, log = process.communicate(timeout=10)
        assert polling.recv(100).startswith(b"HTTP/1.1 503")
    assert process.returncode == 0
    assert "Traceback" not in log


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMULATOR_HTTP_PORT", "8001")
    monkeypatch.setenv("EMULATOR_AUTH_MODE", "1")
    monkeypatch.setenv("EMULATOR_POLL_WAIT", "2.5")
    settings = serve_settings(parser().parse_args(["serve", "--http-port", "8002"]))
    assert (settings.http_port, settings.auth_mode, settings.poll_wait) == (8002, 1, 2.5)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--host", "0.0.0.0"], "--control-token"),
        (["--host", "emulator.example"], "--control-token"),
        (["--http-port", "0", "--https-port", "0"], "nothing would listen"),
        (["--http-port", "8000", "--https-port", "8000"], "the same"),
        (["--http-port", "70000"], "0 to 65535"),
        (["--http-port", "x"], "invalid"),
        (["--host", "::", "--control-token", "t", "--sip-port", "-1"], "--sip-advertise"),
        (["--sip-port", "70000"], "0 to 65535"),
        (["--host", "::", "--control-token", "t", "--sip-tls-port", "-1"], "--sip-advertise"),
        (["--sip-tls-port", "70000"], "0 to 65535"),
        (["--sip-port", "5060", "--sip-tls-port", "5060"], "a SIP port of its own"),
        (["--sip-key", "key.pem"], "needs a certificate"),
        (["--sip-gateways", "gateways.yaml"], "need a SIP port"),
        (["--sip-digest", "MD4"], "MD5, SHA-256"),
        (["--sip-sound-ports", "2000"], "as 20000-29999"),
        (["--sip-sound-ports", "2000-100"], "as 20000-29999"),
        (["--sip-prompts", "nowhere"], "the prompts nowhere are no folder"),
        (["--sip-advertise", "bad host"], "an address or a name"),
        (["--sip-advertise", "[::1]"], "an address or a name"),
        (["--sip-rate", "-1"], "0 or more"),
        (["--sip-rate", "nan"], "0 or more"),
        (["--clock-scale", "1001"], "1000"),
        (["--clock-scale", "nan"], "1000"),
        (["--auth-mode", "3"], "invalid choice"),
    ],
)
def test_wrong_use_is_refused_with_the_reason(
    options: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["serve", *options])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else -1
    assert code == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HTTP_PORT", "many", "EMULATOR_HTTP_PORT: 'many' is not valid"),
        ("HTTPS_PORT", "70000", "0 to 65535"),
        ("GUID_INTERVAL_MS", "120000", "below its timeout"),
        ("POLL_WAIT", "nan", "0 to 3600"),
        ("POLL_TIMEOUT", "0", "above 0"),
        ("PUSH_TIMEOUT", "0", "above 0"),
        ("PUSH_VERIFY", "maybe", "EMULATOR_PUSH_VERIFY: 'maybe' is not valid"),
        ("SIGNATURE_WINDOW", "-1", "0 seconds or more"),
    ],
)
def test_a_variable_that_is_not_valid_is_refused_with_the_reason(
    name: str,
    value: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(f"EMULATOR_{name}", value)
    assert main(["serve"]) == 2
    assert reason in capsys.readouterr().err


def test_other_hosts_may_be_listened_on_behind_a_token() -> None:
    options = parser().parse_args(["serve", "--host", "0.0.0.0", "--control-token", "t"])
    assert serve_settings(options).host == "0.0.0.0"


@contextlib.contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_taken_port_is_a_failure_in_one_line() -> None:
    with taken_port() as port:
        ended = run("serve", "--http-port", str(port), "--https-port", "0")
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line == f"emulator: cannot listen on 127.0.0.1:{port}: Address already in use"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--seed", "nothing"], "the seed cannot be used: nothing: there is no such seed"),
        (
            ["--sip-port", "-1", "--sip-gateways", "none.yaml"],
            "the gateways cannot be used: none.yaml: cannot be read",
        ),
        (["--database", "mysql://x/y"], "the database cannot be used: the store needs"),
        (["--database", "no url"], "the database cannot be used: "),
        (["--database", "sqlite:////dev/null/x.db"], "the data cannot be kept: "),
        (["--data", "/dev/null/x"], "the data cannot be kept: "),
    ],
)
def test_what_cannot_be_used_is_a_failure_in_one_line(options: list[str], reason: str) -> None:
    ended = run("serve", "--http-port", str(free_port()), "--https-port", "0", *options)
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"emulator: {reason}")


def test_a_seed_with_many_faults_is_a_failure_in_one_line(tmp_path: Path) -> None:
    seed = tmp_path / "bad.yaml"
    seed.write_text("tenants: [{id: 1, colour: red, size: big}]")
    ended = run("serve", "--seed", str(seed))
    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert str(seed) in line
    assert "more: emulator seed check" in line


# seed, state


def test_seeds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seed", "list"]) == 0
    assert "demo" in capsys.readouterr().out.splitlines()


def test_a_good_seed_passes_its_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seed", "check", "demo"]) == 0
    assert "good" in capsys.readouterr().out


def test_a_bad_seed_is_described_with_file_path_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = tmp_path / "bad.yaml"
    seed.write_text("tenants: [{id: 0, name: x}, {id: 1, name: y, timezone: Mars/Base}]")
    assert main(["seed", "check", str(seed)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{seed}: tenants[0].id: ")
    assert second.startswith(f"{seed}: tenants[1].timezone: ")


def test_a_flow_that_the_switch_would_refuse_does_not_pass_the_check_nor_reach_the_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, data = tmp_path / "bad.yaml", tmp_path / "data"
    seed.write_text(BAD_FLOW)
    assert main(["seed", "check", str(seed)]) == 1
    assert "dance" in capsys.readouterr().out
    ended = run("serve", "--seed", str(seed), "--data", str(data), "--https-port", "0")
    assert ended.returncode == 1
    assert "dance" in ended.stderr
    with Store.open(file_url(data)) as store:
        assert store.load_tenants() == []


def test_a_seed_is_loaded_into_a_running_emulator_and_shows_in_its_state(tmp_path: Path) -> None:
    seed = tmp_path / "small.yaml"
    seed.write_text(SMALL)
    url = f"http://127.0.0.1:{free_port()}"
    port = url.rpartition(":")[2]
    token = {"EMULATOR_CONTROL_TOKEN": "t"}
    with serving("--http-port", port, "--https-port", "0", **token) as (_, ready):
        assert ready == ["ready", url]
        refused = run("state", "--url", url)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "control token" in refused.stderr
        loaded = run("seed", "load", str(seed), "--url", url, "--control-token", "t")
        assert (loaded.returncode, loaded.stderr) == (0, "")
        shown = run("state", "--url", url, "--control-token", "t")
    assert [tenant["name"] for tenant in json.loads(shown.stdout)["tenants"]] == ["small"]


@pytest.mark.parametrize("words", [["state"], ["seed", "load", "demo"]])
def test_an_emulator_that_is_not_there_is_a_failure(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert main([*words, "--url", url]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert url in said.err


# sign


def test_a_signed_request_is_signed_as_the_signer_does(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    body = tmp_path / "body.json"
    body.write_bytes(b'{"a": 1}')
    at = "2026-01-02T03:04:05Z"
    words = ["--ak", "a", "--sk", "s", "post", "http://cec.test:8000/x?b=1", "--body", f"@{body}"]
    header = ["--header", "Content-Type: application/json", "--timestamp", at]
    assert main(["sign", *words, *header]) == 0
    request = httpx.Request(
        "POST",
        "http://cec.test:8000/x?b=1",
        content=b'{"a": 1}',
        headers={"content-type": "application/json"},
    )
    signer = AuthV2("a", "s", now=lambda: datetime.fromisoformat(at))
    signed = next(signer.auth_flow(request))
    assert capsys.readouterr().out == f"Authorization: {signed.headers['authorization']}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["GET", "not a url"],
        ["GET", "http://x/", "--header", "no colon"],
        ["GET", "http://x/", "--timestamp", "yesterday"],
        ["GET", "http://x/", "--body", "@/nowhere/at/all"],
    ],
)
def test_what_cannot_be_signed_is_wrong_use(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sign", "--ak", "a", "--sk", "s", *words]) == 2
    assert capsys.readouterr().out == ""


# The rest


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"emulator {__version__}\n"


@pytest.mark.parametrize("words", [[], ["dance"], ["seed"], ["sign", "GET"]])
def test_what_is_no_command_is_wrong_use(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2


@pytest.mark.parametrize("words", [["serve"], ["seed", "check"], ["sign"], ["state"], ["demo"]])
def test_every_command_explains_itself(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    assert "usage: emulator" in capsys.readouterr().out


# snapshot


def test_a_world_is_saved_and_served_again_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "world.snapshot"
    quiet = ("--https-port", "0", "--clock-scale", "0")
    port = str(free_port())
    with serving("--http-port", port, *quiet) as (_, ready):
        httpx.post(f"{ready[1]}/_emulator/calls", json={"caller": "139", "called": "95001"})
        calls = httpx.get(f"{ready[1]}/_emulator/calls").json()
        assert run("snapshot", "save", str(file), "--url", ready[1]).returncode == 0
        httpx.post(f"{ready[1]}/_emulator/reset")
        assert run("snapshot", "load", str(file), "--url", ready[1]).returncode == 0
        assert httpx.get(f"{ready[1]}/_emulator/calls").json() == calls
    with serving("--http-port", port, *quiet, "--snapshot", str(file)) as (_, ready):
        assert httpx.get(f"{ready[1]}/_emulator/calls").json() == calls


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"nonsense", "this is no snapshot of a call center")],
)
def test_a_file_that_is_no_snapshot_is_not_served(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "world.snapshot"
    if content is not None:
        file.write_bytes(content)
    ended = run("serve", "--http-port", str(free_port()), "--snapshot", str(file))
    assert ended.returncode == 1
    assert reason in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_snapshot_file_that_is_not_there_is_not_loaded(tmp_path: Path) -> None:
    ended = run("snapshot", "load", str(tmp_path / "none"))
    assert ended.returncode == 1
    assert "No such file" in ended.stderr
