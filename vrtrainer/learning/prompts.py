"""How much help comes next: after two successes one level less, after two misses one more (PRACTICE 1.1).

What somebody asked for (easier, harder, show where) holds from that trial on, and moves on from there.
"""

SLOWER, SLOW = 4, 0.6  # the help that shows more slowly, and at which share of the tempo
MOST = 6  # level 7 is a person who helps: that is never chosen by the program
SHIFTS = {"easier": 1, "harder": -1}  # controls that change the help, by so many levels
_OF_HELP = (*SHIFTS, "show_where")
_ASKED = ("adult_chose", "learner_chose")


def shown_tempo(tempo, prompt):
    """Tempo at which a trial's demonstration is performed.

    Parameters
    ----------
    tempo : float
        The plan's, a ratio.
    prompt : int
        The plan's.

    Returns
    -------
    float
    """
    return tempo * SLOW if prompt == SLOWER else tempo


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
        if plan.gesture != gesture:
            continue
        if asked_for(plan) in _OF_HELP:
            level, run = min(plan.prompt, MOST), 0
        if answer.graded is None:
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


def asked_for(plan):
    """The control by which somebody asked for a trial.

    Parameters
    ----------
    plan : TrialPlan

    Returns
    -------
    str
        "" where nobody did.
    """
    return plan.reason_values.get("control", "") if plan.reason_key in _ASKED else ""


def asked_prompt(control, usual, before):
    """Help after somebody asked for easier or harder.

    Parameters
    ----------
    control : str
        Of `SHIFTS`.
    usual : int
        Help that would have come unasked.
    before : int or None
        Help that was given when it was asked, else that the gesture's last trial had.

    Returns
    -------
    prompt : int
    steps : int
        Of tempo, where the ladder of help has no further level: 1 quicker, -1 slower, else 0.
    """
    shift = SHIFTS[control]
    # Who asks for easier breaks the trial off, and it is planned anew: what would have come unasked is what was seen.
    here = usual if before is None else max(usual, before) if shift > 0 else min(usual + 1, before)
    prompt = min(max(here + shift, 0), max(here, MOST))
    return prompt, prompt - (here + shift)


def left_alone(history, gesture):
    """Whether somebody asked for a harder trial of a gesture, and it went well since; bool.

    Parameters
    ----------
    history : tuple of (TrialPlan, Answer)
    gesture : str
    """
    for plan, answer in reversed(history):
        if plan.gesture == gesture:
            if answer.graded is not None and answer.graded < 2:
                return False
            if asked_for(plan) == "harder":
                return True
    return False


def misses_in_a_row(history):
    """Trials without full success at the end of a block's history, since somebody last asked for a harder one.

    Parameters
    ----------
    history : tuple of (TrialPlan, Answer)

    Returns
    -------
    int
    """
    count = 0
    for plan, answer in reversed(history):
        if answer.graded == 2:
            break
        count += answer.graded is not None
        if asked_for(plan) == "harder":
            break
    return count
