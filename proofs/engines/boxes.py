from proofs.engines.rules import Broken


def positive_on_boxes(sequent, budget):
    return False


def from_infinity(sequent, x, end):
    raise Broken("no")
