"""Commands at random, sensible and not, as data: a method of the switch with its arguments.

Calls, requests and previews are drawn as numbers and become real ones when the command is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from emulator.switch.flow import IvrEntry
from emulator.switch.playback import Playing
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.switch import SignIn, Switch
from emulator.switch.terms import (
    AgentState,
    ChannelAttribute,
    MediaType,
    PhoneCondition,
    SupervisionMode,
    TargetType,
    TransferMode,
)
from emulator.switch.utterance import Utterance
from tests.switch.laws import world

AGENTS = (101, 102, 103, 104, 105, 106, 190, 191, 201, 202, 290)
PHONES = ("40101", "40102", "50103", "40104", "40106", "40190", "50191", "40201", "50202", "1")


@dataclass(frozen=True)
class Live:
    """The n-th live call, request or preview, counted round and round."""

    kind: str
    n: int

    def find(self, switch: Switch) -> Any:
        if self.kind == "call":
            known: list[Any] = list(switch.calls)
            return known[self.n % len(known)] if known else "0-0"
        if self.kind == "request":
            known = list(switch.requests)
            return known[self.n % len(known)] if known else 99999
        previews = [a.preview.control for a in switch.agents.values() if a.preview]
        return previews[self.n % len(previews)] if previews else 99999


@dataclass(frozen=True)
class Command:
    method: str
    args: tuple[Any, ...]
    named: tuple[tuple[str, Any], ...]

    def give(self, switch: Switch) -> Any:
        args = [a.find(switch) if isinstance(a, Live) else a for a in self.args]
        named = {k: v.find(switch) if isinstance(v, Live) else v for k, v in self.named}
        return getattr(switch, self.method)(*args, **named)


def command(method: str, *args: Any, **named: Any) -> st.SearchStrategy[Command]:
    values = st.tuples(*(a if isinstance(a, st.SearchStrategy) else st.just(a) for a in args))
    keys = tuple(named)
    extra = st.tuples(*named.values())
    return st.builds(
        lambda a, e: Command(method, a, tuple(zip(keys, e, strict=True))), values, extra
    )


n = st.integers(0, 7)
big_agents = st.sampled_from((101, 102, 103, 104, 105, 106, 190, 191))
agents = st.one_of(big_agents, big_agents, st.sampled_from((*AGENTS, 999)))
inspectors = st.sampled_from((190, 190, 191, 290, 101))
calls = st.builds(Live, st.just("call"), n)
some_call = st.one_of(st.none(), calls)
requests = st.builds(Live, st.just("request"), n)
previews = st.builds(Live, st.just("preview"), n)
booleans = st.booleans()
phones = st.sampled_from(PHONES)
outside = st.sampled_from((*world.OUTSIDE, "40101", "50103", "x", ""))
data = st.sampled_from(("", "", "data", "x" * 20_000))
seconds = st.sampled_from((0, 1, 3, 60, 90_000))
targets = st.one_of(
    st.tuples(st.just(TargetType.QUEUE), st.sampled_from(("1", "2", "3", "5", "9"))),
    st.tuples(st.just(TargetType.AGENT), agents.map(str)),
    st.tuples(st.just(TargetType.IVR), st.sampled_from(("7001", "7002", "1", "9"))),
    st.tuples(st.just(TargetType.ACCESS_CODE), st.sampled_from(world.DIALLED)),
    st.tuples(st.just(TargetType.OUTSIDE), outside),
)
modes = st.sampled_from(tuple(TransferMode))
queue_lists = st.sampled_from(([], [1], [1, 2], [3, 5], [9]))
sign_in = st.builds(
    SignIn,
    phone=st.sampled_from(("", "", "", "", "40101", "50103", "40201")),
    auto_answer=booleans,
    auto_idle=booleans,
    release_phone=booleans,
    video=st.sampled_from((None, None, False, True)),
    state=st.sampled_from(
        (AgentState.IDLE, AgentState.IDLE, AgentState.BUSY, AgentState.WRAP_UP, AgentState.REST)
    ),
    phone_linkage=booleans,
    wants_monitoring=booleans,
    force=booleans,
)

AGENT_COMMANDS = st.one_of(
    command("log_on", agents, sign_in),
    command("log_off", agents),
    command("force_log_off", agents),
    command("set_ready", agents),
    command("set_ready", agents),
    command("set_not_ready", agents, st.sampled_from((0, 200, 7)), prolong=booleans),
    command("set_do_not_disturb", agents, booleans),
    command("set_working", agents),
    command("request_rest", agents, seconds, st.sampled_from((0, 1, 300)), prolong=booleans),
    command("cancel_state", agents, st.sampled_from(tuple(AgentState))),
    command("decide_rest", inspectors, agents, approve=booleans),
    command("set_study", agents, studying=booleans),
    command("set_custom_state", agents, st.sampled_from((None, 1, 65535))),
    command("set_auto_answer", agents, booleans),
    command("set_auto_idle", agents, booleans),
    command("accept_calls", agents, booleans),
    command("set_skills", agents, st.one_of(st.none(), queue_lists)),
    command("send_note", agents, st.lists(agents, max_size=2), data),
    command("offer_preview", agents, st.lists(outside, max_size=2), data),
)
CALL_COMMANDS = st.one_of(
    command("make_call", agents, outside, video=booleans, data=data),
    command("make_internal_call", agents, agents),
    command("call_preview", agents, previews, outside),
    command("reject_call", agents, some_call, release=booleans),
    command("hold_call", agents, some_call),
    command("hold_call", agents),
    command("retrieve_call", agents, some_call),
    command("alternate_call", agents, some_call),
    command("reconnect_call", agents, some_call),
    command("clear_call", agents, some_call),
    command("mute", agents, booleans),
    command("generate_digits", agents, st.sampled_from(("1", "A", "x")), letters=booleans),
    command("conference_call", agents, calls, data),
    command("conference_call", agents, calls),
    command("transfer_call", agents, calls),
    command("cancel_transfer", agents),
    command("release_call", agents, some_call),
    command("clear_connection", agents, st.one_of(agents.map(str), outside, st.just("ivr1"))),
    command("set_call_data", calls, data),
    command("switch_media", agents, booleans),
    command("set_video_mode", agents, st.integers(0, 4)),
    command("transmit_digits", agents),
    command("capture_image", agents, calls),
    command("pick_up", agents, agents),
    command("request_queued_call", agents, calls, st.sampled_from((1, 2, 5))),
)
utterances = st.builds(Utterance, st.sampled_from(("hello", "")), st.one_of(st.just(0), agents))
texts = st.sampled_from(("hello", "hello", "", "x" * 2049))
CHATS = st.one_of(
    command("send_message", agents, calls, texts),
    command("outside_writes", calls, texts),
    command(
        "route_message",
        st.sampled_from((1, 1, 1, 2, 9)),
        st.sampled_from(("95005", "5", "chat", "95001", "x", "")),
        texts,
        sender=st.sampled_from(("", "wx-1", world.CUSTOMERS[3])),
        work_no=st.one_of(st.none(), agents),
    ),
    command("limit_chats", agents, st.sampled_from((1, 2, 3, 0, 61))),
    command("transfer_chat", agents, calls, targets, modes, data=data),
    command("transfer_chat", agents, calls, targets, modes),
)
addresses = st.one_of(
    st.builds(Address, st.just(True), agents.map(str)), st.builds(Address, st.just(False), outside)
)
paths = st.sampled_from(("y:/conf/1/a.V3", "y:/conf/1/a.V3", "x" * 128))
wishes = st.builds(
    ConferenceWish,
    size=st.sampled_from((1, 3, 5, 8, 0, 121)),
    minutes=st.sampled_from((4, 4, 60, 3)),
    prompt=st.sampled_from((3, 3, 5)),
    caller=st.sampled_from(("", "95000", "x")),
    tone=st.sampled_from(("", "y:/conf/1/beep.V3")),
)
invitations = st.lists(st.builds(Invitation, addresses), max_size=3)
CONFERENCES = st.one_of(
    command("request_conference", agents, wishes),
    command("request_conference", agents, wishes),
    command("answer_conference", agents),
    command("reject_conference", agents),
    command("leave_conference", agents),
    command("release_conference", agents),
    command("invite_participants", agents, invitations, welcome=paths),
    command("invite_participants", agents, invitations),
    command("remove_participants", agents, st.lists(addresses, max_size=2)),
    command("hold_participant", agents, addresses, paths),
    command("unhold_participant", agents, addresses),
    command("change_participant", agents, addresses, st.sampled_from(tuple(ChannelAttribute))),
    command("announce", agents, paths, background=booleans),
    command("stop_announcing", agents),
    command("announce_to", agents, addresses, paths),
    command("stop_announcing_to", agents, addresses),
    command("prolong_conference", agents, st.sampled_from((0, 1, 60, 1440))),
    command("shift_chairperson", agents, agents),
    command("resize_conference", agents, st.sampled_from((-2, 2, 3, 1, 118))),
)
playings = st.builds(
    Playing,
    position=st.sampled_from((0, 0, 0, 3, 30, -1)),
    speed=st.sampled_from((50, 100, 20, 0)),
    times=st.sampled_from((1, 1, 2, 0, -1)),
)
lengths = st.sampled_from((10_000_000, 10_000_000, 3_141_592, 1, 0, None))
RECORDINGS = st.one_of(
    command("play", agents, st.just("Y:/1/0/a.V3"), lengths, playings),
    command("play", agents, st.just("Y:/1/0/a.V3"), st.just(20_000_000)),
    command("pause_playback", agents),
    command("resume_playback", agents),
    command("jump_in_playback", agents, st.sampled_from((2, -2, 100, -100, 0))),
    command("stop_playback", agents),
    command("start_recording", agents, appends=booleans),
    command("start_recording", agents, st.just("Y:/1/0/b.V3"), possible=booleans),
    command("stop_recording", agents),
    command("start_screen_recording", agents),
    command("stop_screen_recording", agents),
)
flows = st.sampled_from(("7001", "7002", "1", "9"))
variables = st.sampled_from(({}, {"id": "111"}))
entries = st.one_of(
    st.none(),
    st.builds(
        IvrEntry, st.sampled_from(("", "choose", "leave", "rate", "sales", "wait", "x")), variables
    ),
)
FLOWS = st.one_of(
    command("join_ivr", agents, flows, entries, data=st.one_of(st.none(), data)),
    command("join_ivr", agents, st.just("7001"), entries),
    command("set_flow_variables", calls, variables),
    command("follow_up", agents),
    command("follow_up", agents, st.sampled_from(("", "7001", "9"))),
)
TRANSFERS = st.one_of(
    command("consultation_call", agents, targets, three_party=booleans, data=data),
    command("single_step_transfer", agents, targets, modes, data=data),
    command("single_step_transfer", agents, targets, modes),
    command("single_step_transfer", agents, targets, modes, entry=entries),
)
SUPERVISION = st.one_of(
    command("intrude_call", agents, agents, st.sampled_from(tuple(SupervisionMode))),
    command("intrude_call", agents, agents, st.just(SupervisionMode.LISTEN)),
    command("stop_intrusion", agents, st.one_of(st.none(), agents)),
    command("disconnect_call", agents, agents, some_call),
    command("supervise", inspectors, agents, st.sampled_from(tuple(SupervisionMode))),
    command("supervise", inspectors, agents, st.just(SupervisionMode.LISTEN)),
    command("switch_supervision", inspectors, agents, st.just(SupervisionMode.WHISPER)),
    command("switch_supervision", inspectors, agents),
    command("stop_supervision", inspectors, agents),
    command("intercept", inspectors, agents),
    command("intercept", inspectors, agents),
    command("force_ready", inspectors, agents),
    command("force_not_ready", inspectors, agents),
    command("force_rest", inspectors, agents, seconds, st.just(0)),
    command("force_sign_out", inspectors, agents),
    command("force_release", inspectors, calls),
    command("force_skills", inspectors, agents, queue_lists),
)
DIAL_IN = command(
    "dial_in",
    st.sampled_from(world.CUSTOMERS),
    st.sampled_from(world.DIALLED),
    media=st.sampled_from((None, None, None, MediaType.VIDEO, MediaType.TEXT_CHAT)),
    listens=st.booleans(),
)
TENANTS = (*world.variants(), world.big_tenant())
"""Chosen by number: spelled out in a strategy they would be a page each."""

PARTIES = st.sampled_from((None, None, *world.OUTSIDE, world.CUSTOMERS[0]))
WORLD = st.one_of(
    command("outside_hangs_up", calls),
    command("outside_hangs_up", calls, PARTIES),
    command("outside_presses", calls, st.sampled_from(("1", "2", "3", "4", "5", "6", "111#", "x"))),
    command("outside_answers", calls, PARTIES),
    command("outside_refuses", calls, st.sampled_from((537, 604)), PARTIES),
    command("lookup_answered", requests, st.sampled_from((None, {"id": "1"}))),
    command("announcement_over", requests),
    command("speak", calls, st.one_of(st.just(Utterance("hello")), utterances)),
    command("script_speech", calls, st.tuples(st.tuples(seconds, utterances))),
)
PHONE_COMMANDS = st.one_of(
    command("endpoint_confirmed", requests),
    command("endpoint_confirmed", requests),
    command("endpoint_failed", requests),
    command("attach_trunk", st.just(1), st.just(world.GATE.name), booleans),
    command("outside_rings", requests),
    command("outside_answered", requests, listens=booleans),
    command("outside_failed", requests, st.sampled_from((537, 604))),
    command("phone_off_hook", st.sampled_from(PHONES)),
    command("phone_on_hook", st.sampled_from(PHONES)),
    command("phone_on_hook", st.sampled_from(PHONES), unanswered=booleans),
    command("set_phone_condition", phones, st.sampled_from(tuple(PhoneCondition))),
    command("set_phone_condition", phones, st.just(PhoneCondition.IN_SERVICE)),
    command("phone_mutes", phones, booleans),
    command("phone_holds", phones),
    command("phone_retrieves", phones),
    command("phone_transfers", phones, outside),
    command("phone_dials", phones, outside),
)
ANSWERS = st.one_of(command("answer_call", agents), command("answer_call", agents, some_call))
CONFIGURATIONS = st.one_of(
    command(
        "apply_tenant", st.sampled_from(range(len(TENANTS))).map(lambda chosen: TENANTS[chosen])
    )
)
