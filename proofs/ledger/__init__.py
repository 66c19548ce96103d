"""Judging many claims, each in a process of its own that a limit of processor time stops."""
