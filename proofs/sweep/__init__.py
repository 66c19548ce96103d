"""Many runs of one specification, on any executor, into one table."""
