"""Settings: language, colours, lock times, passphrase and recovery words, about."""

import flet as ft

from field_app import __version__
from field_app.ui.components.basics import quiet, section_header
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import menu_line
from field_app.ui.components.preferences import language_chips, theme_chips
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import pane
from field_app.ui.i18n import t
from field_app.ui.screens.reporting import status_words

# The same steps that the preference service allows.
IDLE_MINUTES = (1, 2, 5, 10, 15)
BACKGROUND_SECONDS = (0, 30, 60, 300)


@pane
def settings_screen() -> ft.Control:
    """Draw the settings; a choice counts at once."""
    app = use_app()
    return detail_page(
        title=t("settings.title"),
        back_to="/more",
        is_root_pane=True,
        body=[
            language_chips(app),
            theme_chips(app),
            *_lock_times(app),
            *_pictures(app),
            section_header(t("settings.safety")),
            menu_line(
                identifier="change-passphrase",
                icon=ft.Icons.PASSWORD,
                title=t("settings.change_passphrase"),
                words=t("settings.change_passphrase_help"),
                on_click=lambda: app.navigate("/more/settings/passphrase"),
            ),
            menu_line(
                identifier="new-words",
                icon=ft.Icons.FORMAT_LIST_NUMBERED,
                title=t("settings.new_words"),
                words=t("settings.new_words_help"),
                on_click=lambda: app.navigate("/more/settings/recovery-words"),
            ),
            *_own_work(app),
            section_header(t("settings.about")),
            ft.Text(t("settings.version", version=__version__)),
            quiet(t("settings.about_privacy")),
        ],
    )


def _own_work(app: Controller) -> list[ft.Control]:
    """Return one's own status as a reporter, one's trainings, and a manager's numbers."""
    me = app.workspace.reporting.me()
    if me is None:
        return []
    lines = [
        section_header(t("settings.work")),
        menu_line(
            identifier="reporter-status",
            icon=ft.Icons.FLAG_OUTLINED,
            title=t("report.status_title"),
            words=status_words(me),
            on_click=lambda: app.open_panel("reporter-status", staff_id=me.record_id),
        ),
        menu_line(
            identifier="trainings",
            icon=ft.Icons.SCHOOL_OUTLINED,
            title=t("agency.trainings"),
            words=t("agency.trainings_open"),
            on_click=lambda: app.open_panel("trainings", staff_id=me.record_id),
        ),
    ]
    if app.workspace.agency.may_manage():
        lines.append(
            menu_line(
                identifier="agency-numbers",
                icon=ft.Icons.TUNE,
                title=t("agency.numbers"),
                words=t("agency.numbers_open"),
                on_click=lambda: app.open_panel("agency-numbers"),
            )
        )
    return lines


def _pictures(app: Controller) -> list[ft.Control]:
    """Return on which networks pictures come and go by themselves."""
    if not app.workspace.sync.is_enrolled:
        return []
    only_free = bool(app.workspace.preferences.get("attachments_on_wifi_only"))
    return [
        choice_chips(
            identifier="pictures",
            label=t("settings.pictures"),
            choices=[Choice(name, t(f"settings.pictures_{name}")) for name in ("wifi", "any")],
            chosen="wifi" if only_free else "any",
            on_choose=lambda name: app.set_preference("attachments_on_wifi_only", name == "wifi"),
        ),
        quiet(t("settings.pictures_help")),
    ]


def _lock_times(app: Controller) -> list[ft.Control]:
    preferences = app.workspace.preferences

    def background_words(seconds: int) -> str:
        if seconds == 0:
            return t("settings.at_once")
        if seconds < 60:
            return t("settings.seconds", count=seconds)
        return t("settings.minutes", count=seconds // 60)

    return [
        choice_chips(
            identifier="idle-lock",
            label=t("settings.idle_lock"),
            choices=[
                Choice(str(minutes), t("settings.minutes", count=minutes))
                for minutes in IDLE_MINUTES
            ],
            chosen=str(preferences.get("idle_lock_minutes")),
            on_choose=lambda value: app.set_preference("idle_lock_minutes", int(value)),
        ),
        choice_chips(
            identifier="background-lock",
            label=t("settings.background_lock"),
            choices=[
                Choice(str(seconds), background_words(seconds)) for seconds in BACKGROUND_SECONDS
            ],
            chosen=str(preferences.get("background_lock_seconds")),
            on_choose=lambda value: app.set_preference("background_lock_seconds", int(value)),
        ),
    ]
