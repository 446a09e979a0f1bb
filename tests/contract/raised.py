"""Which story raises which documented event: a situation, the request, and what follows it.

`conditions` are the keywords of `facts.CONDITIONS` that hold in the story. Its documented events
are those without a condition and those with one of these, in the documented order. `not_here`
are documented alternatives that this story does not take. `watcher` is who is told, where it is
not who asks. `out_of_order`: another order than the documented one is right here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract import situations as in_
from tests.contract.accepted import ACCEPTED, SIGN_IN, Situation
from tests.contract.situations import AGENT, ANSWERED_AFTER, BUSY_NUMBER, OTHER, OUTSIDE, Scene
from tests.contract.world import World

Aftermath = Callable[[World, Scene], None]


def nothing(world: World, scene: Scene) -> None:
    """The request alone raises everything."""


@dataclass(frozen=True, slots=True)
class Story:
    """How an interface raises its events."""

    name: str
    section: str
    conditions: frozenset[str] = frozenset()
    situation: Situation | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    then: Aftermath = nothing
    watcher: int = 0
    not_here: frozenset[str] = frozenset()
    out_of_order: bool = False

    @property
    def begins(self) -> Situation:
        return self.situation or ACCEPTED[self.section].situation


def _story(name: str, section: str, *conditions: str, **more: Any) -> Story:
    more["not_here"] = frozenset(more.get("not_here", ()))
    return Story(name, section, frozenset(conditions), **more)


# What follows


def outside_answers(world: World, scene: Scene) -> None:
    world.pass_time(ANSWERED_AFTER)


def other_answers(world: World, scene: Scene) -> None:
    world.agent("6.1.2.3", OTHER)


def other_refuses(world: World, scene: Scene) -> None:
    world.agent("6.1.2.22", OTHER, {"mode": 1})


def agent_answers(world: World, scene: Scene) -> None:
    world.agent("6.1.2.3", AGENT)


def agent_answers_and_hangs_up(world: World, scene: Scene) -> None:
    world.agent("6.1.2.3", AGENT)
    world.agent("6.1.2.16", AGENT)


def a_minute_passes(world: World, scene: Scene) -> None:
    world.pass_time(60)


def rest_is_over(world: World, scene: Scene) -> None:
    world.pass_time(61)


def customer_presses_nothing(world: World, scene: Scene) -> None:
    world.pass_time(120)


def third_party_talks_and_agent_leaves(world: World, scene: Scene) -> None:
    world.pass_time(ANSWERED_AFTER)
    world.agent("6.1.2.16", AGENT)


def outsider_hangs_up(world: World, scene: Scene) -> None:
    world.do(lambda switch: switch.outside_hangs_up(scene["callid"], OUTSIDE))


def conference_nears_its_end(world: World, scene: Scene) -> None:
    world.pass_time(45 * 60)


def other_joins(world: World, scene: Scene) -> None:
    world.agent("6.1.6.2", OTHER)


def announcement_is_over(world: World, scene: Scene) -> None:
    world.pass_time(10)


# Situations of these stories alone


def idle_with_few_seats(world: World) -> Scene:
    """The agent is idle; all conferences of its VDN together have four seats."""
    world.configure(conference_seats=4)
    return in_.idle(world)


def idle_and_somebody_busy(world: World) -> Scene:
    """The agent is idle; a number outside is busy."""
    in_.busy_outside(world)
    return in_.idle(world)


STORIES: tuple[Story, ...] = (
    # Agents
    *(
        _story(
            f"signing in with state {state}",
            section,
            f"status={state}",
            situation=in_.signed_out,
            changes={"status": state},
        )
        for section in SIGN_IN
        for state in (3, 4, 5)
    ),
    *(
        _story(
            "signing in with phone linkage",
            section,
            "status=4",
            "phonelinkage",
            situation=in_.signed_out,
            changes={name: True},
        )
        for section, name in (("6.1.1.1", "phonelinkage"), ("6.1.1.2", "phoneLinkage"))
    ),
    _story("a note", "6.1.1.4", "recipient-signed-in", watcher=OTHER),
    _story("idle again after busy", "6.1.1.9", "from=busy"),
    _story("idle again after wrap-up", "6.1.1.9", "from=wrap-up", situation=in_.wrapping_up),
    _story("busy", "6.1.1.10", situation=in_.idle),
    _story("no longer busy", "6.1.1.11"),
    _story(
        "a rest that lasts too long",
        "6.1.1.12",
        "rest-timeout",
        situation=in_.idle,
        then=rest_is_over,
    ),
    _story("back from rest", "6.1.1.13"),
    _story("into wrap-up", "6.1.1.14"),
    _story("out of wrap-up", "6.1.1.15"),
    _story("signing out", "6.1.1.18", "best-effort"),
    _story("signing out by force", "6.1.1.19", "best-effort"),
    _story("signing out by force for a reason", "6.1.1.20", "best-effort"),
    # Calls
    _story(
        "an outbound call",
        "6.1.2.1",
        situation=in_.idle,
        changes={"mediaability": 0},
        then=outside_answers,
    ),
    _story(
        "an outbound call to a busy number",
        "6.1.2.1",
        "failure",
        situation=idle_and_somebody_busy,
        changes={"mediaability": 0, "called": BUSY_NUMBER},
        not_here={"AgentEvent_Customer_Alerting", "AgentEvent_Talking"},
    ),
    _story("a previewed call", "6.1.2.2", then=outside_answers),
    _story(
        "a previewed call to a busy number",
        "6.1.2.2",
        "failure",
        situation=in_.previewed_busy_number,
        changes={"called": BUSY_NUMBER},
        not_here={"AgentEvent_Talking"},
    ),
    _story("answering", "6.1.2.3"),
    _story("an internal call", "6.1.2.4", then=other_answers),
    _story(
        "an internal call that is refused",
        "6.1.2.4",
        "failure",
        then=other_refuses,
        not_here={"AgentEvent_Talking", "AgentEvent_Call_Out_Fail", "AgentEvent_Connect_Fail"},
    ),
    _story("help without the customer", "6.1.2.5", "two-party", then=other_answers),
    _story(
        "help with the customer", "6.1.2.5", "three-party", changes={"mode": 2}, then=other_answers
    ),
    _story("help that is refused", "6.1.2.5", "failure", then=other_refuses),
    _story("holding", "6.1.2.8"),
    _story("connecting a held call with the current one", "6.1.2.9", "recording"),
    _story("taking a held call back", "6.1.2.10"),
    _story(
        "a blind transfer",
        "6.1.2.11",
        changes={"mode": 0},
        then=other_answers,
        not_here={"AgentEvent_Talking"},
    ),
    _story(
        "a transfer that is answered",
        "6.1.2.11",
        "mode=release-after",
        then=other_answers,
        not_here={"AgentEvent_Talking"},
    ),
    _story(
        "a transfer that is refused",
        "6.1.2.11",
        "failure",
        then=other_refuses,
        not_here={"AgentEvent_Call_Release"},
    ),
    _story(
        "a three-party transfer",
        "6.1.2.11",
        "mode=three-party",
        changes={"devicetype": 5, "mode": 4, "address": OUTSIDE},
        then=third_party_talks_and_agent_leaves,
        not_here={"AgentEvent_Talking"},
    ),
    _story(
        "a transfer that comes back from its flow",
        "6.1.2.11",
        "mode=hang-up",
        changes={"devicetype": 3, "mode": 1, "address": "1"},
        then=customer_presses_nothing,
        not_here={"AgentEvent_Call_Release"},
    ),
    # The target's phone falls silent before the customer is back.
    _story("cancelling a transfer", "6.1.2.12", out_of_order=True),
    _story("joining two calls, of which one party leaves", "6.1.2.14", then=outsider_hangs_up),
    _story("dropping a call", "6.1.2.15"),
    _story("hanging up", "6.1.2.16"),
    _story("hanging up at the older address", "6.1.2.16#2"),
    _story("releasing itself", "6.1.2.17", situation=in_.talking, changes={"number": str(AGENT)}),
    _story("releasing the other party", "6.1.2.17", out_of_order=True),
    _story("seeing each other", "6.1.2.18", "recording", not_here={"AgentEvent_Call_Release"}),
    _story("asking for a call that waits", "6.1.2.20", then=agent_answers),
    _story("picking up for a colleague", "6.1.2.21", "answered", then=agent_answers_and_hangs_up),
    _story("refusing a call for its queue", "6.1.2.22", "mode=1"),
    _story("refusing a call for good", "6.1.2.22", "mode=2", changes={"mode": 2}),
    _story("taking the linked phone", "6.1.2.23"),
    # As in 6.1.2.22, which documents the other order for the same refusal.
    _story("hanging the linked phone up", "6.1.2.24", out_of_order=True),
    # Inspection
    _story("barging in", "12.1.1"),
    _story("listening", "12.1.2"),
    _story("taking a call over", "12.1.3"),
    _story("listening no longer", "12.1.4"),
    _story("whispering", "12.1.12"),
    # Sessions
    _story("a picture of the customer", "6.1.5.5"),
    _story("a session handed on", "6.1.5.3", changes={"mode": 0}, not_here={"AgentEvent_Talking"}),
    _story(
        "a session that somebody takes over",
        "6.1.5.3",
        "mode=release-after",
        not_here={"AgentEvent_Talking"},
    ),
    _story(
        "a session that nobody takes over",
        "6.1.5.3",
        "failure",
        situation=in_.chatting_with_another_resting,
        not_here={"AgentEvent_Call_Release"},
    ),
    # Conferences
    _story(
        "a conference that lasts until its prompt",
        "6.1.6.1",
        then=conference_nears_its_end,
        not_here={"AgentConf_RequestFailed"},
    ),
    _story(
        "a conference for which there are no seats",
        "6.1.6.1",
        "failure",
        changes={"memberNum": 120},
        situation=idle_with_few_seats,
        not_here={
            "AgentState_Busy",
            "AgentOther_PhoneAlerting",
            "AgentOther_PhoneOffhook",
            "AgentConf_SelfJoinResult",
            "AgentConf_RequestSuccess",
            "AgentConf_Timeout",
        },
    ),
    _story("joining a conference", "6.1.6.2"),
    _story(
        "somebody joins a conference",
        "6.1.6.2",
        "others",
        watcher=AGENT,
        not_here={"AgentConf_SelfJoinResult"},
    ),
    _story("not joining a conference", "6.1.6.3"),
    _story(
        "somebody does not join a conference",
        "6.1.6.3",
        "others",
        watcher=AGENT,
        not_here={"AgentOther_PhoneRelease", "AgentState_Ready"},
    ),
    _story("leaving a conference", "6.1.6.4"),
    _story(
        "somebody leaves a conference",
        "6.1.6.4",
        "others",
        watcher=AGENT,
        not_here={
            "AgentMediaEvent_StopRecordDone",
            "AgentOther_PhoneRelease",
            "AgentConf_SelfLeaveResult",
        },
    ),
    _story("releasing a conference", "6.1.6.5"),
    _story("holding a participant", "6.1.6.6"),
    _story("taking a held participant back", "6.1.6.7"),
    _story("handing the chair on", "6.1.6.9"),
    _story("being handed the chair", "6.1.6.9", "others", watcher=OTHER),
    _story("inviting somebody", "6.1.6.10", then=other_joins),
    _story("removing participants", "6.1.6.11"),
    _story(
        "being removed",
        "6.1.6.11",
        "others",
        watcher=OTHER,
        not_here={"AgentConf_ParticipantChanged"},
    ),
    _story("letting a participant talk", "6.1.6.12", "attribute=1 or 3"),
    _story("muting a participant", "6.1.6.12", "attribute=1 or 3", changes={"attribute": 1}),
    _story("an announcement to everybody", "6.1.6.13", then=announcement_is_over),
    _story("an announcement to one", "6.1.6.15", then=announcement_is_over),
    # Recordings
    _story("a recording that is heard to its end", "13.1.1.1", then=a_minute_passes),
    _story(
        "a recording that does not exist",
        "13.1.1.1",
        "failure",
        changes={"voicepath": "Y:/1/0/20180621/105/1406470.V3"},
        not_here={"AgentMediaEvent_Play_Succ"},
    ),
    _story("pausing", "13.1.1.2"),
    _story("going on", "13.1.1.3"),
    _story("forwarding", "13.1.1.4"),
    _story("rewinding", "13.1.1.5"),
    _story("stopping", "13.1.1.6"),
    _story("a screen", "13.1.1.7"),
    _story(
        "a screen that is recorded already",
        "13.1.1.7",
        "failure",
        situation=in_.screen_recorded,
        not_here={"AgentMediaEvent_StartRecordScreen_Succ"},
    ),
    _story("a screen no more", "13.1.1.8"),
    _story(
        "a screen that is not recorded",
        "13.1.1.8",
        "failure",
        situation=in_.idle,
        not_here={"AgentMediaEvent_StopRecordScreen_Succ"},
    ),
    _story("recording a call", "13.1.1.9", situation=in_.talking_unrecorded),
    _story("recording oneself", "13.1.1.9", "alone"),
    _story(
        "recording in a format that the environment does not have",
        "13.1.1.9",
        "failure",
        changes={"recordFormat": 1},
        not_here={"AgentMediaEvent_Record"},
    ),
    _story("recording no more", "13.1.1.10"),
    _story("a recording of the network", "13.1.1.11", then=a_minute_passes),
    _story(
        "a recording that the network does not have",
        "13.1.1.11",
        "failure",
        changes={"ccId": 2},
        not_here={"AgentMediaEvent_Play_Succ"},
    ),
)

ALTERNATIVES: Mapping[tuple[str, str, str | None], str] = {
    ("6.1.2.4", "AgentEvent_Call_Out_Fail", "failure"): (
        "Of outbound calls: an internal one fails as Inside_Call_Fail (6.5.1.2.7)."
    ),
    ("6.1.2.4", "AgentEvent_Connect_Fail", "failure"): (
        "Of a transfer or connection (6.5.1.2.13): an internal call fails as Inside_Call_Fail."
    ),
    ("6.1.2.18", "AgentEvent_Call_Release", None): (
        "Of a platform that ends the call when the switchover fails; here it goes on."
    ),
}
"""Documented events that no story raises, and why."""
