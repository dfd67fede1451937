"""Drafts and preferences: the device's own, one a name."""

from datetime import timedelta

from field_app.store.repositories import device
from tests.store.repositories.conftest import NOW, Writing


def test_a_form_has_one_draft_and_the_last_one_wins(writing: Writing) -> None:
    with writing() as records:
        device.save_draft(records.session, "log", {"note": "ha"}, case_id=None, now=NOW)
    with writing() as records:
        later = NOW + timedelta(minutes=1)
        device.save_draft(records.session, "log", {"note": "half"}, case_id="c", now=later)

    with writing.reading() as records:
        (draft,) = device.drafts(records.session)
        assert (draft.payload, draft.case_id, draft.saved_at) == ({"note": "half"}, "c", later)


def test_drafts_come_latest_first(writing: Writing) -> None:
    with writing() as records:
        for minute, form in enumerate(("one", "two", "three")):
            at = NOW + timedelta(minutes=minute)
            device.save_draft(records.session, form, {}, case_id=None, now=at)

    with writing.reading() as records:
        assert [draft.form for draft in device.drafts(records.session)] == ["three", "two", "one"]


def test_discarding_a_draft_that_is_not_there_changes_nothing(writing: Writing) -> None:
    with writing() as records:
        device.save_draft(records.session, "log", {}, case_id=None, now=NOW)
        device.discard_draft(records.session, "another")

    with writing.reading() as records:
        assert device.load_draft(records.session, "log") is not None
        assert device.load_draft(records.session, "another") is None


def test_a_preference_is_none_until_it_is_set(writing: Writing) -> None:
    with writing.reading() as records:
        assert device.preference(records.session, "theme") is None

    with writing() as records:
        device.set_preference(records.session, "theme", {"value": "dark"})
    with writing() as records:
        device.set_preference(records.session, "theme", {"value": "light"})

    with writing.reading() as records:
        assert device.preference(records.session, "theme") == {"value": "light"}
