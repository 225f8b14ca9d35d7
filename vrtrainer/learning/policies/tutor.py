"""The tutor: the next trial is one the learner will probably manage alone, with variety, and ends on something known.

Target 0.8 chance of full success without help; 0.9 for the first three trials and for anxious profiles. Help is added
where the chance alone is too low, and after a miss. After two misses in a row comes the surest thing there is, with as
much help as the target asks. One gesture a block may be new: it comes after something that went well, so that
everything a block names is met in time. The same gesture comes at most five times in a row unless asked for. (DESIGN 7,
EXPERIENCE 2.) What somebody asks for is done and said before all of this.
"""

from dataclasses import replace

from vrtrainer.learning import learner
from vrtrainer.learning.levels import stepped
from vrtrainer.learning.policies._plan import plan_of, reason, side_of, steps_before
from vrtrainer.learning.prompts import MOST, SHIFTS, asked_prompt, left_alone, misses_in_a_row, next_prompt

FIRST = 3
FIRST_TARGET = 0.9
IN_A_ROW = 5
ROOM = 0.15  # how far below the target the chance with help may lie: some of it is left to learn
VARIETY = 0.06  # what another gesture than the last one is worth, in chance
CURIOSITY = 0.10  # what a standard deviation of one logit is worth


def next_trial(model, offer, history, rng):
    """Choose gesture and help."""
    offer = replace(offer, level=stepped(offer.level, steps_before(history)))
    target = FIRST_TARGET if offer.anxious or len(history) + offer.block_index * 100 < FIRST else offer.target
    misses = misses_in_a_row(history)
    if offer.choice in offer.gestures:
        name, key = offer.choice, "chosen"
    elif misses >= 2 and offer.override != "harder":
        name, key = _surest(model, offer, offer.gestures), "rescue"
    elif offer.trials_left == 1 and len(offer.gestures) > 1:
        name, key = _surest(model, offer, _known(model, offer, history)), "ending"
    elif not history:
        name, key = _surest(model, offer, _met(model, offer) or offer.gestures), "known_first"
    elif new := _new(model, offer, history):
        name, key = new, "something_new"
    else:
        name, key = _nearest(model, offer, history, target, rng)
    gesture = offer.gestures[name]
    kind = {"rescue": "rescue", "ending": "ending"}.get(key, offer.kind)
    before = next((plan.prompt for plan, _ in reversed(history) if plan.gesture == name), None)
    prompt, values = _help(model, offer, history, name, target, misses), {}
    if offer.override in SHIFTS:
        seen = before if offer.shown_prompt is None else offer.shown_prompt
        prompt, quicker = asked_prompt(offer.override, prompt, seen)
        if quicker:
            offer, values = replace(offer, level=stepped(offer.level, quicker)), {"tempo_steps": quicker}
    if key == "near_target" and before is not None and prompt != before:
        key = "more_help" if prompt > before else "less_help"
    key, values = reason(offer, key, {**values, "help": prompt})
    return plan_of(model, offer, gesture, side_of(offer, gesture, history, rng), prompt, kind, key, values)


def _help(model, offer, history, name, target, misses):
    """Level of help for a gesture, before anybody asks for easier or harder."""
    # Who asks has moved where the block begins already; what would have come unasked begins where it was.
    start = min(max(offer.prompt - SHIFTS.get(offer.override, 0), 0), 7)
    prompt = max(next_prompt(history, name, start), offer.prompt if offer.override == "show_where" else 0)
    enough = target - ROOM
    if misses >= 2:
        prompt, enough = max(prompt, min(prompt + 1, MOST)), target
    elif left_alone(history, name):
        return prompt
    missed = _missed(history, name)
    if missed is not None and _chance(model, offer, name, prompt) < target:
        prompt = max(prompt, min(missed + 1, MOST))  # the same help again would likely end the same way
    while prompt < MOST and _chance(model, offer, name, prompt) < enough:
        prompt += 1
    return prompt


def _chance(model, offer, name, prompt):
    return learner.chance(model, offer.gestures[name], offer.level, prompt, offer.mode)


def _surest(model, offer, names):
    return max(names, key=lambda n: (_chance(model, offer, n, 0), n))


def _met(model, offer):
    """Gestures of the block that an answer told of, now or on another day."""
    return {n for n in offer.gestures if f"gesture:{n}" in model.names}


def _known(model, offer, history):
    """Gestures managed in this block; else those met before; all where there is none."""
    managed = {plan.gesture for plan, answer in history if answer.graded == 2 and plan.gesture in offer.gestures}
    return managed or _met(model, offer) or set(offer.gestures)


def _new(model, offer, history):
    """The surest gesture that was never tried, where its time has come; else None."""
    plan, answer = history[-1]
    had_one = any(before.reason_key == "something_new" for before, _ in history)
    if had_one or offer.override or plan.kind == "rescue" or answer.graded != 2:
        return None
    never = _never(model, offer, history)
    return _surest(model, offer, never) if never else None


def _never(model, offer, history):
    return set(offer.gestures) - _met(model, offer) - {plan.gesture for plan, _ in history}


def _missed(history, name):
    """Help that the gesture's last trial had, if it was no full success; else None."""
    for plan, answer in reversed(history):
        if plan.gesture == name and answer.graded is not None:
            return plan.prompt if answer.graded < 2 else None
    return None


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
        chance = _chance(model, offer, name, 0)
        _, sd = learner.eta(model, gesture, offer.level, 0, offer.mode)
        value = -abs(chance - target) + CURIOSITY * min(sd, 1.0) + (VARIETY if name != last else 0.0)
        value += 0.01 * float(rng.random())
        if value > worth:
            best, worth = name, value
    if best in _never(model, offer, history):
        return best, "something_new"
    return best, "variety" if best != last and row >= IN_A_ROW else "near_target"
