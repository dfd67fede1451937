"""A sheet for print leaves the app: the system asks where to, a browser downloads it."""

from collections.abc import Callable

from field_app.reports.sheet import Sheet
from field_app.ui.components.file_saving import save_file
from field_app.ui.controller import Controller
from field_app.ui.i18n import t


async def save_sheet(app: Controller, make: Callable[[], Sheet]) -> None:
    """Make a sheet and hand it over. Its file name tells nothing.

    Raises what the service raises when the sheet may not leave: nothing was made then.
    """
    sheet = await app.run(make)
    app.changed()  # the disclosure is logged now
    if not await save_file(app, sheet.file_name, sheet.content, kind="pdf"):
        return
    if sheet.replaced:
        app.tell(t("sheet_saving.replaced", count=sheet.replaced))
    else:
        app.tell(t("sheet_saving.done"))
