"""Who helps with an advocacy plan, and whom the youth can call when the service has ended."""

import flet as ft

from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t


@part
def plan_support_panel(*, case_id: str, kind: str) -> ft.Control:
    """Draw who helps, and whom the youth can call when the service has ended (PRA-22)."""
    app = use_app()
    plans = app.workspace.plans
    found = ft.use_memo(lambda: plans.of_case(case_id), [case_id, app.state.revision])
    plan = next((p for p in found if p.plan_kind.value == kind), None)
    draft = use_draft(
        f"plan-support:{case_id}/{kind}",
        {
            "support": plan.support if plan else "",
            "aftercare": plan.aftercare_contact if plan else "",
        },
        case_id=case_id,
    )
    if plan is None:
        return panel_page(title=t("plans.support"), body=[quiet(t("safety_plan.not_here"))])
    shown = plan

    async def save() -> None:
        support, aftercare = str(draft["support"]), str(draft["aftercare"])
        await finish(
            app,
            draft,
            lambda: plans.write(shown.record_id, support=support, aftercare_contact=aftercare),
        )

    return panel_page(
        title=t("plans.support"),
        body=[
            *(
                text_field(
                    identifier=f"support-{name}",
                    label=t(f"plans.field.{name}"),
                    value=draft[name],
                    on_change=draft.setter(name),
                    lines=2,
                )
                for name in ("support", "aftercare")
            ),
            field_error(draft.problem or None),
        ],
        primary=primary_button("support-save", t("common.save"), save),
    )
