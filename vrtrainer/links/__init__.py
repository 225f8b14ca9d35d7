"""Other programs that follow or lead."""
