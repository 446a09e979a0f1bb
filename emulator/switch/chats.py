"""Chats: messages between agent and customer, how many at once, and transfers (CEC 6.1.5).

A chat is a call without audio, answered by itself, and one of several that its agent has. It is
named in every command: none of them is the current one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, delivery, dialling, operations, outside, queues, services
from emulator.switch.errors import (
    InvalidValue,
    NoCall,
    TargetNotAvailable,
    TransferNotAllowed,
    UnknownAccessCode,
    UnknownQueue,
    WrongCallState,
    WrongCallType,
)
from emulator.switch.events import MessageSent, Transferred
from emulator.switch.model import (
    Agent,
    Call,
    ChatMessage,
    Connection,
    OperationKind,
    Queue,
    Tenant,
)
from emulator.switch.terms import (
    INITIATED,
    TALKING,
    TRUNK_DEVICE,
    CallType,
    LeaveReason,
    MediaType,
    TargetType,
    TransferMode,
)
from emulator.switch.transfers import require_settled

if TYPE_CHECKING:
    from emulator.switch.core import Core

MAX_MESSAGE = 2048
"""Bytes of UTF-8 (code 106-007)."""
MAX_DATA = 2048
MAX_CHATS = 60


# Messages


def of_agent(agent: Agent, call: Call) -> Connection:
    """The agent's connection to one of its chats."""
    connection = agent.connection(call)
    if connection is None:
        raise NoCall(f"call {call.id} is not agent {agent.work_no}'s")
    if not call.is_chat:
        raise WrongCallType(f"call {call.id} is no chat")
    return connection


def send(sw: Core, agent: Agent, call: Call, text: str) -> None:
    """The agent writes; a transfer under way does not keep it from doing so."""
    require_text(text)
    connection = of_agent(agent, call)
    call.messages.append(ChatMessage(sw.now, agent.work_no, text))
    _tell(sw, connection, connection.device, text, to=0)


def receive(sw: Core, call: Call, text: str) -> None:
    """The customer writes; every agent of the chat reads it."""
    require_text(text)
    if not call.is_chat:
        raise WrongCallType(f"call {call.id} is no chat")
    readers = [c for c in call.connections if c.agent is not None]
    if not readers:
        raise WrongCallState(f"no agent has taken chat {call.id} yet")
    call.messages.append(ChatMessage(sw.now, 0, text))
    for reader in readers:
        _show(sw, reader, text)


def deliver(sw: Core, reader: Connection) -> None:
    """The agent has taken a chat that may have begun with a message, and reads it."""
    call = reader.call
    if call.unread:
        call.unread = False
        for message in call.messages:
            _show(sw, reader, message.text)


def _show(sw: Core, reader: Connection, text: str) -> None:
    """An agent reads what the customer has written."""
    assert reader.agent is not None
    customer = next(c for c in reader.call.connections if c.kind is TRUNK_DEVICE)
    _tell(sw, reader, customer.device, text, to=reader.agent.work_no)


def require_text(text: str) -> None:
    if not text:
        raise InvalidValue("a message has a text")
    if len(text.encode()) > MAX_MESSAGE:
        raise InvalidValue(f"a message has at most {MAX_MESSAGE} bytes")


def _tell(sw: Core, connection: Connection, device: str, text: str, *, to: int) -> None:
    call = connection.call
    sw.report(
        MessageSent(
            sw.now,
            call.tenant.id,
            call.id,
            device,
            to,
            call.caller,
            call.called,
            call.type,
            connection.main,
            call.ability,
            text,
        )
    )


# How many at once


def limit(sw: Core, agent: Agent, chats: int) -> None:
    """Take so many chats at once, 1 to 60; chats there are already stay."""
    if not 1 <= chats <= MAX_CHATS:
        raise InvalidValue(f"an agent has 1 to {MAX_CHATS} chats")
    agent.chat_limit = chats
    agents.refresh_availability(sw, agent)


# Transfer


def transfer(
    sw: Core,
    agent: Agent,
    call: Call,
    target: tuple[TargetType, str],
    mode: TransferMode,
    data: str,
) -> None:
    """Hand a chat on: blindly, or staying with it until somebody else has taken it (6.1.5.3)."""
    own = _require_transferable(sw, agent, call, target, mode)
    if len(data.encode()) > MAX_DATA:
        raise InvalidValue(f"a transfer carries at most {MAX_DATA} bytes")
    if data:
        services.set_data(sw, call, data)
    if call.served is None or call.served is own:
        call.served = next(c for c in call.connections if c is not own)
    # Whoever stays with it until then is not the one to take it.
    call.excluded = () if mode is TransferMode.BLIND else (agent.work_no,)
    if mode is TransferMode.BLIND:
        device = operations.device_of(target)
        sw.report(Transferred(sw.now, call.tenant.id, call.id, device, agent.work_no))
        operations.hand_over(sw, own)
    else:
        operations.begin(sw, agent, own, OperationKind.RELEASE_AFTER_TRANSFER, target)
    _reach(sw, call, target, agent.work_no)


