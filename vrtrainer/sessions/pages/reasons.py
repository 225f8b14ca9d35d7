"""Why the learner is here: cards of which several can be chosen, or none. They steer what is offered later."""

from vrtrainer.sessions import page
from vrtrainer.sessions.page import Standing

REASONS = ("stop", "greet", "understand", "move", "look")
GESTURES = {
    "stop": ("stop_hand",),
    "greet": ("wave", "nod_yes", "thumbs_up"),
    "understand": ("thumbs_up", "stop_hand", "nod_yes"),
    "move": ("drum", "arms_forward", "one_arm_up"),
}
"""What is offered first to whom that is a reason."""
LOOKS_FIRST = 2  # trials that are only watched for who looks first


def sorted_by(reasons, gestures):
    """Gestures in the order in which they are offered: those of a reason come first.

    Parameters
    ----------
    reasons : sequence of str
        Of REASONS.
    gestures : sequence of str

    Returns
    -------
    tuple of str
    """
    wanted = [name for reason in reasons for name in GESTURES.get(reason, ())]
    return tuple(sorted(gestures, key=lambda g: wanted.index(g) if g in wanted else len(wanted)))


class Page(page.Page):
    """Cards that are chosen and taken back; those of an earlier session are chosen already."""

    def __init__(self, room):
        super().__init__(room)
        before = room.kept.get("reasons", ())
        self._chosen = {r: r in before for r in REASONS}

    def step(self, now, seen, said):
        if said in self._chosen:
            self._chosen[said] = not self._chosen[said]
        elif said == "ready":
            reasons = self._reasons()
            self.room.kept["reasons"] = reasons
            self.room.chooser.looks_first = LOOKS_FIRST if "look" in reasons else 0
            self.room.emit("reasons_chosen", reasons=reasons)
            self.over = True

    def _reasons(self):
        return [r for r in REASONS if self._chosen[r]]

    def standing(self, now):
        room, chosen = self.room, self._reasons()
        captions = [room.caption("reasons_asked" if chosen else "reasons")]
        if chosen:
            short = ", ".join(room.text(f"reason_{r}_short") for r in chosen)
            captions.append(room.caption("chosen_are", "hint", what=short))
        cards = [
            room.button(f"reason_{r}", r, k, role="action" if self._chosen[r] else "choice")
            for k, r in enumerate(REASONS, 1)
        ]
        return Standing(tuple(captions), (*cards, room.button("go_on", "ready", role="action")))

    def told(self):
        return {"reasons": self._reasons()}
