"""Judging many claims: which there are, processes, what is kept between runs."""
