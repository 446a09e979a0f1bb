"""A smallest CRM connector, the product under test: it shows each customer who reaches an agent.

It knows nothing of the emulator: it is a client of the documented agent gateway.
"""

import threading
from collections.abc import Callable

import httpx


class Connector:
    """Signs an agent in, polls for its events, and tells `show` the number of each customer."""

    def __init__(self, gateway: str, agent: int, show: Callable[[str], None]) -> None:
        self._gateway = f"{gateway}/agentgateway/resource"
        self._agent = agent
        self._show = show
        self._guid = ""
        self._http = httpx.Client(timeout=60)
        self._polling = threading.Thread(target=self._poll, daemon=True)

    def sign_in(self, password: str, phone: str) -> None:
        """Sign in and begin to poll."""
        answer = self._ask("PUT", "onlineagent", {"password": password, "phonenum": phone})
        if answer["retcode"] != "0":
            raise ConnectionRefusedError(answer["message"])
        self._polling.start()

    def close(self) -> None:
        """Sign out, whatever the agent is doing; the last events are still shown."""
        self._ask("DELETE", "onlineagent", rest="/forcelogout")
        self._polling.join(timeout=30)
        self._http.close()

    def _poll(self) -> None:
        while (answer := self._ask("GET", "agentevent"))["retcode"] == "0":
            event = answer.get("event")
            if event and event["eventType"] == "AgentEvent_Talking":
                self._show(event["content"]["caller"])

    def _ask(self, method: str, component: str, body: object = None, rest: str = "") -> dict:
        address = f"{self._gateway}/{component}/{self._agent}{rest}"
        answer = self._http.request(method, address, json=body, headers={"guid": self._guid})
        if "Set-GUID" in answer.headers:
            self._guid = answer.headers["Set-GUID"].removeprefix("JSESSIONID=")
        return answer.json()
