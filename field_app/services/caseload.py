"""The caseload: who is on it, where each one stands, and one participant's whole page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from field_app.domain.records.contact import COUNTY_ZONE, Contact, Goal
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.participant import Participant, TeamMember
from field_app.domain.records.record import Record
from field_app.domain.records.service import MissingEpisode, PhasePeriod, Referral, ServicePeriod
from field_app.domain.vocabulary import ParticipantKind, Phase, Service
from field_app.errors import InputError
from field_app.services.case_shelf import CaseShelf
from field_app.services.lookup import staff_names
from field_app.services.notebook import Notebook
from field_app.store.repositories import caseloads
from field_app.store.repositories import contacts as contact_queries
from field_app.store.repositories.caseloads import CaseRecords

SEARCH_HITS = 50


@dataclass(frozen=True)
class CaseloadEntry:
    """One line of the caseload.

    Attributes:
        services: Services that are running.
        phase: Present phase of advocacy, if there is one.
        last_reached_at: When the participant was last reached; None if never.
        is_missing: Noted as missing and not back.
    """

    participant: Participant
    services: tuple[Service, ...]
    phase: Phase | None
    last_reached_at: datetime | None
    is_missing: bool

    @property
    def case_id(self) -> str:
        """The participant's case."""
        return self.participant.case_id

    def days_since_reached(self, today: date) -> int | None:
        """Return the whole county days since the participant was last reached."""
        if self.last_reached_at is None:
            return None
        return (today - self.last_reached_at.astimezone(COUNTY_ZONE).date()).days


@dataclass(frozen=True)
class CaseloadFilter:
    """Which lines of the caseload to show; every part that is None shows all."""

    kind: ParticipantKind | None = None
    service: Service | None = None
    phase: Phase | None = None
    missing_only: bool = False
    closed: bool = False


@dataclass(frozen=True)
class ParticipantPage:
    """Everything the participant's screen shows besides contacts and due dates."""

    entry: CaseloadEntry
    records: CaseRecords
    team: tuple[TeamMember, ...]
    goals: tuple[Goal, ...]
    linked: tuple[Participant, ...]

    @property
    def participant(self) -> Participant:
        """The participant."""
        return self.entry.participant


@dataclass(frozen=True)
class SearchResult:
    """A participant that a search found, with the note it was found in, if it was one."""

    participant: Participant
    kind: str
    record_id: str
    excerpt: str = ""
    at: datetime | None = None


