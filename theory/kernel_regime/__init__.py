"""Free features in the kernel (lazy) regime, and which weight exponent makes classes learn together in which regime."""
