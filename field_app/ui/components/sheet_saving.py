"""A sheet for print leaves the app: the system asks where to, a browser downloads it."""

from collections.abc import Callable

import flet as ft

from field_app.reports.sheet import Sheet
from field_app.ui.controller import Controller
from field_app.ui.i18n import t


async def save_sheet(app: Controller, make: Callable[[], Sheet]) -> None:
    """Make a sheet and hand it over. Its file name tells nothing.

    Raises what the service raises when the sheet may not leave: nothing was made then.
    """
    sheet = await app.run(make)
    app.changed()  # the disclosure is logged now
    await ft.FilePicker().save_file(
        file_name=sheet.file_name,
        file_type=ft.FilePickerFileType.CUSTOM,
        allowed_extensions=["pdf"],
        src_bytes=sheet.content,
    )
    if sheet.replaced:
        app.tell(t("sheet_saving.replaced", count=sheet.replaced))
    else:
        app.tell(t("sheet_saving.done"))
