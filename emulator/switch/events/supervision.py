"""Reports of supervision."""

from __future__ import annotations

from typing import NamedTuple

from emulator.switch.terms import SupervisionMode


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


class AgentMonitored(NamedTuple):
    """To an inspector who asked for it at sign-in: an agent signed in or out."""

    at: int
    tenant: int
    agent: int
    target: int
    name: str
    signed_in: bool
