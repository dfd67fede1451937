"""Long runs by hand: `nice python -m tests.sync.client.histories --count 1000`."""

import argparse
import sys
import time
import traceback

from tests.sync.client.histories.agency import forget_agency
from tests.sync.client.histories.machine import TOTALS, run_histories
from tests.sync.client.histories.mutants import MUTANTS


def main() -> int:
    """Run histories in chunks; each chunk has a seed of its own, printed with what came of it."""
    parser = argparse.ArgumentParser(prog="histories", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="histories in all")
    parser.add_argument("--chunk", type=int, default=25, help="histories a seed")
    parser.add_argument("--steps", type=int, default=30, help="acts a history")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first chunk")
    parser.add_argument("--shrink", action="store_true", help="make a failing history short")
    parser.add_argument("--mutants", action="store_true", help="show that each mutant is caught")
    parser.add_argument("--go-on", action="store_true", help="go on after a failing chunk")
    given = parser.parse_args()
    if given.mutants:
        return catch_mutants(given.count, given.steps, given.seed)
    failed = 0
    for number in range(given.seed, given.seed + -(-given.count // given.chunk)):
        began = time.monotonic()
        try:
            run_histories(given.chunk, given.steps, seed_number=number, shrink=given.shrink)
            said = "held"
        except Exception:
            failed += 1
            said = "FAILED"
            traceback.print_exc()
        seconds = time.monotonic() - began
        print(f"seed {number}: {said} in {seconds:.0f} s; so far {TOTALS}", flush=True)
        if failed and not given.go_on:
            break
    forget_agency()
    return 1 if failed else 0


def catch_mutants(most: int, steps: int, seed: int) -> int:
    """Let each mutant live until a history catches it; return how many were not caught."""
    alive = 0
    for name, mutant in MUTANTS.items():
        TOTALS.clear()
        try:
            with mutant():
                run_histories(most, steps, seed_number=seed, shrink=False)
        except Exception as caught:
            said = f"caught in history {TOTALS['histories']}: {type(caught).__name__}: {caught}"
        else:
            alive += 1
            said = f"ALIVE after {TOTALS['histories']} histories"
        print(f"{name}: {said[:200]}", flush=True)
    forget_agency()
    return alive


if __name__ == "__main__":
    sys.exit(main())
