"""Digests of cases: what is remembered between calls never tells anything but the rows do."""

from types import SimpleNamespace
from typing import Any

import pytest

from sync.protocol.digest import case_digest, pack_rows
from sync.protocol.ids import new_id
from sync.server.digests import CaseDigests, Packed, Reading, _put

AGENCY = 1


def rows_of(case_id: str, count: int, *, start: int = 0) -> list[tuple[str, str, bytes, bool]]:
    return [
        (case_id, new_id(), bytes([number % 256]) * 32, number % 5 == 0)
        for number in range(start, start + count)
    ]


def expected(rows: list[tuple[str, str, bytes, bool]]) -> bytes:
    return case_digest([row[1:] for row in rows])


def reading(
    head: int,
    rows: list[tuple[str, str | None, bytes | None, bool | None]]
    | list[tuple[str, str, bytes, bool]],
    known: dict[str, Packed] | None = None,
    generation: int = 1,
) -> Reading:
    return Reading(AGENCY, generation, head, rows, known or {})


def remembered(digests: CaseDigests, case_id: str) -> Packed | None:
    return digests._cases.get((AGENCY, case_id))


class TestADigest:
    @pytest.mark.parametrize("count", [0, 1, 2, 250])
    def test_read_whole_is_that_of_the_protocol(self, count: int) -> None:
        case_id = new_id()
        rows = rows_of(case_id, count)
        found = rows or [(case_id, None, None, None)]
        assert CaseDigests().of(reading(9, found)) == [(case_id, expected(rows))]

    def test_of_a_remembered_case_and_what_is_new_is_that_of_all_rows(self) -> None:
        case_id, digests = new_id(), CaseDigests()
        rows = rows_of(case_id, 40)
        digests.of(reading(40, rows))
        for step in range(20):
            known = remembered(digests, case_id)
            assert known is not None
            replaced = (case_id, rows[step][1], bytes([200 + step]) * 32, step % 2 == 0)
            rows[step] = replaced
            added = rows_of(case_id, step % 3, start=step)
            rows += added
            found = digests.of(reading(41 + step, [replaced, *added], {case_id: known}))
            assert found == [(case_id, expected(rows))]

    def test_of_a_case_without_news_is_the_remembered_one(self) -> None:
        case_id, digests = new_id(), CaseDigests()
        rows = rows_of(case_id, 3)
        digests.of(reading(5, rows))
        known = remembered(digests, case_id)
        assert known is not None
        nothing = reading(9, [(case_id, None, None, None)], {case_id: known})
        assert digests.of(nothing) == [(case_id, expected(rows))]

    def test_of_a_case_that_the_person_may_not_see_is_not_told_though_remembered(
        self,
    ) -> None:
        case_id, digests = new_id(), CaseDigests()
        digests.of(reading(5, rows_of(case_id, 3)))
        known = remembered(digests, case_id)
        assert known is not None
        assert digests.of(reading(9, [], {case_id: known})) == []

    def test_comes_in_the_order_of_the_cases(self) -> None:
        cases = [new_id() for _ in range(5)]
        found = CaseDigests().of(reading(9, [row for one in cases for row in rows_of(one, 2)]))
        assert [case_id for case_id, _ in found] == sorted(cases)


class TestWhatIsRemembered:
    def test_is_not_replaced_by_what_an_older_look_found(self) -> None:
        case_id, digests = new_id(), CaseDigests()
        rows = rows_of(case_id, 3)
        digests.of(reading(9, rows))
        digests.of(reading(8, rows[:2]))
        known = remembered(digests, case_id)
        assert known is not None
        assert (known.head, known.digest) == (9, expected(rows))

    def test_gives_way_to_a_new_generation_though_its_numbers_are_lower(self) -> None:
        case_id, digests = new_id(), CaseDigests()
        rows = rows_of(case_id, 3)
        digests.of(reading(9, rows))
        digests.of(reading(4, rows[:1], generation=2))
        known = remembered(digests, case_id)
        assert known is not None
        assert (known.generation, known.digest) == (2, expected(rows[:1]))

    def test_is_bounded_and_the_case_asked_for_longest_ago_goes_first(self) -> None:
        digests = CaseDigests(kept_bytes=10 * 49)
        cases = [new_id() for _ in range(4)]
        for case_id in cases:
            digests.of(reading(9, rows_of(case_id, 3)))
        assert [remembered(digests, one) is not None for one in cases] == [False, True, True, True]
        assert digests._held == 9 * 49


@pytest.mark.parametrize(
    ("generation", "head", "is_given"),
    [(1, 9, True), (1, 10, True), (1, 8, False), (2, 9, False)],
)
def test_what_is_remembered_is_given_only_to_who_sees_all_of_it(
    generation: int, head: int, is_given: bool
) -> None:
    """Not to a transaction that began before, nor to one of a restored centre."""
    case_id, digests = new_id(), CaseDigests()
    digests.of(reading(9, rows_of(case_id, 3)))
    caller: Any = SimpleNamespace(agency=AGENCY, generation=generation, head=head)
    assert (case_id in digests._known(caller, [case_id])) is is_given


def test_a_packed_row_goes_where_its_id_belongs() -> None:
    case_id = new_id()
    rows = rows_of(case_id, 30)
    packed = bytearray()
    for row in rows:
        _put(packed, pack_rows([row[1:]]))
    assert bytes(packed) == b"".join(sorted(pack_rows([row[1:]]) for row in rows))
