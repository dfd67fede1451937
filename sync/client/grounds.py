"""Grounds: why a device may be given the keys of a case, by signed statements alone.

The centre says who has access, and may say too much. A key is sealed only where it also stands in
signed words:

    the agency's own case       everyone who is certified and works here
    the managers' case          data managers
    any other                   data managers; supervisors of the team in which it was opened;
                                who opened it; who was granted it, by a data manager, or by a
                                supervisor of that team to somebody of that team

What the centre says in the other direction, that a grant has ended, is always followed.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

from sync.client.directory import Word, role_of, words
from sync.client.identity import Identity
from sync.client.replica import KnownDevice, Transaction
from sync.protocol.decisions import (
    CaseGrant,
    Decision,
    GrantWithdrawal,
    Opening,
    proves_opening,
)
from sync.protocol.errors import SignatureInvalid
from sync.protocol.feed import GrantEntry
from sync.protocol.ids import AGENCY_CASE_ID, MANAGERS_CASE_ID, RESERVED_CASES
from sync.protocol.keys import CaseKey
from sync.protocol.roles import GrantKind, Role
from sync.protocol.statements import peek_statement
from sync.protocol.wire import SignedStatement

D = TypeVar("D", bound=Decision)

_BY_ROLE = (GrantKind.TEAM, GrantKind.MANAGER)


class Grounds:
    """Judges who may have the keys of which case, as of one transaction."""

    def __init__(self, tx: Transaction, identity: Identity) -> None:
        """Judge by what is stored here."""
        self._tx = tx
        self._identity = identity
        self._cases: dict[str, _Case] = {}

    @cached_property
    def words(self) -> dict[str, Word]:
        """The newest signed word about everybody, by staff id."""
        return words(self._tx)

    @cached_property
    def devices(self) -> dict[str, KnownDevice]:
        """The certified devices, by id, ended ones too."""
        return {device.device_id: device for device in self._tx.devices()}

    def allows(self, device: KnownDevice, case_id: str, now_ms: int) -> bool:
        """Return whether keys of a case may be sealed to a device."""
        word = self.words.get(device.staff_id)
        if word is None or not word.active or device.ended is not None:
            return False
        return self._has_ground(device.staff_id, role_of(device, word), case_id, now_ms)

    def has_role_in(self, staff_id: str, case_id: str) -> bool:
        """Return whether a person's role alone brings a case, withdrawals aside."""
        word = self.words.get(staff_id)
        if word is None or not word.active:
            return False
        if case_id == AGENCY_CASE_ID or word.role is Role.DATA_MANAGER:
            return True
        in_team = word.team_id is not None and word.team_id == self.team_of(case_id)
        return case_id != MANAGERS_CASE_ID and word.role is Role.SUPERVISOR and in_team

    def allows_person(self, staff_id: str, case_id: str, now_ms: int) -> bool:
        """Return whether a person may see a case: for a device that is yet to be enrolled."""
        word = self.words.get(staff_id)
        if word is None or not word.active:
            return False
        return self._has_ground(staff_id, word.role, case_id, now_ms)

    def gives_keys(self, device: KnownDevice, key: CaseKey) -> bool:
        """Return whether a device is one that gives keys of this case, and so vouches for this one.

        That is a device of this very person, a data manager's, a supervisor's of the case's team,
        and for the first key the opener's. A key that it seals is used for new records; else
        anybody with a certified phone could have the case sealed under a key of their own.
        """
        word = self.words.get(device.staff_id)
        if word is None or not word.active or device.ended is not None:
            return False
        if device.staff_id == self._identity.staff_id:
            return True
        role = role_of(device, word)
        if role is Role.DATA_MANAGER:
            return True
        if key.case_id in RESERVED_CASES:
            return False
        opening = self._case(key.case_id).opening_by(key)
        if opening is None:
            return False
        if role is Role.SUPERVISOR and word.team_id is not None:
            return word.team_id == opening.team_id
        return key.epoch == 1 and opening.staff_id == device.staff_id

    def forget(self, case_id: str) -> None:
        """Judge a case anew: something of it was stored."""
        self._cases.pop(case_id, None)

    def _has_ground(self, staff_id: str, role: Role, case_id: str, now_ms: int) -> bool:
        if case_id == AGENCY_CASE_ID:
            return True
        if case_id == MANAGERS_CASE_ID:
            return role is Role.DATA_MANAGER
        return self._case(case_id).has_ground(staff_id, role, now_ms)

    def team_of(self, case_id: str) -> str | None:
        """Return the team to which a case belongs."""
        return self._case(case_id).team_id

    def load(self) -> None:
        """Read people and devices now, before something else changes them."""
        _ = self.words, self.devices

    def is_out_of_office(self, device_id: str) -> bool:
        """Return whether a device may decide nothing any more: ended, or its person has left."""
        device = self.devices.get(device_id)
        word = self.words.get(device.staff_id) if device is not None else None
        return device is not None and (
            device.ended is not None or (word is not None and not word.active)
        )

    def _case(self, case_id: str) -> "_Case":
        if case_id not in self._cases:
            self._cases[case_id] = _Case(self, self._tx, self._identity, case_id)
        return self._cases[case_id]


