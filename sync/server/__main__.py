"""`field-server`: the central API on the command line.

Exit codes: 0 done; 1 `check` found something; 2 wrong settings or arguments, said in one sentence.
"""

import argparse
import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from sync.protocol.enrolment import EnrolmentCode
from sync.protocol.limits import CODE_LIFETIME_HOURS
from sync.protocol.roles import Role
from sync.server import audit, enrolments, generations
from sync.server.centre import Centre, open_centre, wall_clock
from sync.server.database import Database
from sync.server.devices import AGENCY, STAFF
from sync.server.listening import CannotListen, open_listeners
from sync.server.logs import set_up_logs
from sync.server.migration import newest_revision, present_revision, upgrade
from sync.server.server_key import create_server_key
from sync.server.settings import NAMES, Settings, UnsafeSettings, read_settings
from sync.server.work import Work

_NO_TABLES = "the database has no tables yet; run `field-server init` first."


class Wrong(Exception):
    """What was asked cannot be done; the message is the one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        settings = read_settings(os.environ)
        command: int = parsed.run(settings, parsed)
        return command
    except (UnsafeSettings, CannotListen, Wrong) as error:
        print(f"field-server: {error}", file=sys.stderr)
    except SQLAlchemyError as error:
        print(
            f"field-server: the database cannot be used ({type(error).__name__}); check "
            "database_url and that the database runs.",
            file=sys.stderr,
        )
    except OSError as error:
        print(f"field-server: {error.strerror}: {error.filename}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    settings = "\n".join(f"  FIELD_SERVER_{name.upper():<22}{text}" for name, text in NAMES.items())
    parser = argparse.ArgumentParser(
        prog="field-server",
        description="The central API of Field Notes: orders, routes and receipts sealed records.",
        epilog=f"Settings, from the environment or a TOML file named by FIELD_SERVER_CONFIG:\n"
        f"{settings}\n\nFirst time:  field-server init   then   field-server serve",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    init = commands.add_parser(
        "init",
        help="make the key and the tables, add an agency, print its first code",
        description="Make the server's key and tables where they are missing, add an agency, and "
        "print the code with which its first data manager enrols.",
    )
    init.add_argument("--another", action="store_true", help="add one more agency to this server")
    init.set_defaults(run=_init)

    serve = commands.add_parser("serve", help="answer devices until stopped")
    serve.add_argument(
        "--workers", type=int, default=1, help="processes (1); use PostgreSQL for more"
    )
    serve.add_argument(
        "--init", action="store_true", help="do `init` first: for a server that is thrown away"
    )
    serve.set_defaults(run=_serve, another=False)

    check = commands.add_parser(
        "check",
        help="check settings, key, tables, audit chains and files",
        description="Check without changing anything. Exit code 1 when something is wrong.",
    )
    check.set_defaults(run=_check)

    backup = commands.add_parser(
        "backup",
        help="copy database and attachments into a folder while serving (SQLite)",
        description="Copy the database and the attachments into a new folder. The copy is marked: "
        "a server that starts on it begins a new generation, and devices send again what it lacks. "
        "The server's key is not copied: keep one copy of it apart, once.",
    )
    backup.add_argument("folder", type=Path, help="a folder that does not exist yet")
    backup.set_defaults(run=_backup)

    restored = commands.add_parser(
        "restored", help="say that the database was put back from a copy made by other means"
    )
    restored.set_defaults(run=_restored)

    recover = commands.add_parser(
        "recover",
        help="print a recovery code: every device is lost, the recovery words are not",
        description="Print a code that enrols a device of a data manager without a certificate. "
        "It is worth nothing without the agency's recovery words.",
    )
    recover.add_argument("--agency", help="agency id, when the server has several")
    recover.set_defaults(run=_recover)

    migrate = commands.add_parser("upgrade", help="bring the tables to this release")
    migrate.set_defaults(run=_upgrade)
    return parser


def _print_code(code: EnrolmentCode, what: str) -> None:
    print(f"{what} It works once, for {CODE_LIFETIME_HOURS} hours. Show it to nobody else:")
    print(f"\n    {code.text()}\n")


def _open(settings: Settings) -> Centre:
    _require_sqlite_file(settings)
    centre = open_centre(settings)
    present = present_revision(centre.database)
    if present is None:
        raise Wrong(_NO_TABLES)
    if present != newest_revision():
        raise Wrong(
            f"the tables are of revision {present}, not {newest_revision()}; back up, then run "
            "`field-server upgrade`."
        )
    return centre


def _require_sqlite_file(settings: Settings) -> None:
    """Look for the file first: SQLite makes a missing one, and writes to an empty one."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return
    file = Path(url.database or "")
    if not file.is_file():
        raise Wrong(f"there is no database at {file}; run `field-server init` first.")
    if file.stat().st_size == 0:
        raise Wrong(_NO_TABLES)


def _init(settings: Settings, parsed: argparse.Namespace) -> int:
    if not settings.key_file.exists():
        create_server_key(settings.key_file)
        print(f"Made the server's key: {settings.key_file}. Keep a copy of it in a safe place.")
    database = Database(settings.database_url)
    if present_revision(database) is None:
        upgrade(database)
    centre = _open(settings)
    with centre.database.read() as connection:
        agencies = connection.scalars(select(AGENCY.c.agency_id)).all()
    if agencies and not parsed.another:
        raise Wrong("this server has an agency already; `init --another` adds one more.")
    agency_id, code = centre.database.write(
        lambda connection: enrolments.create_agency(connection, centre.key, wall_clock())
    )
    print(f"Added agency {agency_id}.")
    _print_code(code, "This is the code of its first data manager.")
    return 0


