"""The views that pictures are taken in: the learner's, a figure's front, its face."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from vrtrainer.stage import camera, vrm

VIEWS = ("front", "head", "learner")


def taken(shown, content, size, view):
    """The camera of a view of a tableau."""
    if view not in VIEWS:
        raise LookupError(f"pictures: no view {view!r}; there is {', '.join(VIEWS)}")
    people = [figure for figure in shown.figures if not figure.ghost] or list(shown.figures)
    bodies = [_body(content.avatars, figure.avatar) for figure in people]
    if view == "learner" or not people:
        return camera.learner(size, tallest=max((_height(body) for body in bodies), default=0.0))
    return (camera.front if view == "front" else camera.head)(people[0], bodies[0], size)


@lru_cache(maxsize=32)
def _body(avatars, name):
    return vrm.load(Path(avatars) / name).body


@lru_cache(maxsize=32)
def _height(body):
    return body.height


def quiet(shown, view):
    """The tableau without captions, buttons and dots where a view is not the learner's."""
    return shown if view == "learner" else replace(shown, captions=(), buttons=(), dots=())
