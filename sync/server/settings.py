"""Settings of the central API, from the environment or a file, checked before anything listens.

Every setting is an environment variable `FIELD_SERVER_<NAME>`, or `<name>` in the TOML file that
`FIELD_SERVER_CONFIG` names; the environment wins. `DATABASE_URL` is read without a prefix.
"""

import difflib
import ipaddress
import ssl
import stat
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from sync.protocol.limits import ATTACHMENT_CHUNKS, CHUNK_BYTES, LEASE_DAYS

_PREFIX = "FIELD_SERVER_"
_CONFIG = f"{_PREFIX}CONFIG"
NAMES = {
    "data": "folder of the database, keys and attachments (./field-server-data)",
    "database_url": "SQLAlchemy address; PostgreSQL as postgresql+psycopg://...; also DATABASE_URL",
    "key_file": "the server's signing key (<data>/server.key), readable by its owner only",
    "host": "address to listen on (127.0.0.1)",
    "port": "port to listen on (8443)",
    "tls_certificate": "PEM file of the certificate chain",
    "tls_key": "PEM file of its private key, readable by its owner only",
    "trusted_proxies": "IP addresses or networks of reverse proxies that end TLS, by comma",
    "attachment_mib": f"largest attachment ({ATTACHMENT_CHUNKS})",
    "lease_days": f"days a device may show old cases without reaching the centre ({LEASE_DAYS})",
    "requests_per_minute": "of one device, in each process (600)",
    "strangers_per_minute": "calls from one address without a known device's signature (120)",
    "redeems_per_hour": "tries of enrolment codes from one address, in each process (30)",
    "log_level": "debug, info, warning or error (info)",
}
_VARIABLES = (_CONFIG, *(_PREFIX + name.upper() for name in NAMES))


class UnsafeSettings(Exception):
    """The settings are wrong or would put people at risk; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Checked settings. Built by `read_settings`; tests build it directly."""

    data: Path
    database_url: str
    key_file: Path
    host: str = "127.0.0.1"
    port: int = 8443
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    attachment_mib: int = ATTACHMENT_CHUNKS
    lease_days: int = LEASE_DAYS
    requests_per_minute: int = 600
    strangers_per_minute: int = 120
    redeems_per_hour: int = 30
    log_level: str = "info"

    @property
    def attachments(self) -> Path:
        """Folder of the attachments' sealed chunks."""
        return self.data / "attachments"

    @property
    def attachment_bytes(self) -> int:
        """Largest attachment, in plain bytes."""
        return self.attachment_mib * CHUNK_BYTES

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def check_safe(self) -> None:
        """Refuse what would send work in the open or leave the key to others.

        Raises:
            UnsafeSettings: With the setting and what to do.
        """
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise UnsafeSettings("tls_certificate and tls_key belong together: set both or none.")
        if not self.is_loopback and not self.tls_certificate and not self.trusted_proxies:
            raise UnsafeSettings(
                f"host {self.host} can be reached from outside, without TLS. Set tls_certificate "
                "and tls_key, or trusted_proxies to the address of the proxy that ends TLS."
            )
        for name, path in (("key_file", self.key_file), ("tls_key", self.tls_key)):
            if path is not None and path.exists():
                check_private(name, path)

    def check_tls(self) -> None:
        """Refuse a certificate and a key with which nothing can be served.

        Apart from `check_safe`: the tables may be made before there is a certificate.

        Raises:
            UnsafeSettings: A file cannot be read, or the two are not a pair in PEM.
        """
        if self.tls_certificate is None or self.tls_key is None:
            return
        for name, path in (("tls_certificate", self.tls_certificate), ("tls_key", self.tls_key)):
            try:
                path.read_bytes()
            except OSError as error:
                raise UnsafeSettings(f"{name}: {path} cannot be read: {error.strerror}.") from None
        try:
            # With a password, so that a key that is locked with another one is refused here: a
            # service has nobody who could be asked for it.
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
                self.tls_certificate, self.tls_key, password=""
            )
        except ssl.SSLError as error:
            raise UnsafeSettings(
                f"tls_certificate and tls_key: {self.tls_certificate} and {self.tls_key} are not a "
                f"certificate chain and its private key, in PEM and without a password "
                f"({error.reason or 'unreadable'})."
            ) from None


