"""Real-time indicators: of queues (Table 12-687), agents (12-690) and VDNs (12-693).

Their counts are those of `emulator.domain.live.views`.
"""

from __future__ import annotations

from emulator.domain.indicators.definition import Count, Indicator, Unit, table

_AGENTS = (
    ("SIGN_IN", "Agents that are signed in", "signed_in"),
    ("SET_IDLE", "Agents that are idle", "idle"),
    ("SET_BUSY", "Agents that show busy", "busy"),
    ("CONNECT", "Agents in conversation", "talking"),
    ("STUDY", "Agents that are studying", "studying"),
    ("ACW", "Agents that wrap up", "wrapping_up"),
    ("REST", "Agents at rest", "resting"),
)
"""What queues and VDNs both have: the end of the code, the meaning, the count."""


def _agents(*more: tuple[str, str, str]) -> list[Indicator]:
    return [
        Indicator(f"IDX_COUNT_REAL_AGENT_{end}", meaning, Unit.AGENTS, Count(f"agents.{name}"))
        for end, meaning, name in (*_AGENTS, *more)
    ]


def _calls(code: str, meaning: str, name: str) -> Indicator:
    return Indicator(code, meaning, Unit.CALLS, Count(name))


QUEUE = table(
    (
        _calls("IDX_COUNT_REAL_SKILL_QUEUE", "Calls that wait in the queue", "queuing"),
        _calls("IDX_COUNT_REAL_SKILL_HANDLE", "Calls of the queue that agents serve", "handled"),
        Indicator(
            "IDX_DURATION_SKILL_MAX_QUEUE_ACK",
            "How long the call has waited that has waited longest",
            Unit.SECONDS,
            Count("longest_wait"),
        ),
        _calls(
            "IDX_COUNT_20S_CALL_FOR_5MIN",
            "Calls answered within 20 seconds, in the last five minutes",
            "quick",
        ),
        *_agents(),
        Indicator(
            "IDX_COUNT_REAL_AGENT_USABLE",
            "Agents to whom a call of the queue could be offered",
            Unit.AGENTS,
            Count("available"),
        ),
    )
)
"""Of a queue, read from a `QueueView`."""

AGENT = table(
    (
        Indicator("IDX_AGENT_PHONE", "Where the agent is signed in", Unit.NUMBER, Count("phone")),
        Indicator("IDX_AGENT_CURRENT_STATE", "The agent's state", Unit.STATE, Count("state")),
        Indicator(
            "IDX_DURATION_AGENT_CURRENT_STATE",
            "How long the agent has been in its state",
            Unit.SECONDS,
            Count("state_time"),
        ),
        Indicator(
            "IDX_AGENT_LOGIN_SKILLS",
            "Queues that the agent is signed in to, or has while it is not signed in",
            Unit.QUEUES,
            Count("queues"),
        ),
    )
)
"""Of an agent, read from an `AgentView`."""

VDN = table(
    (
        _calls("IDX_COUNT_REAL_VDN_CONNECT", "Calls in which an agent talks", "with_agents"),
        _calls("IDX_COUNT_REAL_VDN_CALL", "Calls that there are", "calls"),
        _calls("IDX_COUNT_REAL_IVR_HANDLE", "Calls in an IVR flow", "in_ivr"),
        _calls("IDX_COUNT_REAL_SKILL_QUEUE", "Calls that wait in queues", "queuing"),
        *_agents(
            ("ANSWER", "Agents whose phone rings", "answering"),
            ("PREOCCUPY", "Agents that are kept for a call", "preoccupied"),
            ("OCCUPY", "Agents whose call is being set up", "occupied"),
        ),
        Indicator(
            "IDX_COUNT_REAL_AGENT_NOT_SIGN_IN",
            "Agents that are not signed in",
            Unit.AGENTS,
            Count("not_signed_in"),
        ),
    )
)
"""Of a VDN, read from a `TenantView`."""
