"""Modes of imitation: one module is one choice and holds one table of phases."""
