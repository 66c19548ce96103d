"""Every model goes through the same code: what is derived of it is decided by the engines, and runs agree with it."""

import numpy as np
import pytest
import sympy as sp

from numerics.compiled import compile_loss
from numerics.descent import descend
from numerics.matrices import compiled, polar
from numerics.model_run import ModelFlow, run
from proofs.engines import decide, recheck
from proofs.kernel.statements import MatrixIdentity
from proofs.kernel.verdict import Outcome
from theory.algebra.words import collected, rate_along
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named
from theory.models import decay_and_bias, laws, linear_features, rules
from theory.models.deep_linear import layers
from theory.models.model import Model, classes, decay, descent, samples, squared_descent, squared_residual
from theory.models.reduction import Observable, S, modes, on_modes, reduce
from theory.symbols import sigma
from theory.unconstrained_features import flow
from theory.unconstrained_features import modes as ufm_modes

MODELS = (flow.MODEL, layers(3), linear_features.MODEL, decay_and_bias.MODEL)
SIZES = {
    classes: 3,
    samples: 6,
    **{sp.Symbol(name, positive=True, integer=True): size for name, size in (("d", 4), ("d_0", 5), ("d_1", 3), ("d_2", 4))},
}
COUNTS = ClassCounts((3, 2, 1))
WEIGHTS = np.array([1.0, 1.0, 1.0, 1.5, 1.5, 2.5])  # of the six samples
DECAY = 0.1  # of W; that of H is twice as large, unless a test says otherwise
GRADIENT_TOLERANCE = 1e-7  # central differences at step 1e-5: rounding 1e-16 of a loss of 10 over it, with two decades to spare
PATH_TOLERANCE = 1e-8  # the integrator's 1e-12 a step over a hundred steps, and its dense output, at the points of the quadrature
LINEAR_TOLERANCE = 1e-6  # at small start: logits, which move the residual, stay below e^(−16)
CUBIC_TOLERANCE = 1e-4  # of three layers, whose amplitudes of at most 0.03 give logits of 3e-5


def matrix(shape, generator, scale=1.0):
    return scale * generator.standard_normal([int(sp.sympify(size).xreplace(SIZES)) for size in shape])


def model_flow(model, *, velocity=None, loss="cross-entropy", start=None, scale=0.7, decays=(DECAY, 2 * DECAY), weights=WEIGHTS, more=()):
    """A model with random data and, unless given, a random start."""
    generator = np.random.default_rng(7)
    velocity = descent(model) if velocity is None else velocity
    given = {X: np.ones((6, 1)) if decay_and_bias.ones == X else matrix(X.shape, generator) for X in model.data}
    given |= dict(zip((decay_and_bias.decay_W, decay_and_bias.decay_H), decays, strict=True)) | dict(more)
    start = {X: matrix(X.shape, generator, scale) for X in velocity} if start is None else start
    return ModelFlow(model, velocity, compile_loss(loss_named(loss), COUNTS, COUNTS.labels), weights, start, given)


def decided(says, left, right, **kind):
    statement = MatrixIdentity(says=says, left=left, right=right, **kind)
    evidence = decide(statement)
    assert recheck(statement, evidence), evidence
    return evidence.outcome


by_name = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)


# Descent ------------------------------------------------------------------------------------------------------------------


@by_name
@pytest.mark.parametrize("loss", ["cross-entropy", "squared", "ldam"])
def test_the_velocity_of_a_model_is_minus_the_difference_quotient_of_its_loss(model, loss):
    """The loss is evaluated by code that has no part in the velocity."""
    system = model_flow(model, loss=loss)
    state, step = system.initial_state, 1e-5
    quotients = [(system.total_loss(state + step * e) - system.total_loss(state - step * e)) / (2 * step) for e in np.eye(len(state))]
    error = np.abs(system.derivative(0.0, state) + quotients)
    assert error.max() < GRADIENT_TOLERANCE * np.abs(quotients).max()


@by_name
def test_the_squared_loss_differentiated_itself_is_the_rule_of_its_residual(model):
    direct, residual = squared_descent(model), squared_residual(model)
    for X, moved in descent(model).items():
        by_rule = moved.xreplace({model.residual: residual})
        assert decided("two routes", by_rule, direct[X], diagonal=(model.weights,)) is Outcome.HOLDS
        assert decided("a near miss", by_rule, 2 * direct[X], diagonal=(model.weights,)) is Outcome.FAILS


