"""Taking a receipt's picture in: photographed or chosen, made small, kept sealed at once."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

import flet as ft

from field_app.domain.records.attachment import Attachment
from field_app.errors import InputError
from field_app.platform.camera import Camera, CameraUnavailable, find_camera, has_camera
from field_app.platform.own_cache import forget_copy
from field_app.ui import tokens
from field_app.ui.components.basics import labelled, primary_button, secondary_button, text_action
from field_app.ui.components.fields import field_error
from field_app.ui.context import use_app, use_value
from field_app.ui.controller import Controller
from field_app.ui.guard import memo, part
from field_app.ui.i18n import error_words, t

PREVIEW_HEIGHT = 280  # with it the button under it is still in sight on a phone


@part
def receipt_source(
    *, case_id: str, on_kept: Callable[[Attachment], Coroutine[Any, Any, None]]
) -> ft.Control:
    """Draw the ways to a picture: the camera where there is one, and a file.

    Args:
        case_id: Whose record the picture is kept in.
        on_kept: Called with the attachment once it is sealed.
    """
    app = use_app()
    problem, set_problem = ft.use_state("")
    camera, set_camera = use_value(lambda: cast(Camera | None, None))
    is_ready, set_ready = ft.use_state(False)

    def close(words: str = "") -> None:
        set_ready(False)
        set_camera(None)
        set_problem(words)

    async def begin() -> None:
        """Take the camera into use as soon as its preview stands on screen."""
        if camera is None:
            return
        try:
            await camera.begin()
        except CameraUnavailable:
            close(t("receipt.no_camera"))
        else:
            set_ready(True)

    ft.use_effect(begin, [camera is not None], cleanup=lambda: None)

    async def kept(take: Coroutine[Any, Any, Attachment | None]) -> None:
        try:
            attachment = await take
        except InputError as refusal:
            close(error_words(refusal))
        except CameraUnavailable:
            close(t("receipt.no_camera"))
        else:
            close()
            if attachment is not None:
                await on_kept(attachment)

    if camera is not None:
        view = camera

        async def photograph() -> Attachment:
            photo = await view.take()
            taken: Attachment = await app.run(app.workspace.attachments.add, case_id, photo)
            return taken

        return _viewfinder(view, is_ready, lambda: kept(photograph()), close)
    buttons: list[ft.Control] = []
    if has_camera(app.page):
        buttons.append(
            secondary_button(
                "receipt-photo",
                t("receipt.photo"),
                lambda: set_camera(find_camera(app.page)),
                icon=ft.Icons.PHOTO_CAMERA_OUTLINED,
            )
        )
    buttons.append(
        secondary_button(
            "receipt",
            t("receipt.choose"),
            lambda: kept(pick_receipt(app, case_id)),
            icon=ft.Icons.IMAGE_OUTLINED,
        )
    )
    return ft.Column(
        spacing=tokens.SPACE_XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            ft.Row(wrap=True, spacing=tokens.SPACE_S, controls=buttons),
            field_error(problem or None),
        ],
    )


@memo
@part
def _preview(*, camera: Camera) -> ft.Control:
    # Drawn once: a control that is put into a new tree leaves the old one, and the camera with it.
    return camera.preview


def _viewfinder(
    camera: Camera, is_ready: bool, take: Callable[[], Any], close: Callable[[], None]
) -> ft.Control:
    return ft.Column(
        spacing=tokens.SPACE_S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            labelled(
                "receipt-preview",
                ft.Container(
                    height=PREVIEW_HEIGHT,
                    border_radius=tokens.CORNER,
                    clip_behavior=ft.ClipBehavior.HARD_EDGE,
                    bgcolor=ft.Colors.BLACK,
                    alignment=ft.Alignment.CENTER,
                    content=_preview(key="preview", camera=camera),
                ),
                t("receipt.preview"),
            ),
            primary_button(
                "receipt-take",
                t("receipt.take"),
                take,
                icon=ft.Icons.PHOTO_CAMERA,
                is_busy=not is_ready,
            ),
            text_action("receipt-cancel", t("common.cancel"), close),
        ],
    )


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
