"""Pictures of avatars and of what they show, for pages and for the child's own page on paper.

GET /pictures/avatar/NAME             the face
GET /pictures/gesture/GESTURE/AVATAR  the gesture's middle, from the hips up

Rule 1: a picture is made once, by a process of its own: a graphics library that ends it takes no console along.
Rule 2: where that gives none in time, the same posture is drawn as SVG, and tried again another day.
"""

import asyncio
import hashlib
import io
import sys
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from aiohttp import web

from vrtrainer.gestures import library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human.transform import IDENTITY
from vrtrainer.sessions import striking
from vrtrainer.sessions.tableau import Figure, Tableau
from vrtrainer.stage import vrm
from vrtrainer.stage.pictures import Pictures

FACE, SHOWN = "face", "shown"
LOOKS = {FACE: "head", SHOWN: "front"}
SIZES = {FACE: (560, 560), SHOWN: (900, 1000)}
UPPER = (0.17, 0.01, 0.83, 0.62)  # left, top, right, bottom: shares of a whole figure's picture that are kept
PATIENCE = 30.0  # s
FOLDER = "pictures"
DRAWN = 2  # counted up when the pictures are drawn otherwise, so that kept ones are made anew


@dataclass(frozen=True, slots=True)
class Avatar:
    """What pages say of an avatar."""

    name: str
    title: dict | str
    kind: str


def routes(console):
    one_by_one = asyncio.Semaphore(1)

    async def face(request):
        return await _answer(console, one_by_one, FACE, request.match_info["avatar"], "")

    async def shown(request):
        return await _answer(console, one_by_one, SHOWN, request.match_info["avatar"], request.match_info["gesture"])

    return [web.get("/pictures/avatar/{avatar}", face), web.get("/pictures/gesture/{gesture}/{avatar}", shown)]


def avatars(content):
    """The avatars that there are."""
    out = []
    for file in sorted(Path(content.avatars).glob("*/avatar.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        out.append(Avatar(file.parent.name, table["name"], table.get("kind", "")))
    return out


async def _answer(console, one_by_one, view, avatar, gesture):
    file = _gesture_file(console, gesture) if view == SHOWN else None
    model = Path(console.content.avatars) / avatar / "model.vrm"
    if avatar not in {one.name for one in avatars(console.content)} or (view == SHOWN and file is None):
        raise web.HTTPNotFound
    kept = console.data / FOLDER / f"{_name(view, model, file)}.jpg"
    if not kept.is_file():
        async with one_by_one:
            if not kept.is_file():
                await _made_elsewhere(console.content, view, avatar, file, kept)
    if kept.is_file():
        return web.FileResponse(kept, headers={"Cache-Control": "private, max-age=86400"})
    drawn = await asyncio.to_thread(drawing, console.content, view, avatar, file)
    return web.Response(text=drawn, content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=600"})


def _gesture_file(console, name):
    """The file of a gesture: the data folder's own goes before the one that ships."""
    for folder in (console.data / "gestures", console.content.assets / "gestures"):
        if name in {p.stem for p in folder.glob("*.toml")}:
            return folder / f"{name}.toml"
    return None


def _name(view, model, file):
    """A name that changes with the avatar and with the gesture."""
    told = f"{DRAWN} {view} {model} {model.stat().st_mtime_ns}"
    if file is not None:
        told += f" {file} {file.stat().st_mtime_ns}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]


async def _made_elsewhere(content, view, avatar, file, kept):
    """The picture by a process of its own, if it can."""
    folders = (content.avatars, content.scenes, content.assets)
    words = [sys.executable, "-m", __name__, view, avatar, str(file or ""), str(kept), *map(str, folders)]
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*words, stdin=nothing, stdout=nothing, stderr=nothing)
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()


def tableau(content, view, avatar, file):
    """An avatar at ease, or at the middle of what it shows."""
    body = vrm.load(Path(content.avatars) / avatar / "model.vrm").body
    pose, props = relaxed(body), ()
    if view == SHOWN:
        gesture = library.one(Path(file))
        done = perform(gesture, body, Style(side="left"))
        if gesture.thing is not None:
            props = striking.before(gesture.thing, body, "left", IDENTITY).props(gesture.thing.kind)
        points = done.points
        begins, ends = points.get("stroke_start", points["start"]), points.get("stroke_end", points["end"])
        pose = done.motion.sample(float(points.get("stroke", (begins + ends) / 2)))
    return Tableau(figures=(Figure(avatar, replace(pose, hips=body.offsets[0]), IDENTITY),), props=props)


def drawing(content, view, avatar, file):
    """The picture as SVG, without any graphics library."""
    wide, high = SIZES[view]
    with Pictures(content, drawn=True) as pictures:
        made = pictures.picture(tableau(content, view, avatar, file), (wide, high), LOOKS[view])
    if view == SHOWN:
        left, top, right, bottom = _box(view)
        cut = f'viewBox="{left} {top} {right - left} {bottom - top}" width="{right - left}" height="{bottom - top}"'
        made = made.replace(f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"', cut, 1)
    return made


def _box(view):
    return tuple(round(share * length) for share, length in zip(UPPER, SIZES[view] * 2, strict=True))


def main(view, avatar, file, kept, *folders):
    """Make one picture and leave it at its place, whole or not at all."""
    from PIL import Image

    content, kept = SimpleNamespace(**dict(zip(("avatars", "scenes", "assets"), folders, strict=True))), Path(kept)
    with Pictures(content) as pictures:
        made = pictures.picture(tableau(content, view, avatar, file), SIZES[view], LOOKS[view])
    if isinstance(made, str):
        return  # no OpenGL here: it is drawn when it is asked for
    picture = Image.open(io.BytesIO(made)).convert("RGB")
    picture = picture.crop(_box(view)) if view == SHOWN else picture
    kept.parent.mkdir(parents=True, exist_ok=True)
    half = kept.with_suffix(".part")
    picture.save(half, "JPEG", quality=88, optimize=True)
    half.replace(kept)


if __name__ == "__main__":
    main(*sys.argv[1:])
