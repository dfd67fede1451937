"""A file leaves the app: the system asks where to, a browser downloads it."""

import flet as ft

from field_app.platform.own_cache import forget_saved
from field_app.ui.controller import Controller


async def save_file(app: Controller, file_name: str, content: bytes, *, kind: str = "") -> bool:
    """Hand a file over; tell whether it was taken. Its name must tell nothing.

    `kind` is its ending, as `pdf`. A browser does not say whether the person took it: it counts.
    """
    try:
        path = await ft.FilePicker().save_file(
            file_name=file_name,
            file_type=ft.FilePickerFileType.CUSTOM if kind else ft.FilePickerFileType.ANY,
            allowed_extensions=[kind] if kind else None,
            src_bytes=content,
        )
    finally:
        await app.run(forget_saved, file_name)
    return app.page.web or path is not None
