"""First run: language, name and passphrase, recovery words, a check that they are on paper."""

import flet as ft

from field_app.errors import FieldAppError
from field_app.ui import tokens
from field_app.ui.components.basics import app_mark, primary_button, quiet, secondary_button
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.frame import gate_page
from field_app.ui.components.passphrases import NewPassphrase, new_passphrase_fields
from field_app.ui.components.preferences import language_chips
from field_app.ui.components.recovery_words import recovery_words_sheet
from field_app.ui.context import use_app, use_value
from field_app.ui.guard import screen
from field_app.ui.i18n import error_words, t


@screen
def first_run_screen() -> ft.View:
    """Draw the step that is due."""
    app = use_app()
    has_started, set_started = ft.use_state(False)
    has_code, set_has_code = ft.use_state(False)
    name, set_name = ft.use_state("")
    name_error, set_name_error = ft.use_state("")
    error, set_error = ft.use_state("")
    is_busy, set_busy = ft.use_state(False)
    form, _ = use_value(NewPassphrase)

    async def make() -> None:
        set_error("")
        set_name_error("" if name.strip() else t("first_run.name_needed"))
        if not form.is_accepted(app.session.strength) or not name.strip():
            return
        set_busy(True)
        try:
            words = await app.run(
                app.session.start_alone,
                display_name=name.strip(),
                passphrase=form.typed,
                language=app.state.language,
            )
        except FieldAppError as refusal:
            set_error(error_words(refusal))
            return
        finally:
            set_busy(False)
        form.forget()
        app.state.recovery_words = words

    async def finish() -> None:
        if has_code:
            app.navigate("/more/enrol")
        await app.opened()

    def begin(with_code: bool) -> None:
        set_has_code(with_code)
        set_started(True)

    if app.state.recovery_words:
        return gate_page(
            title=t("words.title"),
            body=[recovery_words_sheet(app.state.recovery_words, finish)],
        )
    if not has_started:
        return gate_page(
            title=t("app.name"),
            body=[
                _welcome(),
                language_chips(app),
                ft.Container(height=tokens.SPACE_S),
                primary_button("start", t("first_run.start"), lambda: begin(False)),
                secondary_button("start-with-code", t("enrol.from_start"), lambda: begin(True)),
            ],
        )

    def typed_name(value: str) -> None:
        set_name(value)
        set_name_error("")

    return gate_page(
        title=t("first_run.about_you"),
        body=[
            *([quiet(t("enrol.then_code"))] if has_code else []),
            text_field(
                identifier="name",
                label=t("first_run.name"),
                value=name,
                on_change=typed_name,
                error=name_error or None,
                helper=t("first_run.name_help"),
                is_disabled=is_busy,
            ),
            *new_passphrase_fields(
                form,
                app.session.strength,
                may_be_pin=app.session.may_be_pin,
                is_disabled=is_busy,
                on_submit=make,
            ),
            field_error(error),
            primary_button(
                "make",
                t("first_run.making") if is_busy else t("first_run.make"),
                make,
                is_busy=is_busy,
            ),
        ],
    )


def _welcome() -> ft.Control:
    def promise(icon: ft.IconData, words: str) -> ft.Control:
        return ft.Row(
            spacing=tokens.SPACE_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
            controls=[
                ft.Icon(icon, color=ft.Colors.PRIMARY),
                ft.Text(words, expand=True, size=tokens.LEAD),
            ],
        )

    return ft.Column(
        spacing=tokens.SPACE_L,
        controls=[
            ft.Container(
                padding=ft.Padding.only(top=tokens.SPACE_L),
                content=ft.Column(
                    spacing=tokens.SPACE_XS,
                    controls=[
                        app_mark(),
                        ft.Container(height=tokens.SPACE_S),
                        ft.Text(
                            t("first_run.title"), theme_style=ft.TextThemeStyle.HEADLINE_MEDIUM
                        ),
                        ft.Text(t("first_run.lead"), size=tokens.LEAD),
                    ],
                ),
            ),
            promise(ft.Icons.LOCK_OUTLINE, t("first_run.safe")),
            promise(ft.Icons.SIGNAL_WIFI_OFF, t("first_run.offline")),
        ],
    )
