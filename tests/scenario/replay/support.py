"""Files of call records, written by hand or by the emulator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emulator.domain.recorder import Recorder
from emulator.scenario.replay.columns import COLUMNS
from emulator.scenario.replay.replaying import Outcome, Replay
from emulator.scenario.replay.writing import record_file
from emulator.store.rows import CallRecord
from emulator.switch.switch import Switch
from tests.domain.busy_day import BusyDay, busy_center

BEGIN = 1_700_000_000_000_000
ZONE = "Asia/Kathmandu"
DAY = "2026-03-02"


def line(**fields: str | int) -> str:
    """A line of the file: a stay in queue 3 of 20 s, after which the customer hung up."""
    usual = {
        "developer": "shop",
        "account_id": "shop",
        "cc_id": 1,
        "call_id": "1-1",
        "caller_no": "13900000000",
        "callee_no": "95001",
        "wait_begin": f"{DAY} 09:00:00",
        "wait_end": f"{DAY} 09:00:20",
        "call_begin": f"{DAY} 09:00:20",
        "call_end": f"{DAY} 09:00:20",
        "device_type": 1,
        "device_no": 3,
        "call_type": 0,
        "release_cause": 601,
        "call_id_num": -1,
        "vdn_id": 1,
        "skill_id": 3,
        "current_skill_id": 3,
        "device_in": "DEVICE_QUEUE",
        "leave_reason": 15,
        "media_type": 5,
    }
    values = usual | fields
    return ",".join(str(values.get(name, "")) for name in COLUMNS)


def waits(count: int) -> list[str]:
    """So many calls of customers who gave up."""
    return [line(call_id=f"1-{number}") for number in range(1, count + 1)]


def answered(call: str = "1-1", agent: int = 101, minute: int = 0) -> list[str]:
    """A call that waited 10 s, rang 5 s, and was talked for 30 s, at nine and so many minutes."""
    at = f"{DAY} 09:{minute:02}"
    return [
        line(
            call_id=call,
            call_id_num=1,
            release_cause=0,
            leave_reason=0,
            wait_begin=f"{at}:00",
            wait_end=f"{at}:10",
            call_begin=f"{at}:15",
            call_end=f"{at}:15",
        ),
        line(
            call_id=call,
            agent_id=agent,
            wait_begin="",
            wait_end="",
            ack_begin=f"{at}:10",
            ack_end=f"{at}:15",
            call_begin=f"{at}:15",
            call_end=f"{at}:45",
            device_type=2,
            device_no=agent,
            pre_device_type=1,
            pre_device_no=3,
            device_in="DEVICE_AGENT",
            pre_device_in="DEVICE_QUEUE",
            release_cause=518,
            leave_reason=16,
        ),
    ]


def file_of(folder: Path, lines: Sequence[str], name: str = "x_call_1.csv") -> Path:
    """A file with these lines."""
    path = folder / name
    path.write_bytes("".join(f"{it}\r\n" for it in lines).encode())
    return path


def replay(path: Path, zone: str = "UTC") -> Outcome:
    """What comes of a file."""
    return Replay([path], zone=zone).play()


def busy_day(seed: int, ticks: int = 800) -> list[CallRecord]:
    """The call records of a day on which everything happens, in the order of the platform."""
    switch = Switch(BEGIN)
    records: list[CallRecord] = []

    def keep(row: object) -> None:
        if isinstance(row, CallRecord):
            records.append(row)

    switch.subscribe(Recorder(keep, lambda: switch))
    switch.apply_tenant(busy_center())
    day = BusyDay(switch, seed)
    day.live(ticks)
    day.end()
    return sorted(records, key=lambda it: it.call_end or 0)


def written(path: Path, records: Sequence[CallRecord], zone: str = ZONE) -> Path:
    """The records in a file of the platform."""
    with record_file(path, zone) as write:
        for record in records:
            write(record)
    return path
