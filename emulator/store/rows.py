"""Rows that the store keeps besides configuration.

Instants are integer microseconds since 1970 UTC; None is an instant that never came. `generation`
says how often the tenant had begun anew when the record was written.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class CallRecord:
    """A stay of a call on a device: the columns of the CDR file (CEC 13.2.2.1), in its order.

    `call_id_num` is -1 on the last row of a call; the others count from 1. `release_cause` means
    something on that last row only. Where nobody talked `call_begin` is `call_end`, the end of the
    stay. `id` is given by the store.
    """

    tenant_id: int
    developer: str = ""
    account_id: str = ""
    cc_id: str = ""
    agent_id: str = ""
    call_id: str = ""
    caller_no: str = ""
    callee_no: str = ""
    wait_begin: int | None = None
    wait_end: int | None = None
    ack_begin: int | None = None
    ack_end: int | None = None
    call_begin: int | None = None
    call_end: int | None = None
    device_type: int = 0
    device_no: int = 0
    call_type: int = 0
    release_cause: int = 0
    call_id_num: int = -1
    vdn_id: str = ""
    pre_device_type: str = ""
    pre_device_no: str = ""
    skill_id: str = ""
    current_skill_id: str = ""
    device_in: str = ""
    pre_device_in: str = ""
    service_no: str = ""
    leave_reason: str = ""
    media_type: str = ""
    sub_media_type: str = ""
    generation: int = 0
    id: int | None = None


@dataclass(slots=True)
class AgentOperation:
    """An operation of an agent: the columns of the agent operation file (CEC 13.2.2.2).

    The file spells `call_in_out` callIn_out and `skill_info_sn` skillInfo_sn. `id` is unique.
    """

    tenant_id: int
    id: str
    begin_time: int
    developer_id: str = ""
    account_id: str = ""
    agent_id: str = ""
    service_no: str = ""
    skill_id: str = ""
    call_id: str = ""
    end_time: int | None = None
    op_type: str = ""
    op_object: str = ""
    op_cause: str = ""
    media_type: str = ""
    vdn_id: str = ""
    cc_id: str = ""
    agent_type: str = ""
    phone_no: str = ""
    call_in_out: str = ""
    location_id: str = ""
    logon_sn: str = ""
    skill_info_sn: str = ""
    generation: int = 0


@dataclass(slots=True)
class RecordingRow:
    """A recording; `record_id` is unique, `media` a CEC media type.

    It is of an agent's part in a call, of an agent's screen, or a message that a customer has left
    (`agent_id` empty). `appends`: it goes on where the last one with that file name ends.
    """

    tenant_id: int
    record_id: str
    call_id: str
    agent_id: str
    started_at: int
    ended_at: int
    file_name: str
    media: int
    appends: bool = False
    generation: int = 0


Row = CallRecord | AgentOperation | RecordingRow


@dataclass(frozen=True, slots=True)
class AccountState:
    """What changes about an agent's account; `history` holds its last passwords, oldest first.

    `password_changed_at` is None as long as the seeded password stands.
    """

    tenant_id: int
    work_no: int
    password: str
    history: tuple[str, ...] = ()
    failed_attempts: int = 0
    locked_until: int | None = None
    password_changed_at: int | None = None


@dataclass(frozen=True, slots=True)
class BlacklistEntry:
    """A number whose calls the tenant refuses."""

    number: str


@dataclass(frozen=True, slots=True)
class PriorityCustomer:
    """A number that is served before others; larger priorities first."""

    number: str
    priority: int


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential of the tenant, by kind."""

    kind: str
    value: str
