"""How an emulator runs: where it listens, what it keeps, how its clocks and guids go.

Every setting can come from an environment variable `EMULATOR_<NAME>`, and most from an option of
`emulator serve`, which wins.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """One emulator. Times are seconds unless the name says otherwise."""

    host: str = "127.0.0.1"
    http_port: int = 8000
    """0 turns the port off."""
    https_port: int = 8043
    data: Path | None = None
    """Where configuration, records and the certificate are kept; without it, in memory only."""
    database: str = ""
    """A PostgreSQL URL, in place of the SQLite file in `data`."""
    seed: str = "demo"
    """A packaged seed's name or a file; used when the store holds no tenant yet."""
    control_token: str = ""
    """What `/_emulator` asks for; required when `host` is not a loopback address."""
    random_seed: int = 1
    """Where tokens, guids and every other random stream begin."""
    clock_scale: float = 1.0
    """Domain seconds for each real second; 0 starts with the clock frozen."""
    auth_mode: int = 2
    """AUTHMODE of the gateway: 1 static, 2 dynamic, 0 none."""
    guid_interval_ms: int = 60_000
    guid_timeout_ms: int = 120_000
    poll_wait: float = 10.0
    """How long a poll is held when there is no event (real time)."""
    poll_timeout: float = 120.0
    """Without a poll or heartbeat for so long the agent is signed out (real time)."""
    push_timeout: float = 5.0
    """How long the receiver of pushed events may take to answer (real time)."""
    push_verify: bool = False
    """Whether the certificates of receivers of pushed events are verified."""
    older_interfaces: bool = False
    """Whether the gateway also serves what clients of earlier releases call."""
    flow_control: bool = False
    """Whether agents that query too often are refused (CEC 6.5.6)."""
    agent_queries: int = 5
    """Queries of one agent in two seconds (real time), with flow control."""
    system_queries: int = 15_000
    """Queries of all agents in two seconds (real time), with flow control."""
    signature_window: int = 900
    """How far an auth-v2 timestamp may be from the real time; 0: any time will do."""

    @property
    def durable(self) -> bool:
        """Whether anything is left after the process ends."""
        return self.data is not None or bool(self.database)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives; ValueError names a variable that is not valid."""
    values = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    defaults = Settings()
    for item in fields(Settings):
        name = f"EMULATOR_{item.name.upper()}"
        text = values.get(name)
        if text is None:
            continue
        try:
            found[item.name] = _read(text, getattr(defaults, item.name))
        except ValueError:
            raise ValueError(f"{name}: {text!r} is not valid") from None
    return replace(defaults, **found)


def _read(text: str, default: Any) -> Any:
    if default is None:
        return Path(text)
    kind = type(default)
    return _truth(text) if kind is bool else kind(text)


def _truth(text: str) -> bool:
    values = {"0": False, "1": True, "false": False, "true": True}
    if text.lower() not in values:
        raise ValueError(text)
    return values[text.lower()]