class _Case:
    """The grants of one case, judged."""

    def __init__(self, grounds: Grounds, tx: Transaction, identity: Identity, case_id: str) -> None:
        self._grounds = grounds
        self._identity = identity
        self._case_id = case_id
        self._grants: Sequence[GrantEntry] = tx.grants_of_case(case_id)
        held = tx.keys_of_case(case_id)
        # Where a key is vouched for, only that proves who opened the case.
        self._vouched = [each.key for each in held if each.is_vouched]
        self._keys = self._vouched or [each.key for each in held]
        self._withdrawn = [w for g in self._grants if (w := self._withdrawal(g)) is not None]
        self._stated = [o for g in self._grants if (o := self._opening(g.statement)) is not None]
        proved = [o for o in self._stated if any(proves_opening(o, key) for key in self._keys)]
        self.opening = proved[0] if proved else None
        opened_here = not self._grants and any(each.made_here for each in held)
        self._own = identity.staff_id if opened_here else None
        self.team_id = self.opening.team_id if self.opening else None
        if opened_here:
            self.team_id = identity.team_id

    def opening_by(self, key: CaseKey) -> Opening | None:
        """Return who opened the case, when this key is here too: the first one may prove it."""
        if self.opening is not None or self._vouched:
            return self.opening
        return next((opening for opening in self._stated if proves_opening(opening, key)), None)

    def has_ground(self, staff_id: str, role: Role, now_ms: int) -> bool:
        word = self._grounds.words[staff_id]
        by_role = role is Role.DATA_MANAGER or (
            role is Role.SUPERVISOR and word.team_id is not None and word.team_id == self.team_id
        )
        if by_role and not self._is_barred(staff_id, *_BY_ROLE):
            return True
        if staff_id == self._own:
            return True
        opening = self.opening
        if (
            opening is not None
            and opening.staff_id == staff_id
            and opening.as_of >= word.since
            and not self._is_barred(staff_id, GrantKind.OPENED)
        ):
            return True
        return any(
            self._grants_access(grant, word, now_ms)
            for grant in self._grants
            if grant.staff_id == staff_id
        )

    def _is_barred(self, staff_id: str, *kinds: GrantKind) -> bool:
        return any(w.staff_id == staff_id and w.kind in kinds for w in self._withdrawn)

    def _grants_access(self, entry: GrantEntry, word: Word, now_ms: int) -> bool:
        grant = self._read(CaseGrant, entry.statement)
        if grant is None or grant.kind not in (GrantKind.GRANTED, GrantKind.COVER):
            return False
        said = (grant.grant_id, grant.case_id, grant.staff_id)
        if said != (entry.grant_id, self._case_id, entry.staff_id):
            return False
        if any(w.grant_id == grant.grant_id for w in self._withdrawn):
            return False
        begun = grant.starts_at is None or grant.starts_at <= now_ms
        over = grant.until is not None and grant.until <= now_ms
        return (
            begun
            and not over
            and grant.as_of >= word.since
            and self._may_decide(grant.signer, grant.as_of, word)
        )

    def _may_decide(self, device_id: str, as_of: int, grantee: Word) -> bool:
        """Return whether a device could give access when its directory had this number.

        What a person decided in office stays when the person leaves; what is dated later is void.
        """
        device = self._grounds.devices.get(device_id)
        word = self._grounds.words.get(device.staff_id) if device is not None else None
        if device is None or word is None:
            return False
        if device.ended is not None and as_of >= int(peek_statement(device.ended)["number"]):
            return False
        if not word.active and as_of >= word.number:
            return False
        role = role_of(device, word)
        if role is Role.DATA_MANAGER:
            return True
        own_team = word.team_id is not None and word.team_id == self.team_id == grantee.team_id
        return role is Role.SUPERVISOR and own_team

    def _withdrawal(self, entry: GrantEntry) -> GrantWithdrawal | None:
        """Return the believed end of a grant. A supervisor's of whatever team will do: it only
        takes away, and the centre has judged whose it was."""
        withdrawal = self._read(GrantWithdrawal, entry.withdrawal)
        if withdrawal is None or withdrawal.grant_id != entry.grant_id:
            return None
        if (withdrawal.case_id, withdrawal.staff_id) != (self._case_id, entry.staff_id):
            return None
        signer = self._grounds.devices[withdrawal.signer]
        return None if signer.role is Role.ADVOCATE else withdrawal

    def _opening(self, statement: SignedStatement | None) -> Opening | None:
        opening = self._read(Opening, statement)
        if opening is None or opening.case_id != self._case_id:
            return None
        signer = self._grounds.devices[opening.signer]
        if signer.staff_id != opening.staff_id:
            return None
        return opening

    def _read(self, kind: type[D], statement: SignedStatement | None) -> D | None:
        """Return a decision of this agency that the certified device which it names signed."""
        if statement is None:
            return None
        said = peek_statement(statement)
        signer = self._grounds.devices.get(str(said.get("signer", "")))
        if signer is None or said.get("type") != kind.TYPE:
            return None
        try:
            decision = kind.read(statement, signer.signing_key)
        except SignatureInvalid:
            return None
        return decision if decision.agency_id == self._identity.agency_id else None
