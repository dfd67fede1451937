"""The app's merge rules, as the sync engine asks for them.

The rules themselves are `domain.records.merge`; here a conflict becomes a record of its own.
Conflict records never make conflicts: whichever state is resolved wins.
"""

from collections.abc import Callable
from datetime import datetime

from field_app.domain.records.codec import to_json
from field_app.domain.records.conflict import Conflict, conflict_id
from field_app.domain.records.kinds import KIND_OF
from field_app.domain.records.merge import STAMP_FIELDS, MergeConflict, merge_values
from sync.client.replica import Json, MergeCase, MergeResult

_CONFLICT = KIND_OF[Conflict]
_ASIDE = {*STAMP_FIELDS, "created_at", "schema"}


class AppMergeRules:
    """`sync.client.replica.MergeRules` for the app's records."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Use a clock: a conflict says when it was found."""
        self._clock = clock

    def merge(self, base: Json | None, mine: Json, theirs: Json, case: MergeCase) -> MergeResult:
        """Return the record put together, and a conflict record for each open question."""
        if theirs.get("kind") == _CONFLICT:
            return MergeResult(_merge_conflict_record(mine, theirs), ())
        values, conflicts = merge_values(base or {}, mine, theirs)
        entries = [self._entry(conflict, mine, theirs, case) for conflict in conflicts]
        return MergeResult(values, entries)

    def same(self, one: Json, other: Json) -> bool:
        """Return whether two states say the same, whoever saved them and when."""
        names = (one.keys() | other.keys()) - _ASIDE
        return all(one.get(name) == other.get(name) for name in names)

    def _entry(self, conflict: MergeConflict, mine: Json, theirs: Json, case: MergeCase) -> Json:
        now = self._clock()
        return to_json(
            Conflict(
                record_id=conflict_id(
                    case.record_id,
                    conflict.field,
                    conflict.item_id,
                    case.base_revision,
                    case.device_id,
                    case.edit_id,
                ),
                case_id=case.case_id,
                author_id=str(mine.get("author_id", "")),
                device_id=str(mine.get("device_id", "")),
                created_at=now,
                updated_at=now,
                subject_id=case.record_id,
                subject_kind=str(mine.get("kind", "")),
                field=conflict.field,
                item_id=conflict.item_id,
                reason=conflict.reason.value,
                mine=conflict.mine,
                theirs=conflict.theirs,
                base_revision=case.base_revision,
                edit_id=case.edit_id,
                mine_by=str(mine.get("author_id", "")),
                theirs_by=str(theirs.get("author_id", "")),
            )
        )


def _merge_conflict_record(mine: Json, theirs: Json) -> Json:
    """Return a conflict record: resolved when either side is, else as the centre has it."""
    if mine.get("resolved") and not theirs.get("resolved"):
        return mine
    return theirs
