"""Pictures of postures for a page: made by the stage, kept as files in the session's folder, and embedded."""

import base64
import io
import re
from dataclasses import replace
from html import escape

import numpy as np

from vrtrainer.gestures.perform import relaxed
from vrtrainer.human.transform import IDENTITY
from vrtrainer.sessions.tableau import Figure, Tableau
from vrtrainer.stage import vrm
from vrtrainer.stage.pictures import Pictures

WHOLE, UPPER, HEAD = "whole", "upper", "head"
"""What of a figure is shown: all of it, from the hips up with room for raised arms, or the face."""
_SIZE = {WHOLE: (640, 720), UPPER: (900, 1000), HEAD: (560, 560)}
_UPPER = (0.17, 0.01, 0.83, 0.62)  # left, top, right, bottom: shares of the picture of a whole figure
_QUALITY = 88
_OPENING = re.compile(r"<svg\b[^>]*>")


def view_of(parts):
    """How much of a figure a gesture needs: its face, its upper half, or all of it where legs count."""
    if any(part.endswith("Leg") for part in parts):
        return WHOLE
    return UPPER if any(part.endswith(("Arm", "Hand")) for part in parts) or "trunk" in parts else HEAD


class Album:
    """Draws figures before a plain ground until it is closed; SVG where nothing else can be made."""

    def __init__(self, content, language, folder):
        self._content, self._folder = content, folder
        self._pictures = Pictures(content, language)
        self.bodies = _Bodies(content.avatars)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pictures.close()

    def picture(self, name, avatar, pose, caption, title="", view=UPPER):
        """A figure with its caption; "" where the avatar is not there any more."""
        if avatar not in self.bodies:
            return ""
        body = self.bodies[avatar]
        pose = relaxed(body) if pose is None else pose
        shown = Tableau(figures=(Figure(avatar, _on_the_floor(pose, body), IDENTITY),))
        made = self._pictures.picture(shown, _SIZE[view], "head" if view == HEAD else "front")
        data, kind, suffix, size = _packed(made, _UPPER if view == UPPER else (0, 0, 1, 1), _SIZE[view])
        self._folder.mkdir(exist_ok=True)
        (self._folder / f"{name}{suffix}").write_bytes(data)
        source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        alt = escape(f"{title}: {caption}" if title else "", quote=True)
        image = f'<img src="{source}" alt="{alt}" width="{size[0]}" height="{size[1]}">'
        if not caption:
            return f'<div class="portrait">{image}</div>'
        return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def _packed(made, crop, size):
    """Bytes, media type, suffix and size of what is shown of a picture: drawings stay drawings, pixels become JPEG."""
    left, top, right, bottom = (round(share * length) for share, length in zip(crop, size * 2, strict=True))
    width, height = right - left, bottom - top
    if isinstance(made, str):
        box = f'viewBox="{left} {top} {width} {height}" width="{width}" height="{height}"'
        made = _OPENING.sub(f'<svg xmlns="http://www.w3.org/2000/svg" {box}>', made, count=1)
        return made.encode(), "image/svg+xml", ".svg", (width, height)
    from PIL import Image

    out = io.BytesIO()
    cut = Image.open(io.BytesIO(made)).convert("RGB").crop((left, top, right, bottom))
    cut.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue(), "image/jpeg", ".jpg", (width, height)


def _on_the_floor(pose, body):
    """The posture with the hips at the avatar's own height where they were a taller or a smaller person's."""
    return replace(pose, hips=np.array([0.0, body.offsets[0][1], 0.0]))


class _Bodies(dict):
    """Avatars' measures, read when they are first asked for."""

    def __init__(self, folder):
        self._folder = folder

    def __contains__(self, name):
        return bool(name) and (self._folder / name / "avatar.toml").is_file()

    def __missing__(self, name):
        self[name] = vrm.load(self._folder / name).body
        return self[name]
