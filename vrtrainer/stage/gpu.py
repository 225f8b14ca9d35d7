"""GL objects: programs, buffers, textures, targets. Whoever makes one deletes it while its context is current."""

import ctypes
from pathlib import Path

import numpy as np
from pyglet import gl

SHADERS = Path(__file__).parent / "shaders"


def _address(array):
    return ctypes.c_void_p(array.ctypes.data)


def _one(generate):
    name = gl.GLuint()
    generate(1, ctypes.byref(name))
    return name.value


def _gone(delete, *names):
    for name in names:
        delete(1, ctypes.byref(gl.GLuint(name)))


class Program:
    """Shaders linked together: names of files in stage/shaders, joined; `traits` are defined for their #ifdef."""

    def __init__(self, vertex, fragment=None, varyings=(), blocks=(), samplers=(), traits=()):
        self._uniforms = {}
        self.name = gl.glCreateProgram()
        shaders = [self._compiled(gl.GL_VERTEX_SHADER, vertex, traits)]
        if fragment:
            shaders.append(self._compiled(gl.GL_FRAGMENT_SHADER, fragment, traits))
        for shader in shaders:
            gl.glAttachShader(self.name, shader)
        if varyings:
            encoded = (ctypes.c_char_p * len(varyings))(*(v.encode() for v in varyings))
            where = ctypes.cast(encoded, ctypes.POINTER(ctypes.POINTER(gl.GLchar)))
            gl.glTransformFeedbackVaryings(self.name, len(varyings), where, gl.GL_INTERLEAVED_ATTRIBS)
        gl.glLinkProgram(self.name)
        for shader in shaders:
            gl.glDeleteShader(shader)
        done = gl.GLint()
        gl.glGetProgramiv(self.name, gl.GL_LINK_STATUS, ctypes.byref(done))
        if not done.value:
            raise _failure(f"{vertex} and {fragment}", self.name, gl.glGetProgramInfoLog)
        for unit, block in enumerate(blocks):
            if block:
                index = gl.glGetUniformBlockIndex(self.name, ctypes.create_string_buffer(block.encode()))
                if index != gl.GL_INVALID_INDEX:
                    gl.glUniformBlockBinding(self.name, index, unit)
        gl.glUseProgram(self.name)
        for unit, sampler in enumerate(samplers):
            gl.glUniform1i(self[sampler], unit)

    @staticmethod
    def _compiled(kind, files, traits):
        text = "#version 330 core\n" + "".join(f"#define {trait}\n" for trait in traits)
        text += "".join((SHADERS / f).read_text(encoding="utf-8") for f in files.split())
        source = ctypes.create_string_buffer(text.encode())
        shader = gl.glCreateShader(kind)
        pointer = ctypes.cast(ctypes.pointer(ctypes.pointer(source)), ctypes.POINTER(ctypes.POINTER(gl.GLchar)))
        gl.glShaderSource(shader, 1, pointer, None)
        gl.glCompileShader(shader)
        done = gl.GLint()
        gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS, ctypes.byref(done))
        if not done.value:
            raise _failure(files, shader, gl.glGetShaderInfoLog)
        return shader

    def __getitem__(self, uniform):
        """Location of a uniform, -1 (which GL ignores) where the shader does not use it."""
        location = self._uniforms.get(uniform)
        if location is None:
            location = gl.glGetUniformLocation(self.name, ctypes.create_string_buffer(uniform.encode()))
            self._uniforms[uniform] = location
        return location

    def use(self):
        gl.glUseProgram(self.name)

    def delete(self):
        gl.glDeleteProgram(self.name)


def _failure(what, name, log):
    from vrtrainer.stage.context import GraphicsError

    text = ctypes.create_string_buffer(2048)
    log(name, 2048, None, text)
    return GraphicsError(f"this graphics driver does not take the shader {what}: {text.value.decode(errors='replace')}")


class Buffer:
    """Bytes on the graphics card."""

    def __init__(self, target, array=None, size=0, usage=gl.GL_STATIC_DRAW):
        # Indices bound as such would be taken by whatever vertex array happens to be bound; any target makes them.
        self.target = target = gl.GL_ARRAY_BUFFER if target == gl.GL_ELEMENT_ARRAY_BUFFER else target
        self.name = _one(gl.glGenBuffers)
        gl.glBindBuffer(target, self.name)
        if array is not None:
            array = np.ascontiguousarray(array)
            gl.glBufferData(target, array.nbytes, _address(array), usage)
        else:
            gl.glBufferData(target, size, None, usage)

    def write(self, array):
        """Replace the first bytes by a contiguous array's."""
        gl.glBindBuffer(self.target, self.name)
        gl.glBufferSubData(self.target, 0, array.nbytes, _address(array))

    def delete(self):
        _gone(gl.glDeleteBuffers, self.name)


class Vertices:
    """A vertex array: `layout` rows are (location, buffer, width, GL type, stride, offset, kind).

    kind: "float" as it is, "unit" scaled to 0..1, "int" kept whole.
    """

    def __init__(self, layout, indices=None):
        self.name = _one(gl.glGenVertexArrays)
        gl.glBindVertexArray(self.name)
        for location, buffer, width, type_, stride, offset, kind in layout:
            gl.glBindBuffer(gl.GL_ARRAY_BUFFER, buffer.name)
            gl.glEnableVertexAttribArray(location)
            if kind == "int":
                gl.glVertexAttribIPointer(location, width, type_, stride, ctypes.c_void_p(offset))
            else:
                scaled = gl.GL_TRUE if kind == "unit" else gl.GL_FALSE
                gl.glVertexAttribPointer(location, width, type_, scaled, stride, ctypes.c_void_p(offset))
        if indices is not None:
            gl.glBindBuffer(gl.GL_ELEMENT_ARRAY_BUFFER, indices.name)
        gl.glBindVertexArray(0)

    def bind(self):
        gl.glBindVertexArray(self.name)

    def delete(self):
        _gone(gl.glDeleteVertexArrays, self.name)


