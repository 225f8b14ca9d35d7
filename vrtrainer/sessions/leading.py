"""Where a page leads to when it is over: the number of the block that comes next."""

AGAIN, OTHER, ON, END = "again", "other", "on", "end"
_CHOOSE, _ASKS = "choose", "again"


def led(blocks, number, to):
    """The block that a page leads to.

    Parameters
    ----------
    blocks : sequence of Block
    number : int
        The page's own.
    to : str
        AGAIN the last trials before it, once more; OTHER where something else is chosen; ON past all trials; END past
        everything; "" what comes next.

    Returns
    -------
    int
        What comes next where there is nothing of that kind.
    """
    here = number + 1
    if to == END:
        return len(blocks)
    if to == AGAIN:
        return next((i for i in reversed(range(number)) if not blocks[i].page), here)
    if to == OTHER:
        if here < len(blocks) and blocks[here].page == _CHOOSE:
            return here
        return next((i for i in reversed(range(number)) if blocks[i].page == _CHOOSE), here)
    if to == ON:
        return max(here, after_trials(blocks))
    return here


def after_trials(blocks):
    """The first block after the last trials that does not ask for more of them.

    Parameters
    ----------
    blocks : sequence of Block

    Returns
    -------
    int
        Their number where nothing comes after the trials.
    """
    last = max((i for i, block in enumerate(blocks) if not block.page), default=-1)
    return next((i for i in range(last + 1, len(blocks)) if blocks[i].page != _ASKS), len(blocks))
