"""A session's plan in words, for whoever watches it: what there is, and what comes after what runs now."""

from dataclasses import asdict

from vrtrainer.sessions import manner, words


def of(setup):
    """Fields of the event `session_started`.

    Parameters
    ----------
    setup : Setup

    Returns
    -------
    dict
        Plain values.
    """
    planned = setup.programme
    return {
        "programme": planned.name,
        "title": words.own(planned.title, setup.language),
        "seed": setup.seed,
        "learner": setup.names["learner"],
        "adult": setup.names["adult"],
        "avatar": setup.names["avatar"],
        "blocks": [
            {
                "kind": "page" if block.page else "trials",
                "name": named(setup, block),
                "page": block.page,
                "mode": block.mode,
                "gestures": list(block.gestures),
                "trials": block.trials,
            }
            for block in planned.blocks
        ],
        "gestures": {n: words.own(g.title, setup.language) for n, g in setup.gestures.items()},
        "settings": {name: manner.in_words(value) for name, value in asdict(setup.manner).items()},
        "resumed": len(setup.resumed),
    }


def named(setup, block):
    """What a block is called.

    Parameters
    ----------
    setup : Setup
    block : Block

    Returns
    -------
    str
    """
    if block.page:
        return words.filled(setup.texts, "page_names", block.page)
    titles = [words.own(setup.gestures[n].title, setup.language) for n in block.gestures if n in setup.gestures]
    return ", ".join(titles) or words.filled(setup.texts, "page_names", "chosen")


def after(setup, number, left):
    """What comes after the trial that runs now, in words.

    Parameters
    ----------
    setup : Setup
    number : int
        The block that runs.
    left : int
        Its trials, the running one included.

    Returns
    -------
    str
    """
    if left > 1:
        key = "last_time" if left == 2 else "more_times"
        return words.filled(setup.texts, "captions", key, count=left - 1)
    blocks = setup.programme.blocks
    return named(setup, blocks[number + 1]) if number + 1 < len(blocks) else setup.texts["captions"]["ending"]