def texture(pixels, internal, layout, kind=gl.GL_UNSIGNED_BYTE, smooth=True, repeat=False, mipmaps=False):
    """Name of a 2D texture of an array (rows, columns, channels); the first row is at v = 0, as glTF has it."""
    name = _one(gl.glGenTextures)
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)
    gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, internal, width, height, 0, layout, kind, _address(pixels))
    near = gl.GL_LINEAR if smooth else gl.GL_NEAREST
    far = gl.GL_LINEAR_MIPMAP_NEAREST if mipmaps else near
    if mipmaps:
        gl.glGenerateMipmap(gl.GL_TEXTURE_2D)
    edge = gl.GL_REPEAT if repeat else gl.GL_CLAMP_TO_EDGE
    for key, value in (
        (gl.GL_TEXTURE_MIN_FILTER, far),
        (gl.GL_TEXTURE_MAG_FILTER, near),
        (gl.GL_TEXTURE_WRAP_S, edge),
        (gl.GL_TEXTURE_WRAP_T, edge),
    ):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, key, value)
    return name


def delete_texture(name):
    _gone(gl.glDeleteTextures, name)


def decoded(image, what):
    """Pixels (rows, columns, 4) of an encoded image."""
    import io

    from PIL import Image, UnidentifiedImageError

    from vrtrainer.stage.mesh import AvatarError

    try:
        return np.asarray(Image.open(io.BytesIO(image)).convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise AvatarError(f"{what}: its picture cannot be read ({error}); save it as PNG or JPEG") from None


class ShadowMap:
    """Depth as the light sees it."""

    def __init__(self, size):
        self.size = size
        self.texture = _one(gl.glGenTextures)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.texture)
        gl.glTexImage2D(
            gl.GL_TEXTURE_2D, 0, gl.GL_DEPTH_COMPONENT24, size, size, 0, gl.GL_DEPTH_COMPONENT, gl.GL_UNSIGNED_INT, None
        )
        for key, value in (
            (gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR),
            (gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR),
            (gl.GL_TEXTURE_WRAP_S, gl.GL_CLAMP_TO_EDGE),
            (gl.GL_TEXTURE_WRAP_T, gl.GL_CLAMP_TO_EDGE),
            (gl.GL_TEXTURE_COMPARE_MODE, gl.GL_COMPARE_REF_TO_TEXTURE),
            (gl.GL_TEXTURE_COMPARE_FUNC, gl.GL_LEQUAL),
        ):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, key, value)
        self.framebuffer = _one(gl.glGenFramebuffers)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.framebuffer)
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_DEPTH_ATTACHMENT, gl.GL_TEXTURE_2D, self.texture, 0)
        gl.glDrawBuffer(gl.GL_NONE)
        gl.glReadBuffer(gl.GL_NONE)
        _check("the shadow's")

    def delete(self):
        _gone(gl.glDeleteFramebuffers, self.framebuffer)
        delete_texture(self.texture)


class Target:
    """A picture to draw into and read back, with several samples a pixel if asked."""

    def __init__(self, width, height, samples=0):
        self.size = (width, height)
        self._samples = min(samples, _integer(gl.GL_MAX_SAMPLES))
        self.framebuffer, self._buffers = self._made(self._samples)
        self._plain, more = self._made(0) if self._samples else (self.framebuffer, [])
        self._buffers += more
        self._pixels = np.empty((height, width, 4), np.uint8)

    def _made(self, samples):
        width, height = self.size
        framebuffer = _one(gl.glGenFramebuffers)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
        buffers = []
        for place, kind in (
            (gl.GL_COLOR_ATTACHMENT0, gl.GL_RGBA8),
            (gl.GL_DEPTH_ATTACHMENT, gl.GL_DEPTH_COMPONENT24),
        ):
            buffer = _one(gl.glGenRenderbuffers)
            gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, buffer)
            if samples:
                gl.glRenderbufferStorageMultisample(gl.GL_RENDERBUFFER, samples, kind, width, height)
            else:
                gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, kind, width, height)
            gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, place, gl.GL_RENDERBUFFER, buffer)
            buffers.append(buffer)
        _check("the picture's")
        return framebuffer, buffers

    def read(self):
        """Pixels (height, width, 4), top row first; the array is used again by the next call."""
        width, height = self.size
        if self._plain != self.framebuffer:
            gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, self.framebuffer)
            gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._plain)
            gl.glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._plain)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(0, 0, width, height, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, _address(self._pixels))
        return self._pixels[::-1]

    def delete(self):
        _gone(gl.glDeleteFramebuffers, *{self.framebuffer, self._plain})
        _gone(gl.glDeleteRenderbuffers, *self._buffers)


def _check(what):
    from vrtrainer.stage.context import GraphicsError

    status = gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER)
    if status != gl.GL_FRAMEBUFFER_COMPLETE:
        raise GraphicsError(f"this graphics driver refuses {what} framebuffer (status {status:#x})")


def _integer(what):
    value = gl.GLint()
    gl.glGetIntegerv(what, ctypes.byref(value))
    return value.value
