"""The headset display of the self-check: each eye its own sign in one step, and where both eyes were all the while."""

from dataclasses import replace

import numpy as np

from vrtrainer.displays.openxr import OpenXrDisplay

VIEWS = 20_000  # frames whose views are kept


class _EachItsOwn:
    """The display's renderer, but for signs: of two things the first eye gets one and the second the other."""

    def __init__(self, renderer):
        self._renderer = renderer
        self.eye = None

    def __getattr__(self, name):
        return getattr(self._renderer, name)

    def draw(self, shown, *where, **how):
        if self.eye is not None:
            if shown.turn.phase == "signs" and len(shown.props) == 2:
                shown = replace(shown, props=(shown.props[min(self.eye, 1)],))
            self.eye += 1
        return self._renderer.draw(shown, *where, **how)


class SelfCheckDisplay(OpenXrDisplay):
    """As `OpenXrDisplay`; `views` are the poses of both views of every frame that was drawn, `fovs` the last ones."""

    def __init__(self, options):
        super().__init__(options)
        self._renderer = _EachItsOwn(self._renderer)
        self._kept = np.zeros((VIEWS, 2, 7), np.float32)
        self._count = 0
        self.fovs, self.sizes = None, ()
        from pyglet import gl

        self.graphics = f"{gl.gl_info.get_renderer()}, OpenGL {'.'.join(map(str, gl.gl_info.get_version()[:2]))}"

    @property
    def views(self):
        return self._kept[: self._count]

    def _paint(self, frame, shown, images):
        self._renderer.eye = 0
        super()._paint(frame, shown, images)
        self._renderer.eye = None
        eyes = self._eyes
        if self._count < VIEWS and eyes.count == 2:
            self._kept[self._count] = eyes.poses
            self._count += 1
        self.fovs, self.sizes = eyes.fovs, eyes.sizes
