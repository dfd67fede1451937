"""What a member of staff may do at the centre. The centre knows no more of a person than this."""

from enum import StrEnum


class Role(StrEnum):
    """A role; the kinds of advocate are one role here, their names are inside sealed records."""

    ADVOCATE = "advocate"
    SUPERVISOR = "supervisor"
    DATA_MANAGER = "data_manager"


_RANK = {Role.ADVOCATE: 0, Role.SUPERVISOR: 1, Role.DATA_MANAGER: 2}


def lesser_role(one: Role, other: Role) -> Role:
    """Return the role of the two that may do less."""
    return one if _RANK[one] < _RANK[other] else other


class GrantKind(StrEnum):
    """Why somebody has access to a case."""

    OPENED = "opened"
    GRANTED = "granted"
    COVER = "cover"
    TEAM = "team"
    MANAGER = "manager"
    AGENCY = "agency"


class DeviceState(StrEnum):
    """Where a device stands. `pending` has no valid certificate yet and sees nothing."""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"
    REPLACED = "replaced"
