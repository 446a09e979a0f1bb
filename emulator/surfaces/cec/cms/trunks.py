"""What each office did in the last five minutes that are over (CEC 12.3.6.1)."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.domain import calendar
from emulator.domain.indicators.cells import FIVE_MINUTES
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, cms, require_global
from emulator.surfaces.cec.cms.fields import CallCenterBody
from emulator.surfaces.cec.cms.series import OfficeNumbers, counts_between
from emulator.surfaces.cec.cms.uap import UAP, UAP_ID, Office, offices, tenants_asked
from emulator.surfaces.coercion import spelled

NOTHING = dict.fromkeys(
    (
        *("LCOICT7", "TAT6", "TCAT2", "RNAT12", "ECT35", "IAT36", "CD8", "CBT10", "ABRT33"),
        *("BCN15", "BBCN18"),
    ),
    "0",
)
NOTHING_OF = dict.fromkeys(("BCR22", "BBRC23", "BTST24"), "0.000000")
NOT_MEASURED = dict.fromkeys(
    (
        *("CLBT40", "UBC43", "CCT34", "CDA9", "TCT42", "CFORT39", "TUT37", "CTBT41", "BTSTA25"),
        *("CTA29", "TET38", "ATA31", "STA27", "answer duration aux (TIMES)"),
    ),
    "-1",
)
"""What the emulator has nothing of, each as the vendor's platform shows it."""


class TrunksBody(CallCenterBody):
    """The offices asked about; none named: all."""

    ofc_no: OfficeNumbers = spelled("ofcNo", default=[])


@cms.post("/v1/openapi/uap/queryUapPerfInfo", section="12.3.6.1", codes=CODES)
async def trunks(call: CmsRequest, body: TrunksBody) -> dict[str, list[dict[str, str]]]:
    """Tell how busy each office is, and what calls it had."""
    require_global(call)
    tenants = tenants_asked(call, body.cc_id)
    begin = (call.platform.now // FIVE_MINUTES - 1) * FIVE_MINUTES
    counts = await counts_between(call, tenants, begin, begin + FIVE_MINUTES)
    found = offices(call, tenants, body.ofc_no)
    return {UAP: [_office(it, begin, counts.of_office(it, begin)) for it in found]}


def _office(office: Office, begin: int, calls: Mapping[str, int]) -> dict[str, str]:
    begun = calendar.local(begin, "UTC")
    over = calendar.local(begin + FIVE_MINUTES, "UTC")
    return {
        "RT": f"{begun:%Y-%m-%d %H:%M:%S} +00:00",
        "RET": f"{over:%Y-%m-%d %H:%M:%S} +00:00",
        "Period": "5",
        "Time": f"{begun:%H%M}",
        "MEID": str(UAP_ID),
        "MOIID": str(office.number),
        "incoming direction": f"{office.number}({office.trunk.config.name})",
        "Credible": "Credible",
        **_circuits(office.trunk.config.channels, office.trunk.in_use),
        **_calls(calls),
        **NOTHING,
        **NOTHING_OF,
        **NOT_MEASURED,
    }


def _circuits(installed: int, busy: int) -> dict[str, str]:
    """Circuits as they are now; all of them are bidirectional, and none is ever blocked."""
    names = ("ICN13", "IBC16", "ACN14", "ABCN17")
    return {
        **dict.fromkeys(names, str(installed)),
        "busy circuits (TIMES)": str(busy),
        "SOIC45": str(max(0, installed - busy)),
        "EROC46": _ratio(100 * busy, installed),
        "ITAR19": _ratio(100 * installed, installed),
    }


def _calls(calls: Mapping[str, int]) -> dict[str, str]:
    """Inbound calls that ended; all of them were for this platform's own users."""
    came, answered = calls.get("in", 0), calls.get("in_connected", 0)
    occupied, talked = calls.get("in_time", 0), calls.get("talk_time", 0)
    return {
        **dict.fromkeys(("ST0", "TCAT1"), str(came)),
        **dict.fromkeys(("CCT3", "AT4", "TCAT5"), str(answered)),
        "AART11": str(came - answered),
        **dict.fromkeys(("AR21", "CR20"), _ratio(100 * answered, came)),
        "ASD32": _ratio(occupied, came * calendar.SECOND),
        "average answer duration (SECOND)": str(talked // max(1, answered) // calendar.SECOND),
        "average connection duration (MILLISECOND)": str(talked // max(1, answered) // 1000),
        "ST26": _ratio(occupied, FIVE_MINUTES),
        **dict.fromkeys(("AT30", "CT28"), _ratio(talked, FIVE_MINUTES)),
        "IOCS44": str(round(came * calendar.SECOND / FIVE_MINUTES)),
    }


def _ratio(part: float, whole: float) -> str:
    return f"{part / whole if whole else 0:.6f}"
