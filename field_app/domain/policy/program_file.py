"""Reading a program file: TOML text in, a checked `Program` out.

Everything is checked on load and every error names the line and the field, so that the person
who changed a number learns of a slip before a due date is wrong. The packaged files and the
loading from disk are in `field_app.programs`.
"""

import tomllib
from zoneinfo import ZoneInfo

from field_app.domain.policy.calendar import LocalCalendar
from field_app.domain.policy.checked_fields import CheckedFields, Refuse
from field_app.domain.policy.holidays import HolidayTable
from field_app.domain.policy.program import (
    About,
    Bimonthly,
    Clock,
    ClosedBy,
    CountingRule,
    Counts,
    DeadlineRule,
    EmpowermentTerms,
    FirstMonthStart,
    IntakeTerms,
    LimitUnit,
    PartialMonth,
    Per,
    Program,
    Readings,
    Rule,
    Span,
    Topic,
    Version,
    WeekStart,
)
from field_app.domain.policy.toml_lines import line_numbers, line_of, line_of_syntax_error
from field_app.domain.vocabulary import Channel, DocumentKind, Phase, Service
from field_app.errors import ProgramFileError

_PHASE_UNITS = (LimitUnit.PHASE_END, LimitUnit.MONTHS_OF_SERVICE)
_UNITS_WITHOUT_LIMIT = (LimitUnit.PHASE_END, LimitUnit.FIRST_VISIT, LimitUnit.NONE)


def holiday_file_name(toml_text: str, file_name: str) -> str:
    """The name of the holiday file that a program file asks for."""
    table = _document(toml_text, file_name)
    return table.text("holidays")


def parse_program(toml_text: str, holidays: HolidayTable, file_name: str) -> Program:
    """Return the program of a file. Raises ProgramFileError that names line and field."""
    table = _document(toml_text, file_name)
    table.text("holidays")
    program_id = table.text("id")
    title = table.text("title")
    zone_name = table.text("time_zone")
    try:
        zone = ZoneInfo(zone_name)
    except (KeyError, ValueError, OSError):
        table.refuse("time_zone", f"{zone_name!r} is not a time zone that this machine knows")
    entries = table.tables("versions")
    if not entries:
        table.refuse("versions", "at least one [[versions]] is needed")
    versions: list[Version] = []
    for entry in entries:
        version = _version(entry)
        if any(version.effective_from == other.effective_from for other in versions):
            entry.refuse("effective_from", f"{version.effective_from} has two versions")
        versions.append(version)
    table.finish()
    return Program(
        id=program_id,
        title=title,
        zone=zone,
        calendar=LocalCalendar(zone, holidays),
        versions=tuple(versions),
    )


def read_readings(table: CheckedFields, *, all_needed: bool) -> dict[str, object]:
    """The readings of a program file, or those that a scenario replaces."""
    found: dict[str, object] = {
        "visit_satisfies_contact": table.optional_truth("visit_satisfies_contact"),
        "partial_month": table.optional_word("partial_month", PartialMonth),
        "partial_month_min_days": table.optional_whole_number("partial_month_min_days"),
        "week_starts_on": table.optional_word("week_starts_on", WeekStart),
        "week_min_days": table.optional_whole_number("week_min_days"),
        "one_visit_credit_per_day": table.optional_truth("one_visit_credit_per_day"),
        "first_month_starts": table.optional_word("first_month_starts", FirstMonthStart),
        "bimonthly": table.optional_word("bimonthly", Bimonthly),
        "video_is_face_to_face": table.optional_truth("video_is_face_to_face"),
    }
    table.finish()
    for name, value in found.items():
        if value is None and all_needed:
            table.refuse(name, "is needed")
    return {name: value for name, value in found.items() if value is not None}


def _document(toml_text: str, file_name: str) -> CheckedFields:
    try:
        document = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as broken:
        line = line_of_syntax_error(broken, toml_text)
        raise ProgramFileError(f"{file_name} is not TOML: {broken}", line=line) from broken
    lines = line_numbers(toml_text)

    def refuse(path: str, reason: str) -> Exception:
        return ProgramFileError(f"{reason} ({file_name})", field=path, line=line_of(path, lines))

    as_refuse: Refuse = refuse
    return CheckedFields(document, "", as_refuse)


def _version(entry: CheckedFields) -> Version:
    entry.day("checked_on")
    effective_from = entry.day("effective_from")
    rules: dict[str, Rule] = {}
    for rule_entry in entry.tables("rules"):
        rule = _rule(rule_entry)
        if rule.id in rules:
            rule_entry.refuse("id", f"{rule.id!r} is there twice in this version")
        rules[rule.id] = rule
    first_month = entry.table("first_month")
    version = Version(
        version=entry.text("version"),
        effective_from=effective_from,
        source=entry.text("source"),
        readings=Readings(**read_readings(entry.table("readings"), all_needed=True)),  # type: ignore[arg-type]
        first_month_months=first_month.whole_number("months", at_least=1),
        intake=_intake(entry.table("intake")),
        empowerment=_empowerment(entry.table("empowerment")),
        rules=tuple(rules.values()),
    )
    first_month.finish()
    entry.finish()
    return version


