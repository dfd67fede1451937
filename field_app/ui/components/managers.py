"""Who may decide on screen. The services decide for themselves: this only hides dead buttons."""

from field_app.services.lookup import MANAGERS
from field_app.ui.controller import Controller


def may_decide(app: Controller) -> bool:
    """Whether the person is a supervisor or data manager, or works alone on this device."""
    workspace = app.workspace
    return workspace.me.role in MANAGERS or len(workspace.caseload.staff_names()) <= 1