def _serve(settings: Settings, parsed: argparse.Namespace) -> int:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    if parsed.workers < 1:
        raise Wrong("--workers: at least 1.")
    settings.check_tls()
    if parsed.init:
        _init(settings, parsed)
        sys.stdout.flush()  # whoever waits for the code reads it now
    _open(settings).database.close()
    set_up_logs(settings.log_level)
    config = uvicorn.Config(
        "sync.server.app:from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        http="sync.server.connections:WholeAnswers",
        workers=parsed.workers,  # said, or uvicorn would ask WEB_CONCURRENCY
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies) or None,
        server_header=False,
        access_log=False,  # its lines hold paths with ids of cases; `logs` writes routes
        log_level="warning",
    )
    if parsed.workers == 1:
        config.load()  # before anything listens: who calls is answered at once
    listeners = open_listeners(settings.host, settings.port)
    port = listeners[0].getsockname()[1]
    print(f"Serving on {settings.host}:{port}.", file=sys.stderr, flush=True)
    if parsed.workers > 1:
        Multiprocess(config, sockets=listeners).run()
        return 0
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=listeners)
    return 0


def _check(settings: Settings, _parsed: argparse.Namespace) -> int:
    settings.check_tls()
    wrong = _findings(settings)
    if not wrong:
        print("Settings, key, tables, audit chains and attachment files are in order.")
    return 1 if wrong else 0


def _findings(settings: Settings) -> list[str]:
    """Return what is wrong with database and attachments, and print it."""
    centre = _open(settings)
    wrong = []
    with centre.database.read() as connection:
        for agency, agency_id in connection.execute(select(AGENCY.c.agency, AGENCY.c.agency_id)):
            broken = audit.first_break(connection, agency)
            if broken is not None:
                wrong.append(f"agency {agency_id}: the audit chain breaks at number {broken}")
    missing = centre.attachments.missing_files()
    if missing:
        wrong.append(f"{missing} chunks of attachments have no whole file")
    centre.database.close()
    for line in wrong:
        print(f"WRONG  {line}")
    return wrong


def _backup(settings: Settings, parsed: argparse.Namespace) -> int:
    centre = _open(settings)
    if not centre.database.is_sqlite:
        raise Wrong(
            "this database is PostgreSQL: use pg_dump, copy the attachments folder, and run "
            "`field-server restored` after putting them back."
        )
    folder: Path = parsed.folder
    if folder.exists():
        raise Wrong(f"{folder} exists already; name a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    target = unfinished / "centre.sqlite3"
    source = sqlite3.connect(str(centre.database.url.database))
    copy = sqlite3.connect(target)
    source.backup(copy)
    copy.close()
    source.close()
    # After the database, so that every chunk it names is there; a chunk too many does no harm.
    if settings.attachments.exists():
        shutil.copytree(settings.attachments, unfinished / "attachments")
    copied = Database(f"sqlite:///{target}")
    copied.write(generations.mark_restored)
    copied.close()
    restored = replace(
        settings, data=unfinished, database_url=f"sqlite:///{target}", key_file=settings.key_file
    )
    if _findings(restored):
        shutil.rmtree(unfinished)
        raise Wrong("the copy is not in order; see above. Nothing was kept.")
    unfinished.rename(folder)
    print(f"Backed up to {folder}. The server's key is not in it.")
    return 0


def _restored(settings: Settings, _parsed: argparse.Namespace) -> int:
    _open(settings).database.write(generations.mark_restored)
    print("Marked. At its next start the server begins a new generation.")
    return 0


def _recover(settings: Settings, parsed: argparse.Namespace) -> int:
    centre = _open(settings)
    with centre.database.read() as connection:
        agencies = connection.execute(
            select(AGENCY.c.agency, AGENCY.c.agency_id, AGENCY.c.recovery_key)
        ).all()
        chosen = [row for row in agencies if parsed.agency in (None, row.agency_id)]
        if len(chosen) != 1:
            raise Wrong("name one agency with --agency; its id was printed by `init`.")
        agency = chosen[0]
        if agency.recovery_key is None:
            raise Wrong("this agency was never founded; use its first code, or `init --another`.")
        staff_id = connection.scalars(
            select(STAFF.c.staff_id)
            .where(
                STAFF.c.agency == agency.agency,
                STAFF.c.role == Role.DATA_MANAGER.value,
                STAFF.c.active,
            )
            .order_by(STAFF.c.seq)
        ).first()
    if staff_id is None:
        raise Wrong("this agency has no active data manager.")

    def make(connection: object) -> EnrolmentCode:
        work = Work(connection, agency.agency, "", wall_clock())  # type: ignore[arg-type]
        code = enrolments.operator_code(
            work, agency.agency_id, staff_id, enrolments.RECOVERY_CODE, centre.key
        )
        work.finish()
        return code

    _print_code(centre.database.write(make), "This is a recovery code.")
    return 0


def _upgrade(settings: Settings, _parsed: argparse.Namespace) -> int:
    database = Database(settings.database_url)
    upgrade(database)
    print(f"The tables are of revision {newest_revision()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
