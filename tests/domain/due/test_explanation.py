"""The reasons and the due lines, as a person reads them in both languages."""

import re
from typing import Any

import pytest

from field_app.domain.due import texts_en, texts_es
from field_app.domain.due.due_line import sentence, title
from field_app.domain.due.explanation import LineKind, explain, why
from field_app.domain.due.obligation import Obligation
from field_app.domain.due.trace import NoteKind
from field_app.domain.due.wording import Wording
from field_app.domain.policy.program import READING_NAMES
from field_app.programs import default_program
from tests.domain.due.scenarios import (
    advocacy,
    contact,
    due,
    extended,
    moment,
    parent,
    stabilized,
    survivor,
    the,
    visit,
)
from tests.domain.due.test_scenario_files import EXAMPLE


def lines(obligation: Obligation, language: str = "en") -> dict[LineKind, str]:
    return {line.kind: line.text for line in explain(obligation, language)}


def test_a_business_day_deadline_explains_its_date() -> None:
    referral = {"submitted_at": "2026-03-25T16:00", "assigned_at": "2026-03-27T10:00"}
    found = due(
        {"referral": referral, "services": [advocacy("stabilization", "2026-03-27")]}, "2026-03-28"
    )

    assert why(the(found, "stabilization.first_face_to_face")).splitlines() == [
        "First face-to-face visit: within 3 business days.",
        "The clock started when the referral was assigned to the agency: Fri, Mar 27, 2026, 10:00.",
        "Days counted: Tue, Mar 31 (1), Wed, Apr 1 (2), Thu, Apr 2 (3). Fri, Mar 27 is day 0.",
        "Days not counted: Sat, Mar 28 (weekend), Sun, Mar 29 (weekend), "
        "Mon, Mar 30 (Cesar Chavez Day).",
        "Due by Thu, Apr 2, 2026, 23:59.",
        "Counted from the CSW's e-mail of Wed, Mar 25 it would be Tue, Mar 31, 2026, 23:59. "
        "This date is shown only; the one above decides.",
        "Still open.",
        "The policy says: “Face-to-face contact within 3 business days of referral”",
        "How it is read: a video call is not face-to-face, unless a dated waiver covers the day.",
        "Source: DCFS FYI 19-32 (10/7/19), Stabilization Phase. "
        "Version in force from Tue, Sep 24, 2019.",
    ]


def a_month() -> Obligation:
    parts = {
        "services": [advocacy("stabilization", "2026-03-10")],
        "contacts": [
            visit("2026-03-12T10:00"),
            visit("2026-03-12T16:00"),
            visit("2026-03-17"),
            contact("2026-03-19", "face_to_face", "no_answer"),
        ],
    }
    return the(due(parts, "2026-03-22"), "stabilization.face_to_face")


def test_a_counted_month_explains_its_number() -> None:
    found = lines(a_month())

    assert found[LineKind.REQUIRED] == ("Active on 22 of 31 days: 4 × 22 ÷ 31, rounded up, is 3.")
    assert found[LineKind.CREDITS] == "Counted: 2 (Thu, Mar 12, Tue, Mar 17)."
    assert found[LineKind.UNCOUNTED].endswith("1 (Thu, Mar 12).")
    assert found[LineKind.ATTEMPTS] == (
        "Attempts, shown as effort and not counted: 1 (Thu, Mar 19 face-to-face, no answer)."
    )
    assert found[LineKind.STATE] == "So 2 of 3. Still open."


def test_a_counted_month_explains_its_number_in_spanish() -> None:
    found = lines(a_month(), "es")

    assert found[LineKind.ASKED] == "Al menos 4 visitas en persona cada mes calendario."
    assert found[LineKind.REQUIRED] == (
        "Activo 22 de 31 días: 4 × 22 ÷ 31, redondeado hacia arriba, es 3."
    )
    assert found[LineKind.QUOTE] == (
        "La política dice (en inglés): “Meet with participant face-to-face a minimum of 4 times "
        "per month”"
    )
    assert found[LineKind.DUE] == "Fecha límite: martes 31 mar 2026, 23:59."


