"""Records as JSON values and back: nothing is lost, and what is wrong is named."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.domain.records.change import Change, ChangeAction
from field_app.domain.records.codec import (
    change_from_json,
    change_to_json,
    differing_fields,
    from_json,
    to_json,
)
from field_app.domain.records.contact import Contact, Goal
from field_app.domain.records.kinds import KIND_OF, KINDS
from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.records.record import new_id
from field_app.domain.vocabulary import Channel, Outcome
from field_app.errors import InputError
from tests.record_strategies import records

CONTACT: dict[str, Any] = {
    "kind": "contact",
    "case_id": "c",
    "at": "2026-03-30T15:00:00-07:00",
    "channel": "phone",
    "outcome": "reached",
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None, phases=[HypothesisPhase.generate])
@given(data=st.data())
def test_a_record_survives_json_with_the_fields_of_a_newer_version(
    kind: str, data: st.DataObject
) -> None:
    record = data.draw(records(KINDS[kind]))

    values = json.loads(json.dumps(to_json(record)))

    assert from_json(values) == record
    assert values["kind"] == kind
    assert "extra" not in values


def test_an_unknown_field_stands_beside_the_known_ones_again() -> None:
    values = {**CONTACT, "mood_in_her_words": "ok"}

    record = from_json(values)

    assert record.extra == {"mood_in_her_words": "ok"}
    assert to_json(record)["mood_in_her_words"] == "ok"


def test_a_part_of_a_record_keeps_the_fields_of_a_newer_version() -> None:
    step = {"item_id": new_id(), "words": "call the school", "reminder": {"on": "2026-12-01"}}
    values = {"kind": "goal", "record_id": new_id(), "case_id": new_id(), "steps": [step]}

    goal = from_json(values)
    assert isinstance(goal, Goal)
    edited = replace(goal, steps=(replace(goal.steps[0], partly=True),))

    assert to_json(edited)["steps"][0].items() >= {**step, "partly": True}.items()


def test_a_known_field_hidden_in_the_extra_of_a_part_is_refused() -> None:
    step = {"item_id": new_id(), "extra": {"words": "takes the place of the words"}}
    values = {"kind": "goal", "record_id": new_id(), "case_id": new_id(), "steps": [step]}

    with pytest.raises(InputError) as caught:
        from_json(values)

    assert caught.value.field == "steps.0"
    assert "takes the place" not in str(caught.value)


def test_the_same_moment_reads_the_same_in_every_zone() -> None:
    there = from_json(CONTACT)
    here = from_json({**CONTACT, "record_id": there.record_id, "at": "2026-03-30T22:00:00Z"})

    assert to_json(there) == to_json(here)
    assert to_json(there)["at"] == "2026-03-30T22:00:00Z"


def test_a_known_field_hidden_in_extra_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        from_json({**CONTACT, "extra": {"note": "takes the place of the note"}})

    assert caught.value.field == "extra.note"


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("kind", "visit", "kind"),
        ("kind", None, "kind"),
        ("kind", ["contact"], "kind"),
        ("channel", "pigeon", "channel"),
        ("at", "yesterday", "at"),
        ("minutes", "many", "minutes"),
        ("services", "advocacy", "services"),
        ("services", ["advocacy", "massage"], "services.1"),
        ("note", 7, "note"),
        ("extra", [], "extra"),
        ("case_id", None, "case_id"),
    ],
)
def test_a_wrong_field_is_named_and_its_value_is_not_repeated(
    name: str, value: Any, field: str
) -> None:
    with pytest.raises(InputError) as caught:
        from_json({**CONTACT, name: value})

    assert caught.value.field == field
    if isinstance(value, str):
        assert value not in str(caught.value).replace(field, "")


@pytest.mark.parametrize("name", ["case_id", "at", "channel", "outcome"])
def test_a_missing_field_is_named(name: str) -> None:
    values = {key: value for key, value in CONTACT.items() if key != name}

    with pytest.raises(InputError) as caught:
        from_json(values)

    assert caught.value.field == name


def test_a_nested_field_is_named_by_its_path() -> None:
    values = {"kind": "participant", "case_id": "c", "safe_contact": {"channels": ["smoke"]}}

    with pytest.raises(InputError) as caught:
        from_json(values)

    assert caught.value.field == "safe_contact.channels.0"


def test_differing_fields_leave_out_the_stamp() -> None:
    before = Participant(case_id="c", record_id="c", alias="A.", author_id="one")
    after = replace(before, alias="B.", author_id="two", updated_at=datetime.now(UTC))

    assert differing_fields(to_json(before), to_json(after)) == ({"alias": "A."}, {"alias": "B."})


def test_differing_fields_of_a_new_record_are_all_of_it() -> None:
    participant = Participant(case_id="c", record_id="c", alias="A.")

    before, after = differing_fields(None, to_json(participant))

    assert before == {}
    assert after["alias"] == "A."


def test_a_safe_contact_rule_is_known_as_soon_as_anything_was_agreed() -> None:
    assert not SafeContact().is_known
    assert SafeContact(voicemail_ok=False).is_known
    assert SafeContact(hours="after 4").is_known


def test_a_history_entry_survives_json() -> None:
    change = Change(
        change_id="1",
        record_id="2",
        case_id="3",
        kind="contact",
        action=ChangeAction.EDITED,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        author_id="4",
        device_id="5",
        reason="wrong minutes",
        before={"minutes": 5},
        after={"minutes": 50},
    )

    values = json.loads(json.dumps(change_to_json(change)))

    assert change_from_json(values) == change
    assert values["record_kind"] == "contact"


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("record_kind", "visit", "record_kind"),
        ("action", "burned", "action"),
        ("at", None, "at"),
        ("before", "x", "before"),
    ],
)
def test_a_wrong_field_of_a_history_entry_is_named(name: str, value: Any, field: str) -> None:
    values = {
        "change_id": "1",
        "record_id": "2",
        "case_id": "3",
        "record_kind": "contact",
        "action": "edited",
        "at": "2026-03-01T00:00:00Z",
        "author_id": "4",
        "device_id": "5",
    }

    with pytest.raises(InputError) as caught:
        change_from_json({**values, name: value})

    assert caught.value.field == field


def test_every_kind_has_one_word_and_every_word_one_kind() -> None:
    assert {KIND_OF[kind]: kind for kind in KINDS.values()} == KINDS


def test_a_contact_belongs_to_the_county_day_on_which_it_began() -> None:
    late = Contact(
        case_id="c",
        at=datetime(2026, 3, 11, 6, 30, tzinfo=UTC),
        channel=Channel.TEXT,
        outcome=Outcome.REACHED,
    )

    assert late.local_date.isoformat() == "2026-03-10"


def test_the_lag_of_an_entry_is_never_negative() -> None:
    at = datetime(2026, 3, 11, 6, 30, tzinfo=UTC)
    contact = Contact(case_id="c", at=at, channel=Channel.TEXT, outcome=Outcome.REACHED)

    assert contact.entry_lag.total_seconds() == 0
    assert replace(contact, entered_at=at.replace(hour=5)).entry_lag.total_seconds() == 0
    assert (
        replace(contact, entered_at=at.replace(hour=8, minute=0)).entry_lag.total_seconds() == 5400
    )
