"""What counts in a gesture, and how much: the author's weights, or else what moves or is held."""

from vrtrainer.human import face

FEATURES = {
    "upper_arm": ("Arm", "upper_arm"),
    "forearm": ("Arm", "forearm"),
    "location": ("Arm", "wrist"),
    "hand_shape": ("Hand", "shape"),
    "palm": ("Hand", "palm"),
}
"""Words of `counts` about the acting arm and hand, and the part and feature they mean."""
WORDS = (*FEATURES, "head", "trunk", *face.PARTS)
"""All words that `counts` may hold."""


def resolved(gesture, side):
    """Weights by body part and feature, for the side that acts.

    Parameters
    ----------
    gesture : Gesture
    side : str
        left, right, both or none.

    Returns
    -------
    dict
        As in `perform.Performance.counts`; weights of 0 are left out.
    """
    out = {}
    for word, weight in (gesture.counts or silent(gesture)).items():
        if weight <= 0:
            continue
        if word in FEATURES:
            part, feature = FEATURES[word]
            for one in ("left", "right") if side == "both" or gesture.other_hands else (side,):
                out.setdefault(f"{one}{part}", {})[feature] = weight
        else:
            out[word] = {"weights" if word in face.PARTS else "direction": weight}
    return out


def silent(gesture):
    """Weights where the author gives none: what is asked for counts, what moves counts more.

    Parameters
    ----------
    gesture : Gesture

    Returns
    -------
    dict
        Word to weight.
    """
    out = {}
    for mark in (*gesture.hands, *gesture.other_hands):
        if mark.arm is not None:
            out |= {"upper_arm": 1.0, "forearm": 1.0}
        if mark.location is not None:
            out |= {"location": 0.8} | {"forearm": 0.5}
        if mark.path is not None:
            out["forearm"] = 1.0
        if mark.shape not in (None, "relaxed"):
            out["hand_shape"] = 1.0
        if mark.palm is not None:
            out["palm"] = 0.5
    if gesture.head:
        out["head"] = 1.0
    if gesture.trunk:
        out["trunk"] = 1.0
    for mark in gesture.face:
        strength = face.weights_of(mark.units)
        for part, index in face.PARTS.items():
            if strength[index].max() > 0:
                out[part] = max(out.get(part, 0.0), round(float(strength[index].max()), 2))
    return out
