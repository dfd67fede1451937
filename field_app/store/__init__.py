"""The encrypted store of one device: nothing readable ever touches the disk.

What is here, from the outside in:

    Keyring    (keyring.py)      the data key, wrapped for a passphrase, recovery words, the agency
    Database   (database.py)     SQLModel sessions over SQLite in memory, journalled by commit
                                 (connection.py, journal.py), written anew by compaction.py
    sealed log (sealed_log.py)   one frame a commit (frames.py), its end guarded by head.py
    LogReader  (log_reader.py)   judges a log; loading.py puts its frames back into tables,
                                 with defaults and migrations (schema.py)
    search     (search.py)       full text, in memory only
    attachments, backup          sealed files of their own (chunks.py, backup_file.py, archive.py)
    files, sealing, store_lock   disk, cipher and lock: used by all of the above

`FORMAT.md` fixes what the bytes on disk mean.
"""

from field_app.store.attachments import Attachments, StoredAttachment
from field_app.store.backup import BackupReport, make_backup, restore_backup
from field_app.store.database import Database
from field_app.store.frames import Anchor
from field_app.store.kdf import KdfCost
from field_app.store.keyring import Keyring
from field_app.store.keystore import Keystore
from field_app.store.notices import Notice
from field_app.store.passphrase import Strength, rate
from field_app.store.schema import AttachmentSource, Migration, Schema, SearchSource
from field_app.store.search import SearchHit
from field_app.store.verify import AttachmentsReport, VerifyReport

__all__ = [
    "Anchor",
    "AttachmentSource",
    "Attachments",
    "AttachmentsReport",
    "BackupReport",
    "Database",
    "KdfCost",
    "Keyring",
    "Keystore",
    "Migration",
    "Notice",
    "Schema",
    "SearchHit",
    "SearchSource",
    "StoredAttachment",
    "Strength",
    "VerifyReport",
    "make_backup",
    "rate",
    "restore_backup",
]
