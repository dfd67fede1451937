"""The questions about contacts, with equal times, other cases and deleted ones in between."""

from datetime import timedelta

from field_app.domain.records.contact import Contact
from field_app.domain.vocabulary import Channel, Outcome, Service
from field_app.store.repositories import contacts
from field_app.store.repositories.contacts import ContactKey
from tests.store.repositories.conftest import NOW, Writing


def a_contact(number: int, *, case_id: str = "c", hours: float = 0, **values: object) -> Contact:
    return Contact(
        record_id=f"id-{number:04}",
        case_id=case_id,
        at=NOW + timedelta(hours=hours),
        channel=Channel.PHONE,
        outcome=Outcome.REACHED,
        **values,  # type: ignore[arg-type]
    )


def test_pages_hold_every_contact_once_when_many_began_at_the_same_time(writing: Writing) -> None:
    with writing() as records:
        for number in range(25):
            records.save(a_contact(number, hours=number // 10))
        records.save(a_contact(90, case_id="other"))

    seen: list[str] = []
    before: ContactKey | None = None
    with writing.reading() as records:
        while page := contacts.page_of_case(records.session, "c", limit=4, before=before):
            seen += [contact.record_id for contact in page]
            before = ContactKey(page[-1].at, page[-1].record_id)

    assert seen == sorted(seen, key=lambda name: (int(name[3:]) // 10, name), reverse=True)
    assert len(seen) == len(set(seen)) == 25


def test_a_deleted_contact_is_on_no_page_and_in_no_count(writing: Writing) -> None:
    with writing() as records:
        kept = records.save(a_contact(1))
        gone = records.save(a_contact(2))
        records.delete(gone, reason="by mistake")

    with writing.reading() as records:
        session = records.session
        assert contacts.page_of_case(session, "c", limit=9) == [kept]
        assert contacts.count_of_case(session, "c") == 1
        assert [fact.record_id for fact in contacts.facts(session)] == [kept.record_id]
        assert contacts.between(session, NOW, NOW + timedelta(hours=1)) == [kept]


def test_between_takes_its_start_and_leaves_its_end(writing: Writing) -> None:
    with writing() as records:
        for number in range(3):
            records.save(a_contact(number, hours=number))

    with writing.reading() as records:
        found = contacts.between(records.session, NOW, NOW + timedelta(hours=2))

    assert [contact.record_id for contact in found] == ["id-0001", "id-0000"]


def test_only_reached_contacts_count_as_the_last_one(writing: Writing) -> None:
    with writing() as records:
        records.save(a_contact(1))
        attempt = a_contact(2, hours=5)
        records.save(
            Contact(
                record_id=attempt.record_id,
                case_id="c",
                at=attempt.at,
                channel=Channel.TEXT,
                outcome=Outcome.NO_ANSWER,
            )
        )

    with writing.reading() as records:
        assert contacts.last_reached_by_case(records.session) == {"c": NOW}


def test_facts_carry_what_due_dates_need_and_no_note(writing: Writing) -> None:
    with writing() as records:
        records.save(a_contact(1, services=(Service.ADVOCACY,), note="private"))

    with writing.reading() as records:
        (fact,) = contacts.facts(records.session, "c")

    assert (fact.at, fact.channel, fact.services) == (NOW, "phone", ("advocacy",))
    assert "private" not in repr(fact)
