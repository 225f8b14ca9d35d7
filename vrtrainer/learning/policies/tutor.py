"""The tutor: the next trial is one the learner will probably manage alone, with variety, and ends on something known.

Target 0.8 chance of full success without help; 0.9 for the first three trials and for anxious profiles. Help is added
where the chance alone is too low. After two misses in a row comes the surest thing there is, with help. The same
gesture comes at most five times in a row unless asked for. (DESIGN 7, EXPERIENCE 2.)
"""

from vrtrainer.learning import learner
from vrtrainer.learning.policies._plan import plan_of, side_of
from vrtrainer.learning.prompts import MOST, misses_in_a_row, next_prompt

FIRST = 3
FIRST_TARGET = 0.9
IN_A_ROW = 5
VARIETY = 0.06  # what another gesture than the last one is worth, in chance
CURIOSITY = 0.10  # what a standard deviation of one logit is worth


def next_trial(model, offer, history, rng):
    """Choose gesture and help."""
    target = FIRST_TARGET if offer.anxious or len(history) + offer.block_index * 100 < FIRST else offer.target
    misses = misses_in_a_row(history)
    if offer.choice in offer.gestures:
        name, key = offer.choice, "chosen"
    elif misses >= 2:
        name, key = _surest(model, offer, offer.gestures), "rescue"
    elif offer.trials_left == 1 and len(offer.gestures) > 1:
        name, key = _surest(model, offer, _known(offer, history)), "ending"
    elif not history:
        name, key = _surest(model, offer, offer.gestures), "known_first"
    else:
        name, key = _nearest(model, offer, history, target, rng)
    gesture = offer.gestures[name]
    prompt = max(next_prompt(history, name, offer.prompt), offer.prompt if offer.override else 0)
    if misses >= 2:
        prompt = min(prompt + 1, MOST)
    else:
        # Never below the chance that the profile wants: help is added until it is likely enough.
        floor = target - 0.25
        while prompt < MOST and learner.chance(model, gesture, offer.level, prompt, offer.mode) < floor:
            prompt += 1
    if offer.override and key not in ("rescue", "ending"):
        key = "adult_chose"
    before = next((plan.prompt for plan, _ in reversed(history) if plan.gesture == name), None)
    if key == "near_target" and before is not None and prompt != before:
        key = "more_help" if prompt > before else "less_help"
    values = {"help": prompt}
    if key == "adult_chose":
        values["control"] = offer.override
    kind = {"rescue": "rescue", "ending": "ending"}.get(key, offer.kind)
    return plan_of(model, offer, gesture, side_of(offer, gesture, history, rng), prompt, kind, key, values)


def _surest(model, offer, names):
    return max(names, key=lambda n: (learner.chance(model, offer.gestures[n], offer.level, 0, offer.mode), n))


def _known(offer, history):
    """Gestures managed in this block; all where none was."""
    managed = {plan.gesture for plan, answer in history if answer.graded == 2 and plan.gesture in offer.gestures}
    return managed or set(offer.gestures)


def _nearest(model, offer, history, target, rng):
    last = history[-1][0].gesture
    row = 0
    for plan, _ in reversed(history):
        if plan.gesture != last:
            break
        row += 1
    best, worth = last, -9.0
    for name in sorted(offer.gestures):
        if name == last and len(offer.gestures) > 1 and (row >= IN_A_ROW or offer.override == "other_gesture"):
            continue
        gesture = offer.gestures[name]
        chance = learner.chance(model, gesture, offer.level, 0, offer.mode)
        _, sd = learner.eta(model, gesture, offer.level, 0, offer.mode)
        value = -abs(chance - target) + CURIOSITY * min(sd, 1.0) + (VARIETY if name != last else 0.0)
        value += 0.01 * float(rng.random())
        if value > worth:
            best, worth = name, value
    return best, "variety" if best != last and row >= IN_A_ROW else "near_target"
