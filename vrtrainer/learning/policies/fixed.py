"""In order, again and again, without any help: for probes, recorded people and comparisons."""

from vrtrainer.learning.policies._plan import at_the_ends, plan_of, reason, side_of


def next_trial(model, offer, history, rng):
    """The next gesture in the block's order; what was chosen or asked for goes first."""
    offer, moved = at_the_ends(offer, history)
    names = list(offer.gestures)
    name = offer.choice if offer.choice in offer.gestures else names[len(history) % len(names)]
    gesture = offer.gestures[name]
    number = offer.trials_total - offer.trials_left + 1
    key, values = reason(offer, "in_order", {**moved, "number": number, "count": offer.trials_total})
    side = side_of(offer, gesture, history, rng)
    return plan_of(model, offer, gesture, side, offer.prompt, offer.kind, key, values)
