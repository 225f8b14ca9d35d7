"""Where the learner's movement comes from: one module is one choice."""
