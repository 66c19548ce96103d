"""Algebra that no single theory owns: matrices that are constant on blocks of classes, at every number of classes at once."""
