"""Properties that record which hard regimes they reached: a property that never reaches one fails."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

FEWEST = 10  # fewest examples of a slow property
ROUNDS = 3  # rounds of other random cases where the first missed a regime, so that chance fails no property


def holds_for(*strategies, reaching, at=(), share=1):
    """Turns a check of one case into a property: random cases, each regime met at least once.

    Arguments: `strategies`, one for each argument of the check; `reaching`, regime → predicate of a case, to be met
    by random cases (those in `at` do not count); `at`, cases that are always tried; `share`, a slow check gets one
    in so many of the profile's examples.
    """

    def decorate(check):
        met = Counter()

        def count_and_check(case):
            met.update(name for name, predicate in reaching.items() if predicate(*case))
            check(*case)

        count_and_check.__name__ = check.__name__  # Hypothesis seeds and keeps examples by it
        examples = max(settings.default.max_examples // share, FEWEST)
        run = settings(max_examples=examples)(given(st.tuples(*strategies))(count_and_check))

        def of_all():
            for case in at:
                check(*case)
            met.clear()
            for _ in range(ROUNDS):
                run()
                missed = [name for name in reaching if not met[name]]
                if not missed:
                    break
            assert not missed, f"no example reached: {', '.join(missed)}"

        of_all.__name__, of_all.__doc__, of_all.__module__ = check.__name__, check.__doc__, check.__module__
        return of_all

    return decorate
