"""Where a headset's pictures are drawn: one framebuffer with several samples a pixel, resolved into shared textures."""

from pyglet import gl

from vrtrainer.stage import gpu

_SRGB8_ALPHA8 = 0x8C43


class EyeTarget:
    """Draws one size of picture and resolves it into textures that somebody else owns.

    Parameters
    ----------
    size : (int, int)
        Pixels.
    samples : int
        A pixel; 0 or 1 for none more.
    depth_format : int or None
        Of the depth textures that depth is resolved into; None where none are shared.
    """

    def __init__(self, size, samples, depth_format=None):
        self.size = size
        self.samples = min(samples, gpu._integer(gl.GL_MAX_SAMPLES)) if samples > 1 else 0
        self._depth_format = depth_format or gl.GL_DEPTH_COMPONENT24
        self.framebuffer = gpu._one(gl.glGenFramebuffers)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.framebuffer)
        self._buffers = [
            self._buffer(gl.GL_COLOR_ATTACHMENT0, _SRGB8_ALPHA8),
            self._buffer(gl.GL_DEPTH_ATTACHMENT, self._depth_format),
        ]
        gpu._check("the eyes'")
        self._resolved = {}  # (color texture, depth texture) → framebuffer
        self._plain = None

    def _buffer(self, place, form):
        name = gpu._one(gl.glGenRenderbuffers)
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, name)
        if self.samples:
            gl.glRenderbufferStorageMultisample(gl.GL_RENDERBUFFER, self.samples, form, *self.size)
        else:
            gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, form, *self.size)
        gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, place, gl.GL_RENDERBUFFER, name)
        return name

    def resolve(self, color, depth=None, left=0):
        """Copy what was drawn into a colour texture and, where given, a depth texture, `left` pixels from its left."""
        target = self._resolved.get((color, depth))
        if target is None:
            target = gpu._one(gl.glGenFramebuffers)
            gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, target)
            gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, color, 0)
            if depth is not None:
                gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_DEPTH_ATTACHMENT, gl.GL_TEXTURE_2D, depth, 0)
            gpu._check("the headset's")
            self._resolved[color, depth] = target
        bits = gl.GL_COLOR_BUFFER_BIT | (gl.GL_DEPTH_BUFFER_BIT if depth is not None else 0)
        _blit(self.framebuffer, target, self.size, bits, left)

    def to_window(self, size):
        """Copy what was drawn last into the window's own picture, as large as it fits, middle first."""
        source = self.framebuffer
        if self.samples:  # several samples a pixel cannot be copied and scaled at once
            if self._plain is None:
                self._plain = gpu._one(gl.glGenFramebuffers)
                gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._plain)
                name = gpu._one(gl.glGenRenderbuffers)
                gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, name)
                gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, _SRGB8_ALPHA8, *self.size)
                gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, name)
                self._buffers.append(name)
            _blit(source, self._plain, self.size, gl.GL_COLOR_BUFFER_BIT)
            source = self._plain
        wide, high = self.size
        shape = size[0] / max(size[1], 1)
        across = min(wide, int(high * shape))
        up = min(high, int(across / shape))
        x, y = (wide - across) // 2, (high - up) // 2
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, source)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, 0)
        gl.glBlitFramebuffer(x, y, x + across, y + up, 0, 0, *size, gl.GL_COLOR_BUFFER_BIT, gl.GL_LINEAR)

    def delete(self):
        framebuffers = [self.framebuffer, *self._resolved.values(), *([self._plain] if self._plain else [])]
        gpu._gone(gl.glDeleteFramebuffers, *framebuffers)
        gpu._gone(gl.glDeleteRenderbuffers, *self._buffers)


def _blit(source, target, size, bits, left=0):
    wide, high = size
    gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, source)
    gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, target)
    gl.glBlitFramebuffer(0, 0, wide, high, left, 0, left + wide, high, bits, gl.GL_NEAREST)


def finish():
    """Hand all drawing to the driver, so that the runtime's own context finds it done in order."""
    gl.glFlush()
