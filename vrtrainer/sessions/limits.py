"""How long things may take, in seconds of trial time. Doses and limits without a source are our own choices."""

MODELS_AT_MOST = 3  # shown at most three times before help or going on (RIT, PRACTICE 1.1)
RESPOND_FLOOR = 6.0  # nobody is hurried: at least this long, however short the gesture
RESPOND_FACTOR = 2.5  # times the gesture's own duration
STILL_AFTER = 0.7  # a learner who tried and rested this long has finished
SHOWN_AFTER = 0.35  # the avatar rests this long before it is the learner's turn
FADE = 0.4  # s, nothing appears or goes abruptly (EXPERIENCE 5)
WARM_FOR = 1.0  # s the lamp stays warmer after a match
SOUND_KEPT = 1.0  # s a sound stays listed in the tableau
GAP, BACK = 5.0, 0.5  # s that a frame's time may jump on or back before somebody is asked to go on (a laptop slept)
CALM_AT_LEAST = 1.5  # s of quiet room before the learner's act can begin a block


def respond_limit(duration):
    """How long a turn lasts at most when nothing ends it before.

    Parameters
    ----------
    duration : float
        The demonstration's, seconds.

    Returns
    -------
    float
        Seconds.
    """
    return max(RESPOND_FLOOR, RESPOND_FACTOR * duration)
