"""Pages of a session: one module is one choice and holds one class `Page`."""
