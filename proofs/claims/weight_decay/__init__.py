"""Weight decay, a chapter of the ledger a file."""
