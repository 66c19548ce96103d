"""The commands of `ufm`, one a file: its options, its document and its table."""
