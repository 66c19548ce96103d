"""Runs of the unconstrained features model: its coordinates, where it starts, and what is read off a run."""
