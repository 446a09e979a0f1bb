"""The requests of a journal are sent again, and meet the answers that they had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.cli import main
from emulator.clients.signer import AuthV2
from emulator.scenario.replay.identities import HIDDEN, Identities
from emulator.scenario.replay.requests import NotAllowed, Recorded, require_allowed
from emulator.testing.world import World

QUICK = pytest.mark.emulator(settings={"clock_scale": 20.0})
"""Numbers outside answer after two seconds: a tenth of a real one."""


def a_day_of(world: World) -> None:
    """An agent signs in, is busy for a while, calls somebody, and takes a customer's call."""
    agent = world.agent(101)
    agent.sign_in(autoanswer=False)
    agent.expect("AgentState_Ready")
    agent.post("onlineagent", "saybusy")
    agent.expect("AgentState_SetNotReady_Success")
    agent.post("onlineagent", "sayfree")
    agent.expect("AgentState_CancelNotReady_Success")
    call = agent.put("voicecall", "callout", called="13900000001")
    agent.expect("AgentEvent_Talking")
    agent.get("calldata", f"callinfobycallid/{call}")
    agent.delete("voicecall", "release")
    agent.expect("AgentEvent_Call_Release")
    world.control.dial_in("13900000002", "95001")
    agent.expect("AgentEvent_Ringing")
    agent.put("voicecall", "answer")
    agent.expect("AgentEvent_Talking")
    agent.delete("voicecall", "release")
    agent.expect("AgentEvent_Call_Release")
    agent.sign_out()


def saved(world: World, folder: Path) -> Path:
    """The world's journal in a file."""
    path = folder / "journal.json"
    assert main(["replay-requests", "--from", world.url, "--save", str(path)]) == 0
    return path


def replayed(world: World, journal: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a replay against the world, begun anew, and its report."""
    world.control.reset()
    report = journal.with_name("report.json")
    arguments = [str(journal), "--against", world.url, "--json", str(report), *options]
    code = main(["replay-requests", *arguments])
    return code, json.loads(report.read_text())


@QUICK
@pytest.mark.parametrize("how", [(), ("--timed", "--speed", "4")], ids=["at once", "timed"])
def test_an_agents_session_is_replayed_with_the_same_answers(
    world: World, tmp_path: Path, how: tuple[str, ...]
) -> None:
    a_day_of(world)
    journal = saved(world, tmp_path)
    recorded = Recorded.of(json.loads(journal.read_text()))
    code, report = replayed(world, journal, "--seed", "demo", *how)
    assert report["examples"] == [] or {it["verdict"] for it in report["examples"]} == {
        "the same code, other content"
    }
    assert (code, report["agrees"], report["customers"]) == (0, True, 1)
    assert report["sent"] == len(recorded.exchanges)
    events: Any = world.control.events()
    offered = [it for it in events if it["event"] == "Offered"]
    assert [(it["caller"], it["called"]) for it in offered][-1:] == [("13900000002", "95001")]


@QUICK
def test_without_the_password_the_sign_in_is_answered_otherwise(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = world.agent(102)
    agent.sign_in(callbackUri="http://127.0.0.1:9/", autoanswer=False)
    journal = saved(world, tmp_path)
    code, report = replayed(world, journal, "--password", "Wrong@2026")
    assert (code, report["agrees"]) == (1, False)
    assert report["answers"] == {"another code": 1}
    assert "onlineagent/102: 0 → 100-00" in capsys.readouterr().out


@pytest.mark.emulator(port=True)
def test_signed_requests_are_signed_anew(world: World, tmp_path: Path) -> None:
    path = "/rest/cmsapp/v1/openapi/configures/skills"
    with httpx.Client(auth=AuthV2(*keys(world))) as client:
        answer = client.post(world.url + path, json={"ccId": 1, "vdn": 1})
    assert answer.json()["resultCode"] == "0100000", answer.text
    journal = saved(world, tmp_path)
    key, secret = keys(world)
    assert replayed(world, journal, "--ak", key, "--sk", secret)[0] == 0
    assert replayed(world, journal)[0] == 1


def keys(world: World) -> tuple[str, str]:
    """The demo tenant's access key and secret."""
    from emulator.control.seed import load_seed

    secrets = load_seed("demo")[0].secrets
    return secrets["ak"], secrets["sk"]


# Safety


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost", "http://a.localhost", "http://[::1]:1"]
)
def test_this_machine_is_allowed(url: str) -> None:
    require_allowed(url, other_host=False)


@pytest.mark.parametrize("url", ["http://10.0.0.1", "https://cc.example.com", "nonsense"])
def test_another_host_must_be_asked_for(url: str) -> None:
    with pytest.raises(NotAllowed, match="--to-other-host"):
        require_allowed(url, other_host=False)
    require_allowed(url, other_host=True)


def test_the_command_sends_nothing_to_another_host(tmp_path: Path) -> None:
    journal = tmp_path / "journal.json"
    journal.write_text('{"exchanges": []}')
    assert main(["replay-requests", str(journal), "--against", "http://10.0.0.1"]) == 2


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("{", ["--against", "http://localhost"]),
        ('{"events": []}', ["--against", "http://localhost"]),
        ('{"exchanges": [{"number": 1}]}', ["--against", "http://localhost"]),
        ('{"exchanges": []}', []),
        ('{"exchanges": []}', ["--from", "http://localhost", "--against", "http://localhost"]),
    ],
)
def test_what_is_no_journal_is_wrong_use(tmp_path: Path, content: str, options: list[str]) -> None:
    journal = tmp_path / "journal.json"
    journal.write_text(content)
    assert main(["replay-requests", str(journal), *options]) == 2


def test_bodies_that_the_journal_does_not_have_are_not_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "journal.json"
    bodies = {7: "x" * 65_536, 8: "caf\ufffd"}
    exchanges = [
        {"number": number, "method": "PUT", "path": "/x", "body": body}
        for number, body in bodies.items()
    ]
    journal.write_text(json.dumps(exchanges))
    code = main(["replay-requests", str(journal), "--against", "http://127.0.0.1:9"])
    said = capsys.readouterr().out
    assert code == 1
    assert "its body was cut in the journal (#7)" in said
    assert "its body was no text (#8)" in said


# Names


def test_a_new_name_is_put_wherever_the_old_one_was() -> None:
    names = Identities()
    names.learn({"result": "1700-12", "retcode": "0"}, {"result": "1800-99", "retcode": "1"})
    assert names.path("/calldata/101/1700-12/info") == "/calldata/101/1800-99/info"
    assert names.query("callid=1700-12&x=%20") == "callid=1800-99&x=%20"
    assert names.renamed({"a": ["1700-12", 5], "b": "0"}) == {"a": ["1800-99", 5], "b": "0"}


def test_what_is_hidden_is_what_the_new_session_has() -> None:
    names = Identities(passwords={101: "own"}, password="all", secrets={"app_secret": "s"})
    names.learn(None, {"AccessToken": "fresh"})
    body = {"password": HIDDEN, "app_secret": HIDDEN, "token": HIDDEN, "x": [{"newPwd": HIDDEN}]}
    shown = names.revealed(body, 101)
    assert shown == {
        "password": "own",
        "app_secret": "s",
        "token": "fresh",
        "x": [{"newPwd": "own"}],
    }
    assert names.revealed({"password": HIDDEN}, 102) == {"password": "all"}
