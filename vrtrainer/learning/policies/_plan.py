"""Making a plan of a choice: what all policies share."""

from vrtrainer.learning import learner
from vrtrainer.learning.plan import TrialPlan


def side_of(offer, gesture, history, rng):
    """The avatar's side: fixed by the gesture or the block, else the one used before, else by chance."""
    if gesture.side in ("left", "right", "both"):
        return gesture.side
    if offer.side != "either":
        return offer.side
    before = [plan.side for plan, _ in history if plan.gesture == gesture.name]
    return before[-1] if before else ("left", "right")[int(rng.integers(2))]


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
