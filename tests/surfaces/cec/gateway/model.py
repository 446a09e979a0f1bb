"""What an agent's program knows that hears nothing but its events (CEC 6.5.1)."""

from __future__ import annotations

from typing import Any

SIGNED_OUT, BUSY, IDLE, WRAP_UP, IN_CALL, RESTING = 2, 3, 4, 5, 7, 8
"""States of Table 6-452."""
DOWN, RINGING, UP = 0, 1, 2

_STATES = {
    "AgentState_Ready": IDLE,
    "AgentState_CancelNotReady_Success": IDLE,
    "AgentState_CancelRest_Success": IDLE,
    "AgentState_CancelWork_Success": IDLE,
    "AgentState_SetNotReady_Success": BUSY,
    "AgentState_SetRest_Success": RESTING,
    "AgentState_SetWork_Success": WRAP_UP,
    "AgentState_Work": WRAP_UP,
    "AgentState_Busy": IN_CALL,
    "AgentEvent_Agent_Occupied": IN_CALL,
    "AgentEvent_Ringing": IN_CALL,
    "AgentEvent_Auto_Answer": IN_CALL,
    "AgentConf_Ringing": IN_CALL,
    "AgentOther_ShutdownService": SIGNED_OUT,
}
_LEGS = {
    "AgentOther_PhoneAlerting": RINGING,
    "AgentOther_PhoneOffhook": UP,
    "AgentOther_PhoneRelease": DOWN,
}
_ON_A_CALL = frozenset(
    {
        "AgentEvent_Ringing",
        "AgentEvent_Auto_Answer",
        "AgentEvent_Talking",
        "AgentEvent_Customer_Alerting",
        "AgentEvent_Conference",
    }
)
_OFF_A_CALL = frozenset({"AgentEvent_Call_Release", "AgentEvent_No_Answer"})


class ClientModel:
    """State, phone and calls of one agent, from its events alone."""

    def __init__(self) -> None:
        self.state = SIGNED_OUT
        self.leg = DOWN
        self.calls: dict[str, None] = {}
        self.held: dict[str, None] = {}

    def hear(self, event: dict[str, Any]) -> None:
        """Take note of one event."""
        name, content = event["eventType"], event["content"]
        if name == "AgentOther_InService":
            self.__init__()  # type: ignore[misc]
        self.state = _STATES.get(name, self.state)
        self.leg = _LEGS.get(name, self.leg)
        if name in _ON_A_CALL:
            self.calls[content["callid"]] = None
            if name == "AgentEvent_Conference":
                self._join(content["callid"])
        elif name in _OFF_A_CALL:
            self.calls.pop(content, None)
            self.held.pop(content, None)
        elif name == "AgentConf_SelfLeaveResult":
            self.calls.clear()
        if name == "AgentEvent_Hold":
            self.held[content] = None
        elif name == "AgentEvent_Talking":
            self.held.pop(content["callid"], None)

    def _join(self, call: str) -> None:
        """The current call has become one with this one; the others are held."""
        self.held.pop(call, None)
        self.calls = {**self.held, call: None}
