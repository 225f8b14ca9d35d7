"""What a gesture looks like and how its near misses score: for whoever writes one."""

from pathlib import Path

import numpy as np

from vrtrainer.gestures import library, notation
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform
from vrtrainer.human import body, pose, rotations
from vrtrainer.human.skeleton import INDEX
from vrtrainer.imitation.attempt import Attempt
from vrtrainer.imitation.template import Template
from vrtrainer.sessions.showing import FACING
from vrtrainer.sessions.striking import before
from vrtrainer.sessions.tableau import Figure, Tableau
from vrtrainer.sessions.words import of_reason, own
from vrtrainer.stage import vrm
from vrtrainer.stage.pictures import Pictures

HEIGHT = 1.35  # m, the child who performs
MOMENTS = 6
SCENE = "calm_room"


def listed(known, language):
    """A line for each gesture there is."""
    return [f"{name:16} {own(gesture.title, language)}" for name, gesture in known.items()]


def chosen(name, known):
    """The gesture of a name or of a file."""
    file = Path(name)
    if file.suffix == ".toml":
        return library.one(file)
    if name not in known:
        raise LookupError(f"gestures: no {name!r}; there is {', '.join(known)}")
    return known[name]


def scored(gesture, way, texts, language):
    """Lines: the gesture done as meant and each of its near misses, with its figures and what would be said."""
    words = texts["gesture"]
    yield f"{own(gesture.title, language)} ({gesture.name})"
    who = body.of_height(HEIGHT)
    template = Template.of_performance(perform(gesture, who, Style(side="left")), gesture, who)
    rows = [(words["right"], gesture), *((n, notation.near_miss(gesture, n)) for n in gesture.near_misses)]
    for label, one in rows:
        motion = perform(one, who, Style(side="right")).motion  # mirror-wise, as people do
        at, turned = pose.forward(motion.rotations, motion.hips, who.offsets)
        attempt = Attempt()
        attempt.add(motion.times, at, rotations.from_matrix(turned[:, INDEX["head"]]), motion.face)
        score = way.score(template, attempt)
        said = of_reason(texts, score.reasons[0]) if score.reasons else ""
        yield (
            f"  {label:18} {motion.duration:4.1f} s  {words['likeness']} {_figure(score.similarity)}  "
            f"{words['goal']} {_figure(score.goal)}  {words['size']} {_figure(score.size)}  {score.graded_0_2}  {said}"
        )


def _figure(value):
    return "  - " if value is None else f"{value:.2f}"


def drawn(gesture, avatar, content, language, out):
    """Pictures of the gesture's moments as an avatar shows it; their paths."""
    who = vrm.load(content.avatars / avatar / "model.vrm").body
    shown = perform(gesture, who, Style(side="left"))
    thing = gesture.thing
    props = before(thing, who, "left", FACING).props(thing.kind) if thing is not None else ()
    out.mkdir(parents=True, exist_ok=True)
    with Pictures(content, language) as pictures:
        for k, time in enumerate(np.linspace(shown.points["start"], shown.points["end"], MOMENTS)):
            figure = Figure(avatar, shown.motion.sample(float(time)), FACING)
            made = pictures.picture(Tableau(scene=SCENE, figures=(figure,), props=props), (720, 720), "learner")
            path = out / f"{gesture.name}-{k}{pictures.suffix}"
            path.write_bytes(made if isinstance(made, bytes) else made.encode())
            yield path
