"""The checker: re-checks certificates and witnesses. It may not be wrong; it imports the kernel and `theory.exact` alone."""
