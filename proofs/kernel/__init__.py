"""The kernel: what a claim, a statement and a verdict are, and the judge, which alone makes a verdict."""
