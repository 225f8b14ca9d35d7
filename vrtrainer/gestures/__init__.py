"""What can be imitated: gestures as text, performed for any body, and recordings of people."""
