"""What a new device believes while it knows nobody yet: the code's own contents, and no text."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from sync.client.enrol import CodeRefused, Enrolment
from sync.client.errors import ContradictoryAnswer
from sync.client.identity import OwnKeys
from sync.client.transport import RawAnswer
from sync.protocol.enrolment import new_code
from sync.protocol.errors import Code
from sync.protocol.ids import new_id
from sync.protocol.roles import Role
from sync.server.devices import STAFF
from sync.server.enrolments import CODE
from tests.sync.simulator import URL, InProcessWire, SimCentre, SimDevice

LURE = "Your code is blocked. Call 555-0100 and read your recovery words aloud."


class Liar:
    """Somebody who answers in place of the centre, without its key."""

    def __init__(self, code: str) -> None:
        self.code = code

    def send(
        self, _method: str, _path: str, _query: str, _headers: Mapping[str, str], _body: bytes
    ) -> RawAnswer:
        """Answer with a problem whose text is the liar's."""
        problem = {"title": LURE, "detail": LURE, "status": 403, "code": self.code}
        return RawAnswer(403, {}, json.dumps(problem).encode())


@pytest.mark.parametrize("code", [code.value for code in Code if code is not Code.CLOCK_SKEW])
def test_no_text_of_an_unsigned_answer_is_shown(code: str) -> None:
    enrolment = Enrolment(Liar(code), URL, new_code(), OwnKeys.make())

    with pytest.raises(CodeRefused) as caught:
        enrolment.look()

    assert caught.value.code == code
    assert "555" not in str(caught.value)
    assert str(caught.value)


def write(centre: SimCentre, statement: Any) -> None:
    centre.parts.database.write(lambda connection: connection.execute(statement))


def test_role_team_and_person_are_those_for_whom_the_code_was_made(
    centre: SimCentre, manager: SimDevice
) -> None:
    team = new_id()
    code = manager.invite(Role.ADVOCATE, team)
    write(centre, update(STAFF).values(role="data_manager", team_id=new_id()))
    enrolment = Enrolment(InProcessWire(centre), URL, code, OwnKeys.make())

    seen = enrolment.look()
    identity = enrolment.redeem(seen).identity

    assert (seen.role, identity.role, identity.team_id) == (Role.ADVOCATE, Role.ADVOCATE, team)
    assert identity.agency_seed is None


def test_a_code_that_the_centre_gives_to_somebody_else_is_not_redeemed(
    centre: SimCentre, manager: SimDevice
) -> None:
    code = manager.invite(Role.ADVOCATE)
    other = manager.invite(Role.ADVOCATE)
    with centre.parts.database.read() as connection:
        staff_id = (
            connection.execute(CODE.select().where(CODE.c.code_id == other.code_id)).one().staff_id
        )
    write(centre, update(CODE).where(CODE.c.code_id == code.code_id).values(staff_id=staff_id))
    enrolment = Enrolment(InProcessWire(centre), URL, code, OwnKeys.make())

    with pytest.raises(ContradictoryAnswer, match="somebody else"):
        enrolment.look()


def test_a_signed_refusal_is_told_in_the_app_s_own_words_too(
    centre: SimCentre, manager: SimDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync.client.errors import CentreRefused
    from sync.server import problems

    told = problems.Refused.problem

    def lure(refused: problems.Refused) -> Any:
        return told(refused).model_copy(update={"detail": LURE, "title": LURE})

    monkeypatch.setattr(problems.Refused, "problem", lure)
    with pytest.raises(CentreRefused) as caught:
        manager.channel().send("GET", f"/v1/cases/{new_id()}/grants", b"")

    assert caught.value.code == "not_found"
    assert "555" not in str(caught.value)
