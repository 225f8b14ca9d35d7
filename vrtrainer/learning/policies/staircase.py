"""Two up, one down on the tempo (Levitt 1971: converges on 71 % success): for comparisons with the tutor."""

from dataclasses import replace

from vrtrainer.learning.policies._plan import at_the_ends, plan_of, reason, side_of

STEP = 1.12


def next_trial(model, offer, history, rng):
    """The block's gestures in order, faster after two hits, slower after a miss."""
    offer, moved = at_the_ends(offer, history)
    tempo, hits, key = offer.level.tempo, 0, "in_order"
    for _, answer in history:
        if answer.graded is None:
            continue
        if answer.graded == 2:
            hits += 1
            if hits == 2:
                tempo, hits, key = min(tempo * STEP, 2.0), 0, "faster"
            else:
                key = "in_order"
        else:
            tempo, hits, key = max(tempo / STEP, 0.4), 0, "slower"
    if moved and history:
        before = history[-1][0].facets.tempo
        tempo = max(tempo, min(before * STEP, 2.0)) if offer.override == "harder" else min(tempo, before / STEP)
    names = list(offer.gestures)
    name = offer.choice if offer.choice in offer.gestures else names[len(history) % len(names)]
    gesture = offer.gestures[name]
    offer = replace(offer, level=replace(offer.level, tempo=tempo))
    number = offer.trials_total - offer.trials_left + 1
    key, values = reason(offer, key, {**moved, "number": number, "count": offer.trials_total})
    side = side_of(offer, gesture, history, rng)
    return plan_of(model, offer, gesture, side, offer.prompt, offer.kind, key, values)
