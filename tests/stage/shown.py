"""Tableaux that the tests of pictures and drawings share."""

from pathlib import Path

from vrtrainer import choices
from vrtrainer.gestures import library, perform
from vrtrainer.human import pose as poses
from vrtrainer.human.face import weights_of
from vrtrainer.sessions.showing import FACING
from vrtrainer.sessions.tableau import Button, Caption, Figure, Tableau, Turn
from vrtrainer.stage import vrm

AVATARS = Path(choices.content("avatars"))


def figure(avatar, gesture=None, face=None, at=None, **more):
    """An avatar at rest, or in the middle of a gesture's stroke; `face` in FACS units."""
    body = vrm.load(AVATARS / avatar).body
    if gesture is None:
        pose = perform.relaxed(body)
    else:
        performed = perform.perform(library.load(choices.content("assets") / "gestures")[gesture], body)
        points = performed.points
        pose = performed.motion.sample((points["stroke_start"] + points["stroke_end"]) / 2 if at is None else at)
    if face is not None:
        pose = poses.Pose(pose.rotations, pose.hips, weights_of(face))
    return Figure(avatar, pose, FACING, **more)


WATCHING = {"nl": "Niemand kijkt mee.", "en": "Nobody is watching."}


def asking(language="nl"):
    """A turn: title, line, hint, who is watching, dots, three buttons."""
    said = {
        "nl": ("Zwaaien", "Nu kun jij.", "Hoe ging het?", ("Ik deed het", "Een stukje", "Ik keek")),
        "en": ("Wave", "Now you can.", "How did it go?", ("I did it", "A bit", "I watched")),
    }[language]
    title, line, hint, buttons = said
    return Tableau(
        figures=(figure("noor", "wave"),),
        captions=(Caption(title, "title"), Caption(line), Caption(hint, "hint"), Caption(WATCHING[language], "who")),
        buttons=tuple(
            Button("say", text, str(k), value, "choice")
            for k, (text, value) in enumerate(zip(buttons, ("did_it", "partly", "just_watched"), strict=True), 1)
        ),
        dots=("full", "half", "open", "open"),
    )


def paused():
    return Tableau(
        figures=(figure("noor"),),
        captions=(Caption("Pauze. Zo lang als je wilt.", "state"), Caption(WATCHING["nl"], "who")),
        buttons=(Button("go_on", "Verder", "enter"), Button("finish", "Stoppen voor vandaag", "f", role="stop")),
        turn=Turn("paused"),
    )


def stopped():
    return Tableau(
        figures=(figure("noor"),),
        captions=(Caption("Gestopt.", "state"), Caption(WATCHING["nl"], "who")),
        buttons=(
            Button("go_on", "Verder", "enter"),
            Button("something_else", "Iets anders", "o", role="choice"),
            Button("finish", "Klaar", "f", role="stop"),
        ),
        turn=Turn("stopped"),
    )


def helped():
    """An arm on its way, outlined, and a ghost that shows where it goes."""
    return Tableau(
        figures=(
            figure("noor", "one_arm_up", at=0.75, highlight="rightArm"),
            figure("noor", "one_arm_up", ghost=True, parts=("rightArm", "rightHand")),
        )
    )
