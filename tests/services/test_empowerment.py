"""The Parent Empowerment Program on a real store."""

from datetime import timedelta

import pytest

from field_app.domain.records.agency_setting import SettingName
from field_app.domain.records.empowerment import EmpowermentTarget
from field_app.errors import InputError
from field_app.programs import default_program
from field_app.services.agency import AgencyService
from field_app.services.empowerment import EmpowermentService, SessionEntry
from field_app.services.notebook import Notebook
from tests.services.notebooks import NOON, a_parent, a_youth

TARGET = EmpowermentTarget(sessions=10, session_minutes=90, topic_count=6)


@pytest.fixture
def program(notebook: Notebook) -> EmpowermentService:
    return EmpowermentService(notebook, TARGET)


@pytest.fixture
def case_id(notebook: Notebook) -> str:
    return a_parent(notebook, a_youth(notebook)).case_id


@pytest.mark.requirement("X-07", "PEP-02")
def test_the_program_file_has_ten_sessions_of_ninety_minutes_and_six_topics() -> None:
    terms = default_program().versions[-1].empowerment

    assert (terms.sessions, terms.session_minutes, len(terms.topics)) == (10, 90, 6)


def test_a_session_needs_nothing_but_the_parent(program: EmpowermentService, case_id: str) -> None:
    session = program.log(case_id)

    assert (session.session_number, session.minutes, session.held_at) == (1, 90, NOON)
    assert program.log(case_id).session_number == 2


@pytest.mark.requirement("PEP-02")
def test_the_grid_is_complete_after_all_sessions_and_topics(
    program: EmpowermentService, case_id: str
) -> None:
    for number in range(1, 11):
        assert not program.progress(case_id).is_complete
        program.log(case_id, SessionEntry(session_number=number, topics=(min(number, 6),)))

    done = program.progress(case_id)

    assert done.is_complete
    assert (len(done.attended), done.minutes, done.next_session) == (10, 900, None)


def test_a_group_writes_one_record_a_parent_with_one_event(
    notebook: Notebook, program: EmpowermentService
) -> None:
    came, absent = (a_parent(notebook, a_youth(notebook)).case_id for _ in range(2))

    sessions = program.log_group({came: True, absent: False}, SessionEntry(session_number=3))

    assert len({session.event_id for session in sessions}) == 1
    assert [s.case_id for s in sessions] == [came, absent]
    assert program.progress(came).attended == {3}
    assert program.progress(absent).to_make_up == {3}


def test_a_group_with_somebody_who_is_no_parent_is_not_saved_at_all(
    notebook: Notebook, program: EmpowermentService, case_id: str
) -> None:
    with pytest.raises(InputError):
        program.log_group(
            {case_id: True, a_youth(notebook).case_id: True}, SessionEntry(session_number=1)
        )

    assert program.sessions(case_id) == []


def test_a_make_up_session_closes_the_gap(program: EmpowermentService, case_id: str) -> None:
    program.log_group({case_id: False}, SessionEntry(session_number=1))

    made_up = program.log(case_id, SessionEntry(session_number=1))

    assert made_up.is_make_up
    assert program.progress(case_id).to_make_up == frozenset()


def test_a_session_held_twice_counts_once(program: EmpowermentService, case_id: str) -> None:
    for _ in range(3):
        program.log(case_id, SessionEntry(session_number=1))

    assert program.progress(case_id).attended == {1}


def test_an_agency_may_set_its_own_number(
    supervisor: Notebook, program: EmpowermentService, case_id: str
) -> None:
    AgencyService(supervisor).set_number(SettingName.EMPOWERMENT_SESSIONS, 8)

    assert program.target().sessions == 8
    with pytest.raises(InputError):
        program.log(case_id, SessionEntry(session_number=9))


@pytest.mark.parametrize(
    "entry",
    [
        SessionEntry(session_number=11),
        SessionEntry(topics=(7,)),
        SessionEntry(minutes=-1),
        SessionEntry(held_at=NOON + timedelta(hours=1)),
    ],
)
def test_an_impossible_session_is_refused(
    program: EmpowermentService, case_id: str, entry: SessionEntry
) -> None:
    with pytest.raises(InputError):
        program.log(case_id, entry)
