"""CC-FS behind a real server, with whatever anybody may send."""

from __future__ import annotations

import json
import logging
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.clients.signer import AuthV2
from emulator.testing.servers import InThread
from tests.contract import facts
from tests.contract.developers import ACCEPTED, CCFS, request_in
from tests.contract.world import World


def test_an_index_file_is_made_beside_a_real_server(tmp_path: Path) -> None:
    server = InThread({"data": tmp_path})
    try:
        client = httpx.Client(base_url=server.url, auth=AuthV2("demo-ak", "demo-sk"))
        today = time.strftime("%Y-%m-%d 00:00:00", time.gmtime())
        asked = {
            "beginTime": today,
            "endTime": today,
            "dataType": "call_record",
            "callBackURL": server.url,
        }
        head = {"version": "2.0"}
        answer = client.post(
            f"{CCFS}/queryBillData", json={"request": head, "msgBody": asked}
        ).json()
        name = f"{today[:10].replace('-', '')}_{answer['resultData']['responseId']}.zip"
        message = {"request": head, "msgBody": {"billFileName": name}}
        deadline = time.monotonic() + 30
        while True:
            found = client.post(f"{CCFS}/downloadBillFile", json=message)
            if found.content[:2] == b"PK" or time.monotonic() > deadline:
                break
        assert found.content[:2] == b"PK"
        client.close()
    finally:
        server.stop()
    # The thread that reads what a process of reports tells waits for its end.
    assert "reports" not in [thread.name for thread in threading.enumerate()]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("section", list(ACCEPTED))
def test_every_answer_is_documented(section: str, caplog: pytest.LogCaptureFixture) -> None:
    it = facts.developer_interface(section)
    named = [p for p in it.parameters if p.place != "header"]
    with World() as world:
        scene = ACCEPTED[section].situation(world)
        world.doors.file_server.exports.most = 20

        @settings(
            max_examples=100,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def ask(data: Any) -> None:
            request = request_in(section, scene)
            for parameter in data.draw(st.lists(st.sampled_from(named), max_size=2)):
                value = data.draw(ANYTHING)
                try:
                    str(value).encode()
                except UnicodeError:
                    value = ""
                request.part(parameter.place)[parameter.name] = value
            reply = request.send(world)
            assert reply.status == 200, reply.raw
            if reply.raw[:1] == b"{":
                assert json.loads(reply.raw)["resultCode"] in ("0", *it.codes)

        ask()
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