def test_the_normal_form_of_words_is_zero_exactly_where_the_polynomial_is():
    D, A, U = (sp.MatrixSymbol(name, classes, classes) for name in "DAU")
    scale = sp.Symbol("x")
    difference = scale * (scale + 1) * D * A - scale**2 * A * D - scale * A * D
    assert collected(U.T * U * difference.T, orthonormal=(U,), diagonal=(D, A)).is_ZeroMatrix
    assert not collected(difference, diagonal=(D,)).is_ZeroMatrix
    assert not collected(U * U.T - sp.Identity(classes), orthonormal=(U,)).is_ZeroMatrix
    for power in (sp.MatPow(D, sp.Rational(1, 2)), sp.Inverse(D)):
        with pytest.raises(InvalidInput, match="no polynomial"):
            collected(power * A)


# Balance ------------------------------------------------------------------------------------------------------------------


@by_name
def test_the_balance_of_neighbours_moves_as_derived(model):
    velocity = descent(model)
    assert laws.neighbours(model)
    for A, B in laws.neighbours(model):
        rate = rate_along(laws.balance((A, B)), velocity)  # terms that cancel are left standing: the checker finds that they do
        found = laws.balance_rate((A, B), velocity)
        assert decided("the rate", rate, found) is Outcome.HOLDS
        kept = found.is_ZeroMatrix
        assert kept is (model is not decay_and_bias.MODEL)
        sum_rate = rate_along(A.T * A + B * B.T, velocity)
        assert decided("a sum in place of the difference", sum_rate, found) is Outcome.FAILS


@by_name
def test_runs_agree_with_the_balance(model):
    """The balance moves by the integral of its derived rate, which is zero without penalties."""
    solved = run(model_flow(model), 2.0)
    nodes, shares = np.polynomial.legendre.leggauss(40)
    for pair in laws.neighbours(model):
        first, last = solved.at(np.array([0.0, 2.0]), Observable("balance", laws.balance(pair)))
        rate = solved.at(nodes + 1, Observable("its rate", laws.balance_rate(pair, descent(model)), "per flow time"))
        moved = np.einsum("t,tij->ij", shares, rate)
        assert np.abs(last - first - moved).max() < PATH_TOLERANCE * np.abs(first).max()
        sums = solved.at(np.array([0.0, 2.0]), Observable("a near miss", pair[0].T * pair[0] + pair[1] * pair[1].T))
        assert np.abs(sums[1] - sums[0]).max() > 0.1


def test_equal_decays_forget_the_balance():
    """Of any loss: the balance is e^(−2λt) of what it was."""
    model, pair = decay_and_bias.MODEL, (decay_and_bias.W, decay_and_bias.H)
    equal = {decay_and_bias.decay_H: decay_and_bias.decay_W}
    law = -2 * decay_and_bias.decay_W * laws.balance(pair)
    assert collected(laws.balance_rate(pair, descent(model)).xreplace(equal) - law).is_ZeroMatrix
    assert not collected(laws.balance_rate(pair, descent(model)) - law).is_ZeroMatrix
    times = np.array([0.0, 1.0, 3.0])
    kept = run(model_flow(model, decays=(DECAY, DECAY)), 3.0).at(times, Observable("balance", laws.balance(pair)))
    assert np.abs(kept - np.exp(-2 * DECAY * times)[:, None, None] * kept[0]).max() < PATH_TOLERANCE * np.abs(kept[0]).max()


def test_data_between_the_factors_are_seen_and_so_are_features_that_the_data_correlate():
    """Of features H = VX the balance WᵀW − HHᵀ is not conserved, unless K = XᵀX is the identity."""
    W, V, X = linear_features.W, linear_features.V, linear_features.X
    G, K = linear_features.MODEL.residual, X.T * X
    rate = rate_along(W.T * W - V * X * X.T * V.T, descent(linear_features.MODEL))
    lost = W.T * G * (sp.Identity(samples) - K) * (V * X).T
    assert decided("by the Gram matrix of the inputs", rate, lost + lost.T) is Outcome.HOLDS
    assert decided("conserved", rate, sp.ZeroMatrix(*rate.shape)) is Outcome.FAILS


