"""What the whole program makes of recorded people: figures for the documentation, never a pass mark."""
