"""Benchmarks: our methods next to their peers, every figure of a table from one run."""
