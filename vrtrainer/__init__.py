"""vrtrainer: avatars show gestures, a person imitates them, the score decides what comes next."""

__version__ = "0.1.0"
