"""A model and its claims in a user's own module: one file leads from the model to rows such as `ufm verify` prints."""

import importlib
import sys

import pytest

from proofs.engines import decide, recheck
from proofs.kernel.judge import judge
from proofs.kernel.verdict import Verdict
from proofs.report import tables

MODULE = '''
"""A fixed classifier: L = FWH, of which W and H are trained, with the same weight decay on both."""
import numpy as np
import sympy as sp

from numerics.compiled import compile_loss
from numerics.model_run import ModelFlow, run
from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory.algebra.words import rate_along
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.models import laws
from theory.models.model import Model, classes, decay, descent, samples
from theory.models.reduction import Observable

rows, width = sp.symbols("r d", positive=True, integer=True)
decay_rate = sp.Symbol("lambda", positive=True)
F = sp.MatrixSymbol("F", classes, rows)
W = sp.MatrixSymbol("W", rows, width)
H = sp.MatrixSymbol("H", width, samples)
MODEL = Model("fixed classifier", (W, H), F * W * H, (decay(W, decay_rate), decay(H, decay_rate)))
PAIR, FLOW = (W, H), descent(MODEL)
BALANCE = laws.balance(PAIR)
RUN_TOLERANCE = 1e-8  # the integrator's 1e-12 a step over a hundred steps, and its dense output


def balance_error(law):
    """How far the balance of a run at t = 1 is from e^x of its start, where the law says its rate is x times itself."""
    counts, generator = ClassCounts((2, 1, 1)), np.random.default_rng(5)
    start = {W: generator.standard_normal((3, 2)), H: generator.standard_normal((2, 4))}
    given = {F: generator.standard_normal((3, 3)), decay_rate: 0.3}
    system = ModelFlow(MODEL, FLOW, compile_loss(loss_named("cross-entropy"), counts, counts.labels), np.ones(4), start, given)
    solved = run(system, 1.0)
    ends = solved.at(np.array([0.0, 1.0]), Observable("balance", BALANCE))
    factor = solved.at(0.0, Observable("as stated", law)) / ends[0]
    return Measurement(float(np.max(np.abs(ends[1] - np.exp(factor) * ends[0]))), 1, "cross-entropy")


def balance_parts(said):
    return (MatrixIdentity(id="rate-of-balance", says="d/dt of the balance, of any loss", left=rate_along(BALANCE, FLOW), right=said.rate),)


def growth_parts(said):
    (grown,) = laws.growth(MODEL)
    small = grown.model
    return tuple(MatrixIdentity(id=f"velocity-of-{X.name.lower()}", says=f"{X} moves as if the logits were WH and the residual M",
                                left=FLOW[X], right=moved.xreplace({small.residual: said.matrix}))
                 for X, moved in descent(small).items())


def rest_parts(said):
    *_, moment = laws.fixed_point_equations(MODEL)
    return (MatrixIdentity(id="balanced-at-rest", says="what vanishes at rest", left=moment, right=said.vanishes),)


CLAIMS = (
    Claim(id="decay-forgets-the-balance", says="With a fixed classifier the balance decays at twice the rate of weight decay.",
          source="a stranger", stated={"rate": -2 * decay_rate * BALANCE}, parts=balance_parts,
          runs=lambda said: (Agrees(id="along-a-run", says="the balance along a run", uses=("rate",),
                                    measure=lambda: balance_error(said.rate), bound=RUN_TOLERANCE),),
          near_misses=(NearMiss("at the decay rate", {"rate": -decay_rate * BALANCE}),
                       NearMiss("conserved", {"rate": 0 * decay_rate * BALANCE}))),
    Claim(id="fixed-classifier-growth", says="Small W and H grow by the matrix F'G.", source="a stranger",
          stated={"matrix": F.T * MODEL.residual}, parts=growth_parts,
          near_misses=(NearMiss("twice as fast", {"matrix": 2 * F.T * MODEL.residual}),)),
    Claim(id="balanced-at-rest", says="At every fixed point W'W = HH', of any loss.", source="a stranger",
          stated={"vanishes": -decay_rate * BALANCE}, parts=rest_parts,
          near_misses=(NearMiss("the sum", {"vanishes": -decay_rate * (W.T * W + H * H.T)}),)),
    Claim(id="balance-conserved-under-decay", says="With decay the balance is conserved.", source="a stranger",
          stated={"rate": sp.ZeroMatrix(width, width)}, parts=balance_parts, near_misses=()),
)
'''


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    (tmp_path / "stranger_model.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("stranger_model")
    del sys.modules["stranger_model"]


def test_a_new_model_is_judged_by_what_is_there(stranger, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    rows = [judge(claim, decide, recheck) for claim in stranger.CLAIMS]
    verdicts = {row.claim_id: row.verdict for row in rows}
    problems = {row.claim_id: row.problems for row in rows if row.problems}
    assert not problems
    assert verdicts.pop("balance-conserved-under-decay") is Verdict.REFUTED
    assert set(verdicts.values()) == {Verdict.PROVED}
    tables.print_ledger(stranger.CLAIMS, rows)
    printed = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    (line,) = [words for words in printed if words[0] == "decay-forgets-the-balance"]
    assert line[1] == "PROVED"
    assert " ".join(line).find("2/2 rejected 1 runs, 1 symbolic") > 0
    assert printed[-1] == ["1", "REFUTED,", "3", "PROVED"]