def _intake(entry: CheckedFields) -> IntakeTerms:
    terms = IntakeTerms(
        county=entry.text("county"),
        age_limit_years=entry.whole_number("age_limit_years", at_least=1),
    )
    entry.finish()
    return terms


def _empowerment(entry: CheckedFields) -> EmpowermentTerms:
    topics: list[Topic] = []
    for topic in entry.tables("topics"):
        topics.append(Topic(topic.text("en"), topic.text("es")))
        topic.finish()
    terms = EmpowermentTerms(
        sessions=entry.whole_number("sessions", at_least=1),
        session_minutes=entry.whole_number("session_minutes", at_least=1),
        topics=tuple(topics),
    )
    entry.finish()
    return terms


def _rule(entry: CheckedFields) -> Rule:
    kind = entry.text("kind")
    is_agency_target = bool(entry.optional_truth("agency_target"))
    common: dict[str, object] = {
        "id": entry.text("id"),
        "title_en": entry.text("title_en"),
        "title_es": entry.text("title_es"),
        "service": entry.optional_word("service", Service),
        "phase": entry.optional_word("phase", Phase),
        "about": entry.optional_word("about", About) or About.YOUTH,
        "is_agency_target": is_agency_target,
        "requirement": entry.text("requirement"),
        "quote": entry.optional_text("quote") or "",
        "source": entry.text("source"),
        "effective_from": entry.optional_day("effective_from"),
    }
    if not is_agency_target and not common["quote"]:
        entry.refuse("quote", "a policy duty needs the sentence it comes from")
    if kind == "count":
        rule = _counting_rule(entry, common)
    elif kind in ("deadline", "floor"):
        rule = _deadline_rule(entry, common, is_floor=kind == "floor")
    else:
        entry.refuse("kind", f"{kind!r} is not one of: deadline, floor, count")
    entry.finish()
    return rule


def _counting_rule(entry: CheckedFields, common: dict[str, object]) -> Rule:
    span = entry.word("span", Span)
    per = entry.word("per", Per)
    every_two_months = entry.optional_whole_number("minimum_every_two_months", at_least=1)
    if common["service"] is None:
        entry.refuse("service", "a counting rule needs a service")
    if (span is Span.PHASE) != (common["phase"] is not None):
        entry.refuse("phase", "is given exactly when span is phase")
    if (per is Per.BIMONTHLY) != (every_two_months is not None):
        entry.refuse("minimum_every_two_months", "is given exactly when per is bimonthly")
    channels = entry.word_list("channels", Channel)
    if not channels:
        entry.refuse("channels", "at least one channel is needed")
    return CountingRule(
        **common,  # type: ignore[arg-type]
        span=span,
        per=per,
        counts=entry.word("counts", Counts),
        channels=channels,
        minimum=entry.whole_number("minimum", at_least=1),
        minimum_every_two_months=every_two_months or 0,
    )


def _deadline_rule(entry: CheckedFields, common: dict[str, object], *, is_floor: bool) -> Rule:
    unit = entry.word("unit", LimitUnit)
    clock = entry.word("clock", Clock)
    closed_by = entry.word("closed_by", ClosedBy)
    document = entry.optional_word("document", DocumentKind)
    limit = entry.optional_whole_number("limit", at_least=1)
    if (limit is None) != (unit in _UNITS_WITHOUT_LIMIT):
        entry.refuse("limit", f"is given exactly when unit has a number, and {unit.value} decides")
    if (document is not None) != (closed_by is ClosedBy.DOCUMENT):
        entry.refuse("document", "is given exactly when closed_by is document")
    is_of_phase = clock is Clock.PHASE_FROM
    if (unit in _PHASE_UNITS or closed_by is ClosedBy.PHASE_END) and not is_of_phase:
        entry.refuse("clock", "a rule on the length of a phase starts at phase.from")
    if is_of_phase and common["phase"] is None:
        entry.refuse("phase", "is needed when the clock is phase.from")
    of_service = is_of_phase or clock in (Clock.RECEIVED, Clock.ASSIGNMENT_OR_RECEIPT)
    if of_service and common["service"] is None:
        entry.refuse("service", f"is needed when the clock is {clock.value}")
    of_service_only = (ClosedBy.FIRST_VISIT, ClosedBy.DOCUMENT, ClosedBy.EMPOWERMENT_OFFERED)
    if not of_service and (closed_by in of_service_only or unit is LimitUnit.FIRST_VISIT):
        entry.refuse("closed_by", f"{closed_by.value} needs the clock of a service or phase")
    if is_floor and (unit is not LimitUnit.CALENDAR_DAYS or closed_by is not ClosedBy.CASE_CLOSED):
        entry.refuse("kind", "a floor is in calendar_days and closed_by first_response.closed_on")
    return DeadlineRule(
        **common,  # type: ignore[arg-type]
        clock=clock,
        second_clock=entry.optional_word("second_clock", Clock),
        closed_by=closed_by,
        document=document,
        limit=limit or 0,
        unit=unit,
        warn_after_hours=entry.whole_numbers("warn_after_hours", at_least=1),
        warn_days_before=entry.whole_numbers("warn_days_before", at_least=0),
        is_floor=is_floor,
    )
