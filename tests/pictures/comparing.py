"""How a picture is compared with the approved one, and where the difference is put."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests import needs

APPROVED = Path(__file__).parent / "approved"
FOUND = needs.FOLDER / "pictures"  # what differs, for the eye
MEAN_AT_MOST = 1.6  # of 255, over all pixels: palettes and drivers' rounding stay below it
FAR, SHARE_AT_MOST = 40, 0.002  # a pixel is another when a channel differs by more; so many may


def saved(pixels, path):
    """Write a picture small: a palette of 256 without dithering."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(np.ascontiguousarray(pixels[:, :, :3]))
    picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def approved(name):
    """The approved pixels of a name, None where there are none."""
    path = APPROVED / f"{name}.png"
    if not path.is_file():
        return None
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def difference(seen, wanted):
    """What is wrong with a picture, "" for nothing."""
    if seen.shape != wanted.shape:
        return f"it is {seen.shape[1]} x {seen.shape[0]}, the approved one {wanted.shape[1]} x {wanted.shape[0]}"
    apart = np.abs(seen.astype(int) - wanted.astype(int))
    mean, far = float(apart.mean()), float((apart.max(axis=2) > FAR).mean())
    if mean <= MEAN_AT_MOST and far <= SHARE_AT_MOST:
        return ""
    return f"it differs by {mean:.2f} of 255 on average and clearly in {far:.2%} of its pixels"


def shown_apart(name, seen, wanted):
    """Write approved, seen and their difference beside each other; answers the file."""
    FOUND.mkdir(parents=True, exist_ok=True)
    panels = [wanted, seen]
    if seen.shape == wanted.shape:
        panels.append(np.clip(np.abs(seen.astype(int) - wanted.astype(int)) * 4, 0, 255).astype(np.uint8))
    high = max(len(p) for p in panels)
    sheet = Image.new("RGB", (sum(p.shape[1] for p in panels), high))
    left = 0
    for panel in panels:
        sheet.paste(Image.fromarray(np.ascontiguousarray(panel)), (left, 0))
        left += panel.shape[1]
    path = FOUND / f"{name}.png"
    sheet.save(path)
    return path
