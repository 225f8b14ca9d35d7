"""How much help comes next: after two successes one level less, after two misses one more (PRACTICE 1.1)."""

MOST = 6  # level 7 is a person who helps: that is never chosen by the program


def next_prompt(history, gesture, start):
    """Help for the next trial of a gesture within a block.

    Parameters
    ----------
    history : tuple of (TrialPlan, Answer)
        Of this block.
    gesture : str
    start : int
        Help that the block begins with.

    Returns
    -------
    int
        0..6. Answers that were withheld count neither way.
    """
    level, run = start, 0
    for plan, answer in history:
        if plan.gesture != gesture or answer.graded is None:
            continue
        if plan.prompt > level:
            level = min(plan.prompt, MOST)  # more help was given within the trial
        hit = answer.graded == 2
        run = run + 1 if hit and run >= 0 else run - 1 if not hit and run <= 0 else (1 if hit else -1)
        if run == 2:
            level, run = max(level - 1, 0), 0
        elif run == -2:
            level, run = min(level + 1, MOST), 0
    return level


def misses_in_a_row(history):
    """Trials without full success at the end of a block's history.

    Parameters
    ----------
    history : tuple of (TrialPlan, Answer)

    Returns
    -------
    int
    """
    count = 0
    for _, answer in reversed(history):
        if answer.graded is None:
            continue
        if answer.graded == 2:
            break
        count += 1
    return count