def test_momentum_does_not_keep_the_balance():
    velocity = rules.momentum(sp.Symbol("mu", positive=True))(flow.MODEL)
    assert laws.balance_rate((flow.W, flow.H), descent(flow.MODEL)).is_ZeroMatrix
    assert not laws.balance_rate((flow.W, flow.H), velocity).is_ZeroMatrix


# Growth at small start ----------------------------------------------------------------------------------------------------


def growth_matrix(system, grown):
    """At the residual where all parameters but a bias are zero."""
    zero = {**{X: np.zeros_like(system.values(system.initial_state)[X]) for X in grown.model.parameters}}
    values = {**system.values(system.initial_state), **zero}
    residual = -system.loss.gradient(compiled(system.model.logits)(values)) * system.weights
    return compiled(grown.matrix)({**values, system.model.residual: residual})


@pytest.mark.parametrize("inertia", [None, 0.3], ids=["flow", "momentum"])
@pytest.mark.parametrize("model", [m for m in MODELS if m is not MODELS[1]], ids=lambda model: model.name)
def test_small_starts_grow_at_the_singular_values_of_the_growth_matrix(model, inertia):
    """Each mode of two factors grows as its amplitudes do in the derived matrix; a bias stands where it rests."""
    (grown,) = laws.growth(model)
    rule = descent if inertia is None else rules.momentum(sp.Rational(3, 10))
    velocity, (A, B) = rule(model), grown.model.parameters
    generator, scale = np.random.default_rng(3), np.exp(-12)
    start = {X: matrix(X.shape, generator, scale) for X in velocity}
    if model is decay_and_bias.MODEL:
        start[decay_and_bias.bias] = (np.eye(3)[:, list(COUNTS.labels)] - 1 / 3) @ WEIGHTS[:, None] / WEIGHTS.sum()
        start |= {X: np.zeros((3, 1)) for X in start if X.name == "b_dot"}
    system = model_flow(model, velocity=velocity, loss="squared", start=start, scale=scale)
    U, singular, Vt = np.linalg.svd(growth_matrix(system, grown), full_matrices=False)
    horizon = 3 / singular[0]
    solved = run(system, horizon)
    state = [X for X in (A, B, rules.momentum_of(A), rules.momentum_of(B)) if X in velocity]
    end, begin = (system.values(y) for y in (solved.path.at(horizon, lambda y: y), system.initial_state))
    checked = 0
    for u, s, v in zip(U.T, singular, Vt, strict=True):
        if s < 1e-9 * singular[0]:
            continue
        linear = laws.mode_matrix(grown, rule).subs({sigma: s, decay_and_bias.decay_W: DECAY, decay_and_bias.decay_H: 2 * DECAY})
        exponential = np.array((linear * horizon).evalf(30).exp(), dtype=float)
        before, after = (np.array([u @ at[X] if X.shape == A.shape else at[X] @ v for X in state]) for at in (begin, end))
        assert np.abs(after - exponential @ before).max() < LINEAR_TOLERANCE * np.abs(after).max()
        checked += 1
    assert checked == 2  # of three classes


def test_growth_rates_are_derived():
    s, mu = sigma, sp.Symbol("mu", positive=True)
    (free,), (data,), (decayed,), (deep,) = map(laws.growth, (flow.MODEL, linear_features.MODEL, decay_and_bias.MODEL, layers(3)))
    assert data.matrix == linear_features.MODEL.residual * linear_features.X.T
    assert set(laws.mode_matrix(free).eigenvals()) == {s, -s}
    rates = laws.mode_matrix(decayed).subs(decay_and_bias.decay_H, decay_and_bias.decay_W).eigenvals()
    assert {sp.simplify(rate) for rate in rates} == {s - decay_and_bias.decay_W, -s - decay_and_bias.decay_W}
    heavy = laws.mode_matrix(free, rules.momentum(mu)).eigenvals()
    assert any(sp.simplify(rate - (sp.sqrt(1 + 4 * mu * s) - 1) / (2 * mu)) == 0 for rate in heavy)
    assert laws.mode_matrix(deep).is_zero_matrix  # three factors: no rate


