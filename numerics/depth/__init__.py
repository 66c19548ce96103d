"""Runs of N linear layers at sample level: a column of the first layer for each sample."""
