"""Everything that is shown at one frame. The display draws and sounds it, and works nothing out.

Rule 1: a tableau is a pure function of the session's inputs; `digest` of it is the proof that a replay shows the same.
Rule 2: what moves with the learner's unrecorded movement (gloves) is `learner`, and is left out of the digest.
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from vrtrainer.human.pose import Pose
from vrtrainer.human.transform import Transform


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """An avatar as it stands there.

    Parameters
    ----------
    avatar : str
        Folder under avatars/.
    pose : Pose
        In the avatar's own space: feet on its floor, facing -Z.
    world_from_avatar : Transform
    opacity : float
        0 unseen to 1.
    ghost : bool
        Drawn see-through in the ghost's colour with an outline.
    parts : tuple of str
        Body parts that are drawn when it is a ghost; empty means all.
    highlight : str or None
        Body part that is outlined.
    """

    avatar: str
    pose: Pose
    world_from_avatar: Transform
    opacity: float = 1.0
    ghost: bool = False
    parts: tuple = ()
    highlight: str | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """One text. `kind` is line (what is said), title, hint, who (who is watching) or state (pause, stopped)."""

    text: str
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Button:
    """Something the learner can choose: by click, key, pointing, pinch or dwell it becomes that command or act.

    Parameters
    ----------
    name : str
        An act of `observation.ACTS` or the name of a command.
    text : str
    key : str
        The key that chooses it, as pyglet names it in lower case ("enter", "space", "1").
    value : str
        Passed on with the command.
    role : str
        action, choice, pause or stop: decides its colour.
    picture : tuple
        Shapes of a pictogram that stands above the words, as `gestures.pictogram` gives them; empty for none.
    """

    name: str
    text: str
    key: str
    value: str = ""
    role: str = "action"
    picture: tuple = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that starts at a moment of session time (s), somewhere in the room or (None) everywhere."""

    name: str
    start: float
    place: tuple | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is; recorded and simulated learners answer to it after their own delay.

    Parameters
    ----------
    phase : str
        The trial's phase, or the session's state between trials.
    onset : float
        Frame time in seconds at which it began.
    awaits : str
        "" nothing, "imitation", or the act awaited: "ready", "select", "say".
    trial : int
        Number of the trial in the session, -1 between trials.
    gesture : str
        The gesture in question, "" between trials.
    side : str
        The side of the avatar that moves, "" between trials.
    prompt : int
        Help that is given now, as in `learning.plan.PROMPTS`.
    tempo : float
        Ratio at which the gesture is shown.
    """

    phase: str = ""
    onset: float = 0.0
    awaits: str = ""
    trial: int = -1
    gesture: str = ""
    side: str = ""
    prompt: int = 0
    tempo: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Tableau:
    """What the display draws and sounds.

    Parameters
    ----------
    scene : str
        Folder under scenes/, "" before anything is shown.
    figures : tuple of Figure
    captions : tuple of Caption
    buttons : tuple of Button
    dots : tuple of str
        Progress of the block: open, half or full, one a trial.
    sounds : tuple of Sound
        Those that started within the last second.
    warmth : float
        0..1: how far the lamp is warmed after a match (1 is 10 % warmer).
    brightness : float
        0 dark to 1: fade in and out.
    turn : Turn
    keep : str
        What a report keeps this frame as ("start", "demonstration", "feedback" …), "" for not.
    props : tuple of Prop
        Held or hit things (sessions.props).
    sound : float
        Loudness of all sounds, 0 to 1.
    text : float
        Size of captions as a ratio.
    disc : float or None
        Share of the time that is left, shown as a slowly emptying disc; None for no disc.
    learner : Pose or None
        The learner's own solved pose, for gloves or a spectator's view; not part of the digest.
    """

    scene: str = ""
    figures: tuple = ()
    captions: tuple = ()
    buttons: tuple = ()
    dots: tuple = ()
    sounds: tuple = ()
    warmth: float = 0.0
    brightness: float = 1.0
    turn: Turn = field(default_factory=Turn)
    keep: str = ""
    props: tuple = ()
    sound: float = 1.0
    text: float = 1.0
    disc: float | None = None
    learner: Pose | None = None


EMPTY = Tableau()


def digest(shown):
    """Fingerprint of a tableau, the same for the same picture to the last bit.

    Parameters
    ----------
    shown : Tableau

    Returns
    -------
    str
        16 hexadecimal digits of BLAKE2b.
    """
    h = hashlib.blake2b(digest_size=8)
    for figure in shown.figures:
        for array in (
            figure.pose.rotations,
            figure.pose.hips,
            figure.pose.face,
            figure.world_from_avatar.position,
            figure.world_from_avatar.rotation,
        ):
            h.update(np.ascontiguousarray(array, np.float64).tobytes())
        h.update(repr((figure.avatar, figure.opacity, figure.ghost, figure.parts, figure.highlight)).encode())
    rest = (shown.scene, shown.captions, shown.buttons, shown.dots, shown.sounds)
    rest = (*rest, shown.warmth, shown.brightness, shown.turn, shown.keep, shown.props)
    h.update(repr((*rest, shown.sound, shown.text, shown.disc)).encode())
    return h.hexdigest()
