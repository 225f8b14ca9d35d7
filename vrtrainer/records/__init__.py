"""What is kept: people, sessions, trials, the journal."""
