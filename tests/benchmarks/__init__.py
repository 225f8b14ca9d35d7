"""Figures as they come out on this machine: `python -m tests.benchmarks`. Never a test that can fail by the clock."""