SENTENCES = [
    (
        "stabilization.face_to_face",
        "2026-03-10",
        "2026-03-22",
        "2 of 3 visits this month, 9 days left, 1 attempt",
        "2 de 3 visitas este mes, quedan 9 días, 1 intento",
    ),
    (
        "stabilization.face_to_face",
        "2026-03-10",
        "2026-03-31",
        "2 of 3 visits this month, last day today, 1 attempt",
        "2 de 3 visitas este mes, hoy es el último día, 1 intento",
    ),
    (
        "stabilization.face_to_face",
        "2026-03-10",
        "2026-04-02",
        "2 of 3 visits in March 2026, 1 attempt",
        "2 de 3 visitas en marzo de 2026, 1 intento",
    ),
    (
        "stabilization.weekly_contact",
        "2026-03-16",
        "2026-03-21",
        "1 of 1 contact this week, done",
        "1 de 1 contacto esta semana, hecho",
    ),
    (
        "first_response.initial_mdt",
        None,
        "2026-03-16T20:00",
        "Initial MDT, due tomorrow 23:59",
        "Primera reunión del equipo (MDT), mañana hasta las 23:59",
    ),
    (
        "first_response.initial_mdt",
        None,
        "2026-03-20T08:00",
        "Initial MDT, 3 days late",
        "Primera reunión del equipo (MDT), 3 días de retraso",
    ),
    (
        "first_response.initial_mdt",
        None,
        "2026-03-11",
        "Initial MDT, 6 days left",
        "Primera reunión del equipo (MDT), quedan 6 días",
    ),
    (
        "first_response.arrival",
        None,
        "2026-03-10T14:10",
        "Arrive in person, due today 15:30",
        "Llegar en persona, hoy hasta las 15:30",
    ),
    (
        "first_response.arrival",
        None,
        "2026-03-10T15:50",
        "Arrive in person, 20 minutes late",
        "Llegar en persona, 20 minutos de retraso",
    ),
    (
        "first_response.arrival",
        None,
        "2026-03-10T18:00",
        "Arrive in person, 2 hours late",
        "Llegar en persona, 2 horas de retraso",
    ),
    (
        "stabilization.introductory_packet.participant",
        None,
        "2026-03-20",
        "Introductory packet for the youth, done Fri, Mar 13",
        "Paquete de bienvenida para la persona joven, hecho el viernes 13 mar",
    ),
]


@pytest.mark.parametrize(("rule", "first", "as_of", "english", "spanish"), SENTENCES)
def test_a_due_line_reads_like_a_sentence(
    rule: str, first: str | None, as_of: str, english: str, spanish: str
) -> None:
    parts: dict[str, Any] = {
        "first_response": {"called_at": "2026-03-10T14:00"},
        "services": [advocacy("stabilization", "2026-03-10")],
        "contacts": [
            visit("2026-03-12"),
            visit("2026-03-17"),
            contact("2026-03-18", "phone"),
            contact("2026-03-19", "face_to_face", "no_answer"),
        ],
        "documents": [{"kind": "introductory_packet.participant", "on": "2026-03-13"}],
    }

    found = the(due(parts, as_of), rule, first)

    assert sentence(found, moment(as_of), "en") == english
    assert sentence(found, moment(as_of), "es") == spanish


