"""Reports of linked phones: what an agent does with the keys of its phone (CEC 6.5.1.12)."""

from __future__ import annotations

from typing import NamedTuple


class LinkedPhoneMuted(NamedTuple):
    """`muted` False: no longer."""

    at: int
    tenant: int
    agent: int
    call: str
    muted: bool


class LinkedPhoneHeld(NamedTuple):
    """`held` False: taken back."""

    at: int
    tenant: int
    agent: int
    call: str
    held: bool


class LinkedPhoneTransfers(NamedTuple):
    """The call is on its way to `number`; what becomes of it is told by the next report."""

    at: int
    tenant: int
    agent: int
    call: str
    phone: str
    number: str


class LinkedPhoneTransferResult(NamedTuple):
    """`result` 0: the number has taken the call; others: a cause of CEC Table 6-451."""

    at: int
    tenant: int
    agent: int
    call: str
    result: int


class LinkedPhoneDials(NamedTuple):
    at: int
    tenant: int
    agent: int
    call: str
    phone: str
    number: str
