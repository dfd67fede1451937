"""A picture that is kept sealed: read from this device, or brought from the centre when opened."""

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import labelled, text_action
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
    is_large, set_large = ft.use_state(False)

    def draw(picture: bytes) -> list[ft.Control]:
        image = ft.Image(
            src=picture,
            # Large: as wide as its place, so that small print can be read.
            height=None if is_large else HEIGHT,
            fit=ft.BoxFit.FIT_WIDTH if is_large else ft.BoxFit.CONTAIN,
            semantics_label=name,
            border_radius=tokens.CORNER,
        )
        return [
            labelled("kept-picture", image),
            text_action(
                "picture-size",
                t("picture.smaller" if is_large else "picture.larger"),
                lambda: set_large(not is_large),
            ),
        ]

    return ft.Column(
        spacing=tokens.SPACE_XS,
        controls=opened.or_words(
            draw, waiting=t("picture.opening" if is_here else "picture.fetching")
        ),
    )
