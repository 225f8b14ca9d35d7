"""Pictures of tableaux without a display: for reports, for the documentation, for tests. PNG with GL, SVG without.

Rule 1: nothing of GL is imported before the first picture is asked for.
Rule 2: several pictures come from one `Pictures`; `picture` is for a single one.
"""

import io

from vrtrainer.stage import context, figures_svg, views


def picture(shown, content, size=(1280, 720), view="front", language="nl"):
    """One tableau as PNG bytes, or as SVG text where there is no OpenGL."""
    with Pictures(content, language) as pictures:
        return pictures.picture(shown, size, view)


class Pictures:
    """Makes pictures until it is closed; `reason` says why they are SVG, "" when they are PNG."""

    def __init__(self, content, language="nl", samples=4, drawn=None):
        self._content, self._language, self._samples = content, language, samples
        self._context = self._renderer = None
        self._targets, self._health = {}, context.Health(every=1)
        self.reason = ""
        if drawn is None:
            drawn = not context.library()
            if drawn:
                self.reason = f"there is no OpenGL library; {context.ADVICE}"
        self._drawn = drawn

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def suffix(self):
        """.png, or .svg where nothing else can be made; known after the context was tried."""
        return ".svg" if self._start() is None else ".png"

    def _start(self):
        """The renderer, None where there is none."""
        if self._drawn or self._renderer is not None:
            return self._renderer
        try:
            self._context = context.offscreen()
            from vrtrainer.stage.renderer import Renderer

            self._renderer = Renderer(self._content, self._language)
        except context.GraphicsError as error:
            self.reason, self._drawn = str(error), True
            self._end_context()
        return self._renderer

    def picture(self, shown, size=(1280, 720), view="learner"):
        """PNG bytes or SVG text of one tableau; `view` is front (whole figure), head or learner (with captions)."""
        pixels = None
        if self._start() is not None:
            try:
                pixels = self.pixels(shown, size, view)
            except context.GraphicsError as error:
                self.reason, self._drawn = str(error), True
                self.close()
        if pixels is None:
            return figures_svg.drawing(shown, self._content, size, view, self._language)
        from PIL import Image

        out = io.BytesIO()
        Image.fromarray(pixels[:, :, :3]).save(out, "PNG", optimize=False, compress_level=4)
        return out.getvalue()

    def pixels(self, shown, size, view="learner", samples=None):
        """The picture as an array (height, width, 4), at the pictures' own samples a pixel unless another number is
        asked for; only where there is OpenGL."""
        samples = self._samples if samples is None else samples
        renderer = self._start()
        from vrtrainer.stage import gpu  # needs the context

        with self._health.drawing():
            context.use(self._context)
            if (size, samples) not in self._targets:
                self._targets[size, samples] = gpu.Target(*size, samples=samples)
            target = self._targets[size, samples]
            seen = views.taken(shown, self._content, size, view)
            renderer.draw(views.quiet(shown, view), seen.view, seen.projection, size, target.framebuffer)
            return target.read().copy()

    def close(self):
        """Give back what the pictures were made with."""
        if self._context is not None:
            context.use(self._context)
            for target in self._targets.values():
                target.delete()
            self._targets = {}
            if self._renderer is not None:
                self._renderer.delete()
        self._end_context()
        self._renderer = None

    def _end_context(self):
        if self._context is not None:
            self._context.close()
            self._context = None
