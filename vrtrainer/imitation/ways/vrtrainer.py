"""The project's own scoring: features in tolerances, aligned, with separate figures."""

from vrtrainer.imitation.scoring import score

__all__ = ["score"]
