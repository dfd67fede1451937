"""Hypothesis picks the acts, and shrinks a history that breaks something."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from unittest.mock import patch

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
from tests.sync.client.histories.agency import enrolled_agency
from tests.sync.client.histories.truth import check, come_to_rest, decide_everything
from tests.sync.client.histories.world import CLOCKS, FAULTS, FIELDS, MOST_CASES, World

AT_ONCE = 9
"""Histories of one seed. Of ten or more, hypothesis makes every tenth nearly empty."""

DEVICES = st.integers(0, 2)
ADVOCATES = st.integers(1, 2)
# Most of what can go wrong needs company: the shared cases come up most.
CASES = st.sampled_from((0, 0, 0, 0, 1, 1, *range(2, MOST_CASES)))
NAMES = st.sampled_from(FIELDS)
PAGES = st.sampled_from((1, 1, 3, 100))
BATCHES = st.sampled_from((1, 2, 500))
CALLS = st.integers(0, 2)
MOMENTS = st.sampled_from(("before", "after"))
TOPICS = ("access", "ends", "stores", "centre", "clocks", "pictures")


@dataclass(frozen=True)
class Act:
    """An act of the world, with what its arguments are drawn from.

    Attributes:
        weight: How often it comes up.
        topic: Only histories about this have it; "" for what every day brings.
    """

    do: Callable[..., object]
    weight: int
    topic: str
    arguments: tuple[st.SearchStrategy[Any], ...]


ACTS = {
    act.do.__name__: act
    for act in (
        Act(World.edit, 8, "", (DEVICES, CASES, NAMES)),
        Act(World.sync, 7, "", (DEVICES,)),
        Act(World.sync_with_fault, 4, "", (DEVICES, st.sampled_from(FAULTS), CALLS)),
        Act(World.sync_while_typing, 6, "", (DEVICES, CASES, NAMES, CALLS)),
        Act(World.sync_and_be_killed, 6, "", (DEVICES, MOMENTS, st.integers(0, 7))),
        Act(World.sync_on_full_disk, 1, "", (DEVICES, st.integers(0, 5))),
        Act(World.deliver_late, 1, "", (DEVICES,)),
        Act(World.open_case, 1, "", (DEVICES,)),
        Act(World.resolve, 2, "", (DEVICES, st.sampled_from(Choice))),
        Act(World.grant, 3, "access", (CASES, ADVOCATES)),
        Act(World.withdraw, 3, "access", (CASES, ADVOCATES)),
        Act(World.change_mind, 4, "access", (CASES, ADVOCATES, NAMES, CALLS)),
        Act(World.delete, 2, "ends", (DEVICES, CASES)),
        Act(World.revoke, 1, "ends", (ADVOCATES,)),
        Act(World.copy_store, 1, "stores", (DEVICES,)),
        Act(World.roll_back_store, 1, "stores", (DEVICES,)),
        Act(World.back_up_centre, 3, "centre", ()),
        Act(World.restore_centre, 3, "centre", (DEVICES, CASES, NAMES)),
        Act(World.set_clock, 1, "clocks", (DEVICES, st.sampled_from(CLOCKS))),
        Act(World.take_picture, 2, "pictures", (DEVICES, CASES)),
    )
}
NAMED = st.sampled_from([name for name, act in ACTS.items() for _ in range(act.weight)]).flatmap(
    lambda name: st.tuples(st.just(name), *ACTS[name].arguments)
)

TOTALS: dict[str, int] = {}
"""What all histories of this process had together."""


class Histories(RuleBasedStateMachine):
    """See `world.World` for the acts.

    One rule draws them all: of many rules hypothesis leaves out half, and a history without any
    sync teaches nothing. What a history is about is left out by topic instead.
    """

    world: World | None = None
    topics: frozenset[str] = frozenset()

    @initialize(
        page_limit=PAGES, batch_limit=BATCHES, about=st.tuples(*(st.booleans() for _ in TOPICS))
    )
    def begin(self, page_limit: int, batch_limit: int, about: tuple[bool, ...]) -> None:
        """Start with an enrolled agency."""
        self.topics = frozenset(t for t, is_on in zip(TOPICS, about, strict=True) if is_on) | {""}
        enrolled_agency()
        # Pages are in the order of ids: the same seed shall make the same ones.
        self.chance = patch.object(os, "urandom", Random(0).randbytes)
        self.chance.start()
        self.world = World(page_limit, batch_limit)

    @rule(act=NAMED)
    def live(self, act: tuple[Any, ...]) -> None:
        """Let somebody do something, or something happen."""
        name, *given = act
        if self.world is not None and ACTS[name].topic in self.topics:
            self.world.memory.counts["acts"] += 1
            ACTS[name].do(self.world, *given)

    @invariant()
    def what_waits_has_a_text(self) -> None:
        """Each open change has a record or a kept text to send. Looks at who synced just now."""
        if self.world is None:
            return
        while self.world.stirred:
            device = self.world.devices[self.world.stirred.pop()]
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
            if decide_everything(world):
                check(world)
        finally:
            self.chance.stop()
            for name, count in {**world.memory.counts, "histories": 1}.items():
                TOTALS[name] = TOTALS.get(name, 0) + count
            world.close()


def run_histories(count: int, steps: int, *, seed_number: int, shrink: bool) -> None:
    """Live through random histories; the same seed gives the same acts. Raises at a failure."""
    machine = seed(seed_number)(Histories)
    try:
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
    except BaseException as error:
        error.add_note(f"In histories of seed {seed_number}, {count} of {steps} acts each.")
        raise
