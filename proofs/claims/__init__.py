"""The ledger: one idea of the paper a file, each with its `CLAIMS`."""
