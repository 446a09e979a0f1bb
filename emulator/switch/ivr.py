"""The IVR: a call walks through a flow, node by node, on the switch's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from emulator.switch import agents, calls, delivery, operations, outside, queues, services
from emulator.switch.errors import CallError, WrongCallState
from emulator.switch.events import (
    AnnouncementRequested,
    CallDataChanged,
    Established,
    IvrNodeEntered,
    LookupRequested,
    MessageRecorded,
    SurveyAnswered,
)
from emulator.switch.flow import Flow, IvrEntry, Node
from emulator.switch.model import Call, Connection, IvrFrame, IvrRun
from emulator.switch.terms import CONNECTED, IVR_DEVICE, LeaveReason
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

MAX_DEPTH = 16
"""Flows within flows; a deeper call is treated as if the flow had ended."""

MAX_STEPS = 1000
"""Nodes entered at one instant; flows that call each other can go round without taking time."""

LONGEST_ANNOUNCEMENT = 120.0
"""Seconds after which a flow goes on, though nobody has said that its announcement is over."""

LOOKUP, ANNOUNCEMENT = "lookup", "announcement"
"""What a flow asks for."""

Step = str | None
"""The next node, or None when the node waits or has handed the call on."""


def start(
    sw: Core, call: Call, flow: Flow, entry: IvrEntry | None = None, *, joined: bool = False
) -> None:
    """Connect the call to an IVR port and run the flow from its start, or as the entry has it.

    `joined`: the parties of the call go on talking.
    """
    entry = entry or IvrEntry()
    node = entry.node or flow.config.start
    connection = Connection(
        call,
        flow.device,
        IVR_DEVICE,
        str(flow.id),
        f"ivr{flow.id}",
        CONNECTED,
        None,
        call.previous_type,
        call.previous_no,
        talk_begin=sw.now,
    )
    call.connections.append(connection)
    run = IvrRun(connection, [IvrFrame(flow, node)], entered=sw.now, joined=joined)
    if call.language:
        run.variables["language"] = call.language
    run.variables.update(entry.variables)
    call.ivr = run
    sw.report(
        Established(
            sw.now,
            call.tenant.id,
            call.id,
            connection.device,
            0,
            call.caller,
            call.called,
            call.type,
            True,
            call.ability,
        )
    )
    operations.answered_by_ivr(sw, call, connection)
    _run(sw, call, node)


def _run(sw: Core, call: Call, name: Step) -> None:
    """Walk on from the named node until one waits, or the call has left the flow."""
    run = call.ivr
    steps = 0
    while name is not None and run is not None and call.ivr is run:
        steps += 1
        if steps > MAX_STEPS:
            ended(sw, call, calls.CAUSE_IVR_ERROR)
            return
        frame = run.frames[-1]
        frame.node = name
        node = frame.flow.node(name)
        run.collected, run.tries, run.waiting = "", 0, False
        sw.report(IvrNodeEntered(sw.now, call.tenant.id, call.id, frame.flow.id, name))
        if run.joined and node["type"] in _HANDS_ON:
            ended(sw, call)
            return
        name = _ENTER[node["type"]](sw, call, run, node)


def _node(run: IvrRun) -> Node:
    frame = run.frames[-1]
    return frame.flow.node(frame.node)


def text(call: Call, run: IvrRun, template: str, *, in_url: bool = False) -> str:
    """The template with `{name}` replaced by the call's variables; unknown names stay empty.

    In a URL the values are percent-encoded: what a caller sends leads nowhere else.
    """
    if "{" not in template:
        return template
    values = {"caller": call.caller, "called": call.called, **run.variables}
    out, rest = [], template
    while True:
        before, brace, rest = rest.partition("{")
        out.append(before)
        if not brace:
            return "".join(out)
        name, closing, rest = rest.partition("}")
        value = values.get(name, "") if closing else "{" + name
        out.append(quote(value, safe="") if in_url else value)


def _announce(sw: Core, call: Call, run: IvrRun, node: Node) -> None:
    if node.get("prompt"):
        prompt = text(call, run, node["prompt"])
        sw.report(AnnouncementRequested(sw.now, call.tenant.id, call.id, prompt, run.request))


def _wait(sw: Core, call: Call, run: IvrRun, seconds: float) -> None:
    run.waiting = True
    run.timer = sw.start_timer(seconds, TimerKind.IVR, call.id)


def _stop_waiting(sw: Core, run: IvrRun) -> None:
    if run.timer:
        sw.timers.cancel(run.timer)
        run.timer = 0
    sw.requests.pop(run.request, None)
    run.request = 0
    run.waiting = False


# Entering a node, by type


def _play(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    """Without `seconds` it lasts as long as its announcement, if that is heard by a real party."""
    seconds = node.get("seconds", 0)
    if not seconds and node.get("prompt") and _is_heard(call, run):
        run.request = sw.request(run.connection, ANNOUNCEMENT)
        seconds = LONGEST_ANNOUNCEMENT
    _announce(sw, call, run, node)
    if not seconds:
        return str(node["next"])
    _wait(sw, call, run, seconds)
    return None


def _is_heard(call: Call, run: IvrRun) -> bool:
    return call.served is not None and call.served.listens and not run.joined


def announced(sw: Core, call: Call) -> None:
    """What a `play` waits for has been heard to its end."""
    run = call.ivr
    if run is not None and run.request:
        _go_on(sw, call, run, _node(run)["next"])


def _ask(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    _announce(sw, call, run, node)
    _wait(sw, call, run, node.get("timeout", 10))
    return None


def _condition(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    value = text(call, run, "{" + node["variable"] + "}")
    target = node["cases"].get(value, node.get("otherwise"))
    return _or_end(sw, call, target)


def _set(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    run.variables[node["variable"]] = text(call, run, node["value"])
    return str(node["next"])


def _data(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    call.data = text(call, run, node["value"])
    sw.report(CallDataChanged(sw.now, call.tenant.id, call.id, call.data))
    return str(node["next"])


def _queue(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    queue = call.tenant.queues.get(node["queue"])
    if queue is None:
        return _or_end(sw, call, node.get("otherwise"))
    hand_on(sw, call)
    queues.enter(sw, call, queue)
    return None


def _agent(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    wanted = text(call, run, str(node["agent"]))
    agent = sw.agents.get(int(wanted)) if wanted.isdecimal() else None
    reachable = (
        agent is not None
        and agent.tenant is call.tenant
        and agents.is_reachable(agent)
        and call.media in agents.media_of(agent)
    )
    if agent is None or not reachable:
        return _or_end(sw, call, node.get("otherwise"))
    delivery.to_agent(sw, call, agent, hand_on(sw, call))
    return None


def _outside(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    number = text(call, run, node["number"])
    if call.is_chat:
        return _or_end(sw, call, node.get("otherwise"))
    try:
        services.require_number(number)
        calls.find_trunk(call.tenant, number)
    except CallError:
        return _or_end(sw, call, node.get("otherwise"))
    outside.dial(sw, call, number, hand_on(sw, call))
    return None


def hand_on(sw: Core, call: Call) -> int:
    """The call leaves its flow for somebody else; returns who had transferred it, or 0."""
    transfer_from = operations.hand_on(call)
    calls.stop_ivr(sw, call, LeaveReason.NORMAL)
    return transfer_from


def _sub_flow(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    flow = call.tenant.flows.get(node["flow"])
    if flow is None or len(run.frames) >= MAX_DEPTH:
        return _or_end(sw, call, node.get("next"))
    run.frames.append(IvrFrame(flow, flow.config.start))
    return flow.config.start


def _lookup(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    run.request = sw.request(run.connection, LOOKUP)
    sw.report(_lookup_requested(sw, call, run, node))
    _wait(sw, call, run, node.get("timeout", 5))
    return None


def _lookup_requested(sw: Core, call: Call, run: IvrRun, node: Node) -> LookupRequested:
    return LookupRequested(
        sw.now,
        call.tenant.id,
        run.request,
        call.id,
        node.get("method", "GET"),
        text(call, run, node["url"], in_url=True),
        text(call, run, node.get("body", "")),
    )


def lookups(sw: Core) -> Iterator[LookupRequested]:
    """What flows are waiting to be told, as they asked for it."""
    for call in sw.calls.values():
        run = call.ivr
        if run is not None and _is_lookup(sw, run.request):
            frame = run.frames[-1]
            yield _lookup_requested(sw, call, run, frame.flow.node(frame.node))


def _is_lookup(sw: Core, request: int) -> bool:
    return request in sw.requests and sw.requests[request][1] == LOOKUP


def _record(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    _announce(sw, call, run, node)
    run.entered = sw.now
    _wait(sw, call, run, node.get("max_seconds", 60))
    return None


def _return(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    return _or_end(sw, call, None)


def _hang_up(sw: Core, call: Call, run: IvrRun, node: Node) -> Step:
    ended(sw, call)
    return None


_HANDS_ON = frozenset({"queue", "agent", "outside"})

_ENTER: dict[str, Callable[[Core, Call, IvrRun, Node], Step]] = {
    "play": _play,
    "menu": _ask,
    "collect": _ask,
    "condition": _condition,
    "set": _set,
    "data": _data,
    "queue": _queue,
    "agent": _agent,
    "outside": _outside,
    "flow": _sub_flow,
    "lookup": _lookup,
    "record": _record,
    "survey": _ask,
    "return": _return,
    "hang_up": _hang_up,
}


def _or_end(sw: Core, call: Call, target: str | None) -> Step:
    """The target; without one the flow is over and its caller goes on."""
    run = call.ivr
    if target is not None:
        return target
    while run is not None and len(run.frames) > 1:
        run.frames.pop()
        following = _node(run).get("next")
        if following is not None:
            return str(following)
    ended(sw, call)
    return None


def ended(sw: Core, call: Call, cause: int = 0) -> None:
    """Nothing more to do: back to the agent who waits for the call, else hang up."""
    if operations.waits_for_ivr(call):
        calls.stop_ivr(sw, call, LeaveReason.RESUMED)
        operations.returned_from_ivr(sw, call)
        return
    if operations.goes_on(call):
        calls.stop_ivr(sw, call, LeaveReason.NORMAL)
        return
    calls.clear_call(sw, call, cause or calls.CAUSE_IVR, LeaveReason.NORMAL)


# What wakes a waiting node


def digits(sw: Core, call: Call, pressed: str) -> None:
    """The customer presses keys; keys that nobody waits for are lost."""
    for digit in pressed:
        run = call.ivr
        if run is None or not run.waiting:
            return
        node = _node(run)
        handler = _DIGIT.get(node["type"])
        if handler is not None:
            handler(sw, call, run, node, digit)


def _menu_digit(sw: Core, call: Call, run: IvrRun, node: Node, digit: str) -> None:
    target = node["digits"].get(digit)
    if target is None:
        _try_again(sw, call, run, node)
        return
    if "variable" in node:
        run.variables[node["variable"]] = digit
    _go_on(sw, call, run, target)


def _collect_digit(sw: Core, call: Call, run: IvrRun, node: Node, digit: str) -> None:
    ended = digit == node.get("end", "#")
    if not ended:
        run.collected += digit
    if ended or len(run.collected) >= node.get("length", 24):
        if run.collected:
            run.variables[node["variable"]] = run.collected
            _go_on(sw, call, run, node["next"])
        else:
            _try_again(sw, call, run, node)


def _record_digit(sw: Core, call: Call, run: IvrRun, node: Node, digit: str) -> None:
    if digit == node.get("end", "#"):
        message_ends(sw, call)
        _go_on(sw, call, run, node["next"])


def _survey_digit(sw: Core, call: Call, run: IvrRun, node: Node, digit: str) -> None:
    if digit in node.get("digits", "12345"):
        _report_survey(sw, call, node, digit)
        _go_on(sw, call, run, node["next"])


_DIGIT: dict[str, Callable[[Core, Call, IvrRun, Node, str], None]] = {
    "menu": _menu_digit,
    "collect": _collect_digit,
    "record": _record_digit,
    "survey": _survey_digit,
}


def _go_on(sw: Core, call: Call, run: IvrRun, target: str | None) -> None:
    _stop_waiting(sw, run)
    _run(sw, call, _or_end(sw, call, target))


def _try_again(sw: Core, call: Call, run: IvrRun, node: Node) -> None:
    _stop_waiting(sw, run)
    run.tries += 1
    run.collected = ""
    if run.tries > node.get("retries", 2):
        _run(sw, call, _or_end(sw, call, node.get("otherwise")))
    else:
        _ask(sw, call, run, node)


def message_ends(sw: Core, call: Call) -> None:
    """A message being recorded is complete: by key, by time, or because the customer hung up."""
    run = call.ivr
    if run is None or not run.waiting or _node(run)["type"] != "record":
        return
    run.waiting = False
    seconds = (sw.now - run.entered) // 1_000_000
    channel = call.served.channel if call.served is not None else 0
    who = (call.tenant.id, call.id, call.caller, call.called)
    sw.report(MessageRecorded(sw.now, *who, seconds, channel))


def _report_survey(sw: Core, call: Call, node: Node, answer: str) -> None:
    sw.report(
        SurveyAnswered(sw.now, call.tenant.id, call.id, call.last_agent, node["question"], answer)
    )


def time_over(sw: Core, call: Call) -> None:
    """The waiting node's time is over."""
    run = call.ivr
    if run is None or not run.waiting:
        return
    run.timer = 0
    node = _node(run)
    kind = node["type"]
    if kind in ("menu", "collect"):
        _try_again(sw, call, run, node)
    elif kind == "lookup":
        _go_on(sw, call, run, node.get("otherwise", node["next"]))
    else:
        if kind == "record":
            message_ends(sw, call)
        elif kind == "survey":
            _report_survey(sw, call, node, "")
        _go_on(sw, call, run, node["next"])


def lookup_answered(sw: Core, call: Call, values: dict[str, str] | None) -> None:
    """The answer of a `lookup`: variables to set, or None when it failed."""
    run = call.ivr
    if run is None or not run.request:
        raise WrongCallState(f"call {call.id} waits for no answer")
    node = _node(run)
    if values is None:
        _go_on(sw, call, run, node.get("otherwise", node["next"]))
        return
    run.variables.update(values)
    _go_on(sw, call, run, node["next"])