def everything() -> list[tuple[Obligation, str]]:
    """Obligations of every rule, in every state and with every note."""
    late = {
        **visit("2026-04-02", "advocacy", "survivor_advocacy"),
        "entered_at": "2026-04-09T08:00",
    }
    example = {**EXAMPLE, "contacts": [*EXAMPLE["contacts"], late]}
    closed = {
        "first_response": {
            "called_at": "2026-01-05T10:00",
            "arrived_at": "2026-01-04T10:00",
            "medical_hub_at": "2026-01-06T10:00",
            "medical_hub_answer": "declined",
            "closed_on": "2026-02-01",
            "close_reason": "Moved away.",
        },
        "services": [
            {
                "service": "advocacy",
                "phases": [
                    {
                        "phase": "stabilization",
                        "from": "2026-01-05",
                        "to": "2026-05-20",
                        "decisions": [extended("2026-05-10", "2026-05-15")],
                    },
                    {"phase": "maintenance", "from": "2026-05-21", "to": "2026-05-30"},
                    {"phase": "transition", "from": "2026-06-01"},
                ],
            },
            survivor(
                "2026-01-05",
                decisions=[stabilized("2026-01-20"), extended("2026-02-01", "2026-02-10")],
            ),
            parent("2026-01-05", False),
        ],
        "readings": {
            "bimonthly": "every_two_months",
            "visit_satisfies_contact": True,
            "partial_month": "full",
            "week_starts_on": "sunday",
            "one_visit_credit_per_day": False,
            "first_month_starts": "received",
            "video_is_face_to_face": True,
        },
        "documents": [{"kind": "safety_plan", "on": "2026-05-30"}],
    }
    no_reason = {
        "first_response": {"called_at": "2026-01-05T10:00", "closed_on": "2026-02-01"},
        "services": [
            parent(
                "2026-01-05",
                True,
                empowerment_offered_on="2026-01-07",
                empowerment_answer="accepted",
            )
        ],
    }
    cases = [
        (example, "2026-03-31"),
        (example, "2026-06-30"),
        (closed, "2026-06-10"),
        (no_reason, "2026-03-01"),
    ]
    return [(one, as_of) for parts, as_of in cases for one in due(parts, as_of)]


def test_every_rule_and_every_state_is_explained_in_both_languages() -> None:
    seen = everything()
    forbidden = re.compile(
        r"(?i:prostitut|offender|non-compliant|\bfailed?\b|runaway)|[{}]|\bNone\b|\.\."
    )

    for one, as_of in seen:
        for language in ("en", "es"):
            # A quote is the policy's own wording.
            text = "\n".join(
                line.text for line in explain(one, language) if line.kind is not LineKind.QUOTE
            )
            text += "\n" + sentence(one, moment(as_of), language) + title(one, language)
            assert not forbidden.search(text), text
    assert {one.rule for one, _ in seen} == {
        rule.id for version in default_program().versions for rule in version.rules
    }
    assert {one.state.value for one, _ in seen} == {
        "not_assessed",
        "closed",
        "met",
        "met_late",
        "due",
        "overdue",
        "not_met_missing",
        "not_met",
    }


def test_agency_targets_say_that_they_are_not_policy() -> None:
    for one, _ in everything():
        if one.is_agency_target:
            found = lines(one)
            assert found[LineKind.TARGET].startswith("Agency target, not policy.")
            assert LineKind.QUOTE not in found


def test_both_languages_have_the_same_texts() -> None:
    for name in ("TEXTS", "WORDS", "READINGS"):
        english, spanish = getattr(texts_en, name), getattr(texts_es, name)
        assert english.keys() == spanish.keys()
        for key, text in english.items():
            assert fields_of(text) == fields_of(spanish[key]), key


def fields_of(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_note_and_every_reading_has_its_words() -> None:
    assert {key.split(".")[1] for key in texts_en.TEXTS if key.startswith("note.")} == {
        kind.value for kind in NoteKind
    }
    assert {key.split(".")[0] for key in texts_en.READINGS} == set(READING_NAMES)


@pytest.mark.parametrize(("hour", "read"), [(0, "00:05"), (12, "12:05"), (23, "23:05")])
def test_times_are_read_on_the_clock_of_all_screens(hour: int, read: str) -> None:
    at = moment(f"2026-03-10T{hour:02d}:05")

    assert (Wording("en").time(at), Wording("es").time(at)) == (read, read)