def test_three_layers_grow_by_the_singular_values_too_and_not_exponentially():
    """da/dt = σa² at small start, so that 1/a falls by σt."""
    model, scale = layers(3), 3e-3
    (grown,) = laws.growth(model)
    small = on_modes(grown.model, descent(grown.model))
    a = sp.Symbol("a", positive=True)
    assert set(small.entries({**dict.fromkeys(small.state, a), S: sigma})) == {sigma * a**2}
    system = model_flow(model, loss="squared")
    M = growth_matrix(system, grown)
    U, singular, Vt = np.linalg.svd(M)
    frames = (U[:, :2], np.eye(4)[:, :2], np.eye(3)[:, :2], Vt[:2].T)
    start = {X: scale * left @ right.T for X, left, right in zip(model.parameters, frames, frames[1:], strict=False)}
    horizon = 0.9 / (scale * singular[0])
    solved = run(model_flow(model, loss="squared", start=start), horizon)
    last = solved.at(horizon, Observable("the last layer", model.parameters[-1]))
    for k in range(2):
        amplitude = frames[2][:, k] @ last @ frames[3][:, k]
        assert (1 / scale - 1 / amplitude) / horizon == pytest.approx(singular[k], rel=CUBIC_TOLERANCE)


def test_words_without_a_growth_matrix_are_refused():
    A, B, X = (sp.MatrixSymbol(name, classes, classes) for name in "ABX")
    for logits in (A * X * B, A * B + B, A * A, A * B.T):
        with pytest.raises(InvalidInput, match="must stand together"):
            laws.growth(Model("a stranger", tuple(P for P in (A, B) if logits.has(P)), logits))


# Fixed points -------------------------------------------------------------------------------------------------------------


def test_a_run_with_decay_ends_where_the_fixed_point_equations_hold():
    model = decay_and_bias.MODEL
    equations = laws.fixed_point_equations(model)
    assert not equations[-1].has(model.residual)  # λ_H HHᵀ = λ_W WᵀW, of any loss
    solved = run(model_flow(model, loss="squared"), 120.0)
    begin, end = ([np.abs(solved.at(t, Observable("vanishes at rest", side))).max() for side in equations] for t in (0.0, 120.0))
    assert min(begin) > 0.1
    assert max(end) < 1e-6  # e^(−120 DECAY) of what it was, with a decade to spare
    assert np.abs(solved.at(120.0, Observable("W", decay_and_bias.W))).max() > 0.1  # and not at zero


# Rules --------------------------------------------------------------------------------------------------------------------


def test_sign_descent_on_one_input_a_class_is_free_of_counts():
    """L = VX with one-hot X, from zero: the margin is 2t for every class, whatever counts and weights."""
    V, X = sp.MatrixSymbol("V", classes, classes), sp.MatrixSymbol("X", classes, samples)
    model, inputs = Model("fixed features", (V,), V * X), np.eye(3)[:, list(COUNTS.labels)]
    system = model_flow(model, velocity=rules.sign(model), start={V: np.zeros((3, 3))}, more={X: inputs})
    found = run(system, 1.5).at(1.5, Observable("V", V))
    assert np.allclose(found, 1.5 * (2 * np.eye(3) - 1), rtol=PATH_TOLERANCE)
    assert not np.allclose(run(model_flow(model, start={V: np.zeros((3, 3))}, more={X: inputs}), 1.5).at(1.5, Observable("V", V)), found)


def test_the_sign_rule_is_the_sign_at_explicit_matrices():
    moved = rules.sign(flow.MODEL)[flow.W]
    values = {flow.G: sp.Matrix([[1, -2], [0, 3]]), flow.H: sp.Matrix([[3, 1], [-1, 1]])}
    assert moved.xreplace({X: value.as_immutable() for X, value in values.items()}).doit() == sp.Matrix([[1, -1], [1, 1]])


