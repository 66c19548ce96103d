"""Runs to ends that are said to forget the weights."""
