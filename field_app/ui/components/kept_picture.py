"""A picture that is kept sealed: read from this device, or brought from the centre when opened."""

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import labelled
from field_app.ui.components.fetched import use_fetched
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t

HEIGHT = 220


@part
def kept_picture(*, attachment_id: str, name: str) -> ft.Control:
    """Draw a picture, or that it is on its way, or why it cannot be seen now with a new try.

    Args:
        attachment_id: Which picture.
        name: What a screen reader calls it.
    """
    attachments = use_app().workspace.attachments
    is_here = ft.use_memo(lambda: attachments.is_here(attachment_id), [attachment_id])
    opened = use_fetched(lambda: attachments.open(attachment_id), [attachment_id])
    return ft.Column(
        controls=opened.or_words(
            lambda picture: [_image(picture, name)],
            waiting=t("picture.opening" if is_here else "picture.fetching"),
        )
    )


def _image(picture: bytes, name: str) -> ft.Control:
    return labelled(
        "kept-picture",
        ft.Image(
            src=picture,
            height=HEIGHT,
            fit=ft.BoxFit.CONTAIN,
            semantics_label=name,
            border_radius=tokens.CORNER,
        ),
    )
