"""What a caseload is made of, case by case."""

from datetime import date

from field_app.domain.records.participant import Participant
from field_app.domain.records.service import MissingEpisode, ServicePeriod, Waiver
from field_app.store.repositories import caseloads
from tests.store.repositories.conftest import Writing


def a_youth(case_id: str, **values: object) -> Participant:
    return Participant(record_id=case_id, case_id=case_id, alias=case_id, **values)  # type: ignore[arg-type]


def test_every_record_stands_in_its_own_case(writing: Writing) -> None:
    with writing() as records:
        for case_id in ("a", "b"):
            records.save(a_youth(case_id))
            records.save(ServicePeriod(case_id=case_id))
        records.save(MissingEpisode(case_id="b", missing_from=date(2026, 3, 1)))

    with writing.reading() as records:
        cases = caseloads.case_records(records)
        only_b = caseloads.case_records(records, "b")

    assert set(cases) == {"a", "b"}
    assert [len(case.services) for case in cases.values()] == [1, 1]
    assert (cases["a"].missing, len(cases["b"].missing)) == ([], 1)
    assert only_b == {"b": cases["b"]}


def test_a_record_whose_participant_has_not_arrived_waits_unseen(writing: Writing) -> None:
    with writing() as records:
        records.save(ServicePeriod(case_id="not-here-yet"))

    with writing.reading() as records:
        assert caseloads.case_records(records) == {}

    with writing() as records:
        records.save(a_youth("not-here-yet"))
    with writing.reading() as records:
        assert len(caseloads.case_records(records)["not-here-yet"].services) == 1


def test_a_deleted_participant_takes_the_case_off_the_list(writing: Writing) -> None:
    with writing() as records:
        youth = records.save(a_youth("a"))
        records.delete(youth, reason="entered twice")

    with writing.reading() as records:
        assert caseloads.case_records(records) == {}


def test_waivers_are_the_agencys(writing: Writing) -> None:
    with writing() as records:
        waiver = records.save(Waiver(case_id="agency", starts_on=date(2026, 1, 1)))

    with writing.reading() as records:
        assert caseloads.waivers(records) == [waiver]
