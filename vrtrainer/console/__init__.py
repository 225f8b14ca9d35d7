"""The adult's view of a running session, in a process of its own."""
