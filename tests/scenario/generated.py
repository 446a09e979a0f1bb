"""Random scenarios in a small call center: everything that a scenario file can say."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.scenario.support import TENANT

Document = dict[str, Any]

seconds = st.integers(0, 90)
some_seconds = st.integers(1, 120)
shares = st.sampled_from([0.0, 0.1, 0.5, 1.0])
durations = st.one_of(
    seconds,
    st.builds(lambda it: {"exponential": it}, some_seconds),
    st.builds(lambda it: {"lognormal": {"mean": it, "sd": 20}}, some_seconds),
    st.builds(lambda it: {"weibull": {"mean": it, "shape": 1.5}}, some_seconds),
    st.builds(lambda it: {"gamma": {"mean": it, "shape": 3}}, some_seconds),
    st.builds(lambda it: {"uniform": [1, it]}, some_seconds),
    st.builds(lambda it: {"empirical": [2, it]}, some_seconds),
    st.builds(
        lambda it: {"mixture": [{"weight": 2, "of": 5}, {"weight": 1, "of": it}]}, some_seconds
    ),
)
wheres = st.sampled_from(
    [
        {"queue": 1},
        {"queue": 2},
        {"agent": 101},
        {"agent": 111},
        {"agent": 115},
        {"number": "13900001111"},
        {"ivr": "1"},
    ]
)
arrivals = st.one_of(
    st.builds(lambda it: {"at": it}, st.lists(st.integers(0, 1700), max_size=30)),
    st.builds(lambda it: {"constant": f"{it}/min"}, st.integers(1, 6)),
    st.builds(lambda it: {"poisson": f"{it}/min"}, st.integers(1, 6)),
    st.builds(
        lambda calls, spread: {
            "profile": {"step": "15min", "calls": [*calls] * 32, "spread": spread}
        },
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
        st.sampled_from(["chance", "even"]),
    ),
    st.builds(lambda it: {"ramp": {"from": "0/min", "to": f"{it}/min"}}, st.integers(1, 8)),
    st.builds(
        lambda size, within: {"bursts": {"size": size, "every": "8min", "within": within}},
        st.integers(1, 15),
        seconds,
    ),
)
redials = st.none() | st.fixed_dictionaries(
    {"probability": shares, "after": durations, "times": st.integers(1, 3)}
)
keys: st.SearchStrategy[Document] = st.just({}) | st.just(
    {"menu": {"1": 3, "2": 2, "9": 1, "hang_up": 1, "nothing": 1}},
)
customers = st.fixed_dictionaries(
    {
        "patience": durations | st.just("never"),
        "redial": redials,
        "keys": keys,
        "thinking": st.integers(0, 8),
    }
)


@st.composite
def streams(draw: st.DrawFn) -> list[Document]:
    """Customers of support, of the experts, of the menu, and some who chat."""
    made: list[Document] = []
    for name, dials in (("calls", "95001"), ("menu", "95003"), ("chats", "95005")):
        if draw(st.booleans()):
            made.append(
                {
                    "name": name,
                    "dials": dials,
                    "arrivals": draw(arrivals),
                    "customers": draw(customers),
                    "priority": draw(st.none() | st.integers(0, 100)),
                    "at_most": draw(st.none() | st.integers(1, 40)),
                    "media": "social_chat" if name == "chats" else None,
                }
            )
    return made


shifts = st.lists(
    st.sampled_from(
        [
            {"from": "07:30", "to": "08:10"},
            {"from": "08:05", "to": "08:20"},
            {"from": "08:20", "to": "12:00"},
            {"from": "23:00", "to": "00:05"},
            {"from": "23:50", "to": "00:10"},
            {"from": "00:00", "to": "00:00"},
        ]
    ),
    max_size=2,
    unique_by=lambda it: it["from"],
)
breaks = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "after": st.integers(0, 1200),
                "for": durations,
                "spread": seconds,
                "reason": st.sampled_from([0, 1]),
            }
        ),
        st.fixed_dictionaries(
            {"at": st.sampled_from(["08:06", "08:15", "23:55", "00:02"]), "for": durations}
        ),
    ),
    max_size=2,
)


def _possible(habits: Document) -> Document:
    """A flow takes over at once, and not when somebody has answered."""
    transfer = habits.get("transfer")
    if transfer is not None and "ivr" in transfer["to"]:
        return {**habits, "transfer": {**transfer, "mode": "blind"}}
    return habits


habits = st.fixed_dictionaries(
    {},
    optional={
        "hold": st.fixed_dictionaries({"probability": shares, "after": seconds, "for": seconds}),
        "consult": st.fixed_dictionaries(
            {
                "probability": shares,
                "after": seconds,
                "for": seconds,
                "to": wheres,
                "then": st.sampled_from(["return", "transfer", "conference"]),
            }
        ),
        "transfer": st.fixed_dictionaries(
            {
                "probability": shares,
                "after": seconds,
                "to": wheres,
                "mode": st.sampled_from(["blind", "release-after-transfer"]),
            }
        ),
    },
).map(_possible)
mistakes = st.fixed_dictionaries(
    {},
    optional={
        "no_answer": shares,
        "rejects": shares,
        "stays_in_wrap_up": shares,
        "forgotten_for": durations,
    },
)
handling = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "queue": st.sampled_from([1, 2]),
            "call_type": st.sampled_from(["inbound", "outbound", "previewed", "internal"]),
            "answer": durations,
            "talk": durations,
            "wrap_up": durations,
        },
    ),
    max_size=2,
)


def team(name: str, agents: str) -> st.SearchStrategy[Document]:
    """A team that works somehow."""
    return st.fixed_dictionaries(
        {"name": st.just(name), "agents": st.just(agents), "talk": durations},
        optional={
            "answer": durations,
            "wrap_up": durations,
            "auto_answer": st.booleans(),
            "shifts": shifts,
            "late": durations,
            "leaves_early": durations,
            "queues": st.sampled_from([[], [1], [2], [1, 2]]),
            "ends_call": shares,
            "handling": handling,
            "breaks": breaks,
            "habits": habits,
            "mistakes": mistakes,
        },
    )


campaigns = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.just("sale"),
            "agents": st.sampled_from(["101-102", "103", "111"]),
            "mode": st.sampled_from(["manual", "preview"]),
            "pause": durations,
            "looks": durations,
            "skips": shares,
            "outcome": st.fixed_dictionaries(
                {
                    "answers": st.integers(1, 3),
                    "busy": st.integers(0, 1),
                    "refuses": st.integers(0, 1),
                    "no_answer": st.integers(0, 1),
                    "rings": durations,
                }
            ),
        },
        optional={"at_most": st.integers(1, 20), "from": seconds, "to": some_seconds},
    ),
    max_size=1,
)
supervisors = st.lists(
    st.fixed_dictionaries(
        {
            "inspector": st.just(191),
            "every": durations,
            "for": some_seconds,
            "modes": st.sampled_from(
                [{"listen": 1}, {"whisper": 1}, {"barge_in": 1}, {"listen": 1, "barge_in": 1}]
            ),
            "intercepts": shares,
        },
        optional={"watches": st.just("101-103"), "shifts": shifts},
    ),
    max_size=1,
)
instants = st.integers(0, 1800)
incidents = st.lists(
    st.one_of(
        st.builds(
            lambda at, length: {
                "at": at,
                "phones_offline": {"agents": ["101-103", "111"], "for": length},
            },
            instants,
            some_seconds,
        ),
        st.builds(
            lambda at, back: {
                "at": at,
                "forced_sign_out": {"agents": "101-102", "inspector": 192, "back_after": back},
            },
            instants,
            st.none() | seconds,
        ),
        st.builds(
            lambda at, queues: {"at": at, "skills": {"agents": "101-102", "queues": queues}},
            instants,
            st.sampled_from([[], [1], [2]]),
        ),
        st.builds(
            lambda at, share: {"at": at, "calls_cut": {"share": share}},
            instants,
            shares,
        ),
        st.builds(
            lambda at: {
                "at": at,
                "fault": {
                    "requests": {"path": "*"},
                    "effect": {"kind": "delay", "seconds": 1},
                },
            },
            instants,
        ),
    ),
    max_size=3,
)


def _tenant() -> Document:
    """The small call center; some agents serve both queues, and queue 2 leads on to queue 1."""
    tenant = dict(TENANT)
    tenant["agents"] = [
        {
            "range": "101-103",
            "name": "Agent {n}",
            "phone": "4{n}",
            "skills": [{"queue": 1}, {"queue": 2}],
        },
        {"range": "111-112", "name": "Expert {n}", "phone": "4{n}", "skills": [{"queue": 2}]},
        {"range": "113-115", "name": "Nobody {n}", "phone": "4{n}", "skills": [{"queue": 2}]},
        *TENANT["agents"][2:],
    ]
    return tenant


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A scenario of half an hour, as a file has it."""
    return {
        "name": "random",
        "tenants": [_tenant()],
        "begin": draw(st.sampled_from(["2026-03-02T08:00", "2026-03-02T23:45"])),
        "duration": "30min",
        "run_out": "6h",
        "random_seed": draw(st.integers(0, 3)),
        "streams": draw(streams()),
        "agents": [
            draw(team("support", "101-103")),
            draw(team("experts", "111-112")),
            draw(team("chatters", "116-117")),
            {"name": "inspectors", "agents": "192"},
        ],
        "campaigns": draw(campaigns),
        "supervisors": draw(supervisors),
        "incidents": draw(incidents),
    }
