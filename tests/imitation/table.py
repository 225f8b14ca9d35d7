"""The table of docs/scoring.md: what each separate figure says of performers with one known difference.

python -m tests.imitation.table prints it.
"""

import numpy as np

from tests.imitation import performing
from tests.imitation.performing import attempt, performed, scored, still, template
from vrtrainer.human.skeleton import INDEX
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.imitation.scoring import score

HEAD = "| gesture | what the learner did | similarity | goal | shape | lag s | tempo | size | side | arm | hand | 0–2 |"
RULE = "|---|---|---|---|---|---|---|---|---|---|---|---|"


def _unseen():
    times, positions, head, face = performing.seen(performed("thumbs_up"))
    positions[:, [INDEX[j] for j in INDEX if j.startswith("right") and "Leg" not in j]] = np.nan
    turn = Attempt()
    turn.add(times, positions, head, face)
    return score(template("thumbs_up"), turn)


ROWS = (
    ("thumbs_up", "the same", lambda: scored("thumbs_up")),
    ("thumbs_up", "the same, 1.5 s later", lambda: scored("thumbs_up", how={"late": 1.5})),
    ("thumbs_up", "the same, slower (tempo 0.6)", lambda: scored("thumbs_up", tempo=0.6)),
    ("thumbs_up", "half as far", lambda: scored("thumbs_up", size=0.5)),
    ("thumbs_up", "with the other hand", lambda: scored("thumbs_up", side="left")),
    ("thumbs_up", "with a flat hand", lambda: scored("thumbs_up", miss="wrong_shape")),
    ("thumbs_up", "with a fist", lambda: scored("thumbs_up", miss="half_of_it")),
    ("one_arm_up", "half as far", lambda: scored("one_arm_up", size=0.5)),
    ("one_arm_up", "up by the front (the goal in another style)", lambda: scored("one_arm_up", miss="other_way")),
    ("wave", "with a fist (the movement without the goal)", lambda: scored("wave", miss="wrong_shape")),
    ("wave", "one arm up instead", lambda: score(template("wave"), attempt(performed("one_arm_up")))),
    ("wave", "stood still", lambda: score(template("wave"), attempt(still()))),
    ("thumbs_up", "the arm was not seen", _unseen),
)


def lines():
    """The table, a line each."""
    yield HEAD
    yield RULE
    for gesture, what, made in ROWS:
        yield _line(gesture, what, made())


def _line(gesture, what, s):
    def figure(value, digits=2):
        return (
            "" if value is None else f"{value + 0.0:.{digits}f}".replace("-0.0", "0.0") if value else f"{0:.{digits}f}"
        )

    part = lambda ending: next((v for p, v in s.parts.items() if p.endswith(ending)), None)  # noqa: E731
    said = [figure(v) for v in (s.similarity, s.goal, s.shape)]
    said += [figure(s.lag_s, 1), figure(s.tempo_ratio), figure(s.size), s.side_used if s.withheld is None else ""]
    said += [figure(part("Arm")), figure(part("Hand")), "" if s.graded_0_2 is None else str(s.graded_0_2)]
    if s.withheld is not None:
        said[0] = f"withheld: {s.withheld}"
    return f"| {gesture} | {what} | " + " | ".join(said) + " |"


if __name__ == "__main__":
    print("\n".join(lines()))
