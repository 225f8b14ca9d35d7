"""Making a plan of a choice: what all policies share."""

from dataclasses import replace

from vrtrainer.learning import learner
from vrtrainer.learning.levels import stepped
from vrtrainer.learning.plan import TrialPlan
from vrtrainer.learning.prompts import MOST


def side_of(offer, gesture, history, rng):
    """The avatar's side: fixed by the gesture or the block, else the one used before, else by chance."""
    if gesture.side in ("left", "right", "both"):
        return gesture.side
    if offer.side != "either":
        return offer.side
    before = [plan.side for plan, _ in history if plan.gesture == gesture.name]
    return before[-1] if before else ("left", "right")[int(rng.integers(2))]


def steps_before(history):
    """Steps of tempo that somebody asked for earlier in the block, where help had no further level."""
    return sum(plan.reason_values.get("tempo_steps", 0) for plan, _ in history)


def at_the_ends(offer, history):
    """The offer with its tempo moved where somebody wants harder without help, or easier with the most help."""
    before = history[-1][0].prompt if history else offer.prompt
    before = before if offer.shown_prompt is None else offer.shown_prompt
    now = 0
    if offer.override == "harder" and offer.prompt == before == 0:
        now = 1
    elif offer.override == "easier" and offer.prompt == before == MOST:
        now = -1
    level = stepped(offer.level, steps_before(history) + now)
    return replace(offer, level=level), {"tempo_steps": now} if now else {}


def reason(offer, key, values):
    """Why, in the end: what somebody asked for is said before the policy's own reason."""
    if offer.override and offer.override != "choose":
        return "adult_chose", {**values, "control": offer.override}
    return ("chosen" if offer.choice in offer.gestures else key), values


def plan_of(model, offer, gesture, side, prompt, kind, key, values):
    """The TrialPlan of a choice, with its chances."""
    return TrialPlan(
        gesture=gesture.name,
        mode=offer.mode,
        side=side,
        prompt=prompt,
        facets=offer.level,
        kind=kind,
        chance=learner.chance(model, gesture, offer.level, prompt, offer.mode),
        chance_unprompted=learner.chance(model, gesture, offer.level, 0, offer.mode),
        avatar=offer.avatar,
        scene=offer.scene,
        reason_key=key,
        reason_values=values,
    )
