"""How hard the next block is: levels move between blocks only, one facet at a time, by how the last one went."""

from dataclasses import replace

UP, DOWN = 0.85, 0.5  # share of full success without help from which a level rises, below which it falls
STEP = 1.15
SLOWEST, FASTEST = 0.5, 1.6  # tempo ratios


def next_level(level, history):
    """The level of the next block.

    Parameters
    ----------
    level : Facets
        Of the next block as its programme has it.
    history : tuple of (TrialPlan, Answer)
        Of the last block.

    Returns
    -------
    level : Facets
    reason_key : str
        Key under `why`, "" where nothing moves.
    values : dict
    """
    told = [(plan, answer) for plan, answer in history if answer.graded is not None]
    if len(told) < 3:
        return level, "", {}
    alone = [answer.graded == 2 and plan.prompt == 0 for plan, answer in told]
    done = sum(alone)
    share = done / len(told)
    if share >= UP:
        return replace(level, tempo=min(level.tempo * STEP, FASTEST)), "level_up", {"done": done, "count": len(told)}
    if share < DOWN:
        return replace(level, tempo=max(level.tempo / STEP, SLOWEST)), "level_down", {"done": done, "count": len(told)}
    return level, "level_same", {"done": done, "count": len(told)}


def stepped(level, steps):
    """A level by some steps of tempo quicker or slower; never past the ends, nor back from beyond them.

    Parameters
    ----------
    level : Facets
    steps : int

    Returns
    -------
    Facets
    """
    tempo = level.tempo * STEP**steps
    if steps > 0:
        return replace(level, tempo=max(level.tempo, min(tempo, FASTEST)))
    return replace(level, tempo=min(level.tempo, max(tempo, SLOWEST)))
