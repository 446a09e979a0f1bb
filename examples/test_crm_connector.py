"""How a project tests its own connector in CI: start the emulator, let a customer call, look.

pip install pytest httpx emulator
pytest examples/test_crm_connector.py
"""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

PORT = 18765
BASE = f"http://127.0.0.1:{PORT}"
AGENT = f"{BASE}/agentgateway/resource/onlineagent/101"
EVENTS = f"{BASE}/agentgateway/resource/agentevent/101"


@pytest.fixture
def call_center() -> Iterator[httpx.Client]:
    """An emulator with the seed `demo`, for one test."""
    command = [sys.executable, "-m", "emulator.cli", "serve", "--http-port", str(PORT)]
    server = subprocess.Popen([*command, "--https-port", "0"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdout.readline().startswith("ready")
    with httpx.Client(timeout=30) as client:
        yield client
    server.terminate()
    server.wait()
    server.stdout.close()


def test_the_customer_number_reaches_the_screen(call_center: httpx.Client) -> None:
    answer = call_center.put(AGENT, json={"password": "Demo@2026", "phonenum": "40101"})
    headers = {"guid": answer.headers["Set-GUID"].removeprefix("JSESSIONID=")}
    customer = {"caller": "13912345678", "called": "95001"}
    call_center.post(f"{BASE}/_emulator/calls", json=customer)
    while True:
        event = call_center.get(EVENTS, headers=headers).json()["event"]
        if event["eventType"] == "AgentEvent_Talking":
            break
    assert event["content"]["caller"] == "13912345678"
