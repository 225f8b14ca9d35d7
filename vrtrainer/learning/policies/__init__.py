"""Ways to choose the next trial: one module is one choice."""
