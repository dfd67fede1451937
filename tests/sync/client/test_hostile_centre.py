"""A centre that lies about who may see what: devices seal a key only where it is signed.

The operator holds the server's key and writes into the database what suits, with one certified
phone (the accomplice's) beside it. Each test tells one lie and looks whether the phone can read.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from field_app.services.intake import new_participant
from field_app.store.replica.proofs import PROBLEM
from sync.client.directory import words
from sync.client.errors import ContradictoryAnswer
from sync.client.freezing import newest_key
from sync.client.replica import HeldKey, Standing
from sync.client.stating import (
    due_certificates,
    state_appointment,
    state_grant,
    state_opening,
    state_revocation,
)
from sync.protocol.feed import DeviceEntry, StaffEntry
from sync.protocol.ids import new_id
from sync.protocol.keys import CaseKey, new_case_key, seal_case_key
from sync.protocol.management import StaffChange
from sync.protocol.roles import GrantKind, Role
from sync.protocol.wire import SignedStatement
from sync.server import case_keys, grants
from sync.server.centre import wall_clock
from sync.server.devices import AGENCY, DEVICE, STAFF
from sync.server.grants import ACCESS, GRANT
from sync.server.work import Work
from tests.sync.simulator import SimCentre, SimDevice, founded

TEAM = new_id()
NAMES = ("manager", "second", "supervisor", "owner", "accomplice")


@dataclass
class World:
    """An agency: two data managers, a supervisor and an advocate (the owner) of one team, a case
    of the owner's; and the accomplice, an advocate without a team, whose phone the centre uses."""

    centre: SimCentre
    manager: SimDevice
    second: SimDevice
    supervisor: SimDevice
    owner: SimDevice
    accomplice: SimDevice
    case_id: str

    def settle(self) -> None:
        """Let everybody sync until nothing moves."""
        for _ in range(2):
            for name in NAMES:
                getattr(self, name).sync()

    def settle_but_accomplice(self) -> None:
        """Let the others sync: the accomplice's phone has ended."""
        for _ in range(2):
            for name in NAMES[:-1]:
                getattr(self, name).sync()

    def lie(self, tell: Callable[[Work], None]) -> None:
        """Write into the centre's database, as its operator can."""

        def write(connection: Connection) -> None:
            agency = connection.scalar(select(AGENCY.c.agency))
            assert agency is not None
            work = Work(connection, agency, "", wall_clock())
            tell(work)
            work.finish()

        self.centre.parts.database.write(write)

    def lie_about_access(
        self, kind: GrantKind, statement: SignedStatement | None = None, grant_id: str | None = None
    ) -> None:
        """Say that the accomplice may see the owner's case."""
        staff_id = self.accomplice.identity.staff_id
        self.lie(
            lambda work: void(
                grants.give(
                    work, self.case_id, staff_id, kind, grant_id=grant_id, statement=statement
                )
            )
        )

    def write_on(self, words_of_it: str = "secret") -> None:
        """Let the owner go on with the case, and let all sync."""
        self.owner.save(replace(self.owner.get(self.case_id), alias=words_of_it))
        self.settle()

    def accomplice_reads(self) -> str | None:
        """Return what the accomplice's phone shows of the case; None for nothing."""
        found = self.accomplice.find(self.case_id)
        return None if found is None else found.alias

    def accomplice_has_a_key(self) -> bool:
        with self.accomplice.replica.reading() as tx:
            return bool(tx.keys_of_case(self.case_id))


def void(_: object) -> None:
    """Drop a value."""


def notes(device: SimDevice) -> set[str]:
    with device.replica.reading() as tx:
        return {row.code for row in tx.session.execute(select(PROBLEM))}


