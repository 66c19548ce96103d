"""Claims on unconstrained features with a trained output bias, and the runs that they rest on."""
