"""Makes the approved pictures anew: `python -m tests.pictures --approve [NAME ...]`. Look at them before you commit."""

import os
import sys
import types


def main(arguments):
    if "--approve" not in arguments:
        print(__doc__)
        return 2
    os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"
    from tests.pictures import gloved
    from tests.pictures.gallery import gallery
    from vrtrainer import choices
    from vrtrainer.stage import context
    from vrtrainer.stage.pictures import Pictures

    asked = [word for word in arguments if not word.startswith("-")]
    content = types.SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})
    with Pictures(content) as pictures:
        if pictures.suffix != ".png":
            print(f"pictures: {pictures.reason}")
            return 1
        if "llvmpipe" not in context.renderer_name():
            print(f"pictures: approved on llvmpipe only, this is {context.renderer_name()}")
            return 1
        for name, (tableau, view, size) in gallery().items():
            if asked and name not in asked:
                continue
            _approve(name, pictures.pixels(tableau, size, view)[:, :, :3])
    hands = gloved.Gloved(content)
    for name, shown in gloved.gallery().items():
        if not asked or name in asked:
            _approve(f"{gloved.FOLDER}/{name}", hands.pixels(shown))
    hands.close()
    return 0


def _approve(name, seen):
    from tests.pictures import comparing

    wanted = comparing.approved(name)
    if wanted is None or comparing.difference(seen, wanted):
        comparing.saved(seen, comparing.APPROVED / f"{name}.png")
        print(f"approved {name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
