"""`emulator serve`: one emulator in this process until it is told to end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from emulator.settings import Settings
from emulator.snapshot.errors import SnapshotRefused

if TYPE_CHECKING:
    from emulator.app import Emulator
    from emulator.control.seed import SeedError

log = logging.getLogger(__name__)


class CannotServe(Exception):
    """Why there will be no emulator, in one line for a person."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; `CannotServe` if it does not come to that."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # What is loaded now stays: collecting it again and again costs a fifth of the start.
    gc.disable()
    from emulator.server import run

    run(_serve(settings))


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """End before the event loop has taken the signals over."""
    raise SystemExit(0)


async def _serve(settings: Settings) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    emulator = open_emulator(settings)
    gc.enable()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    try:
        await emulator.start()
    except (OSError, SnapshotRefused) as error:
        await emulator.stop()
        raise CannotServe(_why(error, settings)) from error
    server = emulator.server
    where = addresses(settings.host, server.http_port, server.https_port)
    if emulator.sip is not None:
        where += emulator.sip.addresses()
    print("ready", *where, flush=True)  # noqa: T201
    await ended.wait()
    log.info("ending")
    await emulator.stop()


def _why(error: OSError | SnapshotRefused, settings: Settings) -> str:
    if isinstance(error, SnapshotRefused) or error.filename is not None:
        reason = error.strerror if isinstance(error, OSError) else error
        return f"the snapshot {settings.snapshot} cannot be loaded: {reason}"
    return error.strerror or str(error)


def addresses(host: str, http_port: int | None, https_port: int | None) -> list[str]:
    """Where an emulator that listens at these ports answers; None: not at this one."""
    shown = f"[{host}]" if ":" in host else host
    doors = (("http", http_port), ("https", https_port))
    return [f"{scheme}://{shown}:{port}" for scheme, port in doors if port]


def open_emulator(settings: Settings, *, tune_gc: bool = True) -> Emulator:
    """Open the store and its call center; `CannotServe` says what is wrong with them.

    `tune_gc`: whether the process is the emulator's alone.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from emulator.app import Emulator
    from emulator.control.seed import SeedError
    from emulator.store.errors import StoreError
    from emulator.switch.errors import ConfigurationError

    try:
        return Emulator(settings, tune_gc=tune_gc)
    except SeedError as error:
        raise CannotServe(_seed_line(error, settings)) from error
    except ConfigurationError as error:
        raise CannotServe(f"the configuration does not hold together: {error}") from error
    except (SQLAlchemyError, StoreError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise CannotServe(f"the database cannot be used: {reason}") from error
    except OSError as error:
        raise CannotServe(f"the data cannot be kept: {error}") from error


def _seed_line(error: SeedError, settings: Settings) -> str:
    first, *others = str(error).splitlines()
    if error.source == str(settings.sip_gateways):
        more = f" (and {len(others)} more)" if others else ""
        return f"the gateways cannot be used: {first}{more}"
    more = f" (and {len(others)} more: emulator seed check {error.source})" if others else ""
    return f"the seed cannot be used: {first}{more}"
