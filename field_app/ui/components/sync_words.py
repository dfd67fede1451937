"""What sync comes upon, in words: why the last one ended, why a change waits, what was noticed.

The codes are the protocol's (`sync.protocol.errors`) and the engine's; tests hold that each has
words. A code of a newer centre is told in general words.
"""

from field_app.ui.i18n import t, translator


def trouble_words(code: str) -> str:
    """Return why the last sync did not come about; the work is safe in every case."""
    if f"trouble.{code}" in translator():
        return t(f"trouble.{code}")
    # What only the makers of the app can act on: the word itself is what helps them.
    return t("trouble.refused", code=code)


def unsent_words(reason: str | None) -> str:
    """Return why the centre did not take a change."""
    key = f"unsent.{reason}"
    return t(key) if key in translator() else t("unsent.other")


def note_words(code: str) -> str:
    """Return something that a sync came upon."""
    key = f"sync_note.{code}"
    return t(key) if key in translator() else t("sync_note.other")
