"""Claims on features that are constrained by the data, linear in constant inputs, and the runs that they rest on."""
