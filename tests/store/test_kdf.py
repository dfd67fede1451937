"""The slow key derivation: its bounds, its calibration, its one spelling of a passphrase."""

import unicodedata

import pytest

from field_app.store.kdf import MAX_MEMORY_KIB, MAX_PASSES, KdfCost, calibrate, derive
from tests.store.notebook import CHEAP

SALT = bytes(16)


def test_one_passphrase_typed_in_two_ways_is_one_key() -> None:
    typed = "mañana señora"

    assert derive(unicodedata.normalize("NFD", typed), SALT, CHEAP) == derive(typed, SALT, CHEAP)
    assert derive(f" {typed} ", SALT, CHEAP) == derive(typed, SALT, CHEAP)
    assert derive(typed.upper(), SALT, CHEAP) != derive(typed, SALT, CHEAP)


@pytest.mark.parametrize("cost", [KdfCost(1024, 1, 1), KdfCost(1 << 30, 1, 1), KdfCost(8192, 0, 1)])
def test_costs_out_of_bounds_are_never_computed(cost: KdfCost) -> None:
    with pytest.raises(ValueError, match="bounds"):
        derive("x", SALT, cost)


@pytest.mark.parametrize(
    ("seconds_at_the_floor", "cost"),
    [
        (2.0, KdfCost(64 * 1024, 3, 4)),
        (0.4, KdfCost(128 * 1024, 3, 4)),
        (0.2, KdfCost(256 * 1024, 3, 4)),
        (0.1, KdfCost(256 * 1024, 4, 4)),
        (0.0, KdfCost(256 * 1024, MAX_PASSES, 4)),
    ],
)
def test_calibration_raises_memory_first_and_never_falls_below_the_floor(
    seconds_at_the_floor: float, cost: KdfCost
) -> None:
    times = iter([10.0, 10.0 + seconds_at_the_floor])

    assert calibrate(lambda: next(times)) == cost
    assert cost.memory_kib <= MAX_MEMORY_KIB
    assert cost.is_within_bounds()
