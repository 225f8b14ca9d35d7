"""Scoring methods: one module is one choice."""
