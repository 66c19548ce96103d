"""The programs that write the generated parts of this repository: README, architecture, evidence of the networks."""