def change_person(
    manager: SimDevice, person: SimDevice, role: Role, team_id: str | None, *, active: bool = True
) -> None:
    """As a data manager: change somebody's role, or end their work."""
    staff_id = person.identity.staff_id
    with manager.replica.reading() as tx:
        statement = state_appointment(
            tx, tx.identity(), staff_id, role, team_id, wall_clock(), active=active
        )
    wish = StaffChange(
        role=role, team_id=team_id, leave_team=team_id is None, active=active, statement=statement
    )
    manager.channel().call(StaffEntry, "PATCH", f"/v1/staff/{staff_id}", wish)
    manager.sync()
    with manager.replica.reading() as tx:
        due = due_certificates(tx, tx.identity(), wall_clock())
    for device_id, request in due:
        path = f"/v1/devices/{device_id}/certificate"
        manager.channel().call(DeviceEntry, "PUT", path, request)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Build the world once; every test lives in a copy."""
    folder = tmp_path_factory.mktemp("hostile")
    centre = SimCentre(folder / "centre")
    manager = founded(folder / "manager", centre)
    devices = [manager]
    people = {
        "second": (Role.DATA_MANAGER, None),
        "supervisor": (Role.SUPERVISOR, TEAM),
        "owner": (Role.ADVOCATE, TEAM),
        "accomplice": (Role.ADVOCATE, None),
    }
    for name, (role, team_id) in people.items():
        device = SimDevice(folder / name, centre)
        device.enrol(manager.invite(role, team_id))
        devices.append(device)
    for device in (*devices, *devices):
        device.sync()
    case = devices[3].save(new_participant(alias="first"))
    for device in (*reversed(devices), *devices):
        device.sync()
    for device in devices:
        device.close()
    centre.close()
    return folder, case.case_id


@pytest.fixture
def world(made: tuple[Path, str], tmp_path: Path) -> Iterator[World]:
    shutil.copytree(made[0], tmp_path / "world")
    centre = SimCentre(tmp_path / "world" / "centre")
    with ExitStack() as stack:
        stack.callback(centre.close)
        devices = {}
        for name in NAMES:
            devices[name] = SimDevice(tmp_path / "world" / name, centre)
            stack.callback(devices[name].close)
        yield World(centre, case_id=made[1], **devices)


# What must go on working: else a lie that fails would prove nothing.


def test_a_grant_that_a_manager_signed_opens_the_case(world: World) -> None:
    assert world.manager.get(world.case_id).alias == "first"
    assert world.supervisor.get(world.case_id).alias == "first"
    world.manager.grant(world.case_id, world.accomplice)
    world.write_on("shared")

    assert world.accomplice_reads() == "shared"
    assert [notes(getattr(world, name)) for name in NAMES] == [set()] * len(NAMES)


def test_a_supervisor_s_grant_in_the_own_team_is_followed_by_a_manager_s_device(
    world: World,
) -> None:
    change_person(world.manager, world.accomplice, Role.ADVOCATE, TEAM)
    world.settle()
    world.supervisor.grant(world.case_id, world.accomplice)
    world.settle()

    assert world.accomplice_reads() == "first"


# Inserted grants


@pytest.mark.parametrize("kind", list(GrantKind))
def test_a_grant_that_the_centre_invents_brings_no_key(world: World, kind: GrantKind) -> None:
    world.lie_about_access(kind)
    world.write_on()

    assert not world.accomplice_has_a_key()
    assert world.accomplice_reads() is None


def test_a_grant_that_the_accomplice_signs_brings_no_key(world: World) -> None:
    grant_id, identity = new_id(), world.accomplice.identity
    with world.accomplice.replica.reading() as tx:
        statement = state_grant(tx, identity, world.case_id, identity.staff_id, grant_id)
    world.lie_about_access(GrantKind.GRANTED, statement, grant_id)
    world.write_on()

    assert not world.accomplice_has_a_key()


def test_a_grant_for_another_case_or_person_brings_no_key(world: World) -> None:
    other = world.owner.save(new_participant(alias="other"))
    world.settle()
    accomplice = world.accomplice.identity.staff_id
    for case_id, staff_id in ((other.case_id, accomplice), (world.case_id, new_id())):
        grant_id = new_id()
        with world.manager.replica.reading() as tx:
            statement = state_grant(tx, tx.identity(), case_id, staff_id, grant_id)
        world.lie_about_access(GrantKind.GRANTED, statement, grant_id)
    world.write_on()

    assert not world.accomplice_has_a_key()


def test_a_supervisor_cannot_grant_outside_the_own_team(world: World) -> None:
    grant_id = new_id()
    staff_id = world.accomplice.identity.staff_id  # of no team
    with world.supervisor.replica.reading() as tx:
        statement = state_grant(tx, tx.identity(), world.case_id, staff_id, grant_id)
    world.lie_about_access(GrantKind.GRANTED, statement, grant_id)
    world.manager.sync()
    world.second.sync()
    world.accomplice.sync()

    assert not world.accomplice_has_a_key()


def test_who_never_held_the_key_cannot_say_that_they_opened_the_case(world: World) -> None:
    with world.owner.replica.reading() as tx:
        key = tx.keys_of_case(world.case_id)[0].key
    guessed = key.model_copy(update={"key": bytes(32)})
    statement = state_opening(world.accomplice.identity, guessed, 0)
    # The second manager's phone is new: it has never seen who opened the case.
    with world.second.replica.transaction() as tx:
        tx.purge(world.case_id)
        tx.set_position(replace(tx.position(), cursor=None))
    world.lie(
        lambda work: void(
            work.connection.execute(
                update(GRANT).where(GRANT.c.kind == "opened").values(kind="team", statement=None)
            )
        )
    )
    world.lie_about_access(GrantKind.OPENED, statement)
    world.second.sync()
    world.second.sync()
    world.accomplice.sync()

    assert not world.accomplice_has_a_key()


def test_a_former_reader_cannot_say_later_that_they_opened_the_case(world: World) -> None:
    grant_id = world.manager.grant(world.case_id, world.accomplice)
    world.settle()
    with world.accomplice.replica.reading() as tx:
        key = tx.keys_of_case(world.case_id)[0].key
    world.manager.withdraw(world.case_id, grant_id)
    world.settle()
    world.lie_about_access(GrantKind.OPENED, state_opening(world.accomplice.identity, key, 0))
    world.write_on()

    assert world.accomplice_reads() != "secret"
    assert "second_opening" in notes(world.manager)


# Keys of the accomplice's own


def plant_key(world: World, key: CaseKey, recipients: tuple[str, ...]) -> None:
    """Have the accomplice's phone seal a key of the owner's case, and the centre hand it out."""
    sealer = world.accomplice.identity

    def tell(work: Work) -> None:
        sealed = []
        for name in recipients:
            to = getattr(world, name).identity
            sealed.append(
                seal_case_key(
                    key,
                    sealer.agency_id,
                    to.device_id,
                    to.keys.public.sealing_key,
                    sealer.device_id,
                    sealer.keys.signing,
                )
            )
        case_keys.store(work, sealed)

    world.lie(tell)


@pytest.mark.parametrize("epoch", [1, 2, 1000])
def test_no_record_is_sealed_under_a_key_that_the_accomplice_plants(
    world: World, epoch: int
) -> None:
    planted = CaseKey(
        # The lowest id wins among keys of one epoch.
        case_id=world.case_id,
        key_id="00000000-0000-4000-8000-00000000000a",
        epoch=epoch,
        key=bytes(range(32)),
    )
    world.lie_about_access(GrantKind.OPENED, state_opening(world.accomplice.identity, planted, 0))
    plant_key(world, planted, ("manager", "second", "supervisor", "owner"))
    world.settle()
    world.write_on()
    for name in ("manager", "second", "supervisor", "owner"):
        device: SimDevice = getattr(world, name)
        with device.replica.reading() as tx:
            held = {key.key.key_id: key.is_vouched for key in tx.keys_of_case(world.case_id)}
            assert held.pop(planted.key_id) is False
            assert set(held.values()) == {True}
            newest = newest_key(tx.keys_of_case(world.case_id))
            assert newest is not None
            assert newest.key.key_id != planted.key_id
            [base] = tx.bases_of_case(world.case_id)
        assert base.revision == 2

    assert world.supervisor.get(world.case_id).alias == "secret"


def test_a_former_reader_cannot_bring_an_old_key_back_under_a_new_epoch(world: World) -> None:
    grant_id = world.manager.grant(world.case_id, world.accomplice)
    world.settle()
    with world.accomplice.replica.reading() as tx:
        known = tx.keys_of_case(world.case_id)[0].key
    world.manager.withdraw(world.case_id, grant_id)
    world.settle()
    plant_key(world, known.model_copy(update={"epoch": 1000}), ("owner", "manager"))
    world.settle()

    for device in (world.owner, world.manager):
        with device.replica.reading() as tx:
            held = tx.keys_of_case(world.case_id)
        newest = newest_key(held)
        assert newest is not None
        assert newest.key.key_id != known.key_id
        [old] = [each for each in held if each.key.key_id == known.key_id]
        assert (old.key.epoch, old.is_vouched) == (1, True)
        assert newest.key.epoch == 2


# Raised roles and moved teams


@pytest.mark.parametrize("role", [Role.DATA_MANAGER, Role.SUPERVISOR])
def test_a_role_and_team_that_the_centre_gives_bring_no_key(world: World, role: Role) -> None:
    staff_id = world.accomplice.identity.staff_id

    def tell(work: Work) -> None:
        work.connection.execute(
            update(STAFF)
            .where(STAFF.c.staff_id == staff_id)
            .values(role=role.value, team_id=TEAM, seq=work.take())
        )
        grants.give_by_role(work, staff_id, role, TEAM)

    world.lie(tell)
    later = world.owner.save(new_participant(alias="later"))
    world.write_on()

    assert not world.accomplice_has_a_key()
    assert world.accomplice.find(later.record_id) is None
    assert world.accomplice.identity.role is Role.ADVOCATE
    assert world.manager.get(later.record_id).alias == "later"


def test_a_supervisor_whom_the_centre_moves_to_another_team_gets_no_key(world: World) -> None:
    other_team, staff_id = new_id(), world.accomplice.identity.staff_id
    change_person(world.manager, world.accomplice, Role.SUPERVISOR, other_team)
    world.settle()

    def tell(work: Work) -> None:
        work.connection.execute(
            update(STAFF).where(STAFF.c.staff_id == staff_id).values(team_id=TEAM, seq=work.take())
        )
        grants.give_by_role(work, staff_id, Role.SUPERVISOR, TEAM)

    world.lie(tell)
    later = world.owner.save(new_participant(alias="later"))
    world.write_on()

    assert not world.accomplice_has_a_key()
    assert world.accomplice.find(later.record_id) is None
    assert world.supervisor.get(later.record_id).alias == "later"


def test_an_appointment_that_was_ended_cannot_be_played_again(world: World) -> None:
    change_person(world.manager, world.accomplice, Role.SUPERVISOR, TEAM)
    world.settle()
    assert world.accomplice_has_a_key()
    staff_id = world.accomplice.identity.staff_id
    raised: list[Any] = []
    world.lie(
        lambda work: raised.append(
            work.connection.execute(select(STAFF).where(STAFF.c.staff_id == staff_id)).one()
        )
    )
    change_person(world.manager, world.accomplice, Role.ADVOCATE, None)
    world.settle()

    def tell(work: Work) -> None:
        again = {name: getattr(raised[0], name) for name in ("role", "team_id", "statement")}
        work.connection.execute(
            update(STAFF).where(STAFF.c.staff_id == staff_id).values(**again, seq=work.take())
        )
        grants.give_by_role(work, staff_id, Role.SUPERVISOR, TEAM)

    world.lie(tell)
    world.settle()
    later = world.owner.save(new_participant(alias="later"))
    world.settle()

    assert world.accomplice.find(later.record_id) is None
    assert "statement_old" in notes(world.manager)


# Old grants, played again


def test_a_grant_that_was_withdrawn_cannot_be_played_again(world: World) -> None:
    grant_id = world.manager.grant(world.case_id, world.accomplice)
    world.settle()
    assert world.accomplice_reads() == "first"
    world.manager.withdraw(world.case_id, grant_id)
    world.settle()
    assert world.accomplice_reads() is None

    def tell(work: Work) -> None:
        seq = work.take()
        work.connection.execute(
            update(GRANT)
            .where(GRANT.c.grant_id == grant_id)
            .values(state="live", ended_at=None, withdrawal=None, seq=seq)
        )
        work.connection.execute(
            update(ACCESS)
            .where(ACCESS.c.staff_id == world.accomplice.identity.staff_id)
            .where(ACCESS.c.case_id == world.case_id)
            .values(began_seq=seq, ended_seq=None, backfill=True)
        )

    world.lie(tell)
    world.write_on()
    with world.manager.replica.transaction() as tx:
        tx.mark_deposits_due([world.case_id])
    world.write_on("more")

    assert world.accomplice_reads() is None


def test_the_statement_of_an_old_grant_does_not_carry_a_new_one(world: World) -> None:
    grant_id = world.manager.grant(world.case_id, world.accomplice)
    world.settle()
    with world.manager.replica.reading() as tx:
        [old] = [g for g in tx.grants_of_case(world.case_id) if g.grant_id == grant_id]
    world.manager.withdraw(world.case_id, grant_id)
    world.settle()
    world.lie_about_access(GrantKind.GRANTED, old.statement)
    world.write_on()

    assert world.accomplice_reads() != "secret"


def test_grants_from_before_somebody_left_do_not_come_back_with_them(world: World) -> None:
    grant_id = world.manager.grant(world.case_id, world.accomplice)
    world.settle()
    change_person(world.manager, world.accomplice, Role.ADVOCATE, None, active=False)
    world.settle_but_accomplice()
    change_person(world.manager, world.accomplice, Role.ADVOCATE, None)
    world.settle_but_accomplice()
    again = SimDevice(world.accomplice.folder.with_name("again"), world.centre)
    again.enrol(world.manager.invite(Role.ADVOCATE, staff_id=world.accomplice.identity.staff_id))
    with world.manager.replica.reading() as tx:
        [old] = [g for g in tx.grants_of_case(world.case_id) if g.grant_id == grant_id]
    world.lie_about_access(GrantKind.GRANTED, old.statement)
    again.sync()
    world.settle_but_accomplice()
    again.sync()

    assert again.find(world.case_id) is None
    again.close()


# Revocations, hidden and forged


def hide_revocation(world: World) -> None:
    world.lie(
        lambda work: void(
            work.connection.execute(
                update(DEVICE)
                .where(DEVICE.c.device_id == world.accomplice.identity.device_id)
                .values(state="active", revocation=None, hand_in_until=None, seq=work.take())
            )
        )
    )


def test_a_revocation_that_the_centre_hides_holds_on_every_device_that_saw_it(
    world: World,
) -> None:
    world.manager.grant(world.case_id, world.accomplice)
    world.settle()
    world.manager.revoke(world.accomplice)
    for name in ("second", "supervisor", "owner"):
        getattr(world, name).sync()
    hide_revocation(world)
    world.settle()
    with world.manager.replica.transaction() as tx:
        # A new key, as after a withdrawal: the accomplice must not get this one.
        tx.put_key(
            HeldKey(new_case_key(world.case_id, epoch=2), made_here=True, sealed_for="", seq=0)
        )
        tx.mark_deposits_due([world.case_id])
    world.settle()
    world.write_on()

    assert world.supervisor.get(world.case_id).alias == "secret"
    assert world.accomplice_reads() == "first"


def test_a_device_from_which_a_revocation_is_hidden_finds_out_with_the_next_decision(
    world: World,
) -> None:
    world.manager.revoke(world.accomplice)
    hide_revocation(world)
    for name in ("second", "supervisor", "owner"):
        getattr(world, name).sync()
    assert notes(world.second) == set()  # nothing shows it yet

    world.manager.invite(Role.ADVOCATE)
    for name in ("second", "supervisor", "owner"):
        getattr(world, name).sync()

    assert "directory_incomplete" in notes(world.second)
    assert "directory_incomplete" in notes(world.owner)


def test_a_revocation_that_is_not_hidden_is_nothing_to_be_told(world: World) -> None:
    world.manager.revoke(world.accomplice)
    world.manager.invite(Role.ADVOCATE)
    for name in ("manager", "second", "supervisor", "owner"):
        getattr(world, name).sync()
        assert notes(getattr(world, name)) == set()


def forge_revocation(world: World, statement: SignedStatement | None) -> None:
    world.lie(
        lambda work: void(
            work.connection.execute(
                update(DEVICE)
                .where(DEVICE.c.device_id == world.owner.identity.device_id)
                .values(state="revoked", revocation=statement, hand_in_until=1, seq=work.take())
            )
        )
    )


@pytest.mark.parametrize("forged", ["none", "of_another", "by_a_supervisor", "stale"])
def test_a_revocation_that_no_data_manager_signed_hides_and_destroys_nothing(
    world: World, forged: str
) -> None:
    owner = world.owner.identity
    world.owner.save(replace(world.owner.get(world.case_id), alias="unsent"))
    with world.manager.replica.reading() as tx:
        manager = tx.identity()
        supervisor = replace(
            world.supervisor.identity, agency_seed=world.supervisor.identity.signing_seed
        )
        statement = {
            "none": None,
            "of_another": state_revocation(tx, manager, new_id(), owner.staff_id, 1),
            "by_a_supervisor": state_revocation(tx, supervisor, owner.device_id, owner.staff_id, 1),
            "stale": None,
        }[forged]
    if forged == "stale":
        # The person left once, before this device was certified.
        with world.manager.replica.reading() as tx:
            statement = state_appointment(
                tx, manager, owner.staff_id, Role.ADVOCATE, TEAM, 1, active=False
            )
        with world.owner.replica.transaction() as tx:
            tx.set_identity(replace(tx.identity(), as_of=1000))
    forge_revocation(world, statement)

    with pytest.raises(ContradictoryAnswer) as caught:
        world.owner.sync()

    assert caught.value.code == "revocation_unproven"
    assert world.owner.get(world.case_id).alias == "unsent"
    with world.owner.replica.reading() as tx:
        assert tx.position().standing is Standing.ACTIVE
        assert len(tx.sent()) + tx.count_sendable() == 1


def test_a_revocation_lasts_thirty_days_whatever_the_centre_says(world: World) -> None:
    identity = world.owner.identity
    at = wall_clock()
    with world.manager.replica.reading() as tx:
        statement = state_revocation(tx, tx.identity(), identity.device_id, identity.staff_id, at)
    forge_revocation(world, statement)  # the centre says: hand in until 1970

    with pytest.raises(Exception, match="revoked"):
        world.owner.sync()

    with world.owner.replica.reading() as tx:
        position = tx.position()
    assert position.standing is Standing.REVOKED
    assert position.hand_in_until == at + 30 * 24 * 3600 * 1000


def test_a_grant_dated_back_by_an_ended_device_is_not_believed(world: World) -> None:
    change_person(world.manager, world.accomplice, Role.ADVOCATE, TEAM)
    world.settle()
    grant_id, staff_id = new_id(), world.accomplice.identity.staff_id
    with world.supervisor.replica.reading() as tx:
        dated_back = state_grant(tx, tx.identity(), world.case_id, staff_id, grant_id)
    world.manager.revoke(world.supervisor)
    for name in ("manager", "second", "owner"):
        getattr(world, name).sync()
    world.lie_about_access(GrantKind.GRANTED, dated_back, grant_id)
    for name in ("manager", "second", "owner", "accomplice"):
        getattr(world, name).sync()

    assert not world.accomplice_has_a_key()
    assert "grant_unfounded" in notes(world.manager)


def test_what_somebody_granted_stays_when_they_leave(world: World) -> None:
    change_person(world.manager, world.accomplice, Role.ADVOCATE, TEAM)
    world.settle()
    world.supervisor.grant(world.case_id, world.accomplice)
    world.settle()
    world.manager.revoke(world.supervisor)
    for name in ("manager", "second", "owner", "accomplice"):
        getattr(world, name).sync()
    with world.manager.replica.transaction() as tx:
        tx.put_key(
            HeldKey(new_case_key(world.case_id, epoch=2), made_here=True, sealed_for="", seq=0)
        )
        tx.mark_deposits_due([world.case_id])
    for name in ("manager", "owner"):
        getattr(world, name).sync()
    world.owner.save(replace(world.owner.get(world.case_id), alias="later"))
    for name in ("owner", "accomplice"):
        getattr(world, name).sync()

    assert world.accomplice_reads() == "later"


def test_the_words_about_everybody_are_the_signed_ones(world: World) -> None:
    with world.owner.replica.reading() as tx:
        said = {word.role for word in words(tx).values()}

    assert said == {Role.DATA_MANAGER, Role.SUPERVISOR, Role.ADVOCATE}
    assert world.owner.identity.team_id == TEAM
