from __future__ import annotations

import stat
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

from emulator.certificate import ensure_certificate


def test_the_certificate_is_for_every_name_of_this_machine(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path / "data")
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    addresses = names.get_values_for_type(x509.IPAddress)
    assert addresses == [ip_address("127.0.0.1"), ip_address("::1")]


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path)
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600


def test_a_good_certificate_is_kept(tmp_path: Path) -> None:
    first = ensure_certificate(tmp_path).certificate.read_bytes()
    assert ensure_certificate(tmp_path).certificate.read_bytes() == first


def test_a_broken_or_keyless_certificate_is_replaced(tmp_path: Path) -> None:
    files = ensure_certificate(tmp_path)
    files.certificate.write_text("broken")
    ensure_certificate(tmp_path)
    repaired = files.certificate.read_bytes()
    x509.load_pem_x509_certificate(repaired)
    files.key.unlink()
    assert ensure_certificate(tmp_path).certificate.read_bytes() != repaired
    assert files.key.exists()
