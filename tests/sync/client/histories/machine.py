"""Hypothesis picks the acts, and shrinks a history that breaks something."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from field_app.services.conflicts import Choice
from tests.sync.client.histories.truth import check, come_to_rest, decide_everything
from tests.sync.client.histories.world import CLOCKS, FAULTS, FIELDS, MOST_CASES, World

DEVICES = st.integers(0, 2)
ADVOCATES = st.integers(1, 2)
# Most of what can go wrong needs company: the shared cases come up most.
CASES = st.sampled_from((0, 0, 0, 1, 1, *range(2, MOST_CASES)))
NAMES = st.sampled_from(FIELDS)
PAGES = st.sampled_from((1, 3, 100))

TOTALS: dict[str, int] = {}
"""What all histories of this process had together."""


class Histories(RuleBasedStateMachine):
    """See `world.World`: each rule is one of its acts."""

    world: World | None = None

    @initialize(page_limit=PAGES)
    def begin(self, page_limit: int) -> None:
        """Start with an enrolled agency."""
        self.world = World(page_limit)

    @property
    def _world(self) -> World:
        assert self.world is not None
        self.world.memory.counts["steps"] += 1
        return self.world

    @rule(device=DEVICES)
    def open_case(self, device: int) -> None:
        self._world.open_case(device)

    @rule(device=DEVICES, case=CASES, name=NAMES)
    def edit(self, device: int, case: int, name: str) -> None:
        self._world.edit(device, case, name)

    @rule(device=DEVICES, case=CASES, name=NAMES)
    def edit_more(self, device: int, case: int, name: str) -> None:
        """Edit again: half of what people do is typing."""
        self._world.edit(device, case, name)

    @rule(device=DEVICES, case=CASES)
    def delete(self, device: int, case: int) -> None:
        self._world.delete(device, case)

    @rule(device=DEVICES, case=CASES)
    def take_picture(self, device: int, case: int) -> None:
        self._world.take_picture(device, case)

    @rule(device=DEVICES, choice=st.sampled_from(Choice))
    def resolve(self, device: int, choice: Choice) -> None:
        self._world.resolve(device, choice)

    @rule(device=DEVICES)
    def sync(self, device: int) -> None:
        self._world.sync(device)

    @rule(device=DEVICES, fault=st.sampled_from(FAULTS), at_call=st.integers(0, 2))
    def sync_with_fault(self, device: int, fault: str, at_call: int) -> None:
        self._world.sync(device, fault, at_call)

    @rule(device=DEVICES, step=st.integers(0, 6), after=st.booleans())
    def sync_and_be_killed(self, device: int, step: int, after: bool) -> None:
        self._world.sync_and_be_killed(device, step, after=after)

    @rule(device=DEVICES, case=CASES, name=NAMES)
    def sync_while_typing(self, device: int, case: int, name: str) -> None:
        self._world.sync_while_typing(device, case, name)

    @rule(device=DEVICES)
    def deliver_late(self, device: int) -> None:
        self._world.deliver_late(device)

    @rule(device=DEVICES, offset=st.sampled_from(CLOCKS))
    def set_clock(self, device: int, offset: timedelta) -> None:
        self._world.set_clock(device, offset)

    @rule(case=CASES, device=ADVOCATES)
    def grant(self, case: int, device: int) -> None:
        self._world.grant(case, device)

    @rule(case=CASES, device=ADVOCATES)
    def withdraw(self, case: int, device: int) -> None:
        self._world.withdraw(case, device)

    @rule(device=ADVOCATES, chance=st.integers(0, 3))
    def revoke(self, device: int, chance: int) -> None:
        """End a device: in some histories only, since it ends what the device can do."""
        if chance == 3:
            self._world.revoke(device)

    @rule(device=DEVICES)
    def copy_store(self, device: int) -> None:
        self._world.copy_store(device)

    @rule(device=DEVICES)
    def roll_back_store(self, device: int) -> None:
        self._world.roll_back_store(device)

    @rule()
    def back_up_centre(self) -> None:
        self._world.back_up_centre()

    @rule()
    def restore_centre(self) -> None:
        self._world.restore_centre()

    @invariant()
    def what_waits_has_a_text(self) -> None:
        """Each open change has a record or a kept text to send."""
        for device in self.world.devices if self.world is not None else ():
            with device.replica.reading() as tx:
                waiting = tx.sendable(1000)
                here = tx.current([change.record_id for change in waiting])
            for change in waiting:
                assert change.kept is not None or change.record_id in here

    def teardown(self) -> None:
        """Come to rest, compare, decide what is open, and compare again."""
        world = self.world
        if world is None:
            return
        try:
            come_to_rest(world)
            check(world)
            decide_everything(world)
            check(world)
        finally:
            for name, count in {**world.memory.counts, "histories": 1}.items():
                TOTALS[name] = TOTALS.get(name, 0) + count
            world.close()


def run_histories(count: int, steps: int, *, seed_number: int, shrink: bool) -> None:
    """Live through random histories; the same seed gives the same ones. Raises at a failure."""
    machine = seed(seed_number)(Histories)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        ),
    )
