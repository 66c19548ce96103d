"""Weight decay on both factors of the unconstrained features model: what the end of training keeps of the weights."""
