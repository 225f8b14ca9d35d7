"""How difficulty follows scores: a model of one learner, what comes next, and learners that are simulated."""
