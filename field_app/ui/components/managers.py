"""Who may decide on screen. The services decide for themselves: this only hides dead buttons."""

from field_app.ui.controller import Controller


def may_decide(app: Controller) -> bool:
    """Whether the person is a supervisor or data manager now, or works alone on this device."""
    return bool(app.workspace.agency.may_manage())
