"""Random histories of three devices and a centre: a bounded run; long ones are run by hand.

nice python -m tests.sync.client.histories --count 1000     and  --mutants
"""

from collections.abc import Iterator

import pytest

from tests.sync.client.histories.agency import forget_agency
from tests.sync.client.histories.machine import run_histories
from tests.sync.client.histories.mutants import MUTANTS, Mutant

HISTORIES, STEPS = 6, 20  # some seconds
SEED = 20261122


@pytest.fixture(autouse=True)
def agency_made_once() -> Iterator[None]:
    yield
    forget_agency()


def test_random_histories_lose_double_and_overwrite_nothing() -> None:
    print(f"Seed {SEED}: {HISTORIES} histories of {STEPS} acts.")
    run_histories(HISTORIES, STEPS, seed_number=SEED, shrink=False)


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS.keys())
def test_what_a_mutant_breaks_is_there_to_be_broken(mutant: Mutant) -> None:
    """Whether it is caught is for long runs; one of code that has moved would prove nothing."""
    with mutant():
        pass


def test_an_engine_in_which_the_last_writer_wins_is_caught() -> None:
    with MUTANTS["last_writer_wins"](), pytest.raises(AssertionError, match=r"nowhere|differently"):
        run_histories(HISTORIES, STEPS, seed_number=1, shrink=False)
