"""The fifteen youths of the demo and their parents: each one a plan in days before today.

Between them they show every phase, a running and an ended missing episode, an extension, the first
month of survivor advocacy, parents who may and may not be contacted, and work that is late.
"""

from dataclasses import dataclass

from field_app.domain.vocabulary import Channel, DecisionKind, Phase

FIRST_RESPONSE, STABILIZATION, MAINTENANCE, TRANSITION = Phase


@dataclass(frozen=True, kw_only=True)
class ResponsePlan:
    """A first response. Hours and days count from the call; None is not done yet."""

    hours_ago: int
    arrival_minutes: int
    late_reason: str = ""
    safety_plan_hours: int | None = None
    hub_hours: int | None = None
    hub_outcome: str = ""
    mdt_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class SurvivorPlan:
    """Survivor advocacy. `decision` is (kind, days ago, days ahead for an extension)."""

    days_ago: int
    decision: tuple[DecisionKind, int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class ParentPlan:
    """A parent or caregiver of the youth: a participant of their own."""

    alias: str
    full_name: str
    relationship: str
    language: str = "en"
    contact_safe: bool | None = None
    days_ago: int = 0
    program_offered: bool = True


@dataclass(frozen=True, kw_only=True)
class CasePlan:
    """One youth.

    Attributes:
        phases: Phases of advocacy with the days ago on which each began, in order.
        quiet_days: Days without any contact up to today.
        open_week: Whether this week's contacts are still to be made.
        papers_done: Whether the papers of the present phase are finished.
        talked_to_csw: Whether the talk with the CSW is noted.
        first_visit: Whether the first visit has happened.
        missing: Episodes as (first day, last day) in days ago; a last day of None goes on.
        extended_days: The present phase was extended by that many days.
        late_writer: Every third entry was written a day or two late.
    """

    alias: str
    full_name: str
    age_years: int
    pronouns: str
    phases: tuple[tuple[Phase, int], ...]
    language: str = "en"
    classification: str = "identified"
    channels: tuple[Channel, ...] = (Channel.TEXT, Channel.PHONE)
    hours: str = ""
    code_word: str = ""
    voicemail_ok: bool | None = False
    safe_note: str = ""
    quiet_days: int = 0
    open_week: bool = False
    papers_done: bool = True
    talked_to_csw: bool = True
    first_visit: bool = True
    missing: tuple[tuple[int, int | None], ...] = ()
    extended_days: int = 0
    late_writer: bool = False
    response: ResponsePlan | None = None
    survivor: SurvivorPlan | None = None
    parent: ParentPlan | None = None


CASES: tuple[CasePlan, ...] = (
    CasePlan(
        alias="A.",
        full_name="Demo A. Example",
        age_years=15,
        pronouns="she/her",
        phases=((FIRST_RESPONSE, 1),),
        hours="after 4 pm, never Sundays",
        code_word="Is the library open?",
        papers_done=False,
        talked_to_csw=False,
        response=ResponsePlan(hours_ago=20, arrival_minutes=70),
    ),
    CasePlan(
        alias="Robin K.",
        full_name="Demo Robin Kestrel",
        age_years=16,
        pronouns="they/them",
        phases=((FIRST_RESPONSE, 4),),
        channels=(Channel.TEXT,),
        code_word="pineapple",
        safe_note="A cousin sometimes holds the phone.",
        papers_done=False,
        response=ResponsePlan(
            hours_ago=96,
            arrival_minutes=104,
            late_reason="Freeway closed; called ahead and stayed on the line.",
            hub_hours=40,
            hub_outcome="accompanied",
        ),
    ),
    CasePlan(
        alias="Luz",
        full_name="Demo Luz Ejemplo",
        age_years=14,
        pronouns="ella",
        language="es",
        phases=((FIRST_RESPONSE, 40), (STABILIZATION, 26)),
        hours="entre semana, de 3 a 6",
        code_word="¿Ya comiste?",
        papers_done=False,
        response=ResponsePlan(
            hours_ago=40 * 24,
            arrival_minutes=55,
            safety_plan_hours=30,
            hub_hours=20,
            hub_outcome="offered",
            mdt_days=6,
        ),
        parent=ParentPlan(
            alias="Sra. E.",
            full_name="Demo Señora Ejemplo",
            relationship="madre",
            language="es",
            contact_safe=True,
            days_ago=24,
        ),
    ),
    CasePlan(
        alias="J.T.",
        full_name="Demo J. Tester",
        age_years=17,
        pronouns="he/him",
        phases=((STABILIZATION, 5),),
        classification="high_risk",
        channels=(),
        voicemail_ok=None,
        papers_done=False,
        talked_to_csw=False,
        first_visit=False,
    ),
    CasePlan(
        alias="Mika",
        full_name="Demo Mika Sample",
        age_years=15,
        pronouns="she/they",
        phases=((STABILIZATION, 52),),
        hours="before school or after 5",
        code_word="How is the cat?",
        parent=ParentPlan(
            alias="Ms. R.",
            full_name="Demo Ms. Roe",
            relationship="grandmother",
            contact_safe=True,
            days_ago=50,
        ),
    ),
    CasePlan(
        alias="D.",
        full_name="Demo D. Placeholder",
        age_years=16,
        pronouns="she/her",
        phases=((STABILIZATION, 80),),
        channels=(Channel.SOCIAL_MEDIA, Channel.TEXT),
        code_word="green shoes",
        missing=((6, None),),
    ),
    CasePlan(
        alias="Xiomara",
        full_name="Demo Xiomara Inventada",
        age_years=17,
        pronouns="ella",
        language="es",
        phases=((STABILIZATION, 112),),
        hours="después de las 4",
        code_word="¿Qué hay de postre?",
        papers_done=False,
        open_week=True,
        parent=ParentPlan(
            alias="Sr. I.",
            full_name="Demo Señor Inventado",
            relationship="padre",
            language="es",
            contact_safe=None,
            days_ago=30,
        ),
    ),
    CasePlan(
        alias="Kay",
        full_name="Demo Kay Specimen",
        age_years=15,
        pronouns="she/her",
        phases=((STABILIZATION, 128),),
        code_word="blue notebook",
        missing=((61, 54),),
        extended_days=35,
        late_writer=True,
    ),
    CasePlan(
        alias="Sol",
        full_name="Demo Sol Imaginaria",
        age_years=16,
        pronouns="elle",
        language="es",
        phases=((STABILIZATION, 118), (MAINTENANCE, 20)),
        code_word="¿Hay fútbol hoy?",
    ),
    CasePlan(
        alias="B.",
        full_name="Demo B. Figment",
        age_years=17,
        pronouns="he/him",
        phases=((STABILIZATION, 180), (MAINTENANCE, 85)),
        hours="evenings",
        quiet_days=19,
    ),
    CasePlan(
        alias="Ty R.",
        full_name="Demo Ty Ruse",
        age_years=18,
        pronouns="he/him",
        phases=((STABILIZATION, 270), (MAINTENANCE, 178)),
        channels=(Channel.PHONE, Channel.TEXT),
        voicemail_ok=True,
        code_word="bus 51",
    ),
    CasePlan(
        alias="Nena",
        full_name="Demo Nena Ficticia",
        age_years=15,
        pronouns="ella",
        language="es",
        phases=((STABILIZATION, 165), (MAINTENANCE, 70)),
        code_word="la tía Demo",
        open_week=True,
        late_writer=True,
        missing=((120, 117),),
        parent=ParentPlan(
            alias="Sra. N.",
            full_name="Demo Señora Novela",
            relationship="tía",
            language="es",
            contact_safe=False,
            days_ago=160,
            program_offered=False,
        ),
    ),
    CasePlan(
        alias="Jules",
        full_name="Demo Jules Pretend",
        age_years=18,
        pronouns="they/them",
        phases=((STABILIZATION, 185), (MAINTENANCE, 110), (TRANSITION, 25)),
        code_word="sunflower",
        survivor=SurvivorPlan(days_ago=120, decision=(DecisionKind.STABILIZED, 95, 0)),
    ),
    CasePlan(
        alias="W.",
        full_name="Demo W. Makebelieve",
        age_years=19,
        pronouns="she/her",
        phases=((STABILIZATION, 235), (MAINTENANCE, 170), (TRANSITION, 94)),
        channels=(Channel.PHONE, Channel.EMAIL, Channel.TEXT),
        voicemail_ok=True,
        papers_done=False,
    ),
    CasePlan(
        alias="Marisol V.",
        full_name="Demo Marisol Vaga",
        age_years=16,
        pronouns="she/ella",
        phases=((STABILIZATION, 17),),
        hours="any time by text, calls after 6",
        code_word="two tacos",
        survivor=SurvivorPlan(days_ago=17, decision=(DecisionKind.EXTENDED, 2, 30)),
    ),
)