def test_class_normalised_descent_adds_unit_vectors_and_ignores_class_weights():
    members = [sp.MatrixSymbol(f"E_{j}", samples, samples) for j in range(3)]
    indicators = {E: np.diag((np.array(COUNTS.labels) == j).astype(float)) for j, E in enumerate(members)}
    velocity = rules.class_normalised(members)(flow.MODEL)
    system = model_flow(flow.MODEL, velocity=velocity, more=indicators)
    expected = np.zeros_like(system.initial_state)
    for E in indicators.values():
        own = model_flow(flow.MODEL, weights=np.diag(E) * WEIGHTS).derivative(0.0, system.initial_state)
        expected += own / np.linalg.norm(own)
    assert np.allclose(system.derivative(0.0, system.initial_state), expected, rtol=1e-12, atol=1e-14)  # rounding
    other = model_flow(flow.MODEL, velocity=velocity, more=indicators, weights=np.ones(6))
    assert np.allclose(other.derivative(0.0, system.initial_state), expected, rtol=1e-12, atol=1e-14)
    with pytest.raises(InvalidInput, match="belong to no class"):
        rules.class_normalised(members)(decay_and_bias.MODEL)


@pytest.mark.parametrize("number", [2, 3])
def test_spectral_descent_learns_every_mode_at_one_speed(number):
    """On the modes every amplitude moves at speed 1, whatever its singular value, while its −gradient is positive."""
    model = layers(number)
    reduced = on_modes(model, rules.spectral(model))
    assert reduced.is_exact
    assert all(isinstance(rate, sp.Identity) for rate in reduced.velocity.values())
    assert len(reduced.positive) == number
    target = np.eye(3)[:, list(COUNTS.labels)] - 1 / 3
    U, _, Vt = np.linalg.svd(target)
    frames = (U[:, :2], *[np.eye(2)] * (number - 1), Vt[:2].T)  # as wide as there are modes: a polar factor jumps where the rank does
    start = {X: 0.01 * left @ right.T for X, left, right in zip(model.parameters, frames, frames[1:], strict=False)}
    velocity, horizon = rules.spectral(model), 0.6
    system = model_flow(model, velocity=velocity, loss="squared", start=start, weights=np.ones(6))
    found = run(system, horizon).at(horizon, Observable("logits", model.logits))
    assert np.allclose(np.diag(U[:, :2].T @ found @ Vt[:2].T), (0.01 + horizon) ** number, rtol=PATH_TOLERANCE)


def test_the_polar_factor_is_exact_where_it_is_written_out():
    M = sp.Matrix([[3, 1], [0, 2], [1, 1]])
    for explicit in (M, M.T):
        factor = rules.Polar(explicit.as_immutable()).doit()
        assert np.allclose(np.array(factor.evalf(30), dtype=float), polar(np.array(explicit, dtype=float)), rtol=1e-13)
    assert np.allclose(polar(np.array([[3.0, 0.0], [4.0, 0.0]])), [[0.6, 0.0], [0.8, 0.0]], rtol=1e-13, atol=1e-13)
    with pytest.raises(InvalidInput, match="full rank"):
        rules.Polar(sp.ImmutableMatrix([[1, 2], [1, 2], [1, 2]])).doit()


@by_name
@pytest.mark.parametrize("rule", [descent, rules.sign], ids=["gradient", "sign"])
def test_steps_of_any_model_under_any_rule_tend_to_its_flow(model, rule):
    """At first order: half the step, half the distance from the flow."""
    system, horizon = model_flow(model, velocity=rule(model)), 0.01
    end = system.values(run(system, horizon).path.at(horizon, lambda state: state))
    distances = []
    for steps in (8, 16):
        record = descend(system, step_size=horizon / steps, steps=steps, read=lambda state: state)
        assert len(record) == steps + 1
        assert (record[0] == system.initial_state).all()
        found = system.values(record[-1])
        distances.append(max(np.abs(found[X] - end[X]).max() for X in model.parameters))
    assert distances[1] <= 0.55 * distances[0] + PATH_TOLERANCE  # under sign descent the velocity is constant, and both are 0


def test_steps_that_diverge_are_told_and_not_followed():
    with pytest.raises(InvalidInput, match="diverged after"):
        descend(model_flow(flow.MODEL, loss="squared"), step_size=1e3, steps=50, read=lambda state: state)


