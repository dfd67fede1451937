"""Long runs by hand: `nice python -m tests.sync.client.histories --count 1000`.

With `--mutants` each engine that is broken on purpose lives until a history catches it.
"""

import argparse
import sys
import time
import traceback
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tests.sync.client.histories.agency import forget_agency
from tests.sync.client.histories.machine import AT_ONCE, TOTALS, run_histories
from tests.sync.client.histories.mutants import MUTANTS, Mutant


def main() -> int:
    """Run histories, or mutants; return how many seeds failed, or mutants were not caught."""
    parser = argparse.ArgumentParser(prog="histories", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="histories in all; of each mutant")
    parser.add_argument("--steps", type=int, default=30, help="acts a history")
    parser.add_argument("--seed", type=int, default=1, help=f"first seed; each makes {AT_ONCE}")
    parser.add_argument("--shrink", action="store_true", help="make a failing history short")
    parser.add_argument("--go-on", action="store_true", help="go on after a failing seed")
    parser.add_argument("--mutants", action="store_true", help="show that each mutant is caught")
    parser.add_argument("--only", choices=sorted(MUTANTS), nargs="+", help="these mutants")
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + -(-given.count // AT_ONCE))
    try:
        if given.mutants or given.only:
            chosen = {name: MUTANTS[name] for name in given.only or MUTANTS}
            return sum(not is_caught(name, made, seeds, given) for name, made in chosen.items())
        failed = 0
        for seed in seeds:
            failed += live_through(seed, given) is not None
            if failed and not given.go_on:
                break
        return failed
    finally:
        forget_agency()


def live_through(
    seed: int, given: argparse.Namespace, broken: AbstractContextManager[Any] | None = None
) -> Exception | None:
    """Live through the histories of a seed, say how it went, and return what one of them broke."""
    began, failure = time.process_time(), None
    try:
        with broken or nullcontext():
            run_histories(AT_ONCE, given.steps, seed_number=seed, shrink=given.shrink)
    except Exception as error:
        failure = error
    if broken is None:
        if failure is not None:
            traceback.print_exception(failure)
        seconds = time.process_time() - began
        said = "held" if failure is None else "FAILED"
        print(f"seed {seed}: {said} in {seconds:.0f} s of CPU; so far {TOTALS}", flush=True)
    return failure


def is_caught(name: str, made: Mutant, seeds: range, given: argparse.Namespace) -> bool:
    """Let a mutant live until a history catches it, say which, and return whether one did."""
    TOTALS.clear()
    for seed in seeds:
        failure = live_through(seed, given, made())
        if failure is not None:
            why = f"{type(failure).__name__}: {failure}".splitlines()[0]
            print(
                f"{name}: caught in history {TOTALS['histories']}, of seed {seed}: {why[:160]}",
                flush=True,
            )
            return True
    print(
        f"{name}: ALIVE after {TOTALS['histories']} histories, of seeds {seeds[0]} to {seeds[-1]}",
        flush=True,
    )
    return False


if __name__ == "__main__":
    sys.exit(main())
