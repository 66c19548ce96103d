"""Cross-entropy on one fixed orthonormal feature a class, under the flow and under sign descent; and sign descent with free features."""
