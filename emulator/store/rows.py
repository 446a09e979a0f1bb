"""Rows that the store keeps besides configuration.

Instants are integer microseconds since 1970 UTC; None is an instant that never came. `generation`
says how often the tenant had begun anew when the record was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class MessageChannel(StrEnum):
    """How a message goes; voice mail is what a customer says to an IVR flow."""

    VOICE_MAIL = "voice_mail"
    FAX = "fax"
    SMS = "sms"
    EMAIL = "email"


class MessageDirection(StrEnum):
    """Whether a message is in an inbox or in an outbox."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(slots=True)
class MessageRow:
    """A message; `message_id` is unique in its tenant's generation.

    `sender` and `recipient` are numbers or addresses, `party_name` is who is on the other side.
    `agent_id` is empty where it is nobody's, `call_id` where it has to do with no call. Of voice
    mail: the number that was `called`, the channel of its trunk (`line`, 0: unknown), and how many
    `seconds` it lasts.
    """

    tenant_id: int
    message_id: str
    channel: MessageChannel
    direction: MessageDirection
    at: int
    sender: str = ""
    recipient: str = ""
    copy: str = ""
    blind_copy: str = ""
    party_name: str = ""
    subject: str = ""
    body: str = ""
    files: tuple[str, ...] = ()
    agent_id: str = ""
    call_id: str = ""
    called: str = ""
    line: int = 0
    seconds: int = 0
    generation: int = 0


Row = CallRecord | AgentOperation | RecordingRow | MessageRow
"""What stays as it was written."""


@dataclass(slots=True)
class Served:
    """An agent has talked to the number: whoever has it was served, if the tenant knows them."""

    tenant_id: int
    number: str
    at: int
    agent_id: str
    generation: int = 0


Entry = Row | Served
"""What is written as things happen."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody whom a tenant has in its books, by an `id` of the tenant's own.

    `initials` are those of the name's syllables, by which people look it up. `kind` and `relation`
    are codes of the tenant's. `created_on` is a date, as 2026-03-01. `agent` looks after them,
    `last_agent` was the last to talk to them, at `served_at`.
    """

    id: str
    name: str = ""
    initials: str = ""
    kind: int = 0
    phone: str = ""
    home_phone: str = ""
    mobile: str = ""
    fax: str = ""
    address: str = ""
    relation: int = 0
    province: str = ""
    city: str = ""
    email: str = ""
    postcode: str = ""
    contact_person: str = ""
    created_on: str = ""
    served_at: int | None = None
    last_agent: str = ""
    agent: str = ""
    memo: str = ""

    @property
    def numbers(self) -> tuple[str, str, str]:
        """The numbers at which they are called; empty: none."""
        return self.phone, self.home_phone, self.mobile


@dataclass(frozen=True, slots=True)
class Customer(Party):
    """A customer of the tenant's."""


@dataclass(frozen=True, slots=True)
class Contact(Party):
    """A person at the `customer` with that id."""

    customer: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """The customers of a tenant, and their contacts."""

    customers: tuple[Customer, ...] = ()
    contacts: tuple[Contact, ...] = ()


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
