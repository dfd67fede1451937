"""What can go wrong, said so that a person can act on it.

    FieldAppError
    ├── InputError            what was typed, or a file that was given, is wrong: the field is named
    │   └── ProgramFileError  a program or holiday file is wrong: file and line are named
    ├── LockedError           the store is locked, or a free try has to be waited for
    │   ├── WrongPassphraseError
    │   └── TryLaterError     too many wrong passphrases: carries the seconds to wait
    ├── StoreError            the store on disk cannot be used as it is; nothing was deleted
    │   ├── StoreInUseError   another process holds it
    │   ├── StoreDamagedError bytes were changed, cut, swapped or are older than they should be
    │   ├── StoreNewerError   written by a newer version of the app
    │   ├── KeystoreError     the phone's own safe does not answer
    │   └── DiskError         full, read-only or unreadable disk
    └── SyncError             the centre could not be reached or refused; the work stays queued
        └── RefusedError      the centre itself said no

Every message is a sentence or two: what happened, then what to do. No message carries the name of
a person, a note or a key. `code` is stable and is what the screens translate.
"""


class FieldAppError(Exception):
    """Base of every error that a person is meant to read.

    Attributes:
        message: What happened and what to do, in English.
        code: A stable word for the case, the key of its translation (`errors.<code>`).
        details: Values the translation fills in; never personal data.
    """

    code = "unexpected"

    def __init__(self, message: str, *, code: str | None = None, **details: str | int) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.details: dict[str, str | int] = details


class InputError(FieldAppError):
    """What was typed, or a file that was given, is wrong. `field` says where."""

    code = "input"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        line: int | None = None,
        code: str | None = None,
        **details: str | int,
    ) -> None:
        where = ", ".join(part for part in (f"line {line}" if line else "", field or "") if part)
        super().__init__(f"{where}: {message}" if where else message, code=code, **details)
        self.field = field
        self.line = line
        self.reason = message


class ProgramFileError(InputError):
    """A program or holiday file is wrong."""

    code = "program_file"


class LockedError(FieldAppError):
    """The store is locked."""

    code = "locked"


class WrongPassphraseError(LockedError):
    """The passphrase, the recovery words or the backup passphrase do not fit."""

    code = "wrong_passphrase"


class TryLaterError(LockedError):
    """Too many wrong tries. `seconds` is how long to wait before the next one counts."""

    code = "try_later"

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message, seconds=seconds)
        self.seconds = seconds


class StoreError(FieldAppError):
    """The store on disk cannot be used as it is. Nothing was deleted."""

    code = "store"


class StoreMissingError(StoreError):
    """There is no store in the folder."""

    code = "store_missing"


class StoreInUseError(StoreError):
    """Another process holds the store."""

    code = "store_in_use"


class StoreDamagedError(StoreError):
    """Bytes on disk were changed, cut, swapped, or are older than they should be."""

    code = "store_damaged"


class StoreNewerError(StoreError):
    """The store was written by a newer version of the app."""

    code = "store_newer"


class KeystoreError(StoreError):
    """The phone's keystore does not answer, or cannot read what it keeps."""

    code = "keystore_silent"


class DiskError(StoreError):
    """The disk is full, read-only or cannot be read."""

    code = "disk"


class SyncError(FieldAppError):
    """The centre could not be reached or refused. The work stays on the device, queued."""

    code = "sync"


class RefusedError(SyncError):
    """The centre itself said no; its own word is the `code`."""

    code = "refused"
