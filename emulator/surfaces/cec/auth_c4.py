"""C4: the guid of a signed-in agent (CEC 4.5).

A guid is `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.AgentGateway0`. It is delivered at sign-in as
`Set-GUID: JSESSIONID=<guid>` and comes back in the header `guid`, from some clients with
`JSESSIONID=` before it, from some without its `:` and `=`. Cookies prove nothing.
"""

from __future__ import annotations

import hmac
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from random import Random
from typing import Any
from uuid import UUID

from emulator.snapshot.part import Part, attribute
from emulator.surfaces.cec.errors import ParameterError, Unauthenticated
from emulator.surfaces.cec.request import CecRequest, Gate, P

MODE = "C4"
SIGN_IN = "C4 sign-in"
"""For interfaces of agents that are not signed in yet: the path names the agent, no guid."""

SUPERSEDED_KEPT = 8
COOKIE_NAME = "JSESSIONID"

log = logging.getLogger(__name__)


class NotSignedIn(Unauthenticated):
    """The agent of the path has no session."""


class GuidRefused(Unauthenticated):
    """The guid is missing, wrong, or was superseded too long ago."""


class AuthMode(IntEnum):
    """AUTHMODE of the gateway's properties; 0 is ours, for clients that send no guid at all."""

    NONE = 0
    STATIC = 1
    DYNAMIC = 2


@dataclass(frozen=True, slots=True)
class GuidSettings:
    """How guids live; times in milliseconds, as GUIDINTERVAL and GUIDTIMEOUT."""

    mode: AuthMode = AuthMode.DYNAMIC
    interval_ms: int = 60_000
    timeout_ms: int = 120_000

    def __post_init__(self) -> None:
        if not 0 < self.interval_ms < self.timeout_ms:
            raise ValueError("GUIDINTERVAL must be less than GUIDTIMEOUT")


@dataclass(slots=True)
class GuidSession:
    """An agent's guid, since when it is good, and those before it."""

    guid: str
    minted_at: int
    superseded: deque[tuple[str, int]] = field(
        default_factory=lambda: deque(maxlen=SUPERSEDED_KEPT)
    )
    """Earlier guids with the time each is good until."""


class GuidSessions:
    """The agents' sessions at one gateway; times in microseconds of domain time.

    The current guid lives as long as the session, and how long that is the switch decides. A
    superseded one stays good for GUIDTIMEOUT less GUIDINTERVAL after its successor was minted: for
    a client that polls regularly that is GUIDTIMEOUT after its own minting.
    """

    __slots__ = ("_random", "_sessions", "settings")

    def __init__(self, settings: GuidSettings, random: Random) -> None:
        self.settings = settings
        self._random = random
        self._sessions: dict[int, GuidSession] = {}
        if settings.mode is AuthMode.NONE:
            log.warning("agent gateway without authentication: guids are not checked")

    def open(self, agent_id: int, now: int) -> str:
        """Start a session, in place of the agent's earlier one, and give its guid."""
        guid = self._mint()
        self._sessions[agent_id] = GuidSession(guid, now)
        return guid

    def close(self, agent_id: int) -> None:
        """End the agent's session, if there is one."""
        self._sessions.pop(agent_id, None)

    def part(self) -> Part:
        """What a snapshot keeps of them."""
        return attribute(self, "_sessions", dict[int, GuidSession], "guids")

    def forget(self) -> None:
        """End every session."""
        self._sessions.clear()

    def check(self, agent_id: int, presented: str | None, now: int) -> None:
        """Raise unless the agent has a session and `presented` is a guid of it."""
        session = self._session(agent_id)
        if self.settings.mode is AuthMode.NONE:
            return
        guid = _bare(presented or "")
        good = _same(session.guid, guid)
        for earlier, good_until in session.superseded:
            good |= _same(earlier, guid) and now < good_until
        if not good:
            raise GuidRefused

    def renew(self, agent_id: int, presented: str | None, now: int) -> str | None:
        """Give the guid to deliver with a poll's or heartbeat's answer, None if it is known.

        A client that still shows a superseded guid has missed the answer with the new one, and is
        given it again.
        """
        if self.settings.mode is not AuthMode.DYNAMIC:
            return None
        session = self._session(agent_id)
        if now - session.minted_at >= self.settings.interval_ms * 1000:
            grace = (self.settings.timeout_ms - self.settings.interval_ms) * 1000
            session.superseded.append((session.guid, now + grace))
            session.guid = self._mint()
            session.minted_at = now
        elif _same(session.guid, _bare(presented or "")):
            return None
        return session.guid

    def owner(self, presented: str | None) -> int | None:
        """Whose current guid it is; None where guids are not checked. Raises if it is nobody's."""
        if self.settings.mode is AuthMode.NONE:
            return None
        guid = _bare(presented or "")
        for agent_id, session in self._sessions.items():
            if _same(session.guid, guid):
                return agent_id
        raise GuidRefused

    def current(self, agent_id: int) -> str:
        """Give the agent's guid."""
        return self._session(agent_id).guid

    def update(self, agent_id: int, now: int) -> str:
        """Mint a new guid at the agent's wish (CEC 6.1.1.24); the old one stays good a while."""
        session = self._session(agent_id)
        session.superseded.append((session.guid, now + self.settings.timeout_ms * 1000))
        session.guid = self._mint()
        session.minted_at = now
        return session.guid

    def _session(self, agent_id: int) -> GuidSession:
        session = self._sessions.get(agent_id)
        if session is None:
            raise NotSignedIn
        return session

    def _mint(self) -> str:
        return f"{UUID(int=self._random.getrandbits(128), version=4)}.AgentGateway0"


