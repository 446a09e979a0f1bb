"""What an agent's client is told at the agent gateway (CEC 6.5.1), as the agent understands it.

An agent hears of itself here and nowhere else: nothing is known that a client would not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.clients.gateway import SHUTDOWN, GatewayEvent
from emulator.scenario.doors.audit import RELEASED, RINGING, TALKING
from emulator.scenario.engine.agents import AgentPlayer
from emulator.switch.agents import SignIn
from emulator.switch.config import AgentConfig
from emulator.switch.terms import AgentType, MediaAbility

IN_A_CALL = "in a call"
"""What a client knows of an agent whom a call occupies; the switch has four states for it."""
SIGNED_OUT = "signed_out"

CONFERENCE = "AgentEvent_Conference"
OTHER_AGENT, VIDEO_AGENT = 4, 11
VIDEO_TYPES = (AgentType.VIDEO, AgentType.VERSATILE)

STATES = {
    "AgentState_Ready": "idle",
    "AgentState_CancelNotReady_Success": "idle",
    "AgentState_CancelRest_Success": "idle",
    "AgentState_CancelWork_Success": "idle",
    "AgentState_SetNotReady_Success": "busy",
    "AgentState_SetRest_Success": "rest",
    "AgentState_SetWork_Success": "wrap_up",
    "AgentState_Work": "wrap_up",
    "AgentState_Busy": IN_A_CALL,
    "AgentEvent_Agent_Occupied": IN_A_CALL,
    "AgentEvent_Ringing": IN_A_CALL,
    "AgentEvent_Auto_Answer": IN_A_CALL,
    "AgentEvent_Talking": IN_A_CALL,
    SHUTDOWN: SIGNED_OUT,
}
TOLD = {
    "AgentEvent_Ringing": RINGING,
    "AgentEvent_Auto_Answer": RINGING,
    "AgentEvent_Talking": TALKING,
    "AgentEvent_Call_Release": RELEASED,
    "AgentEvent_No_Answer": RELEASED,
}


class Ears:
    """Tells a player what its client hears. `is_colleague` tells numbers of agents from others."""

    def __init__(self, player: AgentPlayer, is_colleague: Callable[[str], bool]) -> None:
        self.player = player
        self.rests_for = 0
        """The rest that was asked for, in seconds: events do not tell."""
        self._is_colleague = is_colleague
        self._held: set[str] = set()
        self._called: set[str] = set()
        """Calls of its own on which somebody rings."""
        self._chats: set[str] = set()
        player.is_chat = self._chats.__contains__
        self._gone = ""
        """The call that one who helps is not on any more; the next event says what has become."""
        self._handlers: Mapping[str, Callable[[AgentPlayer, Any], None]] = {
            "AgentOther_InService": lambda player, _: player.signed_in(),
            SHUTDOWN: lambda player, _: player.signed_out(),
            "AgentEvent_Talking": self._talks,
            "AgentEvent_Hold": self._holds,
            "AgentEvent_Customer_Alerting": self._partner_rings,
            "AgentEvent_Customer_Release": self._partner_leaves,
            CONFERENCE: _joins,
            "AgentEvent_Call_Release": self._lost,
            "AgentEvent_No_Answer": self._lost,
            "AgentEvent_Preview": _previews,
            "AgentState_SetNotReady_Success": lambda player, _: player.not_ready(),
            "AgentState_SetRest_Success": lambda player, _: player.rests(self.rests_for),
            **{it: _works for it, state in STATES.items() if state == "wrap_up"},
            **{it: _idles for it, state in STATES.items() if state == "idle"},
        }

    @property
    def needs_queue(self) -> bool:
        """Whether the agent handles calls by the queue that they come from."""
        return any(it.queue is not None for it in self.player.team.agents.handling)

    @property
    def needs_stream(self) -> bool:
        """Whether the agent handles calls by the customers who make them."""
        return any(it.stream is not None for it in self.player.team.agents.handling)

    def hear(self, event: GatewayEvent, queue: int = 0) -> None:
        """The client was told; `queue` is that of a call that rings, 0 if nobody asked."""
        player = self.player
        if self._gone:
            gone, self._gone = self._gone, ""
            if event.type == CONFERENCE:
                player.moved(gone, call_of(event.content))
            else:
                player.lost(gone)
        if is_ringing(event):
            call = call_of(event.content)
            if int(event.content["mediaAbility"]) == MediaAbility.TEXT:
                self._chats.add(call)
            player.rings(call, queue, int(event.content["feature"]))
            return
        handler = self._handlers.get(event.type)
        if handler is not None:
            handler(player, event.content)

    def _talks(self, player: AgentPlayer, content: Any) -> None:
        call = call_of(content)
        if call in self._held:
            self._held.discard(call)  # it was taken back: the conversation goes on
        elif call in self._called:
            self._called.discard(call)
            player.partner_answers(call, int(content["feature"]))
        else:
            player.talks(call, int(content["feature"]))

    def _holds(self, player: AgentPlayer, content: Any) -> None:
        self._held.add(call_of(content))
        player.holds(call_of(content))

    def _partner_rings(self, player: AgentPlayer, content: Any) -> None:
        self._called.add(call_of(content))

    def _partner_leaves(self, player: AgentPlayer, content: Any) -> None:
        if self._is_colleague(content["number"]):
            player.partner_leaves(call_of(content))

    def _lost(self, player: AgentPlayer, content: Any) -> None:
        call = call_of(content)
        self._held.discard(call)
        self._called.discard(call)
        if player.helping:
            self._gone = call
        else:
            player.lost(call)
            self._chats.discard(call)


def _joins(player: AgentPlayer, content: Any) -> None:
    """Its conversation goes on as a conference."""
    player.moved(player.call, call_of(content))


def _works(player: AgentPlayer, content: Any) -> None:
    player.works()


def _idles(player: AgentPlayer, content: Any) -> None:
    player.idle()


def _previews(player: AgentPlayer, content: Any) -> None:
    player.previews(int(content["controlid"]), content["dialeddigits"].partition(",")[0])


def is_ringing(event: GatewayEvent) -> bool:
    """Whether a call rings at the agent's phone."""
    return TOLD.get(event.type) is RINGING


def call_of(content: Any) -> str:
    """The id of the call that an event is about; some are nothing else."""
    if isinstance(content, dict):
        return str(content.get("callid") or content.get("callId") or "")
    return str(content or "")


def colleagues(agents: Mapping[int, AgentConfig]) -> frozenset[str]:
    """The numbers by which these agents are shown to others: work numbers and phones."""
    numbers = (number for it in agents.values() for number in (str(it.work_no), it.phone))
    return frozenset(filter(None, numbers))


def sign_in_body(how: SignIn, config: AgentConfig) -> dict[str, Any]:
    """How an agent signs in, as 6.1.1.1 has it, without password and phone."""
    return {
        "autoanswer": how.auto_answer,
        "autoenteridle": how.auto_idle,
        "releasephone": how.release_phone,
        "agenttype": VIDEO_AGENT if config.agent_type in VIDEO_TYPES else OTHER_AGENT,
    }
