"""Ways to hand data on: one module is one format."""
