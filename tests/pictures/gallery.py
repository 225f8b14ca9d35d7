"""The pictures that are approved by eye: a name, a tableau, a view and a size each."""

from dataclasses import replace

from tests.stage import shown
from vrtrainer import choices
from vrtrainer.gestures import library, sitting
from vrtrainer.human import rotations
from vrtrainer.human.transform import Transform
from vrtrainer.sessions import props, striking
from vrtrainer.sessions.props import Prop
from vrtrainer.sessions.showing import FACING
from vrtrainer.sessions.tableau import Caption, Tableau
from vrtrainer.stage import vrm

WIDE, TALL, SQUARE = (480, 270), (270, 360), (300, 300)
_LANDS = 2.14  # s: the hand is on the skin


def _alone(*figures, **more):
    return Tableau(figures=figures, **more)


def _before(gesture, avatar):
    thing = library.one(choices.content("assets") / "gestures" / f"{gesture}.toml").thing
    return striking.before(thing, vrm.load(shown.AVATARS / avatar).body, "right", FACING).props(thing.kind)


def gallery():
    """Name to (tableau, view, size)."""
    import numpy as np

    drum = Prop("drum", Transform(np.array([0.0, 0.80, -1.15]), rotations.IDENTITY), (0.32, 0.22, 0.32))
    ball = Prop("ball", Transform(np.array([0.45, 0.9, -1.2]), rotations.IDENTITY), (0.2, 0.2, 0.2))
    noor = vrm.load(shown.AVATARS / "noor").body
    stool = props.stool(noor, FACING)
    two = {"12": 0.9, "6": 0.6, "26": 0.5}
    return {
        "rest": (_alone(shown.figure("noor")), "front", TALL),
        "wave": (_alone(shown.figure("noor", "wave")), "front", TALL),
        "thumbs_up": (_alone(shown.figure("noor", "thumbs_up")), "front", TALL),
        "robot_wave": (_alone(shown.figure("bo", "wave", face={"12": 0.8})), "front", TALL),
        "smile": (_alone(shown.figure("noor", "smile")), "head", SQUARE),
        "laugh": (_alone(shown.figure("noor", face=two)), "head", SQUARE),
        "blink": (_alone(shown.figure("noor", face={"45": 1.0})), "head", SQUARE),
        "robot_laugh": (_alone(shown.figure("bo", face=two)), "head", SQUARE),
        "ghost_and_highlight": (shown.helped(), "front", TALL),
        "highlight_hand": (_alone(shown.figure("noor", "thumbs_up", highlight="rightHand")), "learner", WIDE),
        "highlight_mouth": (_alone(shown.figure("noor", "smile", highlight="mouth")), "head", SQUARE),
        "asking_nl": (shown.asking("nl"), "learner", WIDE),
        "asking_en": (shown.asking("en"), "learner", WIDE),
        "paused": (shown.paused(), "learner", WIDE),
        "stopped": (shown.stopped(), "learner", WIDE),
        "half_there": (_alone(shown.figure("noor", opacity=0.4)), "front", TALL),
        "half_dark": (replace(shown.asking(), brightness=0.4), "learner", WIDE),
        "warm": (_alone(shown.figure("noor"), warmth=1.0), "front", TALL),
        "drum": (_alone(shown.figure("noor", "drum", at=_LANDS), props=_before("drum", "noor")), "learner", WIDE),
        "stop_hand": (_alone(shown.figure("noor", "stop_hand")), "front", TALL),
        "sits": (_alone(replace(shown.figure("noor"), pose=sitting.sitting(noor)), props=(stool,)), "front", TALL),
        "props": (_alone(shown.figure("bo"), props=(drum, ball)), "learner", WIDE),
        "calm_room": (
            replace(shown.asking(), scene="calm_room", captions=(Caption("Je arm ging omhoog."),), buttons=()),
            "learner",
            WIDE,
        ),
    }
