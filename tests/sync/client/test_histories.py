"""Random histories of three devices and a centre: a bounded run; long ones are run by hand.

nice python -m tests.sync.client.histories --count 1000     and  --mutants
"""

from collections.abc import Iterator

import pytest

from tests.sync.client.histories.agency import forget_agency
from tests.sync.client.histories.machine import run_histories

HISTORIES, STEPS = 5, 20  # some ten seconds
SEED = 20261122


@pytest.fixture(autouse=True)
def agency_made_once() -> Iterator[None]:
    yield
    forget_agency()


def test_random_histories_lose_double_and_overwrite_nothing() -> None:
    run_histories(HISTORIES, STEPS, seed_number=SEED, shrink=False)
