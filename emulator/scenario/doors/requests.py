"""What agents and inspectors do on a stage, as requests of the agent gateway (CEC 6.1, 12.1)."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.scenario.engine.stage import TargetSpec
from emulator.switch.terms import AgentState, SupervisionMode, TransferMode

BLIND, RELEASE_AFTER = TransferMode.BLIND, TransferMode.RELEASE_AFTER
TRANSFERS: Mapping[str, tuple[int, Mapping[TransferMode, int]]] = {
    "queue": (1, {BLIND: 0, RELEASE_AFTER: 2}),
    "agent": (2, {BLIND: 0, RELEASE_AFTER: 2}),
    "ivr": (3, {BLIND: 0, TransferMode.HANG_UP: 1}),
    "number": (
        5,
        {BLIND: 1, RELEASE_AFTER: 2, TransferMode.TALK: 3, TransferMode.THREE_PARTY: 4},
    ),
}
"""What a call is handed on to: device type of 6.1.2.11 and its numbers of the modes."""
CONSULTED = {"queue": 1, "agent": 2}
CANCELS = {
    AgentState.BUSY: "cancelbusy",
    AgentState.REST: "cancelrest",
    AgentState.WRAP_UP: "cancelwork",
}
REQUEUED = 1


class AgentRequests:
    """The part of a stage that agents ask for.

    `unheard` counts by name what the gateway has no request for.
    """

    def __init__(self) -> None:
        self.unheard: Counter[str] = Counter()

    @abstractmethod
    def ask_as(
        self, work_no: int, what: str, method: str, component: str, rest: str, **more: Any
    ) -> None:
        """Have the agent's client send a request; `more`: its `params` and `json`."""

    def sign_out(self, agent: int) -> None:
        self.ask_as(agent, "sign_out", "DELETE", "onlineagent", "logout")

    def sign_out_anyhow(self, agent: int) -> None:
        """An agent goes home, whatever it does."""
        self.ask_as(agent, "sign_out", "DELETE", "onlineagent", "forcelogout")

    def answer(self, agent: int, call: str) -> None:
        query = {"callid": call}
        self.ask_as(agent, "answer", "PUT", "voicecall", "answer", params=query, json={})

    def reject(self, agent: int, call: str) -> None:
        body = {"callid": call, "mode": REQUEUED}
        self.ask_as(agent, "reject", "POST", "voicecall", "reject", json=body)

    def release(self, agent: int, call: str) -> None:
        if call:
            self.ask_as(agent, "release", "POST", "voicecall", f"dropcall/{call}")
        else:
            self.ask_as(agent, "release", "DELETE", "voicecall", "release")

    def hold(self, agent: int, call: str) -> None:
        self.ask_as(agent, "hold", "POST", "voicecall", "hold")

    def retrieve(self, agent: int, call: str) -> None:
        query = {"callid": call}
        self.ask_as(agent, "retrieve", "POST", "voicecall", "gethold", params=query)

    def transfer(self, agent: int, to: TargetSpec, mode: TransferMode) -> None:
        kind, address = to
        device, modes = TRANSFERS[kind]
        if mode not in modes:
            self.unheard[f"transfer: {mode} to a {kind}"] += 1
            return
        body = {"devicetype": device, "address": address, "mode": modes[mode]}
        self.ask_as(agent, "transfer", "POST", "voicecall", "transfer", json=body)

    def consult(self, agent: int, to: TargetSpec) -> None:
        kind, address = to
        if kind not in CONSULTED:
            self.unheard[f"consult: a {kind}"] += 1
            return
        body = {"dstaddress": address, "devicetype": CONSULTED[kind], "mode": 1}
        self.ask_as(agent, "consult", "POST", "voicecall", "innerhelp", json=body)

    def complete_transfer(self, agent: int, held: str) -> None:
        self.ask_as(agent, "complete_transfer", "POST", "voicecall", f"connecthold/{held}")

    def join(self, agent: int, held: str) -> None:
        self.ask_as(agent, "join", "POST", "voicecall", "confjoin", json={"callid": held})

    def make_call(self, agent: int, number: str, caller: str) -> None:
        body = {"called": number, "caller": caller}
        self.ask_as(agent, "make_call", "PUT", "voicecall", "callout", json=body)

    def call_preview(self, agent: int, control: int, number: str) -> None:
        body = {"called": number, "callcontrolid": control}
        self.ask_as(agent, "call_preview", "PUT", "voicecall", "previewCallout", json=body)

    def cancel_state(self, agent: int, state: AgentState) -> None:
        self.ask_as(agent, "cancel_state", "POST", "onlineagent", CANCELS[state])

    def rest(self, agent: int, seconds: int, reason: int) -> None:
        self.ask_as(agent, "rest", "POST", "onlineagent", f"rest/{seconds}/{reason}")

    def set_ready(self, agent: int) -> None:
        self.ask_as(agent, "set_ready", "POST", "onlineagent", "sayfree")

    def set_skills(self, agent: int, queues: Sequence[int]) -> None:
        query = {"skillid": ";".join(map(str, queues))}
        self.ask_as(agent, "set_skills", "POST", "onlineagent", "resetskill/false", params=query)

    # Supervisors

    def supervise(self, inspector: int, agent: int, mode: SupervisionMode) -> None:
        if mode is SupervisionMode.WHISPER:
            method, rest, query = "POST", "requestwhisperagent", {"whisperagentid": agent}
        else:
            listens = mode is SupervisionMode.LISTEN
            rest = f"addsupervise/{agent}" if listens else f"addinsert/{agent}"
            method, query = "PUT", {}
        self.ask_as(inspector, "supervise", method, "qualitycontrol", rest, params=query)

    def stop_supervision(self, inspector: int, agent: int) -> None:
        self.ask_as(inspector, "stop_supervision", "DELETE", "qualitycontrol", str(agent))

    def intercept(self, inspector: int, agent: int) -> None:
        self.ask_as(inspector, "intercept", "PUT", "qualitycontrol", f"intercept/{agent}")

    def force_sign_out(self, inspector: int, agent: int) -> None:
        rest = f"forcelogout/{agent}"
        self.ask_as(inspector, "force_sign_out", "POST", "qualitycontrol", rest)