def _require_transferable(
    sw: Core, agent: Agent, call: Call, target: tuple[TargetType, str], mode: TransferMode
) -> Connection:
    """Refuse a transfer that cannot begin; returns the agent's connection to the chat."""
    own = of_agent(agent, call)
    if agent.operation is not None:
        raise WrongCallState(f"agent {agent.work_no} consults or transfers already")
    if not own.talk_begin or len(call.connections) != 2:
        raise WrongCallState(f"call {call.id} is not between two parties")
    require_settled(call)
    kind, address = target
    if kind not in (TargetType.QUEUE, TargetType.AGENT, TargetType.ACCESS_CODE):
        raise TransferNotAllowed(f"no transfer of a chat to a device of type {kind}")
    if mode not in (TransferMode.BLIND, TransferMode.RELEASE_AFTER):
        raise TransferNotAllowed(f"no {mode} transfer of a chat")
    dialling.require_target(sw, agent, target)
    if kind is TargetType.QUEUE and not agent.tenant.queues[int(address)].is_chat:
        raise TransferNotAllowed(f"queue {address} takes no chats")
    if kind is TargetType.AGENT and mode is TransferMode.BLIND:
        other = agent.tenant.agents[int(address)]
        if not _can_take(other, call.media):
            raise TargetNotAvailable(f"agent {address} cannot take a chat now")
    return own


def _can_take(agent: Agent, media: MediaType) -> bool:
    """Whether the agent can be given a chat: it is in no call, or in chats with room for more."""
    if agent.do_not_disturb or media not in agents.media_of(agent):
        return False
    if agent.state is TALKING:
        return agent.pending is None and 0 < agent.chats == len(agent.connections) < agent.max_chats
    return agents.is_free(agent)


def _reach(sw: Core, call: Call, target: tuple[TargetType, str], transfer_from: int) -> None:
    kind, address = target
    if kind is not TargetType.AGENT:
        dialling.reach(sw, call, target, transfer_from)
        return
    other = call.tenant.agents[int(address)]
    if _can_take(other, call.media):
        _give(sw, call, other, transfer_from)
    else:
        queues.not_served(sw, call, calls.CAUSE_BUSY, LeaveReason.CALLED_BUSY)


def _give(sw: Core, call: Call, agent: Agent, transfer_from: int = 0) -> None:
    connection = calls.add_agent(call, agent, INITIATED)
    connection.transfer_from = transfer_from
    delivery.ring(sw, connection, call.tenant.config.ring)


# Messages that begin a chat


def route(
    sw: Core, tenant: Tenant, point: str, text: str, sender: str, work_no: int | None
) -> Call:
    """Somebody writes: to an agent if it can take a chat now, else to a queue; a chat begins."""
    require_text(text)
    if not (sender or point):
        raise InvalidValue("a message comes from somebody")
    agent = tenant.agents.get(work_no) if work_no is not None else None
    if agent is not None and _can_take(agent, MediaType.SOCIAL_CHAT):
        call = _begin(sw, tenant, sender or point, point, text, MediaType.SOCIAL_CHAT)
        if outside.offer(sw, call, None, None):
            _give(sw, call, agent)
        return call
    queue = _find_queue(sw, tenant, point)
    call = _begin(sw, tenant, sender or point, point, text, queue.config.media_type)
    if outside.offer(sw, call, None, None):
        queues.enter(sw, call, queue)
    return call


def _begin(sw: Core, tenant: Tenant, caller: str, called: str, text: str, media: MediaType) -> Call:
    call = calls.new_call(sw, tenant, caller, called, CallType.INBOUND, media)
    call.data = text
    call.messages.append(ChatMessage(sw.now, 0, text))
    call.unread = True
    return call


def _find_queue(sw: Core, tenant: Tenant, point: str) -> Queue:
    """The chat queue to which an access code leads, or that has this id or name."""
    chat_queues = {queue.id: queue for queue in tenant.queues.values() if queue.is_chat}
    try:
        found, _, to = outside.find_route(sw, point)
    except UnknownAccessCode:
        pass
    else:
        if found is tenant and to.target is TargetType.QUEUE and to.target_id in chat_queues:
            return chat_queues[to.target_id]
    for queue in chat_queues.values():
        if str(queue.id) == point:
            return queue
    for queue in chat_queues.values():
        if queue.config.name == point:
            return queue
    raise UnknownQueue(f"there is no queue for chats behind {point!r}")
