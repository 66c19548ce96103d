"""Weight decay: the minimiser of the convex problem, plain descent on the factored one, and the flow, at sample level."""
