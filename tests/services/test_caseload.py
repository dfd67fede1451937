"""The caseload: who is on it, what a search finds, and what it does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from field_app.domain.records.contact import Contact, Goal
from field_app.domain.records.participant import TeamMember
from field_app.domain.records.record import new_id
from field_app.domain.records.service import Referral
from field_app.domain.vocabulary import Channel, Outcome, ParticipantKind, Phase, Service
from field_app.errors import InputError
from field_app.services.caseload import CaseloadFilter, CaseloadService
from field_app.services.contacts import ContactEntry, ContactService
from field_app.services.missing import MissingService
from field_app.services.notebook import Notebook
from field_app.services.phases import PhaseService
from tests.services.notebooks import NOON, a_parent, a_youth

TODAY = date(2026, 3, 10)


def log(notebook: Notebook, case_id: str, *, days_ago: int = 0, note: str = "") -> Contact:
    return ContactService(notebook).log(
        ContactEntry(
            case_id=case_id,
            channel=Channel.TEXT,
            outcome=Outcome.REACHED,
            at=NOON - timedelta(days=days_ago),
            note=note,
        )
    )


def aliases(notebook: Notebook, **wanted: object) -> list[str]:
    entries = CaseloadService(notebook).entries(CaseloadFilter(**wanted))  # type: ignore[arg-type]
    return [entry.participant.alias for entry in entries]


def test_entries_come_by_alias_whatever_its_case(notebook: Notebook) -> None:
    for alias in ("b", "A.", "C."):
        a_youth(notebook, alias)

    assert aliases(notebook) == ["A.", "b", "C."]


def test_parents_and_youth_are_lists_of_their_own(notebook: Notebook) -> None:
    youth = a_youth(notebook, "A.")
    a_parent(notebook, youth)

    assert aliases(notebook, kind=ParticipantKind.YOUTH) == ["A."]
    assert aliases(notebook, kind=ParticipantKind.PARENT) == ["P."]


def test_filters_show_service_phase_missing_and_closed(notebook: Notebook) -> None:
    one, two = a_youth(notebook, "One"), a_youth(notebook, "Two")
    phases = PhaseService(notebook)
    phases.start_service(one.case_id, Service.ADVOCACY, received_at=NOON - timedelta(days=3))
    phases.start_service(two.case_id, Service.SURVIVOR_ADVOCACY)
    MissingService(notebook).begin(two.case_id)

    assert aliases(notebook, service=Service.ADVOCACY) == ["One"]
    assert aliases(notebook, phase=Phase.STABILIZATION) == ["One"]
    assert aliases(notebook, missing_only=True) == ["Two"]
    assert aliases(notebook, closed=True) == []


def test_the_quietest_come_first_and_never_reached_before_all(notebook: Notebook) -> None:
    for alias, days_ago in (("Week", 7), ("Today", 0), ("Month", 30), ("Never", None)):
        youth = a_youth(notebook, alias)
        PhaseService(notebook).start_service(youth.case_id, Service.ADVOCACY)
        if days_ago is not None:
            log(notebook, youth.case_id, days_ago=days_ago)
    log(notebook, a_youth(notebook, "No service").case_id, days_ago=90)

    quiet = CaseloadService(notebook).quietest(3)

    assert [entry.participant.alias for entry in quiet] == ["Never", "Month", "Week"]
    assert [entry.days_since_reached(TODAY) for entry in quiet] == [None, 30, 7]


def test_a_page_shows_everything_about_one_participant(notebook: Notebook) -> None:
    youth = a_youth(notebook)
    parent = a_parent(notebook, youth)
    caseload = CaseloadService(notebook)
    member = caseload.save_team_member(TeamMember(case_id=youth.case_id, name="Ms. Brooks"))
    caseload.save_team_member(TeamMember(case_id=parent.case_id, name="The parent's attorney"))
    with notebook.write() as records:
        goal = records.save(Goal(case_id=youth.case_id, words="my own room"))
    contact = log(notebook, youth.case_id, days_ago=2)

    page = caseload.page(youth.case_id)

    assert page is not None
    assert page.team == (member,)
    assert page.goals == (goal,)
    assert page.linked == (parent,)
    assert page.entry.last_reached_at == contact.at
    assert caseload.page(new_id()) is None


class TestSearch:
    """What the caseload's search finds."""

    def test_names_notes_team_and_goals(self, notebook: Notebook) -> None:
        youth = a_youth(notebook, "Robin")
        caseload = CaseloadService(notebook)
        caseload.save_team_member(TeamMember(case_id=youth.case_id, name="Ms. Brooks"))
        with notebook.write() as records:
            records.save(Goal(case_id=youth.case_id, words="ride a bicycle"))
        contact = log(notebook, youth.case_id, note="Loves the aquarium")

        for words, kind in (
            ("robi", "participant"),
            ("brooks", "team_member"),
            ("bicycle", "goal"),
            ("AQUARIUM", "contact"),
        ):
            (found,) = caseload.search(words)
            assert (found.participant, found.kind) == (youth, kind)
        assert (found.excerpt, found.at) == (contact.note, contact.at)

    def test_accents_do_not_matter(self, notebook: Notebook) -> None:
        youth = a_youth(notebook, "Ángel")

        assert [hit.participant for hit in CaseloadService(notebook).search("angel")] == [youth]

    def test_deleted_and_corrected_words_are_not_found(self, notebook: Notebook) -> None:
        youth = a_youth(notebook)
        contacts = ContactService(notebook)
        gone = log(notebook, youth.case_id, note="lighthouse")
        wrong = log(notebook, youth.case_id, note="submarine")

        contacts.take_back(gone.record_id)
        contacts.correct(replace(wrong, note="bicycle"), reason="wrong word")

        caseload = CaseloadService(notebook)
        assert caseload.search("lighthouse") == caseload.search("submarine") == []
        assert len(caseload.search("bicycle")) == 1

    def test_a_member_who_left_the_team_is_not_found(self, notebook: Notebook) -> None:
        caseload = CaseloadService(notebook)
        member = caseload.save_team_member(
            TeamMember(case_id=a_youth(notebook).case_id, name="Brooks")
        )

        caseload.remove_team_member(member.record_id)

        assert caseload.search("brooks") == []

    def test_nothing_is_found_of_a_deleted_participant(self, notebook: Notebook) -> None:
        youth = a_youth(notebook, "Robin")
        log(notebook, youth.case_id, note="aquarium")
        with notebook.write() as records:
            records.delete(youth, reason="entered twice")

        caseload = CaseloadService(notebook)
        assert caseload.search("robin") == caseload.search("aquarium") == []
        assert caseload.entries() == []

    @pytest.mark.parametrize("typed", ["", "   ", '"', "a OR b*", "note:x", "NEAR(", "%_'; --"])
    def test_anything_may_be_typed(self, notebook: Notebook, typed: str) -> None:
        a_youth(notebook)

        CaseloadService(notebook).search(typed)


