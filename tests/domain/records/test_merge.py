"""The three-way merge: nothing that anybody wrote vanishes, and only real choices are asked for."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.domain.records.codec import from_json, to_json
from field_app.domain.records.merge import (
    ConflictReason,
    Merged,
    merge_records,
    merge_values,
    with_choice,
)
from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.records.record import Record, new_id
from field_app.domain.records.safety_plan import PlanEntry, PlanSection, SafetyPlan
from field_app.domain.vocabulary import Channel

CASE = new_id()
T0 = datetime(2026, 3, 1, tzinfo=UTC)


def a_plan(*words: str) -> SafetyPlan:
    entries = tuple(PlanEntry(item_id=f"item-{n}", words=w) for n, w in enumerate(words))
    return SafetyPlan(record_id=CASE, case_id=CASE, created_at=T0, updated_at=T0, entries=entries)


def reworded(plan: SafetyPlan, place: int, words: str) -> SafetyPlan:
    entries = list(plan.entries)
    entries[place] = replace(entries[place], words=words)
    return replace(plan, entries=tuple(entries))


def words_of(record: Record) -> list[str]:
    assert isinstance(record, SafetyPlan)
    return [entry.words for entry in record.entries]


def participant(**values: Any) -> Participant:
    return Participant(record_id=CASE, case_id=CASE, **values)


def test_edits_of_different_fields_are_both_kept() -> None:
    base = participant(alias="A.", phone="1")

    merged = merge_records(base, replace(base, alias="B."), replace(base, phone="2"))

    assert merged == Merged(replace(base, alias="B.", phone="2"), ())


def test_edits_of_different_items_are_both_kept() -> None:
    base = a_plan("music", "aunt", "library")

    merged = merge_records(base, reworded(base, 0, "drums"), reworded(base, 2, "park"))

    assert words_of(merged.record) == ["drums", "aunt", "park"]
    assert merged.conflicts == ()


def test_edits_of_different_fields_of_one_item_are_both_kept() -> None:
    base = a_plan("aunt")
    mine = reworded(base, 0, "my aunt")
    theirs = replace(base, entries=(replace(base.entries[0], section=PlanSection.SAFE_PEOPLE),))

    merged = merge_records(base, mine, theirs)

    assert isinstance(merged.record, SafetyPlan)
    assert merged.record.entries[0].words == "my aunt"
    assert merged.record.entries[0].section is PlanSection.SAFE_PEOPLE
    assert merged.conflicts == ()


def test_two_wordings_of_one_item_are_a_conflict_and_the_centre_stands() -> None:
    base = a_plan("aunt")

    merged = merge_records(base, reworded(base, 0, "mine"), reworded(base, 0, "theirs"))

    assert words_of(merged.record) == ["theirs"]
    (conflict,) = merged.conflicts
    assert (conflict.field, conflict.item_id) == ("entries.words", "item-0")
    assert (conflict.mine, conflict.theirs) == ("mine", "theirs")


def test_an_item_edited_here_and_deleted_there_stays_and_is_flagged() -> None:
    base = a_plan("aunt", "park")
    theirs = replace(base, entries=base.entries[1:])

    merged = merge_records(base, reworded(base, 0, "my aunt"), theirs)

    assert sorted(words_of(merged.record)) == ["my aunt", "park"]
    (conflict,) = merged.conflicts
    assert conflict.reason is ConflictReason.DELETED_BY_THEM
    assert conflict.item_id == "item-0"


def test_a_record_deleted_here_and_edited_there_stays_and_is_flagged() -> None:
    base = participant(alias="A.")

    merged = merge_records(base, replace(base, deleted=True), replace(base, alias="B."))

    assert merged.record == replace(base, alias="B.")
    assert [conflict.reason for conflict in merged.conflicts] == [ConflictReason.DELETED_BY_ME]


def test_a_record_deleted_here_and_untouched_there_is_deleted() -> None:
    base = participant(alias="A.")

    merged = merge_records(base, replace(base, deleted=True), base)

    assert merged == Merged(replace(base, deleted=True), ())


def test_parts_of_a_nested_object_are_merged_by_part() -> None:
    base = participant(safe_contact=SafeContact(channels=(Channel.PHONE,), hours="after 4"))
    mine = replace(base, safe_contact=replace(base.safe_contact, channels=()))
    theirs = replace(
        base,
        safe_contact=SafeContact(channels=(Channel.PHONE, Channel.TEXT), hours="after 5"),
    )

    merged = merge_records(base, mine, theirs)

    assert isinstance(merged.record, Participant)
    assert merged.record.safe_contact == SafeContact(channels=(Channel.TEXT,), hours="after 5")
    assert merged.conflicts == ()


def test_a_conflict_names_the_part_of_a_nested_object() -> None:
    base = participant(safe_contact=SafeContact(hours="after 4"))
    mine = replace(base, safe_contact=SafeContact(hours="after 5"))

    merged = merge_records(base, mine, replace(base, safe_contact=SafeContact(hours="after 6")))

    assert [conflict.field for conflict in merged.conflicts] == ["safe_contact.hours"]


def test_fields_of_a_newer_version_are_merged_like_any_other() -> None:
    base = participant(extra={"shoe_size": 38, "colour": "red"})
    mine = replace(base, extra={"shoe_size": 39, "colour": "red"})
    theirs = replace(base, extra={"shoe_size": 38, "colour": "blue"})

    merged = merge_records(base, mine, theirs)

    assert merged.record.extra == {"shoe_size": 39, "colour": "blue"}


def test_the_later_stamp_stands_and_is_never_a_conflict() -> None:
    base = participant(alias="A.")
    mine = replace(base, phone="1", author_id="me", updated_at=T0.replace(day=3))
    theirs = replace(base, alias="B.", author_id="you", updated_at=T0.replace(day=2))

    merged = merge_records(base, mine, theirs)

    assert (merged.record.author_id, merged.record.updated_at) == ("me", T0.replace(day=3))
    assert merged.conflicts == ()


def test_states_of_two_records_are_refused() -> None:
    with pytest.raises(ValueError, match="record_id"):
        merge_records(None, participant(), replace(participant(), record_id=new_id()))


def test_a_choice_puts_my_words_back() -> None:
    base = a_plan("aunt", "park")
    merged = merge_records(base, reworded(base, 0, "mine"), reworded(base, 0, "theirs"))

    chosen = with_choice(merged.record, merged.conflicts[0], "mine, theirs")

    assert words_of(chosen) == ["mine, theirs", "park"]


def test_choosing_the_deletion_removes_the_item() -> None:
    base = a_plan("aunt", "park")
    mine = replace(base, entries=base.entries[1:])
    merged = merge_records(base, mine, reworded(base, 0, "my aunt"))

    assert words_of(with_choice(merged.record, merged.conflicts[0], None)) == ["park"]


# Random histories. A state is a record as JSON: two plain fields, a word list, and items.

texts = st.sampled_from(["", "a", "b", "c"])
item_ids = st.sampled_from(["i1", "i2", "i3", "i4"])
items = st.lists(
    st.fixed_dictionaries({"item_id": item_ids, "words": texts, "who": texts}),
    max_size=4,
    unique_by=lambda item: item["item_id"],
)
words = st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=3)


def states() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "record_id": st.just(CASE),
            "case_id": st.just(CASE),
            "created_at": st.just("2026-03-01T00:00:00Z"),
            "updated_at": st.just("2026-03-01T00:00:00Z"),
            "deleted": st.just(False),
            "left": texts,
            "right": texts,
            "steps": items,
            "tags": words,
        }
    )


def as_sets(values: dict[str, Any]) -> dict[str, Any]:
    """Return a state without the order of its lists."""
    return {
        **values,
        "steps": sorted(values["steps"], key=lambda item: item["item_id"]),
        "tags": sorted(values["tags"]),
    }


@settings(max_examples=50)
@given(states(), states())
def test_merging_with_an_unchanged_side_gives_the_other(
    base: dict[str, Any], other: dict[str, Any]
) -> None:
    assert merge_values(base, other, base) == (other, ())
    assert merge_values(base, base, other) == (other, ())


@settings(max_examples=50)
@given(states(), states())
def test_identical_content_is_never_a_conflict(base: dict[str, Any], new: dict[str, Any]) -> None:
    assert merge_values(base, new, new) == (new, ())


@settings(max_examples=50)
@given(states(), states(), states())
def test_merging_again_changes_nothing(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merged, _ = merge_values(base, mine, theirs)

    assert merge_values(theirs, merged, theirs) == (merged, ())
    assert merge_values(merged, merged, merged) == (merged, ())


@settings(max_examples=50)
@given(states(), states(), states())
def test_the_two_sides_may_be_exchanged_unless_there_is_a_conflict(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    one, conflicts = merge_values(base, mine, theirs)
    other, mirrored = merge_values(base, theirs, mine)

    seen = {(c.field, c.item_id, str(c.mine), str(c.theirs)) for c in conflicts}
    assert seen == {(c.field, c.item_id, str(c.theirs), str(c.mine)) for c in mirrored}
    if not conflicts:
        assert as_sets(one) == as_sets(other)


@settings(max_examples=50)
@given(states(), states(), states())
def test_no_value_vanishes(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merged, conflicts = merge_values(base, mine, theirs)

    kept_aside = [(c.field, c.item_id, c.mine) for c in conflicts]
    by_id = {item["item_id"]: item for item in merged["steps"]}
    base_items = {item["item_id"]: item for item in base["steps"]}
    for side in (mine, theirs):
        for name in ("left", "right"):
            if side[name] != base[name]:
                assert merged[name] == side[name] or (name, None, side[name]) in kept_aside
        for item in side["steps"]:
            was = base_items.get(item["item_id"], {})
            for name in ("words", "who"):
                if item[name] != was.get(name):
                    there = by_id[item["item_id"]][name] == item[name]
                    noted = (f"steps.{name}", item["item_id"], item[name]) in kept_aside
                    assert there or noted
        for tag in side["tags"]:
            assert tag in merged["tags"] or tag in base["tags"]


@settings(max_examples=50)
@given(states(), states(), st.sampled_from(["left", "steps", "tags"]))
def test_disjoint_edits_commute(base: dict[str, Any], new: dict[str, Any], field: str) -> None:
    mine = {**base, field: new[field]}
    theirs = {**base, "right": new["right"]}

    merged, conflicts = merge_values(base, mine, theirs)
    exchanged, _ = merge_values(base, theirs, mine)

    assert conflicts == ()
    assert merged == exchanged == {**mine, "right": new["right"]}


def test_a_merge_of_records_goes_through_the_codec_unharmed() -> None:
    plan = a_plan("aunt")

    assert from_json(to_json(plan)) == plan
    assert merge_records(plan, plan, plan).record == plan
