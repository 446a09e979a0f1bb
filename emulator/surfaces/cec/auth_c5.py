"""C5: the guid of somebody who configures (CEC 4.6).

The sign-in is `config/login` of the agent gateway; the guid comes back in the header `Guid`. The
reference gives it no end: it is good until the call center begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from emulator.snapshot.part import Part
from emulator.surfaces.cec.auth_c4 import bare_guid
from emulator.surfaces.cec.errors import Unauthenticated
from emulator.surfaces.cec.request import CecRequest, P

MODE = "C5"

VDN_LOGINS = 100_000
"""The id with which a VDN signs in is its own plus this."""


@dataclass(frozen=True, slots=True)
class ConfigUser:
    """Who has signed in: an agent, or with an id over 100000 a VDN; and for which tenant."""

    id: int
    tenant: int


class ConfigSessions:
    """The guids of those who configure; a new sign-in takes the place of the user's earlier one."""

    __slots__ = ("_guids", "_random", "_users")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._users: dict[str, ConfigUser] = {}
        self._guids: dict[int, str] = {}

    def open(self, user: ConfigUser) -> str:
        """Start a session and give its guid."""
        guid = f"{UUID(int=self._random.getrandbits(128), version=4)}.AgentGateway0"
        self._users.pop(self._guids.get(user.id, ""), None)
        self._guids[user.id] = guid
        self._users[guid] = user
        return guid

    def find(self, guid: str) -> ConfigUser | None:
        """Whose guid it is, if anybody's."""
        return self._users.get(guid)

    def user(self, guid: str) -> ConfigUser:
        """Whose guid it is; raises `Unauthenticated` if nobody's."""
        found = self.find(guid)
        if found is None:
            raise Unauthenticated("no session has this guid")
        return found

    def part(self) -> Part:
        """What a snapshot keeps of them."""
        return Part("config guids", dict[str, ConfigUser], lambda: self._users, self._take_up)

    def _take_up(self, users: dict[str, ConfigUser]) -> None:
        self._users = users
        self._guids = {user.id: guid for guid, user in users.items()}

    def forget(self, tenant: int | None = None) -> None:
        """End every session, or those for one tenant."""
        for guid, user in list(self._users.items()):
            if tenant in (None, user.tenant):
                del self._users[guid]
                del self._guids[user.id]


class ConfigRequest(CecRequest[P]):
    """A request of somebody who has signed in to configure."""

    __slots__ = ("user",)

    user: ConfigUser


class ConfigGate:
    """Admits whoever shows a guid of `config/login`."""

    request_class: type[CecRequest[Any]] = ConfigRequest

    def __init__(self, sessions: ConfigSessions) -> None:
        self._sessions = sessions

    def admit(self, request: ConfigRequest[Any]) -> None:
        """Find the user by the guid."""
        request.user = self._sessions.user(bare_guid(request))

    def claimed(self, request: ConfigRequest[Any]) -> tuple[int, str]:
        """The agent whose guid is shown; nobody if it is a VDN's."""
        user = self._sessions.find(bare_guid(request))
        return (0 if user is None or user.id > VDN_LOGINS else user.id), ""
