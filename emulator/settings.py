"""How an emulator runs: where it listens, what it keeps, how its clocks and guids go.

Every setting can come from an environment variable `EMULATOR_<NAME>`, and most from an option of
`emulator serve`, which wins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address
from math import inf
from pathlib import Path
from typing import Any

MAX_CLOCK_SCALE = 1000.0
CTI_VERSIONS = ("V300R006", "V300R008")


@dataclass(frozen=True, slots=True)
class Settings:
    """One emulator. Times are seconds unless the name says otherwise."""

    host: str = "127.0.0.1"
    http_port: int = 8000
    """0 turns the port off, -1 takes any that is free."""
    https_port: int = 8043
    sip_port: int = 0
    """For phones and callers by UDP and TCP; 0: there is no SIP leg, -1: any port that is free."""
    sip_tls_port: int = 0
    """The same by TLS; 0: not by TLS, -1: any port that is free."""
    sip_certificate: Path | None = None
    """PEM file of the TLS port's certificate; without one it is that of the HTTPS port."""
    sip_key: Path | None = None
    """PEM file of its key; without one it is in the certificate's file."""
    sip_digest: str = "MD5"
    """How phones show their passwords: MD5, SHA-256 (RFC 8760), or as they like: MD5,SHA-256."""
    sip_sound: bool = True
    """Whether SIP phones and callers hear anything; without, there is signalling alone."""
    sip_sound_ports: str = ""
    """UDP ports for the sound, two for each party: `20000-29999`; empty: any that are free."""
    sip_prompts: Path | None = None
    """Folder of WAV files that IVR flows announce, by their names with or without `.wav`."""
    sip_rate: float = 5000.0
    """New SIP requests in a second that an address may send; 0: as many as it likes."""
    sip_gateways: Path | None = None
    """A YAML file of the SIP gateways to the world outside; without one it is simulated."""
    sip_advertise: str = ""
    """The name or address at which phones reach the SIP leg; empty: `host`."""
    data: Path | None = None
    """Where configuration, records and the certificate are kept; without it, in memory only."""
    database: str = ""
    """A PostgreSQL URL, in place of the SQLite file in `data`."""
    seed: str = "demo"
    """A packaged seed's name or a file; used when the store holds no tenant yet."""
    snapshot: Path | None = None
    """A file to begin with, as `emulator snapshot save` writes them; it stands over the seed."""
    control_token: str = ""
    """What `/_emulator` asks for; required when `host` is not a loopback address."""
    random_seed: int = 1
    """Where tokens, guids and every other random stream begin."""
    clock_scale: float = 1.0
    """Domain seconds for each real second; 0 starts with the clock frozen."""
    auth_mode: int = 2
    """AUTHMODE of the gateway: 1 static, 2 dynamic, 0 none."""
    guid_interval_ms: int = 60_000
    guid_timeout_ms: int = 120_000
    poll_wait: float = 10.0
    """How long a poll is held when there is no event (real time)."""
    poll_timeout: float = 120.0
    """Without a poll or heartbeat for so long the agent is signed out (real time)."""
    push_timeout: float = 5.0
    """How long the receiver of pushed events may take to answer (real time)."""
    push_verify: bool = False
    """Whether the certificates of receivers of pushed events are verified."""
    recording_download: bool = True
    """Whether agents may download recordings."""
    video_download: bool = True
    """VIDEO_DOWNLOAD_FLAG and IF_SUPPORT_VIDEO: whether agents may download videos."""
    voicecyber: bool = True
    """Whether a VoiceCyber recording server is configured, which has dual-track files."""
    self_record: bool = True
    """IF_ENABLE_AGENT_SELFRECORD: whether agents may record."""
    record_path: bool = True
    """Whether agents may say to which file they record."""
    cti_pool: bool = False
    """CTI pool mode: who asks for a file says on which node it is."""
    journal_mb: int = 64
    """Mebibytes that the journal of requests and events may take; 0: none is kept."""
    upload_mb: int = 5
    """Mebibytes that a third party's sound file may have (CEC 13.2.1.13)."""
    soap_tenant: int = 0
    """The tenant behind the SOAP doors, which know no tenants; 0: the one with the lowest id."""
    soap_body_mb: int = 4
    """Mebibytes that a SOAP message may have."""
    older_interfaces: bool = False
    """Whether the gateway also serves what clients of earlier releases call."""
    media_check: bool = False
    """P10: whether agents are told what the phones that they call can do (CEC 6.5.1.2.18)."""
    flow_control: bool = False
    """Whether agents that query too often are refused (CEC 6.5.6)."""
    agent_queries: int = 5
    """Queries of one agent in two seconds (real time), with flow control."""
    system_queries: int = 15_000
    """Queries of all agents in two seconds (real time), with flow control."""
    signature_window: int = 900
    """How far an auth-v2 timestamp may be from the real time; 0: any time will do."""
    global_ak: str = ""
    """The platform's own access key, which monitors every VDN; empty: there is none."""
    global_sk: str = ""
    cti_version: str = "V300R008"
    """V300R006 (CTI 3.6) refuses the monitoring interfaces that it does not have."""

    @property
    def durable(self) -> bool:
        """Whether anything is left after the process ends."""
        return self.data is not None or bool(self.database)

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests that phones may choose from."""
        return tuple(it.strip().upper() for it in self.sip_digest.split(","))

    @property
    def sound_ports(self) -> range | None:
        """The ports for the sound, None: any; ValueError if they are not written so."""
        if not self.sip_sound_ports:
            return None
        first, last = (int(it) for it in self.sip_sound_ports.split("-"))
        if not 0 < first < last <= 65535:
            raise ValueError("no range of ports")
        return range(first, last + 1)

    @property
    def sip_transports(self) -> tuple[str, ...]:
        """By what gateways can be reached."""
        plain = ("udp", "tcp") if self.sip_port else ()
        return (*plain, "tls") if self.sip_tls_port else plain

    @property
    def has_sip(self) -> bool:
        """Whether phones and callers can come by SIP."""
        return bool(self.sip_port or self.sip_tls_port)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host; a name counts only if it is `localhost`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return _HOST_NAME.fullmatch(text) is not None
    return True


def _is_wildcard(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return not host


_HOST_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")
_DIGESTS = {"MD5", "SHA-256"}


def _has_ports_for_sound(settings: Settings) -> bool:
    try:
        return settings.sound_ports != range(0)
    except ValueError:
        return False


def problems_of(settings: Settings) -> list[str]:
    """What keeps a process from running with these settings."""
    ports = (settings.http_port, settings.https_port)
    found = {
        "both ports are turned off: nothing would listen": not any(ports),
        "ports are 0 to 65535, or -1 for any": not all(
            -1 <= port <= 65535 for port in (*ports, settings.sip_port, settings.sip_tls_port)
        ),
        "both ports are the same": ports[0] == ports[1] > 0,
        "TLS has a SIP port of its own": settings.sip_port == settings.sip_tls_port > 0,
        "SIP gateways need a SIP port": bool(settings.sip_gateways and not settings.has_sip),
        "the SIP key needs a certificate": bool(settings.sip_key and not settings.sip_certificate),
        "the digest is MD5, SHA-256 or MD5,SHA-256": not set(settings.digests) <= _DIGESTS,
        "ports for the sound are a range as 20000-29999": not _has_ports_for_sound(settings),
        "the rate of SIP requests is 0 or more": not 0 <= settings.sip_rate < inf,
        f"listening on {settings.host}, which others can reach, needs a --control-token": not (
            settings.control_token or is_loopback(settings.host)
        ),
        f"the prompts {settings.sip_prompts} are no folder": not (
            settings.sip_prompts is None or settings.sip_prompts.is_dir()
        ),
        "--sip-advertise takes an address or a name": not (
            not settings.sip_advertise or _is_host(settings.sip_advertise)
        ),
        "phones cannot call back to any address: SIP needs a --sip-advertise": bool(
            settings.has_sip and not settings.sip_advertise and _is_wildcard(settings.host)
        ),
    }
    return [problem for problem, is_so in found.items() if is_so] + problems_of_world(settings)


def problems_of_world(settings: Settings) -> list[str]:
    """What keeps a call center from running with these settings."""
    found = {
        f"the clock's scale is 0 (frozen) to {MAX_CLOCK_SCALE}": not (
            0 <= settings.clock_scale <= MAX_CLOCK_SCALE
        ),
        "the authentication mode is 0, 1 or 2": settings.auth_mode not in (0, 1, 2),
        "the guid's interval must be above 0 and below its timeout": not (
            0 < settings.guid_interval_ms < settings.guid_timeout_ms
        ),
        "a poll is held for 0 to 3600 seconds": not 0 <= settings.poll_wait <= 3600,
        "the poll timeout must be above 0": not settings.poll_timeout > 0,
        "the push timeout must be above 0": not settings.push_timeout > 0,
        "the signature window is 0 seconds or more": not settings.signature_window >= 0,
        "a global access key needs its secret": bool(settings.global_ak)
        is not bool(settings.global_sk),
        f"the CTI version is one of {', '.join(CTI_VERSIONS)}": settings.cti_version
        not in CTI_VERSIONS,
        "uploads have 1 to 100 mebibytes": not 1 <= settings.upload_mb <= 100,
        "SOAP messages have 1 to 64 mebibytes": not 1 <= settings.soap_body_mb <= 64,
        "the journal takes 0 mebibytes or more": not settings.journal_mb >= 0,
    }
    return [problem for problem, is_so in found.items() if is_so]


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives; ValueError names a variable that is not valid."""
    values = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    defaults = Settings()
    for item in fields(Settings):
        name = f"EMULATOR_{item.name.upper()}"
        text = values.get(name)
        if text is None:
            continue
        try:
            found[item.name] = _read(text, getattr(defaults, item.name))
        except ValueError:
            raise ValueError(f"{name}: {text!r} is not valid") from None
    return replace(defaults, **found)


def _read(text: str, default: Any) -> Any:
    if default is None:
        return Path(text)
    kind = type(default)
    return _truth(text) if kind is bool else kind(text)


def _truth(text: str) -> bool:
    values = {"0": False, "1": True, "false": False, "true": True}
    if text.lower() not in values:
        raise ValueError(text)
    return values[text.lower()]