class AgentRequest(CecRequest[P]):
    """A request in an agent's name; `agent_id` is proven, except at sign-in."""

    __slots__ = ("_gate", "agent_id")

    agent_id: int
    _gate: GuidGate

    def open_session(self) -> str:
        """Start the agent's session, deliver its guid and give it: the last step of a sign-in."""
        guid = self._gate.sessions.open(self.agent_id, self._gate.now())
        self._deliver(guid)
        self.set_header("Guid", guid)
        self.set_header("Set-Cookie", f"{COOKIE_NAME}={guid}; Path=/agentgateway; HttpOnly")
        return guid

    def close_session(self) -> None:
        """End the agent's session: the last step of a sign-out."""
        self._gate.sessions.close(self.agent_id)

    def renew_guid(self) -> str:
        """Deliver a new guid if one is due, and give the current one: after polls, heartbeats."""
        guid = self._gate.sessions.renew(self.agent_id, _presented(self), self._gate.now())
        if guid is not None:
            self._deliver(guid)
        return self._gate.sessions.current(self.agent_id)

    def update_guid(self) -> str:
        """Deliver a new guid now, and give it."""
        guid = self._gate.sessions.update(self.agent_id, self._gate.now())
        self._deliver(guid)
        return guid

    def _deliver(self, guid: str) -> None:
        self.set_header("Set-GUID", f"{COOKIE_NAME}={guid}")


class GuidGate:
    """Admits the agent that the path names."""

    request_class: type[CecRequest[Any]] = AgentRequest

    def __init__(
        self,
        sessions: GuidSessions,
        now: Callable[[], int],
        *,
        signing_in: bool = False,
        admitted: Callable[[str, int], None] | None = None,
    ) -> None:
        """`admitted` is told path template and agent of proven requests; it may refuse them."""
        self.sessions = sessions
        self.now = now
        self._signing_in = signing_in
        self._admitted = admitted

    def admit(self, request: AgentRequest[Any]) -> None:
        """Take the agent from the path, and check its guid."""
        request._gate = self
        request.agent_id = _agent_id(request.path_values)
        if not self._signing_in:
            self.sessions.check(request.agent_id, _presented(request), self.now())
            if self._admitted is not None:
                self._admitted(request.interface.path, request.agent_id)

    def claimed(self, request: AgentRequest[Any]) -> tuple[int, str]:
        """The agent that the path names."""
        try:
            return _agent_id(request.path_values), ""
        except ParameterError:
            return 0, ""


def guid_gates(
    sessions: GuidSessions,
    now: Callable[[], int],
    admitted: Callable[[str, int], None] | None = None,
) -> dict[str, Gate]:
    """Give the gates of a gateway's door: `C4`, and `C4 sign-in` without a check."""
    return {
        MODE: GuidGate(sessions, now, admitted=admitted),
        SIGN_IN: GuidGate(sessions, now, signing_in=True),
    }


def _agent_id(values: dict[str, str]) -> int:
    text = values.get("agentid") or values.get("agentId") or ""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ParameterError("path.agentid: not a number")
    return int(text)


def bare_guid(request: CecRequest[Any]) -> str:
    """The guid of the request's header, without what clients leave around it; empty if none."""
    return _bare(_presented(request) or "")


def _presented(request: CecRequest[Any]) -> str | None:
    value = request.header(b"guid")
    return None if value is None else value.decode("latin-1")


def _bare(presented: str) -> str:
    """Strip what clients leave around the guid; the guid itself has neither `:` nor `=`."""
    plain = presented.replace(":", "").replace("=", "").strip()
    return plain.removeprefix(COOKIE_NAME).strip()


def _same(guid: str, presented: str) -> bool:
    return hmac.compare_digest(guid.encode(), presented.encode())
