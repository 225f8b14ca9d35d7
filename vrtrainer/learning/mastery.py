"""Whether a gesture is mastered, and when it is looked at again.

9 of 10, or 5 of 5, without any help, on two days (EXPERIENCE 2); then probes after 1, 2 and 4 weeks. Success with help
never counts.
"""

PROBES = (7.0, 14.0, 28.0)  # days after mastery


def mastered_on(tries):
    """Day on which a gesture was mastered, or None.

    Parameters
    ----------
    tries : sequence of (float, int, int or None)
        Day, prompt and grade of each trial, in order.

    Returns
    -------
    float or None
    """
    days = []
    for day in sorted({int(d) for d, _, _ in tries}):
        alone = [graded == 2 for d, prompt, graded in tries if int(d) == day and prompt == 0 and graded is not None]
        if _enough(alone):
            days.append(day)
        if len(days) == 2:
            return float(day)
    return None


def _enough(hits):
    return any(sum(hits[i : i + 10]) >= 9 for i in range(max(len(hits) - 9, 0))) or any(
        all(hits[i : i + 5]) for i in range(max(len(hits) - 4, 0))
    )


def probes_due(mastered, probed, today):
    """Maintenance probes that are due; one that came late answers all that fell due before it.

    Parameters
    ----------
    mastered : float
        Day of mastery.
    probed : sequence of float
        Days of probes since.
    today : float

    Returns
    -------
    tuple of float
        Days on which they fell due and were not done.
    """
    latest = max(probed, default=mastered)
    return tuple(day for day in (mastered + after for after in PROBES) if latest < day <= today)
