"""SRTP with keys from the session descriptions (RFC 3711, RFC 4568, RFC 7714)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from pylibsrtp import Error, Policy, Session

from emulator.media.wiring import Keys

SUITES = {
    "AES_CM_128_HMAC_SHA1_80": (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
    "AES_CM_128_HMAC_SHA1_32": (Policy.SRTP_PROFILE_AES128_CM_SHA1_32, 30),
    "AEAD_AES_128_GCM": (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    "AEAD_AES_256_GCM": (Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 44),
}
"""Profile, and bytes of master key and salt."""


class BadKeys(ValueError):
    """The suite is unknown, or keys are not what it needs."""


class Guard:
    """One party's keys, both ways."""

    def __init__(self, keys: Keys) -> None:
        self._out = _session(keys.suite, keys.own, Policy.SSRC_ANY_OUTBOUND)
        self._in = _session(keys.suite, keys.theirs, Policy.SSRC_ANY_INBOUND)

    def seal(self, packet: bytes) -> bytes | None:
        """The SRTP packet of an RTP packet; None if it is too old to be sent."""
        return _tried(self._out.protect, packet)

    def seal_control(self, packet: bytes) -> bytes | None:
        """The SRTCP packet of an RTCP packet."""
        return _tried(self._out.protect_rtcp, packet)

    def open(self, packet: bytes) -> bytes | None:
        """The RTP packet in an SRTP packet; None if it is forged, or was here before."""
        return _tried(self._in.unprotect, packet)

    def open_control(self, packet: bytes) -> bytes | None:
        """The RTCP packet in an SRTCP packet; None if it is forged, or was here before."""
        return _tried(self._in.unprotect_rtcp, packet)


def _tried(work: Callable[[bytes], bytes], packet: bytes) -> bytes | None:
    try:
        return work(packet)
    except (Error, ValueError):
        return None


def _session(suite: str, key: str, direction: int) -> Session:
    profile, length = SUITES.get(suite, (0, 0))
    try:
        raw = base64.b64decode(key, validate=True)
    except binascii.Error as error:
        raise BadKeys("no base64") from error
    if not length or len(raw) != length:
        raise BadKeys(f"{suite} with {len(raw)} bytes")
    policy = Policy(raw, direction, srtp_profile=profile)
    # Whatever arrives in disorder is relayed in disorder.
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return Session(policy)
