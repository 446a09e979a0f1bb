"""What lets an agent's browser into a room of the media server (CEC 6.1.5.4, 6.5.1.9.2).

The signature is that of the vendor's media service: HMAC-SHA256 with the secret, in lower-case
hex, over application, room, user and the time of expiry, joined by plus signs.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from emulator.switch.config import MediaServerConfig

BOTH_WAYS = "0"
"""The role of somebody who is seen and sees."""


@dataclass(frozen=True, slots=True)
class VideoAccess:
    """A right to enter `room` as `user` until `expires` (seconds since the epoch)."""

    server: MediaServerConfig
    room: str
    user: str
    expires: int

    @property
    def signature(self) -> str:
        """What the media server checks."""
        signed = f"{self.server.app_id}+{self.room}+{self.user}+{self.expires}"
        return hmac.new(self.server.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def grant(server: MediaServerConfig, room: str, work_no: int, now: int) -> VideoAccess:
    """Let an agent into a room from now (µs) on, for as long as the server is configured."""
    return VideoAccess(server, room, str(work_no), now // 1_000_000 + server.valid_for)
