"""What is drawn and heard. GL objects live and die here."""
