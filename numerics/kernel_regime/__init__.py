"""Free features from large starts at sample level, where the kernel hardly moves."""