class CaseloadService:
    """Reading and keeping the caseload."""

    def __init__(self, notebook: Notebook, shelf: CaseShelf | None = None) -> None:
        """Work in an open notebook, with the shelf that other services read too."""
        self._notebook = notebook
        self._shelf = shelf or CaseShelf(notebook)

    def entries(self, wanted: CaseloadFilter | None = None) -> list[CaseloadEntry]:
        """Return the lines of the caseload by alias."""
        wanted = wanted or CaseloadFilter()
        shelf = self._shelf.now()
        entries = [
            self._entry(case, shelf.last_reached_at.get(case_id))
            for case_id, case in shelf.cases.items()
        ]
        found = [entry for entry in entries if _fits(entry, wanted)]
        return sorted(found, key=lambda entry: entry.participant.alias.casefold())

    def quietest(self, count: int = 5) -> list[CaseloadEntry]:
        """Return the open participants who have had no contact for longest, the longest first."""
        entries = [entry for entry in self.entries() if entry.services]
        entries.sort(
            key=lambda entry: (
                entry.last_reached_at is not None,
                entry.last_reached_at or entry.participant.created_at,
            )
        )
        return entries[:count]

    def page(self, case_id: str) -> ParticipantPage | None:
        """Return a participant's page, or None when the participant is not on this device."""
        with self._notebook.read() as records:
            case = caseloads.case_records(records, case_id).get(case_id)
            if case is None:
                return None
            last = contact_queries.page_of_case(records.session, case_id, limit=100)
            team = records.of_case(TeamMember, case_id)
            goals = records.of_case(Goal, case_id)
            everyone = records.all_of(Participant)
        reached = next((contact.at for contact in last if contact.is_reached), None)
        linked = tuple(
            other
            for other in everyone
            if other.linked_youth_id == case_id
            or other.record_id == case.participant.linked_youth_id
        )
        return ParticipantPage(self._entry(case, reached), case, tuple(team), tuple(goals), linked)

    def find(self, case_id: str) -> Participant | None:
        """Return a participant, or None."""
        with self._notebook.read() as records:
            return records.find(Participant, case_id)

    def aliases(self) -> dict[str, str]:
        """Return how everybody on this device is called, closed cases too, by case."""
        return {who.case_id: who.alias for who in self._shelf.now().participants()}

    def staff_names(self) -> dict[str, str]:
        """Return the names of the agency's staff that this device knows, by staff id."""
        with self._notebook.read() as records:
            return staff_names(records)

    def goal_words(self, case_id: str, goal_ids: Iterable[str]) -> tuple[str, ...]:
        """Return the goals of ids in the youth's words; what is not here yet is left out."""
        wanted = frozenset(goal_ids)
        with self._notebook.read() as records:
            goals = records.of_case(Goal, case_id) if wanted else []
        return tuple(goal.words for goal in goals if goal.record_id in wanted)

    def prepare_search(self) -> None:
        """Build the search index before anybody types, so that the first search does not wait."""
        self._notebook.database.prepare_search()

    def search(self, query: str) -> list[SearchResult]:
        """Return participants whose name, team, goals or notes hold the words, best first."""
        hits = self._notebook.database.search(query, SEARCH_HITS)
        with self._notebook.read() as records:
            results: list[SearchResult] = []
            for hit in hits:
                participant = records.find(Participant, hit.case_id)
                if participant is None:
                    continue
                if hit.table == "contact":
                    contact = records.find(Contact, hit.record_id)
                    if contact is None:
                        continue
                    results.append(
                        SearchResult(
                            participant, hit.table, hit.record_id, contact.note, contact.at
                        )
                    )
                elif _is_alive(records.find_even_deleted(KINDS[hit.table], hit.record_id)):
                    results.append(SearchResult(participant, hit.table, hit.record_id))
        return results

    def save_participant(self, participant: Participant, *, reason: str = "") -> Participant:
        """Save what is known of a participant.

        Raises:
            InputError: The alias is empty.
        """
        if not participant.alias.strip():
            raise InputError(
                "An alias is needed, even a single letter.", field="alias", code="alias_needed"
            )
        with self._notebook.write() as records:
            return records.save(
                replace(participant, alias=participant.alias.strip()), reason=reason
            )

    def answer_contact_safe(self, case_id: str, *, is_safe: bool) -> Participant:
        """Note whether contact with a parent is safe for the youth, before any parent task."""
        with self._notebook.write() as records:
            participant = records.find(Participant, case_id)
            if participant is None:
                raise InputError("This participant is not on this device.", field="case_id")
            return records.save(replace(participant, contact_safe=is_safe))

    def team_member(self, record_id: str) -> TeamMember | None:
        """Return somebody of a team, or None."""
        with self._notebook.read() as records:
            return records.find(TeamMember, record_id)

    def save_team_member(self, member: TeamMember) -> TeamMember:
        """Save somebody who works with a participant."""
        if not (member.name.strip() or member.organisation.strip()):
            raise InputError("Give a name or an organisation.", field="name", code="name_needed")
        with self._notebook.write() as records:
            return records.save(member)

    def remove_team_member(self, record_id: str) -> None:
        """Take somebody off a participant's team."""
        with self._notebook.write() as records:
            member = records.find(TeamMember, record_id)
            if member is not None:
                records.delete(member, reason="left the team")

    def close_case(self, case_id: str, *, closed_on: date, reason: str) -> Participant:
        """Close a case on a local day. Its services have to be ended first.

        Raises:
            InputError: A service is still running, or no reason was given.
        """
        if not reason.strip():
            raise InputError(
                "Say in a few words why it is closed.", field="reason", code="reason_needed"
            )
        with self._notebook.write() as records:
            participant = records.find(Participant, case_id)
            if participant is None:
                raise InputError("This participant is not on this device.", field="case_id")
            if any(period.ended_on is None for period in records.of_case(ServicePeriod, case_id)):
                raise InputError(
                    "A service is still running. End it first.", code="end_services_first"
                )
            return records.save(
                replace(participant, closed_on=closed_on, close_reason=reason.strip()),
                reason=reason.strip(),
            )

    def record_csw_talk(self, case_id: str, *, at: datetime | None = None) -> Referral:
        """Note that the agency and the CSW have talked (REF-12)."""
        with self._notebook.write() as records:
            referrals = records.of_case(Referral, case_id)
            if not referrals:
                raise InputError("There is no referral to note it on.", code="no_referral")
            return records.save(replace(referrals[-1], csw_contacted_at=at or self._notebook.now()))

    def take_back_csw_talk(self, case_id: str) -> None:
        """Undo `record_csw_talk`: the talk has not been after all."""
        with self._notebook.write() as records:
            referrals = records.of_case(Referral, case_id)
            if referrals:
                records.save(
                    replace(referrals[-1], csw_contacted_at=None), reason="taken back at once"
                )

    def _entry(self, case: CaseRecords, last_reached_at: datetime | None) -> CaseloadEntry:
        running = [period for period in case.services if period.ended_on is None]
        return CaseloadEntry(
            participant=case.participant,
            services=tuple(s for s in Service if s in {period.service for period in running}),
            phase=present_phase(case.phases, self._notebook.today()),
            last_reached_at=last_reached_at,
            is_missing=any(_is_running(episode) for episode in case.missing),
        )


def present_phase(phases: Iterable[PhasePeriod], today: date) -> Phase | None:
    """Return the phase of a local day: the last one that has begun and has not ended."""
    present = [
        period
        for period in phases
        if period.starts_on is not None
        and period.starts_on <= today
        and (period.ends_on is None or period.ends_on >= today)
    ]
    present.sort(key=lambda period: period.starts_on or today)
    return present[-1].phase if present else None


def _fits(entry: CaseloadEntry, wanted: CaseloadFilter) -> bool:
    return (
        entry.participant.is_open is not wanted.closed
        and wanted.kind in (None, entry.participant.participant_kind)
        and (wanted.service is None or wanted.service in entry.services)
        and wanted.phase in (None, entry.phase)
        and (entry.is_missing or not wanted.missing_only)
    )


def _is_running(episode: MissingEpisode) -> bool:
    return episode.returned_on is None


def _is_alive(record: Record | None) -> bool:
    return record is not None and not record.deleted
