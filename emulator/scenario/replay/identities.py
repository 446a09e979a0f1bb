"""What stands for what between a journal and its replay: calls, guids, tokens, secrets.

A journal hides credentials. They are replaced by those of the new session: guids by what the new
sign-in gave, passwords and secrets by those of a seed, tokens by those that were handed out anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from emulator.switch.config import TenantConfig

HIDDEN = "…"
"""What journals show in place of a secret."""
SHORTEST = 6
"""Characters of a value that can be a name: shorter ones are states and numbers of things."""
_SAID = frozenset({"retcode", "message", "eventtype", "resultcode", "returncode", "resultdesc"})
"""Fields of answers that say what came of a request, and name nothing."""


def _tokens(name: str) -> bool:
    return name.lower().replace("_", "") in ("accesstoken", "token")


@dataclass(slots=True)
class Identities:
    """`passwords` by work number, `password` of everybody else; `secrets` by their kind."""

    passwords: dict[int, str] = field(default_factory=dict)
    password: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    token: str = ""
    _names: dict[str, str] = field(default_factory=dict)
    _guids: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tenants: Sequence[TenantConfig], password: str = "") -> Identities:
        """Those of a call center."""
        passwords = {it.work_no: it.password for tenant in tenants for it in tenant.agents}
        secrets = {kind: it for tenant in tenants for kind, it in tenant.secrets.items()}
        known = {work_no: it for work_no, it in passwords.items() if it}
        return cls({} if password else known, password, secrets)

    # Learning

    def stands_for(self, old: object, new: object) -> None:
        """From now on the new name is put where the old one was."""
        before, after = str(old), str(new)
        if before != after and len(before) >= SHORTEST and after:
            self._names[before] = after

    def learn(self, old: Any, new: Any, name: str = "") -> None:
        """Two answers to the same request: where they differ, names have changed."""
        if isinstance(new, dict):
            for key, value in new.items():
                if _tokens(key) and isinstance(value, str):
                    self.token = value
                self.learn(old.get(key) if isinstance(old, dict) else None, value, key)
        elif isinstance(old, list) and isinstance(new, list):
            for before, after in zip(old, new, strict=False):
                self.learn(before, after, name)
        elif _is_name(old) and _is_name(new) and name.lower() not in _SAID:
            self.stands_for(old, new)

    def keep_guid(self, agent: int, set_guid: str) -> None:
        """The agent got a guid."""
        self._guids[agent] = set_guid.partition("=")[2] or set_guid

    # Applying

    def guid(self, agent: int) -> str:
        """The agent's guid; empty: it has none."""
        return self._guids.get(agent, "")

    def renamed(self, value: Any) -> Any:
        """The document with the new names."""
        if isinstance(value, dict):
            return {key: self.renamed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.renamed(inner) for inner in value]
        if _is_name(value):
            found = self._names.get(str(value))
            return value if found is None else type(value)(found) if _fits(value, found) else found
        return value

    def revealed(self, value: Any, agent: int, name: str = "") -> Any:
        """The document with the secrets that the journal hides."""
        if isinstance(value, dict):
            return {key: self.revealed(inner, agent, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.revealed(inner, agent, name) for inner in value]
        return self._secret(name, agent) if value == HIDDEN else value

    def _secret(self, name: str, agent: int) -> str:
        plain = name.lower()
        if "pass" in plain or "pwd" in plain:
            return self.passwords.get(agent, self.password)
        if "token" in plain:
            return self.token
        return self.secrets.get(plain, self.secrets.get("app_secret", ""))

    def path(self, path: str) -> str:
        """The path with the new names."""
        return "/".join(quote(str(self.renamed(unquote(it)))) for it in path.split("/"))

    def query(self, query: str) -> str:
        """The query with the new names."""
        return "&".join(self._parameter(it) for it in query.split("&")) if query else ""

    def _parameter(self, text: str) -> str:
        name, equals, value = text.partition("=")
        found = self.renamed(unquote(value))
        return text if found == unquote(value) else f"{name}{equals}{quote(str(found), safe='')}"


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _fits(value: object, found: str) -> bool:
    return isinstance(value, str) or found.isdecimal()


def headers_of(shown: Mapping[str, str], guid: str) -> Iterator[tuple[str, str]]:
    """The headers to send again: without those of the connection, and what was hidden."""
    for name, value in shown.items():
        if name in _OF_THE_CONNECTION:
            continue
        if value != HIDDEN:
            yield name, value
        elif name == "guid" and guid:
            yield name, guid


_OF_THE_CONNECTION = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "date"}
)
