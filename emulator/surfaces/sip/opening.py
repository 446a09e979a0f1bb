"""Where a leg listens, with which certificate, and how much it lets a source send."""

from __future__ import annotations

import ssl
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from emulator.certificate import CertificateFiles, ensure_certificate
from emulator.media.rtp.client import MediaProcess
from emulator.settings import Settings
from emulator.surfaces.sip.limits import RateSettings
from emulator.surfaces.sip.stack import StackSettings
from emulator.surfaces.sip.transport import Listener, TransportSettings

BURST_S = 2
"""Seconds of requests at its rate that a source may send at once."""


def stack_settings(settings: Settings) -> StackSettings:
    """How the leg of an emulator with these settings runs; OSError without a certificate."""
    host, port, secure = settings.host, settings.sip_port, settings.sip_tls_port
    listeners: list[Listener] = []
    if port:
        listeners += (Listener("UDP", host, max(port, 0)), Listener("TCP", host, max(port, 0)))
    if secure:
        listeners.append(Listener("TLS", host, max(secure, 0)))
    transport = TransportSettings(
        tuple(listeners), tls_server=_server_context(settings) if secure else None
    )
    burst = max(1, round(BURST_S * settings.sip_rate))
    rates = RateSettings(settings.sip_rate, burst)
    return StackSettings(transport, rates=rates, advertise=settings.sip_advertise)


def media_process(settings: Settings) -> MediaProcess | None:
    """What handles the sound of an emulator with these settings; not started yet."""
    if not settings.sip_sound:
        return None
    return MediaProcess(settings.host, settings.sound_ports, seed=settings.random_seed)


def _server_context(settings: Settings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with ExitStack() as until_it_is_read:
        files = _files(settings, until_it_is_read)
        try:
            context.load_cert_chain(files.certificate, files.key)
        except OSError as error:
            reason = error.strerror or error
            raise OSError(
                f"the certificate {files.certificate} cannot be used: {reason}"
            ) from error
    return context


def _files(settings: Settings, until_it_is_read: ExitStack) -> CertificateFiles:
    """The user's certificate, or the emulator's own, which the HTTPS port has too."""
    if settings.sip_certificate is not None:
        key = settings.sip_key or settings.sip_certificate
        return CertificateFiles(settings.sip_certificate, key)
    if settings.data is not None:
        return ensure_certificate(settings.data)
    return ensure_certificate(Path(until_it_is_read.enter_context(TemporaryDirectory())))
