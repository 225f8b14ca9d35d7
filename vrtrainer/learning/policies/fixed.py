"""In order, again and again, without any help: for probes, recorded people and comparisons."""

from vrtrainer.learning.policies._plan import plan_of, side_of


def next_trial(model, offer, history, rng):
    """The next gesture in the block's order; what was chosen or asked for goes first."""
    names = list(offer.gestures)
    name = offer.choice if offer.choice in offer.gestures else names[len(history) % len(names)]
    gesture = offer.gestures[name]
    key = "chosen" if offer.choice in offer.gestures else "in_order"
    number = offer.trials_total - offer.trials_left + 1
    values = {"number": number, "count": offer.trials_total}
    side = side_of(offer, gesture, history, rng)
    return plan_of(model, offer, gesture, side, offer.prompt, offer.kind, key, values)