def test_a_participant_needs_an_alias(notebook: Notebook) -> None:
    youth = a_youth(notebook)
    caseload = CaseloadService(notebook)

    with pytest.raises(InputError) as caught:
        caseload.save_participant(replace(youth, alias=" "))

    assert caught.value.field == "alias"
    assert caseload.find(youth.case_id) == youth
    assert caseload.save_participant(replace(youth, alias=" B. ")).alias == "B."


def test_whether_contact_is_safe_is_unknown_until_it_is_answered(notebook: Notebook) -> None:
    youth = a_youth(notebook)
    caseload = CaseloadService(notebook)
    assert youth.contact_safe is None

    assert caseload.answer_contact_safe(youth.case_id, is_safe=False).contact_safe is False

    with pytest.raises(InputError):
        caseload.answer_contact_safe(new_id(), is_safe=True)


def test_a_team_member_needs_a_name_or_an_organisation(notebook: Notebook) -> None:
    youth, caseload = a_youth(notebook), CaseloadService(notebook)

    with pytest.raises(InputError):
        caseload.save_team_member(TeamMember(case_id=youth.case_id, name=" "))
    caseload.save_team_member(TeamMember(case_id=youth.case_id, organisation="Sample High"))


def test_a_case_closes_with_a_reason_after_its_services(notebook: Notebook) -> None:
    youth, caseload = a_youth(notebook), CaseloadService(notebook)
    phases = PhaseService(notebook)
    service = phases.start_service(youth.case_id, Service.ADVOCACY)

    with pytest.raises(InputError) as caught:
        caseload.close_case(youth.case_id, closed_on=TODAY, reason="moved")
    assert caught.value.code == "end_services_first"
    phases.end_service(service.record_id, ended_on=TODAY, reason="moved")
    with pytest.raises(InputError):
        caseload.close_case(youth.case_id, closed_on=TODAY, reason=" ")

    closed = caseload.close_case(youth.case_id, closed_on=TODAY, reason=" moved ")

    assert (closed.closed_on, closed.close_reason) == (TODAY, "moved")
    assert aliases(notebook) == []
    assert aliases(notebook, closed=True) == ["A."]


def test_the_talk_with_the_csw_is_noted_on_the_referral(notebook: Notebook) -> None:
    youth, caseload = a_youth(notebook), CaseloadService(notebook)
    with pytest.raises(InputError):
        caseload.record_csw_talk(youth.case_id)
    with notebook.write() as records:
        records.save(Referral(case_id=youth.case_id, assigned_at=NOON - timedelta(days=1)))

    assert caseload.record_csw_talk(youth.case_id).csw_contacted_at == NOON
