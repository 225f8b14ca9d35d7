"""Where the session is shown: one module is one choice."""
