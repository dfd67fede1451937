"""Taking a receipt's picture in: chosen or photographed, made small, kept sealed at once."""

from pathlib import Path

import flet as ft

from field_app.domain.records.attachment import Attachment
from field_app.platform.own_cache import forget_copy
from field_app.ui.controller import Controller


async def pick_receipt(app: Controller, case_id: str) -> Attachment | None:
    """Let the person choose a picture and keep it; return None when they chose none.

    Raises:
        InputError: The file cannot be kept: the `code` says why.
    """
    files = await ft.FilePicker().pick_files(file_type=ft.FilePickerFileType.IMAGE, with_data=True)
    if not files:
        return None
    picked = files[0]
    path = Path(picked.path or "")
    source: bytes | Path = path if picked.bytes is None else picked.bytes

    def keep() -> Attachment:
        try:
            kept: Attachment = app.workspace.attachments.add(case_id, source)
            return kept
        finally:
            if picked.path:
                forget_copy(path)  # on a phone: not the person's own picture, a copy of the dialog

    return await app.run(keep)
