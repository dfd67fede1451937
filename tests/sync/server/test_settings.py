"""Settings of the central API: what is wrong or unsafe is refused by name, in one sentence."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from sync.server.__main__ import main
from sync.server.settings import UnsafeSettings, read_settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a central API whose key and tables are made."""
    monkeypatch.setenv("FIELD_SERVER_DATA", str(tmp_path / "data"))
    assert main(["init"]) == 0
    return tmp_path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Return a certificate and its private key."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(secret, SHA256())
    )
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    _write_key(key, secret, NoEncryption())
    return certificate, key


def _write_key(
    path: Path, secret: ec.EllipticCurvePrivateKey, encryption: KeySerializationEncryption
) -> None:
    path.touch(0o600)
    path.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


@pytest.mark.parametrize(
    ("proxies", "words"),
    [
        ("*", "'*' is neither"),
        ("none", "'none' is neither"),
        ("proxy.example.org", "neither an IP address nor a network"),
        ("10.0.0.7, yes", "'yes' is neither"),
        ("10.0.0.7/24", "'10.0.0.7/24' is neither"),
        ("0.0.0.0/0", "would trust everybody"),
        ("::/0", "would trust everybody"),
    ],
)
def test_a_trusted_proxy_that_is_no_address_does_not_open_the_server_without_tls(
    proxies: str, words: str
) -> None:
    environment = {"FIELD_SERVER_HOST": "0.0.0.0", "FIELD_SERVER_TRUSTED_PROXIES": proxies}
    with pytest.raises(UnsafeSettings, match=r"^trusted_proxies: ") as refused:
        read_settings(environment)
    assert words in str(refused.value)


def test_addresses_and_networks_of_proxies_are_kept_from_the_environment_and_the_file(
    tmp_path: Path,
) -> None:
    given = {"FIELD_SERVER_HOST": "0.0.0.0"}
    from_environment = read_settings(
        {**given, "FIELD_SERVER_TRUSTED_PROXIES": "10.0.0.7, 10.1.0.0/16,, fd00::7"}
    )
    assert from_environment.trusted_proxies == ("10.0.0.7", "10.1.0.0/16", "fd00::7")

    config = tmp_path / "centre.toml"
    config.write_text('trusted_proxies = ["10.0.0.7", "fd00::/64"]', encoding="utf-8")
    from_file = read_settings({**given, "FIELD_SERVER_CONFIG": str(config)})
    assert from_file.trusted_proxies == ("10.0.0.7", "fd00::/64")


@pytest.mark.parametrize("proxies", ["", " , "])
def test_no_proxy_at_all_is_no_proxy(proxies: str) -> None:
    environment = {"FIELD_SERVER_HOST": "0.0.0.0", "FIELD_SERVER_TRUSTED_PROXIES": proxies}
    with pytest.raises(UnsafeSettings, match="without TLS"):
        read_settings(environment)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("FIELD_SERVER_TLS_CERTIFCATE", "Did you mean FIELD_SERVER_TLS_CERTIFICATE?"),
        ("FIELD_SERVER_tls_key", "Did you mean FIELD_SERVER_TLS_KEY?"),
        ("FIELD_SERVER_CONFG", "Did you mean FIELD_SERVER_CONFIG?"),
        ("FIELD_SERVER_ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "unknown setting."),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_known_name(name: str, words: str) -> None:
    with pytest.raises(UnsafeSettings, match=f"^{name}: unknown setting") as refused:
        read_settings({name: "1"})
    assert str(refused.value).endswith(words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'data = "caf\xe9"', "is not UTF-8 text"),
        (b"data = ", "is not TOML"),
        (b"tls_certifcate = 1", "Did you mean tls_certificate?"),
        (b"data = 5", "data: text is expected"),
        (b"host = []", "host: text is expected"),
        (b"key_file = 5", "key_file: text is expected"),
        (b"database_url = 5", "database_url: text is expected"),
        (b"tls_key = true", "tls_key: text is expected"),
        (b"log_level = 5", "log_level: text is expected"),
        (b"trusted_proxies = 5", "trusted_proxies: text, or a list of texts, is expected"),
        (b"trusted_proxies = [5]", "trusted_proxies: text, or a list of texts, is expected"),
        (b"port = true", "port: a whole number is expected"),
        (b"port = 84.5", "port: a whole number is expected"),
        (b"port = []", "port: a whole number is expected"),
        (b'database_url = "postgresql://me:secret@host:port/x"', "database_url: the address"),
    ],
)
def test_a_wrong_settings_file_ends_with_code_2_and_one_sentence(
    content: bytes,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = tmp_path / "centre.toml"
    config.write_bytes(content)
    monkeypatch.setenv("FIELD_SERVER_CONFIG", str(config))

    assert main(["check"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert "secret" not in said


@pytest.mark.parametrize("command", ["check", "serve"])
@pytest.mark.parametrize("lost", ["cert.pem", "key.pem"])
def test_a_certificate_or_key_that_is_not_there_is_named(
    command: str,
    lost: str,
    folder: Path,
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FIELD_SERVER_TLS_CERTIFICATE", str(pair[0]))
    monkeypatch.setenv("FIELD_SERVER_TLS_KEY", str(pair[1]))
    assert main(["check"]) == 0
    (folder / lost).unlink()
    capsys.readouterr()

    assert main([command]) == 2
    said = capsys.readouterr().err
    assert f"{folder / lost} cannot be read: No such file or directory" in said
    assert said.count("\n") == 1


def test_a_certificate_that_is_not_that_of_the_key_is_refused(
    folder: Path,
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FIELD_SERVER_TLS_CERTIFICATE", str(pair[0]))
    monkeypatch.setenv("FIELD_SERVER_TLS_KEY", str(folder / "data" / "server.key"))

    assert main(["check"]) == 2
    assert "are not a certificate chain and its private key" in capsys.readouterr().err


def test_a_key_that_is_locked_with_a_password_is_refused_and_asks_nobody(
    folder: Path,
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    locked, secret = folder / "locked.pem", load_pem_private_key(pair[1].read_bytes(), None)
    assert isinstance(secret, ec.EllipticCurvePrivateKey)
    _write_key(locked, secret, BestAvailableEncryption(b"centre"))
    monkeypatch.setenv("FIELD_SERVER_TLS_CERTIFICATE", str(pair[0]))
    monkeypatch.setenv("FIELD_SERVER_TLS_KEY", str(locked))

    assert main(["check"]) == 2
    assert "without a password" in capsys.readouterr().err
