"""What happens when: programme, block, trial, phase, and everything that is shown."""
