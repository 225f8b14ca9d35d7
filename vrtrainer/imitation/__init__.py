"""How alike two movements are, per part, now and over a whole trial, and why."""

from vrtrainer.imitation.score import Reason, Score

__all__ = ["Reason", "Score", "compare"]


def __getattr__(name):
    if name == "compare":  # read when asked: it needs numpy's larger half and the tables of joint names
        from vrtrainer.imitation.pairs import compare

        return compare
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
