"""Reports of IVR flows, and the effects that others perform for them."""

from __future__ import annotations

from typing import NamedTuple


class IvrNodeEntered(NamedTuple):
    at: int
    tenant: int
    call: str
    flow: int
    node: str


class AnnouncementRequested(NamedTuple):
    """`request`: the flow waits until it is told that the announcement is over; 0: it does not."""

    at: int
    tenant: int
    call: str
    prompt: str
    request: int = 0


class LookupRequested(NamedTuple):
    at: int
    tenant: int
    request: int
    call: str
    method: str
    url: str
    body: str


class MessageRecorded(NamedTuple):
    """A customer left a voice message; `seconds` long.

    `channel` is that of the customer's line in its trunk group, from 1; 0: it has none.
    """

    at: int
    tenant: int
    call: str
    caller: str
    called: str
    seconds: int
    channel: int = 0


class SurveyAnswered(NamedTuple):
    """`answer` is the digit pressed; empty: none in time. `rated`: the agent last talked to."""

    at: int
    tenant: int
    call: str
    rated: int
    question: str
    answer: str
