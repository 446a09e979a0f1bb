"""Reports of supervision."""

from __future__ import annotations

from typing import NamedTuple

from emulator.switch.terms import AgentState, SupervisionMode


class SupervisionStarted(NamedTuple):
    at: int
    tenant: int
    agent: int
    target: int
    mode: SupervisionMode


class SupervisionChanged(NamedTuple):
    at: int
    tenant: int
    agent: int
    target: int
    mode: SupervisionMode


class SupervisionStopped(NamedTuple):
    at: int
    tenant: int
    agent: int
    target: int


class CallIntercepted(NamedTuple):
    at: int
    tenant: int
    call: str
    agent: int
    target: int


class AgentForced(NamedTuple):
    """The inspector `agent` has put the target into the state: IDLE, BUSY or REST.

    During a call it takes effect after it.
    """

    at: int
    tenant: int
    agent: int
    target: int
    state: AgentState


class AgentMonitored(NamedTuple):
    """To an inspector who asked for it at sign-in: an agent signed in or out."""

    at: int
    tenant: int
    agent: int
    target: int
    name: str
    signed_in: bool
