"""A self-signed certificate for the HTTPS port, made at start and kept in the data directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALIDITY = timedelta(days=3650)
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files for a TLS server."""

    certificate: Path
    key: Path


def ensure_certificate(directory: Path) -> CertificateFiles:
    """Give the directory's certificate for localhost, making one if it has none that is good."""
    files = CertificateFiles(directory / "server-cert.pem", directory / "server-key.pem")
    if not (files.key.exists() and _still_good(files.certificate)):
        directory.mkdir(parents=True, exist_ok=True)
        _write(files)
    return files


def _still_good(certificate: Path) -> bool:
    try:
        loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return False
    return datetime.now(UTC) < loaded.not_valid_after_utc - RENEW_BEFORE


def _write(files: CertificateFiles) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    files.key.touch(mode=0o600)
    files.key.write_bytes(pem)
    files.certificate.write_bytes(_sign(key).public_bytes(serialization.Encoding.PEM))


def _sign(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [
        x509.DNSName("localhost"),
        x509.IPAddress(ip_address("127.0.0.1")),
        x509.IPAddress(ip_address("::1")),
    ]
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A day back: a client whose clock is behind accepts it too.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
