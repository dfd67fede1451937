"""Forms that are half written: what each is called, and how it is opened again."""

from collections.abc import Mapping
from datetime import date

from field_app.services.drafts import Draft
from field_app.ui.controller import Controller
from field_app.ui.i18n import t

PANEL_OF_FORM = {
    "contact": "log",
    "correction": "contact",
    "member": "member",
    "person": "person",
    "safe": "safe",
    "missing": "missing",
    "missing-told": "missing-told",
    "service": "service",
    "start": "start-service",
    "paper": "paper",
    "close": "close",
    "offer": "offer",
    "safety-line": "safety-line",
    "purchase": "purchase",
    "session": "session",
    "session-group": "group-session",
    "visit-check": "visit-check",
    "meeting": "meeting",
    "meeting-decision": "meeting-decision",
    "meeting-partner": "meeting-partner",
    "court": "court",
    "workshop": "workshop",
    "welcome-back": "welcome-back",
    "release": "release",
    "confidentiality": "confidentiality",
    "disclosure": "disclosure",
    "hand-over-line": "hand-over-line",
    "told": "told",
    "goal": "goal",
    "step": "step",
    "plan-support": "plan-support",
    "assessment-line": "assessment-line",
    "screening": "screening",
    "linkage": "linkage",
    "follow-up": "follow-up",
    "demand": "demand",
    "demand-outcome": "demand-outcome",
    "demand-release": "demand-release",
    "profile": "profile",
    "placement": "placement",
    "report": "report",
}
BEGUN_FROM_ADD = ("purchase", "session", "session-group", "visit-check", "workshop")
"""Forms that may be begun before it is said whom they are about: `<form>:new`."""
SECOND_PART = {
    "member": "record_id",
    "service": "service",
    "paper": "document",
    "welcome-back": "episode_id",
    "missing-told": "told",
    "meeting": "record_id",
    "meeting-decision": "line",
    "meeting-partner": "line",
    "court": "record_id",
    "safety-line": "place",
    "hand-over-line": "place",
    "goal": "goal",
    "step": "step",
    "plan-support": "kind",
    "assessment-line": "entry",
    "follow-up": "linkage_id",
    "demand-outcome": "demand_id",
    "demand-release": "demand_id",
    "placement": "record_id",
}
"""What stands after the case id in the name of a form, as an argument of its panel."""


def form_words(draft: Draft, aliases: Mapping[str, str], today: date) -> str | None:
    """Return what a draft is, with whom it is about; None for a form that is not listed."""
    name, _, about = draft.form.partition(":")
    if name == "intake":
        return t("draft.form.intake", alias=str(draft.payload.get("alias") or "…"))
    if name == "daily":  # what was ticked on another day is not offered again
        return t("draft.form.daily") if about == today.isoformat() else None
    if about == "new" and name in BEGUN_FROM_ADD:
        chosen = str(draft.payload.get("case_id") or "")
        return t(f"draft.form.{name}", alias=aliases.get(chosen, "…"))
    alias = aliases.get(draft.case_id or "")
    if name in PANEL_OF_FORM and alias is not None:
        return t(f"draft.form.{name}", alias=alias)
    return None


def open_form(app: Controller, draft: Draft) -> None:
    """Open the form of a draft where it was left."""
    name, _, about = draft.form.partition(":")
    if name == "intake":
        app.navigate(f"/caseload/new/{about}")
    elif about == "new" and name in BEGUN_FROM_ADD:
        app.open_panel(PANEL_OF_FORM[name])
    elif name == "daily":
        app.open_panel("daily")
    elif name == "correction":
        app.open_panel("contact", record_id=about, is_correcting=True)
    elif name in SECOND_PART:
        case_id, _, second = about.partition("/")
        app.open_panel(PANEL_OF_FORM[name], case_id=case_id, **{SECOND_PART[name]: second})
    else:
        app.open_panel(PANEL_OF_FORM[name], case_id=about)
