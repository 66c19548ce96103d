"""A user's own statements: one, or the steps of a derivation file, judged by the ledger's judge."""

from proofs.check.files import Step, parse_claims, read_file
from proofs.check.judging import DEFAULT_TIMEOUT, check_claims, check_one, check_statement

__all__ = ["DEFAULT_TIMEOUT", "Step", "check_claims", "check_one", "check_statement", "parse_claims", "read_file"]
