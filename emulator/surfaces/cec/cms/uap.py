"""The platform that switches the calls: its address, its offices, its phones (CEC 12.3.6.3).

An office is a trunk group: those of all VDNs are numbered in their order, from 0.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain.registrations import Registration
from emulator.surfaces.cec.cms.component import (
    CODES,
    NO_SUCH_NUMBER,
    CmsRequest,
    InvalidParameter,
    NoSuchNumber,
    cms,
    require_global,
    tenants_of,
)
from emulator.surfaces.cec.cms.fields import CallCenterBody, Offset, page
from emulator.surfaces.coercion import DigitText, Int, spelled
from emulator.switch.model import Phone, Tenant, Trunk
from emulator.switch.terms import PhoneCondition

UAP_IP, UAP_ID = "127.0.0.1", 0
UAP = f"{UAP_IP}#{UAP_ID}"
"""Under which the platform stands in answers; there is one for all call centers."""
CCU_MODULE = "56"
NOWHERE = "0.0.0.0:0"


def tenants_asked(call: CmsRequest, cc_id: int | None) -> list[Tenant]:
    """The VDNs of a call center, or of all if none is named."""
    found = [it for it in tenants_of(call) if cc_id in (None, it.config.cc_id)]
    if not found:
        raise InvalidParameter(f"there is no call center {cc_id}")
    return found


@dataclass(frozen=True, slots=True)
class Office:
    """A trunk group of a VDN."""

    number: int
    tenant: Tenant
    trunk: Trunk

    def takes(self, number: str) -> bool:
        """Whether calls to the number come in here: its prefix is the longest that fits."""
        fitting = [it for it in self.tenant.trunks if number.startswith(it.config.prefix)]
        longest = max(fitting, key=lambda it: len(it.config.prefix), default=None)
        return longest is self.trunk


def offices(
    call: CmsRequest, tenants: Collection[Tenant], numbers: Collection[int]
) -> list[Office]:
    """The offices of these VDNs that have these numbers; no numbers: all of them."""
    every = call.platform.switch.tenants.values()
    found = ((tenant, trunk) for tenant in every for trunk in tenant.trunks)
    numbered = (Office(number, *it) for number, it in enumerate(found))
    return [it for it in numbered if it.tenant in tenants and (not numbers or it.number in numbers)]


# Phones (12.3.6.3)


class Terminal(TypedDict):
    """A phone."""

    socketStatus: str
    terminationType: str
    ipAndPort: str
    ccuModuleNumber: str
    registerStatus: str
    monitorFlag: str
    protocolType: str
    equipmentId: str
    roamIpAndPort: str
    tlsStatus: str
    ipType: str


class Terminals(TypedDict):
    """A page of phones by platform, and how many there are."""

    data: dict[str, list[Terminal]]
    count: int


class TerminalsBody(CallCenterBody):
    """Phones by a number with wildcards, and which page of them."""

    number: Annotated[DigitText, Field(min_length=1, max_length=32)] = spelled("EID")
    limit: Annotated[Int, Field(ge=1)] | None = None
    offset: Offset | None = None


@cms.post("/v1/openapi/uap/queryterminalstatus", section="12.3.6.3", codes=(*CODES, NO_SUCH_NUMBER))
def terminals(call: CmsRequest, body: TerminalsBody) -> Terminals:
    """List phones, and whether each is registered."""
    require_global(call)
    if (body.limit is None) is not (body.offset is None):
        raise InvalidParameter("limit and offset go together")
    ids = {it.id for it in tenants_asked(call, body.cc_id)}
    pattern = _pattern(body.number)
    found = [
        phone
        for number, phone in sorted(call.platform.switch.phones.items())
        if phone.tenant in ids and not phone.mobile and pattern.fullmatch(number)
    ]
    if not found:
        raise NoSuchNumber(f"there is no phone {body.number}")
    shown = page(found, body.offset or 0, body.limit or 100)
    contacts = {it.user: it for it in call.platform.registrations()}
    listed = [_terminal(it, contacts.get(it.number)) for it in shown]
    return Terminals(data={UAP: listed}, count=len(found))


def _pattern(wanted: str) -> re.Pattern[str]:
    """`*` and `%` stand for any characters or none, `?` for one."""
    return re.compile(fnmatch.translate(wanted.replace("[", "[[]").replace("%", "*")))


def is_registered(phone: Phone) -> bool:
    """Whether somebody is signed in at the phone, or it is an external one that is there."""
    if phone.lost or phone.condition is PhoneCondition.OFFLINE:
        return False
    return phone.agent is not None or phone.external


def _terminal(phone: Phone, contact: Registration | None) -> Terminal:
    registered = is_registered(phone)
    source = contact.source if contact is not None else NOWHERE
    transport = contact.transport if contact is not None else ""
    return Terminal(
        socketStatus="normal" if transport in ("TCP", "TLS") else "uninstall",
        terminationType="sip",
        ipAndPort=source,
        ccuModuleNumber=CCU_MODULE,
        registerStatus="registered" if registered else "not register",
        monitorFlag="unstarted" if phone.agent is None else "started",
        protocolType="sip" if registered else "invalid protocol",
        equipmentId=phone.number,
        roamIpAndPort=NOWHERE,
        tlsStatus="connect" if transport == "TLS" else "uninstall",
        ipType="IPv6" if source.startswith("[") else "IPv4",
    )
