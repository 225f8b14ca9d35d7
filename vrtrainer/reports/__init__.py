"""Pages for family, therapist and researcher."""
