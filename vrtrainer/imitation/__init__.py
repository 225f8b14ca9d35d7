"""How alike two movements are, per part, now and over a whole trial, and why."""