# Reductions ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 3, 4])
def test_modes_of_layers_obey_the_law_of_their_depth(number):
    """ds/dt = N s^(2 − 2/N)(σ − s) for balanced layers and equal weights; for two layers the law of `unconstrained_features`."""
    model = layers(number)
    reduced = on_modes(model, squared_descent(model))
    assert reduced.is_exact
    s, a = sp.symbols("s a", positive=True)
    rates = reduced.entries({**dict.fromkeys(reduced.state, a), S: sigma})
    law = number * a ** (number - 1) * rates[0]
    assert sp.simplify(law.subs(a, s ** sp.Rational(1, number)) - number * s ** (2 - sp.Rational(2, number)) * (sigma - s)) == 0
    if number == 2:
        assert sp.expand(law.subs(a, sp.sqrt(s)) - ufm_modes.strength_rate(weighted=False).subs(ufm_modes.strength, s)) == 0


def test_what_leaks_out_of_an_ansatz_is_told():
    """With unequal weights the features leave the modes of Z and the classifier does not: as `unconstrained_features.modes` has it."""
    model, (U, V, Q) = flow.MODEL, (ufm_modes.U, ufm_modes.V, ufm_modes.Q)
    a, b = (sp.MatrixSymbol(name, modes, modes) for name in "ab")
    setting = {
        "velocity": squared_descent(model),
        "embedding": {flow.W: U * a * Q.T, flow.H: Q * b * V.T},
        "given": {flow.Z: U * S * V.T},
        "orthonormal": (U, V, Q),
        "diagonal": (a, b, S, flow.Omega),
        "valid_when": "",
    }
    weighted = reduce(coordinates={a: U.T * flow.W * Q, b: Q.T * flow.H * V}, **setting)
    assert weighted.residual[flow.W].is_ZeroMatrix
    assert not weighted.is_exact
    projected = V * V.T
    said = Q * a * (S - a * a) * V.T * flow.Omega * (sp.Identity(samples) - projected)
    frames = {"orthonormal": (U, V, Q), "diagonal": (a, S, flow.Omega)}
    assert decided("the leak", weighted.residual[flow.H].xreplace({b: a}), said, **frames) is Outcome.HOLDS
    equal = reduce(
        coordinates={a: U.T * flow.W * Q, b: Q.T * flow.H * V},
        **{**setting, "given": {**setting["given"], flow.Omega: sp.Identity(samples)}},
    )
    assert equal.is_exact
    with pytest.raises(InvalidInput, match="must read a off the embedding"):
        reduce(coordinates={a: 2 * U.T * flow.W * Q, b: Q.T * flow.H * V}, **setting)


# The door -----------------------------------------------------------------------------------------------------------------


def test_what_is_no_model_is_refused():
    A, B = (sp.MatrixSymbol(name, classes, classes) for name in "AB")
    with pytest.raises(InvalidInput, match="must occur in its logits"):
        Model("a stranger", (A, B), A)
    with pytest.raises(InvalidInput, match="floating-point"):
        Model("a stranger", (A,), A, (decay(A, sp.Float(0.1)),))
    with pytest.raises(InvalidInput, match="must be the product of its parameters"):
        on_modes(linear_features.MODEL, descent(linear_features.MODEL))
    model, X = linear_features.MODEL, linear_features.X
    system = model_flow(model)
    values = system.values(system.initial_state)
    start = {P: values[P] for P in model.parameters}
    for begin, given, what in (
        (start, {}, "given lacks X"),
        (start, {X: np.ones((4, 6))}, "fit each other"),
        ({linear_features.W: values[linear_features.W]}, {X: values[X]}, "start lacks V"),
    ):
        with pytest.raises(InvalidInput, match=what):
            ModelFlow(model, descent(model), system.loss, WEIGHTS, begin, given)
    shapes = {P: matrix(P.shape, np.random.default_rng()).shape for P in decay_and_bias.MODEL.parameters}
    wide = {P: np.ones((3, 2) if decay_and_bias.bias == P else shape) for P, shape in shapes.items()}
    with pytest.raises(InvalidInput, match=r"b of shape \(3, 2\) must be c × 1"):
        model_flow(decay_and_bias.MODEL, start=wide)
    with pytest.raises(InvalidInput, match="at least one"):
        layers(0)
