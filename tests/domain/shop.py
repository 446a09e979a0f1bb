"""A small call center in which every historical indicator can come about, for scripted days."""

from __future__ import annotations

from emulator.switch.config import (
    AccessCodeConfig,
    OutsideNumberConfig,
    Policy,
    PolicyAction,
    QueueConfig,
    TenantConfig,
)
from emulator.switch.playback import Playing
from emulator.switch.terms import AgentType, MediaType, TransferMode
from tests.domain.ledger import Ledger
from tests.switch.support import IVR, QUEUE, SECOND, agent, code, flow

MIDNIGHT = 1_699_920_000_000_000
"""14 November 2023, 00:00 UTC."""
SALES, SERVICE, TO_SERVICE, TO_FLOW, CHAT, RELEASES, FULL_TO_SERVICE, FULL_TO_FLOW, NOBODY = range(
    1, 10
)
FILE = "Y:/1/0/20231114/101/2213200.V3"


def shop_config(zone: str = "UTC") -> TenantConfig:
    """101 and 102 serve queue 1, 104 queue 2, 103 the queues with policies, 120 chats."""
    to_service, to_flow = Policy(PolicyAction.QUEUE, SERVICE), Policy(PolicyAction.IVR, 1)
    return TenantConfig(
        id=1,
        name="shop",
        timezone=zone,
        default_caller="95000",
        agents=(
            agent(101, SALES),
            agent(102, SALES),
            agent(103, TO_SERVICE, TO_FLOW, RELEASES, FULL_TO_SERVICE, FULL_TO_FLOW),
            agent(104, SERVICE),
            agent(120, CHAT, agent_type=AgentType.MULTIMEDIA),
        ),
        queues=(
            QueueConfig(SALES, "sales", ring=120),
            QueueConfig(SERVICE, "service", wrap_up=20),
            QueueConfig(TO_SERVICE, "to service", max_wait=10, on_timeout=to_service),
            QueueConfig(TO_FLOW, "to flow", max_wait=10, on_timeout=to_flow),
            QueueConfig(CHAT, "chat", MediaType.TEXT_CHAT),
            QueueConfig(RELEASES, "releases", max_wait=10, ring=5),
            QueueConfig(FULL_TO_SERVICE, "full", max_waiting=1, on_busy=to_service),
            QueueConfig(FULL_TO_FLOW, "full too", max_waiting=1, on_busy=to_flow),
            QueueConfig(NOBODY, "nobody", on_no_agents=to_service),
        ),
        flows=(
            flow(
                1,
                "say",
                "7001",
                say={"type": "play", "seconds": 5, "next": "bye"},
                bye={"type": "hang_up"},
            ),
            flow(
                2,
                "say",
                say={"type": "play", "seconds": 4, "next": "sales"},
                sales={"type": "queue", "queue": SALES},
            ),
            flow(
                3,
                "say",
                "7003",
                say={"type": "play", "seconds": 8, "next": "end"},
                end={"type": "return"},
            ),
        ),
        access_codes=(
            *(_queue_code(queue) for queue in range(1, 10)),
            code("95021", IVR, 1),
            code("95022", IVR, 2),
        ),
        outside_numbers=(
            OutsideNumberConfig("0201", answer_after=2),
            OutsideNumberConfig("0203", refuse=537),
        ),
    )


def _queue_code(queue: int) -> AccessCodeConfig:
    media = MediaType.TEXT_CHAT if queue == CHAT else MediaType.VOICE
    return code(f"9500{queue}", QUEUE, queue, media_type=media)


class Shop(Ledger):
    """The call center; `at` says at which second of the day something happens."""

    def __init__(self, zone: str = "UTC", begin: int = MIDNIGHT) -> None:
        super().__init__(shop_config(zone), begin)
        self._begin = begin

    def at(self, second: float) -> None:
        """So many seconds of the day are over."""
        self.switch.advance_to(self._begin + int(second * SECOND))

    def calls(self, queue: int, caller: str = "13900000001") -> str:
        """Somebody calls a queue."""
        return self.switch.dial_in(caller, f"9500{queue}")

    def hangs_up(self, call: str) -> None:
        """Who called hangs up."""
        self.switch.outside_hangs_up(call)

    def is_served(self, queue: int, work_no: int, ringing: float, talk: float) -> None:
        """Somebody calls a queue; this agent answers and hangs up after the conversation."""
        now = (self.switch.now - self._begin) / SECOND
        self.calls(queue)
        self.at(now + ringing)
        self.switch.answer_call(work_no)
        self.at(now + ringing + talk)
        self.switch.release_call(work_no)

    def transfer(self, kind: object, to: str, mode: TransferMode) -> None:
        """101 transfers its customer."""
        self.switch.single_step_transfer(101, (kind, to), mode)  # type: ignore[arg-type]

    def plays(self) -> None:
        """101 hears a recording."""
        self.switch.play(101, FILE, 60 * SECOND, Playing())
