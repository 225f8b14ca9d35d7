"""People in poses that are written in the notation, as a tracker would see them."""

from functools import cache

import numpy as np

from vrtrainer.gestures import notation
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body, observation, rotations
from vrtrainer.human import pose as poses
from vrtrainer.human.observation import MEASURED, Observation
from vrtrainer.human.skeleton import J

T_SIGN = """
[[hand]]
at = "stroke"
location = { landmark = "chest", out = 0.0, up = 0.06, forward = 0.55 }
shape = "flat"
palm = "down"
fingers = "in"
[[other_hand]]
at = "stroke"
location = { landmark = "chest", out = 0.0, up = 0.0, forward = 0.55, of = "fingertip" }
shape = "flat"
palm = "in"
fingers = "up"
"""
SIMILAR = {
    "clapping": """
[[hand]]
at = "stroke"
location = { landmark = "chest", out = 0.02, forward = 0.5 }
shape = "flat"
palm = "in"
fingers = "forward-up"
[[other_hand]]
at = "stroke"
location = { landmark = "chest", out = 0.02, forward = 0.5 }
shape = "flat"
palm = "in"
fingers = "forward-up"
""",
    "praying": """
[[hand]]
at = "stroke"
location = { landmark = "chest", out = 0.02, forward = 0.3 }
shape = "flat"
palm = "in"
fingers = "up"
[[other_hand]]
at = "stroke"
location = { landmark = "chest", out = 0.02, forward = 0.3 }
shape = "flat"
palm = "in"
fingers = "up"
""",
    "hand_on_chest": """
[[hand]]
at = "stroke"
location = { landmark = "heart", forward = 0.06 }
shape = "flat"
palm = "back"
fingers = "in"
""",
    "hands_on_chest": """
[[hand]]
at = "stroke"
location = { landmark = "chest", forward = 0.1 }
shape = "flat"
palm = "back"
fingers = "in"
[[other_hand]]
at = "stroke"
location = { landmark = "chest", forward = 0.05 }
shape = "flat"
palm = "back"
fingers = "in"
""",
    "stop_hand": """
[[hand]]
at = "stroke"
location = { landmark = "shoulder", out = 0.0, forward = 0.8 }
shape = "flat"
palm = "forward"
fingers = "up"
""",
    "both_stop_hands": """
[[hand]]
at = "stroke"
location = { landmark = "shoulder", out = 0.0, forward = 0.7 }
shape = "flat"
palm = "forward"
fingers = "up"
[[other_hand]]
at = "stroke"
location = { landmark = "shoulder", out = 0.0, forward = 0.7 }
shape = "flat"
palm = "forward"
fingers = "up"
""",
    "holding_a_book": """
[[hand]]
at = "stroke"
location = { landmark = "belly", out = 0.06, forward = 0.6 }
shape = "flat"
palm = "up"
fingers = "forward"
[[other_hand]]
at = "stroke"
location = { landmark = "belly", out = 0.06, forward = 0.6 }
shape = "flat"
palm = "up"
fingers = "forward"
""",
    "fist_on_a_flat_hand": """
[[hand]]
at = "stroke"
location = { landmark = "chest", out = 0.0, up = 0.0, forward = 0.5 }
shape = "fist"
palm = "in"
fingers = "forward"
[[other_hand]]
at = "stroke"
location = { landmark = "chest", out = 0.0, up = -0.1, forward = 0.5 }
shape = "flat"
palm = "up"
fingers = "in"
""",
    "a_t_of_fists": T_SIGN.replace('"flat"', '"fist"'),
    "a_t_with_a_fist_below": T_SIGN[: T_SIGN.index("[[other")]
    + T_SIGN[T_SIGN.index("[[other") :].replace("flat", "fist"),
    "folded_hands": """
[[hand]]
at = "stroke"
location = { landmark = "belly", out = 0.0, forward = 0.3 }
shape = "cup"
palm = "back"
fingers = "in"
[[other_hand]]
at = "stroke"
location = { landmark = "belly", out = 0.0, forward = 0.25 }
shape = "cup"
palm = "back"
fingers = "in"
""",
    "hand_under_the_elbow_of_the_other": """
[[hand]]
at = "stroke"
location = { landmark = "chin", forward = 0.1 }
shape = "cup"
palm = "in"
fingers = "up"
[[other_hand]]
at = "stroke"
location = { landmark = "chest", out = -0.2, up = -0.3, forward = 0.25 }
shape = "flat"
palm = "up"
fingers = "in"
""",
}


@cache
def written(text, side="right", height=1.35):
    """Positions (J, 3) of a body at the stroke of a written pose, and the body's rotations (J, 4)."""
    gesture = notation.read(f'name = {{ en = "A pose" }}\n{text}', "pose", "pose.toml")
    who = body.of_height(height)
    done = perform(gesture, who, Style(side=side))
    pose = done.motion.sample(done.points["stroke"])
    at, turned = poses.forward(pose.rotations[None], pose.hips[None], who.offsets)
    return at[0], rotations.from_matrix(turned[0])


def seen(positions, turned, **changes):
    """An observation in which every joint is measured."""
    nobody = observation.nothing("made_up")
    fields = {name: getattr(nobody, name) for name in Observation.__dataclass_fields__}
    fields |= {"positions": positions, "rotations": turned, "how": np.full(J, MEASURED, np.uint8)}
    return Observation(**(fields | changes))


def moved(positions, turned, yaw_deg, place):
    """The same person turned about the vertical and elsewhere."""
    about = rotations.from_axis_angle([0.0, 1.0, 0.0], np.radians(yaw_deg))
    return rotations.rotate(about, positions) + np.asarray(place, float), rotations.multiply(about, turned)
