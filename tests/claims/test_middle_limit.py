"""What the proof that the middle mode's offset has a limit rests on, along paths: its strength rises, and paths of two starts meet."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume
from hypothesis import strategies as st

from numerics.unconstrained_features.middle import TwoGroups, middle_learning_time, middle_offset, step_groups
from proofs import strategies
from proofs.claims.unconstrained_features import middle_limit
from proofs.engines import decide
from proofs.kernel.verdict import Outcome
from tests.tools.middle_mode import RATES, masses, middle_problems, path
from tests.tools.reached import holds_for
from theory.data.counts import symbolic_step
from theory.symbols import R, m_majority, m_minority, n_majority, n_minority, p, w_majority, w_minority
from theory.unconstrained_features import middle

claim = pytest.mark.ufm_claim
SLACK = 1e-6  # of the integrator, relative
WEIGHTS_DIFFER = {
    "the majority weighs more": lambda problem, _: problem[2][0] > 1.5 * problem[2][1],
    "the minority weighs more": lambda problem, _: problem[2][1] > 1.5 * problem[2][0],
}


def rate_of(sizes, counts, weights):
    return math.sqrt(sum(mass * w**2 for mass, w in zip(masses(sizes, counts), weights, strict=True)))


@claim("middle-offset-has-a-limit")
@holds_for(middle_problems(), st.floats(0.05, 0.95), reaching=WEIGHTS_DIFFER)
def test_until_it_is_learned_the_strength_rises_at_the_proved_rate_and_so_does_the_classifier(problem, fraction):
    sizes, counts, weights, delta = problem
    pair = masses(sizes, counts)
    total = sum(pair)
    assume(math.exp(-2 * delta) <= math.sqrt(total))  # the start itself is not fitted
    times = np.linspace(0, (delta + 4) / rate_of(sizes, counts, weights), 60)
    a, b, e = path(sizes, counts, weights, delta, times)
    strength = a * (pair[0] * b + pair[1] * e)
    unlearned = np.logical_and.accumulate(strength < fraction * total)
    al, be = map(math.sqrt, pair)
    least = min(weights[0] * pair[0], weights[1] * pair[1]) * (1 - fraction) ** 2 / (al + be)
    for x, y, z, s in zip(*(values[unlearned] for values in (a, b, e, strength)), strict=True):
        da, db, de = RATES(*sizes, *counts, *weights, x, y, z)
        assert da >= -SLACK * x
        assert 1 - x * (y if weights[0] <= weights[1] else z) >= -SLACK  # the room of the group of the smaller weight
        assert da * s / x + x * (pair[0] * db + pair[1] * de) >= least * s * (1 - SLACK)


@claim("middle-offset-has-a-limit")
@holds_for(middle_problems(), st.floats(0.1, 3), reaching=WEIGHTS_DIFFER)
def test_paths_of_two_starts_part_no_faster_than_their_rate_and_their_size_allow(problem, later):
    sizes, counts, weights, delta = problem
    rate = rate_of(sizes, counts, weights)
    scales = np.array([1.0, *map(math.sqrt, masses(sizes, counts))])[:, None]
    times = np.linspace(0, (delta + 1) / rate, 40)
    shift = later / rate
    near = scales * path(sizes, counts, weights, delta, times)
    far = scales * path(sizes, counts, weights, delta + later, np.concatenate([[0.0], times + shift]))[:, 1:]
    distance = ((near - far) ** 2).sum(axis=0)
    force = 2 * sum(weights) / rate * np.exp(2 * (rate * times - delta))
    for start in (0, 10, 25):
        allowed = distance[start] * np.exp(2 * rate * (times[start:] - times[start]) + force[start:])
        assert np.all(distance[start:] <= allowed * (1 + SLACK) + 1e-12)


@claim("middle-offset-has-a-limit")
@holds_for(
    st.floats(0.1, 0.9),
    st.floats(1, 100),
    st.floats(0.05, 1),
    st.floats(0.1, 0.9),
    reaching={"few minority classes": lambda p, *_: p < 0.3, "a small weight of the majority": lambda p, R, w, f: w < 0.2},
)
def test_the_offset_is_its_limit_up_to_the_size_of_the_start(share, ratio, weight, fraction):
    groups = TwoGroups(share, (ratio, 1.0), (weight, 1.0))
    limit = middle_offset(groups, fraction)
    late = [middle_learning_time(groups, depth, fraction).value - depth / limit.escape_rate - limit.value for depth in (12.0, 24.0)]
    assert abs(late[0]) <= 1e4 * math.exp(-12)
    assert abs(late[1]) <= 1e-6


@claim("middle-offset-without-weights")
@holds_for(
    middle_problems(),
    reaching={"one class a group": lambda problem: problem[0] == (1, 1), "unequal counts": lambda problem: problem[1][0] > 9},
)
def test_where_groups_weigh_alike_the_flow_stays_on_the_ray_of_its_start(problem):
    sizes, counts, (weight, _), delta = problem
    sigma = math.sqrt(sum(masses(sizes, counts)))
    a, b, e = path(sizes, counts, (weight, weight), delta, np.linspace(0, (delta + 2) / (weight * sigma), 30))
    assert a == pytest.approx(sigma * b, rel=SLACK)
    assert e == pytest.approx(b, rel=SLACK)


@claim("middle-offset-without-weights")
@pytest.mark.parametrize(
    ("stated", "part"),
    [
        ({"classifier": sp.Integer(1)}, "start-and-flow-on-the-ray"),
        ({"feature": sp.Rational(1001, 1000)}, "start-and-flow-on-the-ray"),
        ({"speed": sp.Rational(2001, 1000)}, "logistic-on-the-ray"),
        ({"rate": sp.sqrt(p * R)}, "rate-is-the-singular-value"),
        ({"limit": middle_limit.WITHOUT_WEIGHTS + sp.Rational(1, 1000)}, "limit-of-the-offset"),
    ],
)
def test_each_step_to_the_limit_without_weights_is_decided_and_not_taken_for_granted(stated, part):
    (claim_,) = (each for each in middle_limit.CLAIMS if each.id == "middle-offset-without-weights")
    (wrong,) = (each for each in claim_.parts(claim_.said(stated)) if each.id == part)
    assert decide(wrong).outcome is Outcome.FAILS


def test_a_rate_that_is_not_the_escape_rate_leaves_no_limit():
    exact = middle.escape_rate(symbolic_step(), (w_majority, w_minority))
    point = dict(zip((m_majority, m_minority, n_majority, n_minority), map(sp.Integer, (1, 1, 100, 1)), strict=True))
    point |= {w_majority: sp.Rational(1, 10), w_minority: sp.Integer(1)}
    assert sp.simplify(exact.subs(point)) == 1
    assert middle_limit.drift(100.0, 0.5, 0.5, 0.5, 1.0) < 1e-6
    for wrong in (1.0005, math.sqrt(float(middle_limit.PROJECTED.subs(point)))):
        assert middle_limit.drift(100.0, 0.5, 0.5, 0.5, wrong) > 5e-3


@claim("middle-offset-without-weights")
@holds_for(
    strategies.minority_shares(10),
    st.floats(1, 1e8),
    st.floats(0.05, 0.95),
    reaching={"R > 1000": lambda p, R, f: R > 1000, "few minority classes": lambda p, R, f: p < 0.3, "f ≠ 1/2": lambda p, R, f: f < 0.3},
)
def test_without_weights_the_limit_is_that_of_a_logistic_curve(share, ratio, fraction):
    singular_value = math.sqrt(float(share) * ratio + 1 - float(share))
    stated = math.log(singular_value * fraction / (1 - fraction)) / (2 * singular_value)
    found = middle_offset(step_groups(ratio, float(share), 0.0), fraction)
    assert found.escape_rate == pytest.approx(singular_value)
    assert found.value * singular_value == pytest.approx(stated * singular_value, abs=1e-7)
