"""Values of the right type that still cannot be are refused, by field."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.change import Change, ChangeAction
from field_app.domain.records.contact import Contact
from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.records.record import AGENCY_CASE_ID, Record, new_id
from field_app.domain.records.record_limits import (
    LARGEST_EXTRA_CHARACTERS,
    LONGEST_TEXT,
    MOST_WORDS,
    check_change_limits,
    check_limits,
)
from field_app.domain.records.service import MissingEpisode, Waiver
from field_app.domain.records.staff import StaffMember
from field_app.domain.vocabulary import Channel, Outcome
from field_app.errors import InputError


def a_contact(**values: Any) -> Contact:
    fitting: dict[str, Any] = {
        "case_id": new_id(),
        "at": datetime(2026, 3, 1, 20, tzinfo=UTC),
        "channel": Channel.PHONE,
        "outcome": Outcome.REACHED,
    }
    return Contact(**{**fitting, **values})


def a_youth(**values: Any) -> Participant:
    case_id = new_id()
    return Participant(**{"record_id": case_id, "case_id": case_id, **values})


def refused_field(record: Record) -> str | None:
    with pytest.raises(InputError) as caught:
        check_limits(record)
    return caught.value.field


@pytest.mark.parametrize(
    "record",
    [
        a_contact(note="á" * LONGEST_TEXT, minutes=1440),
        a_youth(birth_date=date(1900, 1, 1)),
        StaffMember(case_id=AGENCY_CASE_ID),
        MissingEpisode(
            case_id=new_id(), missing_from=date(2026, 1, 1), returned_on=date(2026, 1, 1)
        ),
    ],
    ids=lambda record: type(record).__name__,
)
def test_a_record_at_its_limits_passes(record: Record) -> None:
    check_limits(record)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"record_id": "12"}, "record_id"),
        ({"record_id": new_id().upper()}, "record_id"),
        ({"case_id": "../../etc"}, "case_id"),
        ({"case_id": AGENCY_CASE_ID}, "case_id"),
        ({"at": datetime(2026, 3, 1, 20)}, "at"),  # noqa: DTZ001 - that is what is refused
        ({"at": datetime(1, 1, 1, tzinfo=UTC)}, "at"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"minutes": 10**30}, "minutes"),
        ({"note": "x" * (LONGEST_TEXT + 1)}, "note"),
        ({"note": "half \ud83d"}, "note"),
        ({"goal_ids": tuple(new_id() for _ in range(MOST_WORDS + 1))}, "goal_ids"),
        ({"goal_ids": ("\udc00",)}, "goal_ids.0"),
        ({"extra": {"newer": "x" * LARGEST_EXTRA_CHARACTERS}}, "extra"),
        ({"extra": {"newer": "\ud800"}}, "extra"),
        ({"extra": {"newer": float("nan")}}, "extra"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_by_field(values: dict[str, Any], field: str) -> None:
    assert refused_field(a_contact(**values)) == field


def test_a_participants_case_is_the_participant() -> None:
    assert refused_field(a_youth(case_id=new_id())) == "case_id"


def test_a_participant_is_not_linked_to_itself() -> None:
    youth = a_youth()

    assert refused_field(replace(youth, linked_youth_id=youth.record_id)) == "linked_youth_id"


def test_what_belongs_to_the_agency_stays_in_its_case() -> None:
    assert refused_field(StaffMember(case_id=new_id())) == "case_id"
    assert refused_field(Waiver(case_id=new_id())) == "case_id"


def test_a_nested_value_is_named_by_its_path() -> None:
    youth = a_youth(safe_contact=SafeContact(hours="x" * (LONGEST_TEXT + 1)))

    assert refused_field(youth) == "safe_contact.hours"


def test_a_history_entry_needs_ids_and_an_instant() -> None:
    change = Change(
        change_id=new_id(),
        record_id=new_id(),
        case_id=new_id(),
        kind="contact",
        action=ChangeAction.CREATED,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        author_id="",
        device_id="",
    )
    check_change_limits(change)

    for name, value in (("change_id", "1"), ("at", datetime(2026, 3, 1))):  # noqa: DTZ001
        with pytest.raises(InputError) as caught:
            check_change_limits(replace(change, **{name: value}))  # type: ignore[arg-type]
        assert caught.value.field == name


def test_the_key_of_an_attachment_is_32_bytes_as_hex() -> None:
    check_limits(Attachment(case_id=new_id(), file_key="0f" * 32))
    check_limits(Attachment(case_id=new_id(), file_key=None))

    assert refused_field(Attachment(case_id=new_id(), file_key="no hex")) == "file_key"
