"""Paints what the avatar wears on its surface: skin, brows, eyes, lashes, cloth, strands of hair. All by code."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

# The hairline on the base mesh: height (dm) of its edge by depth, from the nape (-1.3) over the ear to the forehead.
HAIRLINE_Z = (-1.3, 0.05, 0.30, 0.42, 0.55, 0.80, 0.92, 1.15, 1.7)
HAIRLINE_Y = (6.55, 6.70, 7.00, 7.45, 7.45, 7.45, 7.80, 8.00, 8.08)
SOLE = 0.2  # of a shoe's height
BROW_X = (0.13, 0.22, 0.34, 0.46, 0.56)
BROW_Y = (7.530, 7.548, 7.555, 7.530, 7.465)


def srgb(colour):
    """#RRGGBB as three numbers from 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def linear(colour):
    """#RRGGBB as linear light, as glTF's factors are."""
    c = srgb(colour)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def jpeg(pixels, quality=88):
    """Pixels (h, w, 3) from 0 to 1 as (bytes, MIME type)."""
    return _encoded(pixels, "JPEG", quality=quality), "image/jpeg"


def png(pixels):
    """Pixels (h, w, 3 or 4) from 0 to 1 as (bytes, MIME type)."""
    return _encoded(pixels, "PNG", optimize=True), "image/png"


def _encoded(pixels, kind, **options):
    file = io.BytesIO()
    Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8)).save(file, kind, **options)
    return file.getvalue()


