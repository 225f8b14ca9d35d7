"""The pictures of gloves that are approved by eye: hands alone in an empty room, in approved/gloves/."""

from tests.stage import hands
from vrtrainer.human import rotations
from vrtrainer.human.observation import INFERRED

SIZE = (360, 220)
FOLDER = "gloves"


def gallery():
    """Name to what is shown one after the other: (time, hands)."""
    import numpy as np

    turn = rotations.from_axis_angle
    palms, away = turn([0.0, 1.0, 0.0], np.pi), turn([1.0, 0.0, 0.0], -1.2)
    pair = hands.pair
    seen = [(0.0, pair("relaxed", "flat_spread")), (1.0, pair("relaxed", "flat_spread"))]
    return {
        "open": [(None, pair("flat_spread", "flat"))],
        "fist": [(None, pair("fist", "thumb_up", turned=palms))],
        "pointing": [(None, pair("relaxed", "index", turned=away))],
        "dotted": [(None, pair("flat_spread", "fist", INFERRED))],
        "dotted_palms": [(None, pair("flat", "index", INFERRED, turned=palms))],
        "half_dotted": [*seen, (1.2, pair("relaxed", "flat_spread", INFERRED))],
        "half_gone": [*seen, (1.3, ())],
    }


class Gloved:
    """Draws them until it is closed."""

    def __init__(self, content):
        from vrtrainer.stage import context

        self._context = context.offscreen()
        from vrtrainer.stage import camera, gpu
        from vrtrainer.stage.renderer import Renderer

        self._renderer, self._target = Renderer(content), gpu.Target(*SIZE, samples=4)
        self._seen = camera.looking((0.0, 1.35, 0.05), (0.0, 1.18, -0.35), SIZE, 36)

    def pixels(self, shown):
        from vrtrainer.sessions.tableau import Tableau
        from vrtrainer.stage import context
        from vrtrainer.stage.gloves import Gloves

        context.use(self._context)
        gloves, views = Gloves(), (self._seen.view, self._seen.projection)
        for time, pair in shown:

            def worn(time=time, pair=pair):
                gloves.draw(pair, *views, 1.0, time)

            self._renderer.draw(Tableau(), *views, SIZE, self._target.framebuffer, before_captions=worn)
        gloves.delete()
        return self._target.read()[:, :, :3].copy()

    def close(self):
        self._context.switch_to()
        self._renderer.delete()
        self._target.delete()
        self._context.close()