def check_private(name: str, path: Path) -> None:
    """Refuse a key file that others can read.

    Raises:
        UnsafeSettings: Group or others have any right to it.
    """
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UnsafeSettings(
            f"{name}: others can read {path}. Run `chmod 600 {path}`, and consider the key known."
        )


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings of an environment and its file.

    Raises:
        UnsafeSettings: A value is wrong or unsafe.
    """
    for name in environment:
        if name.startswith(_PREFIX) and name not in _VARIABLES:
            raise UnsafeSettings(f"{name}: unknown setting.{_nearest(name.upper(), _VARIABLES)}")
    values = _read_file(environment[_CONFIG]) if environment.get(_CONFIG) else {}
    for name in NAMES:
        if environment.get(_PREFIX + name.upper()):
            values[name] = environment[_PREFIX + name.upper()]
    if environment.get("DATABASE_URL"):
        values["database_url"] = environment["DATABASE_URL"]
    settings = _build(values)
    settings.check_safe()
    return settings


def _read_file(config: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(Path(config).read_text(encoding="utf-8"))
    except OSError as error:
        raise UnsafeSettings(
            f"The settings file {config} cannot be read: {error.strerror}."
        ) from None
    except UnicodeDecodeError:
        raise UnsafeSettings(
            f"The settings file {config} is not UTF-8 text. Save it as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UnsafeSettings(f"The settings file {config} is not TOML: {error}.") from None
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise UnsafeSettings(
            f"{config}: unknown setting {unknown[0]!r}.{_nearest(unknown[0], NAMES)}"
        )
    return values


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _build(values: dict[str, Any]) -> Settings:
    data = Path(_text(values, "data") or "field-server-data").absolute()
    return Settings(
        data=data,
        database_url=database_url(_text(values, "database_url"), data),
        key_file=_path(values, "key_file") or data / "server.key",
        host=_text(values, "host") or "127.0.0.1",
        port=_number(values, "port", 8443, 0, 65535),
        tls_certificate=_path(values, "tls_certificate"),
        tls_key=_path(values, "tls_key"),
        trusted_proxies=_proxies(values.get("trusted_proxies", ())),
        attachment_mib=_number(values, "attachment_mib", ATTACHMENT_CHUNKS, 1, ATTACHMENT_CHUNKS),
        lease_days=_number(values, "lease_days", LEASE_DAYS, 1, 365),
        requests_per_minute=_number(values, "requests_per_minute", 600, 1, 10**6),
        strangers_per_minute=_number(values, "strangers_per_minute", 120, 1, 10**6),
        redeems_per_hour=_number(values, "redeems_per_hour", 30, 1, 10**6),
        log_level=_word(values, "log_level", "info", ("debug", "info", "warning", "error")),
    )


def database_url(given: str | None, data: Path) -> str:
    """Return the address of the database; SQLite in the data folder when none is given."""
    if not given:
        return f"sqlite:///{data / 'centre.sqlite3'}"
    for old in ("postgres://", "postgresql://"):
        if given.startswith(old):
            given = "postgresql+psycopg://" + given.removeprefix(old)
    if not given.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise UnsafeSettings("database_url: only sqlite:/// and postgresql:// are served.")
    try:
        make_url(given)
    except (ArgumentError, ValueError):  # its words would hold the password
        raise UnsafeSettings(
            "database_url: the address cannot be read; check its port, and write %40 for @ in a "
            "password."
        ) from None
    return given


def _proxies(value: Any) -> tuple[str, ...]:
    """Return the proxies' addresses and networks: text by comma, or a list of texts in the file.

    Each is checked, because any text here ends the refusal to serve without TLS, and uvicorn takes
    what it does not understand for a name that never calls.
    """
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or not all(isinstance(one, str) for one in entries):
        raise UnsafeSettings("trusted_proxies: text, or a list of texts, is expected.")
    proxies = tuple(entry.strip() for entry in entries if entry.strip())
    for proxy in proxies:
        try:
            network = ipaddress.ip_network(proxy)
        except ValueError:
            raise UnsafeSettings(
                f"trusted_proxies: {proxy!r} is neither an IP address nor a network. Name each "
                "proxy, such as 10.0.0.7 or 10.0.0.0/24."
            ) from None
        if network.network_address.is_unspecified:  # 0.0.0.0/0 is another word for "*"
            raise UnsafeSettings(
                f"trusted_proxies: {proxy} would trust everybody. Name each proxy's own address."
            )
    return proxies


def _text(values: dict[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise UnsafeSettings(f"{name}: text is expected; put it in quotation marks.")
    return value


def _path(values: dict[str, Any], name: str) -> Path | None:
    value = _text(values, name)
    return Path(value) if value else None


def _number(values: dict[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = values.get(name, default)
    try:
        if not isinstance(value, int | str) or isinstance(value, bool):
            raise ValueError
        number = int(value)
    except ValueError:
        raise UnsafeSettings(f"{name}: a whole number is expected.") from None
    if not low <= number <= high:
        raise UnsafeSettings(f"{name}: {number} is not between {low} and {high}.")
    return number


def _word(values: dict[str, Any], name: str, default: str, words: tuple[str, ...]) -> str:
    word = _text(values, name) or default
    if word not in words:
        raise UnsafeSettings(f"{name}: one of {', '.join(words)} is expected.")
    return word
