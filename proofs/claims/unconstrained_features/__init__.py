"""Claims on the unconstrained features model, and the runs that they rest on."""