def _clouds(size, rng):
    """Soft noise (size, size) between -1 and 1."""
    out = np.zeros((size, size), np.float32)
    for grain, share in ((4, 0.5), (16, 0.3), (64, 0.2)):
        dots = (rng.random((max(size // grain, 2),) * 2) * 255).astype(np.uint8)
        soft = Image.fromarray(dots).resize((size, size), Image.Resampling.BICUBIC)
        out += share * (np.asarray(soft, np.float32) / 127.5 - 1)
    return out


def skin(data, look, size):
    """The skin's picture: painted by place on the base mesh, so that it fits every shape."""
    rng = np.random.default_rng(look["seed"])
    body = data.groups["body"]
    place, painted = _on_picture(data.uv[body.corners], data.positions[body.vertices], size)
    tone, hair = srgb(look["skin"]), srgb(look["hair"])
    noise = _clouds(size, rng)
    picture = np.ones((size, size, 3), np.float32) * tone * (1 + 0.02 * noise[..., None])

    def blend(mask, colour, strength):
        nonlocal picture
        share = (mask * strength).astype(np.float32)[..., None]
        picture = picture * (1 - share) + np.asarray(colour, np.float32) * share

    def spot(centre, radius):
        return np.exp(-(((place - np.array(centre)) / radius) ** 2).sum(axis=-1))

    ruddy = tone * [1.02, 0.72, 0.68]
    for x in (1, -1):
        blend(spot((x * 0.50, 6.93, 1.25), 0.34), ruddy, look["blush"])
        blend(spot((x * 0.75, 7.2, 0.45), np.array([0.3, 0.4, 0.3])), ruddy, 0.3)
    blend(spot((0, 6.98, 1.75), 0.22), ruddy, 0.30)
    blend(spot((0, 6.35, 1.45), 0.25), ruddy, 0.12)
    ears = data.mask("ears", size)
    blend(data.mask("eyelids", size), tone * [0.92, 0.80, 0.76], 0.40)
    blend(ears, ruddy, 0.25)
    blend(data.mask("inside-mouth", size), srgb("#7a2f33"), 0.9)
    blend(data.mask("lips", size), srgb(look["lips"]), 0.62)
    blend(data.mask("fingernails", size), np.clip(tone * 1.08 + [0.03, 0, 0], 0, 1), 0.8)
    blend(data.mask("toenails", size), np.clip(tone * 1.08, 0, 1), 0.8)
    blend(_brows(place, look["brow_thickness"], noise) * painted, hair * 0.85, 0.80)
    above = place[..., 1] - np.interp(place[..., 2], HAIRLINE_Z, HAIRLINE_Y)
    scalp = np.clip(above / 0.14 + 0.3 * noise, 0, 1) * (1 - np.clip(ears * 3, 0, 1)) * painted
    blend(scalp * (place[..., 1] > 6.3), hair * 0.75, 1.0)
    picture[~painted] = tone
    return jpeg(picture)


def _brows(place, thickness, noise):
    """Two even brows, tapering to both ends, soft at the edge."""
    x = np.abs(place[..., 0])
    taper = np.interp(x, [0.10, 0.15, 0.22, 0.42, 0.58], [0, 0.75, 1, 0.8, 0])
    away = (place[..., 1] - np.interp(x, BROW_X, BROW_Y)) / (thickness * np.maximum(taper, 1e-3))
    return np.exp(-(away**4)) * (taper > 0.02) * (place[..., 2] > 0.9) * (1 - 0.06 * np.clip(noise + 0.5, 0, 1))


def _on_picture(corners, values, size):
    """Values at triangle corners (T, 3, C) drawn where the triangles lie on the picture: (size, size, C) and a mask."""
    out = np.zeros((size, size, values.shape[2]), np.float32)
    mask = np.zeros((size, size), bool)
    at = corners * size
    low = np.clip(np.floor(at.min(axis=1)) - 1, 0, size).astype(int)
    high = np.clip(np.ceil(at.max(axis=1)) + 2, 0, size).astype(int)
    for ((x0, y0), (x1, y1), (x2, y2)), (left, top), (right, bottom), value in zip(at, low, high, values, strict=True):
        area = (y1 - y2) * (x0 - x2) + (x2 - x1) * (y0 - y2)
        if abs(area) < 1e-9 or right <= left or bottom <= top:
            continue
        x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
        a = ((y1 - y2) * (x - x2) + (x2 - x1) * (y - y2)) / area
        b = ((y2 - y0) * (x - x2) + (x0 - x2) * (y - y2)) / area
        shares = np.stack([a, b, 1 - a - b], axis=-1)
        inside = (shares >= -0.6 / max(1.0, abs(area) ** 0.5)).all(axis=-1)  # a little over the edge, against seams
        out[top:bottom, left:right][inside] = shares[inside] @ value
        mask[top:bottom, left:right] |= inside
    return out, mask


def eye(look, size=512):
    """An eyeball seen from the front: white, iris with fibres, pupil, a light in it. The rim is the back pole."""
    rng = np.random.default_rng(look["seed"])
    y, x = np.mgrid[0:size, 0:size] - size / 2 + 0.5
    radius, turn = np.hypot(x, y) / (size / 2) / 0.98, np.arctan2(y, x)
    iris_edge = look["iris_size"] * 2
    pupil_edge = iris_edge * 0.44
    picture = np.ones((size, size, 3)) * [0.955, 0.945, 0.925]
    picture *= 1 - 0.10 * np.clip((radius - 0.45) / 0.5, 0, 1)[..., None] * [0.3, 1, 1]
    fibre = np.interp((turn + np.pi) / (2 * np.pi) * 180, np.arange(181), rng.random(181))
    depth = np.clip((radius - pupil_edge) / (iris_edge - pupil_edge), 0, 1)
    light = 0.70 + 0.45 * fibre * depth + 0.25 * np.clip(y / (size * iris_edge / 2), -1, 1)
    picture = np.where((radius < iris_edge)[..., None], np.clip(srgb(look["iris"]) * light[..., None], 0, 1), picture)
    picture *= 1 - 0.75 * np.clip(1 - np.abs(radius - iris_edge) / 0.03, 0, 1)[..., None]
    picture = picture * (1 - np.clip((pupil_edge - radius) / 0.02 + 0.5, 0, 1)[..., None]) + 0.015
    for at_x, at_y, spot in ((-0.055, -0.065, 0.038), (0.05, 0.06, 0.018)):
        share = np.clip((spot - np.hypot(x / size - at_x, y / size - at_y)) / 0.012 + 0.5, 0, 1)[..., None]
        picture = picture * (1 - share) + share * 0.97
    return png(picture)


def lashes(look, size=256):
    """A row of lashes, dense at the lid (below), fine above."""
    rng = np.random.default_rng(look["seed"])
    picture = Image.new("L", (size * 4, size), 0)
    pen = ImageDraw.Draw(picture)
    for x in np.linspace(0, size * 4, 46):
        lean = rng.normal(0, 14)
        pen.line(
            [(x, size), (x + lean * 0.4, size * 0.5), (x + lean, size * (0.12 + 0.2 * rng.random()))], fill=215, width=5
        )
    pen.rectangle([0, int(size * 0.86), size * 4, size], fill=255)
    alpha = np.asarray(picture.filter(ImageFilter.GaussianBlur(1.5)).resize((size * 2, size // 2)), np.float32) / 255
    return png(np.concatenate([np.full((*alpha.shape, 3), 0.09), alpha[..., None]], axis=-1))


def cloth(colour, name, seed, size=512):
    """Woven cloth; the lowest part of shoes is a lighter sole."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size]
    weave = 1 + 0.025 * np.sin(x * 1.6) * np.sin(y * 1.6) + 0.03 * _clouds(size, rng)
    picture = np.ones((size, size, 3)) * srgb(colour) * weave[..., None]
    if name == "shoes":
        picture[int((1 - SOLE) * size) :] = srgb("#e9e3d6")
    return jpeg(picture)


def strands(look, width=1024, height=512):
    """Strands of hair, crown above, ends below; it wraps round from right to left."""
    rng = np.random.default_rng(look["seed"])
    broad = np.interp(np.arange(width), np.linspace(0, width, 181), np.append(rng.random(180), 0.5))
    fine = np.interp(np.arange(width), np.linspace(0, width, 421), np.append(rng.random(420), 0.5))
    tone = (0.80 + 0.22 * broad + 0.16 * fine)[None]
    down = np.linspace(0, 1, height)[:, None]
    shine = 1 + 0.16 * np.exp(-(((down - 0.33) / 0.10) ** 2)) - 0.10 * np.clip((down - 0.80) / 0.20, 0, 1)
    return jpeg(np.clip(srgb(look["hair"]) * (tone * shine)[..., None], 0, 1))


def eye_uv(positions, centre, radius):
    """Where each vertex of an eyeball lies on the eye's picture: by its angle from straight ahead."""
    way = (positions - centre) / radius
    ahead = np.arctan2(np.hypot(way[:, 0], way[:, 1]), way[:, 2]) / np.pi
    turn = np.arctan2(way[:, 1], way[:, 0])
    return np.stack([0.5 + ahead * np.cos(turn) * 0.98, 0.5 - ahead * np.sin(turn) * 0.98], axis=1)


def lash_uv(base, lashes):
    """Where each vertex of the base mesh would lie on the lashes' picture: along the lid, and out from the eyeball."""
    side = np.where(base[:, 0] > 0, 1.0, -1.0)
    eye_middle = np.stack([side * 0.31, 0 * side + 7.285, 0 * side + 1.245], axis=1)
    away = np.linalg.norm((base - eye_middle) * [0.55, 1, 1], axis=1)
    low, high = np.percentile(away[lashes], 3), np.percentile(away[lashes], 99)
    up = np.clip((away - low) / (high - low), 0, 1) * 0.98
    return np.stack([(base[:, 0] * side - 0.17) / 0.34, 1 - up], axis=1)
