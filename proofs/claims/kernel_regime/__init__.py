"""Free features in the kernel regime, and which weight exponent is flat in which regime."""
