"""What the doors of CC-FS share for one platform: files, tokens, and who is asking."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.domain.exports import Exports
from emulator.domain.folder import Folder
from emulator.domain.voice_files import VoiceFiles
from emulator.surfaces.cec import developers

if TYPE_CHECKING:
    from emulator.platform import Platform
    from emulator.surfaces.cec.ccfs.callbacks import Callbacks
    from emulator.switch.model import Tenant

MAX_DOWNLOADS = 200
"""Files that are being sent at once."""
MAX_TOKENS = 10_000
TOKEN_LIFE = 30 * 60 * 1_000_000
"""Domain time, µs (CEC 13.2.1.8)."""


@dataclass(frozen=True, slots=True)
class PlayToken:
    """What may be listened to, and until when (µs of domain time)."""

    tenant: int
    file: str
    expires: int


class FileServer:
    """One platform's CC-FS."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        data = platform.settings.data
        self._scratch = Folder(None)
        self.exports = Exports(
            platform.reports, self._scratch if data is None else Folder(data / "exports")
        )
        self.voice_files = VoiceFiles(
            self._scratch if data is None else Folder(data / "recordings")
        )
        self.numbers = platform.random("index files")
        self._tokens: OrderedDict[str, PlayToken] = OrderedDict()
        self._token_numbers = platform.random("play tokens")
        self._downloads = 0
        self._callbacks: Callbacks | None = None

    @property
    def scratch(self) -> Folder:
        """Where files are that are only being sent."""
        return self._scratch

    @property
    def callbacks(self) -> Callbacks:
        """Who tells developers that their files are there."""
        if self._callbacks is None:
            from emulator.surfaces.cec.ccfs.callbacks import Callbacks

            settings = self.platform.settings
            self._callbacks = Callbacks(settings.push_timeout, verify=settings.push_verify)
        return self._callbacks

    def tenant_with(self, access_key: str) -> Tenant | None:
        """Whose access key it is."""
        return developers.tenant_with(self.platform, access_key)

    def secret_of(self, access_key: str) -> str | None:
        """The secret of an access key."""
        return developers.secret_of(self.platform, access_key)

    # Tokens

    def new_token(self, tenant: int, file: str) -> str:
        """Allow whoever has the token to listen to a file, for half an hour."""
        now = self.platform.now
        while self._tokens and (
            len(self._tokens) >= MAX_TOKENS or next(iter(self._tokens.values())).expires <= now
        ):
            self._tokens.popitem(last=False)
        token = f"{self._token_numbers.getrandbits(128):032X}"
        self._tokens[token] = PlayToken(tenant, file, now + TOKEN_LIFE)
        return token

    def token(self, text: str) -> PlayToken | None:
        """What the token allows; None: nothing, or nothing any more."""
        found = self._tokens.get(text)
        return found if found is not None and found.expires > self.platform.now else None

    # Downloads

    @property
    def is_busy(self) -> bool:
        """Whether so many files are being sent that there must not be one more."""
        return self._downloads >= MAX_DOWNLOADS

    async def counted(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Send a file and be counted meanwhile."""
        self._downloads += 1
        try:
            async for piece in pieces:
                yield piece
        finally:
            self._downloads -= 1

    # Life

    def forget(self, tenant: int | None) -> None:
        """A tenant begins anew, or all do."""
        self.exports.forget(tenant)
        self.voice_files.forget(tenant)
        for token, found in list(self._tokens.items()):
            if tenant in (None, found.tenant):
                del self._tokens[token]

    async def stop(self) -> None:
        """Give up what is under way, and remove what was only for the time being."""
        await self.exports.close()
        if self._callbacks is not None:
            await self._callbacks.close()
        self._scratch.close()


def real_time() -> int:
    """Microseconds since the epoch on the wall, which signatures are made by."""
    return time.time_ns() // 1000
