"""OpenGL and the runtime: which context is handed over, which pictures are shared.

`binding` takes what `stage.context.native` gives: names of a context on Xlib (GLX) or Win32 (WGL).
"""

import ctypes

import xr

SRGB8_ALPHA8 = 0x8C43
DEPTHS = (0x8CAC, 0x81A6, 0x81A5)  # GL_DEPTH_COMPONENT32F, 24, 16
DEPTH = "XR_KHR_composition_layer_depth"
MASK = "XR_KHR_visibility_mask"
RATE = "XR_FB_display_refresh_rate"
EXTENSIONS = (DEPTH, MASK, RATE)


class _BindingWin32(ctypes.Structure):
    """XrGraphicsBindingOpenGLWin32KHR: hDC and hGLRC are handles of the size of a pointer."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("h_dc", ctypes.c_void_p),
        ("h_glrc", ctypes.c_void_p),
    ]


def binding(names):
    """The structure that XrSessionCreateInfo points to, for a context that is current.

    Parameters
    ----------
    names : dict
        `display`, `fbconfig`, `visualid`, `drawable`, `context`, or `hdc` and `hglrc`.

    Returns
    -------
    ctypes structure
        XrGraphicsBindingOpenGLXlibKHR or XrGraphicsBindingOpenGLWin32KHR; to be kept as long as the session.
    """
    if "hdc" in names:
        kind = xr.StructureType.GRAPHICS_BINDING_OPENGL_WIN32_KHR.value
        return _BindingWin32(kind, None, _handle(names["hdc"]), _handle(names["hglrc"]))
    out = xr.GraphicsBindingOpenGLXlibKHR()
    for field, name in (("x_display", "display"), ("glx_fbconfig", "fbconfig"), ("glx_context", "context")):
        kind = dict(out._fields_)[field]
        setattr(out, field, ctypes.cast(ctypes.c_void_p(names[name]), kind))
    out.visualid, out.glx_drawable = names["visualid"], names["drawable"]
    return out


def _handle(value):
    return value if isinstance(value, int) else ctypes.cast(value, ctypes.c_void_p).value


def visibility_mask(link, view):
    """What a lens never shows of a view: (vertices (N, 2) in the plane z = -1, indices (M,)), None where not told.

    Parameters
    ----------
    link : Link
    view : int
        0 left, 1 right.
    """
    import numpy as np

    from vrtrainer.openxr.calls import CallError

    if MASK not in link.extensions:
        return None
    mask = xr.VisibilityMaskKHR()
    stereo = xr.ViewConfigurationType.PRIMARY_STEREO.value
    hidden = xr.VisibilityMaskTypeKHR.HIDDEN_TRIANGLE_MESH.value
    try:
        ask = link.calls.xrGetVisibilityMaskKHR
        ask(link.session, stereo, view, hidden, ctypes.byref(mask))
        points, order = mask.vertex_count_output, mask.index_count_output
        if not points or not order:
            return None
        vertices, indices = (xr.Vector2f * points)(), (ctypes.c_uint32 * order)()
        mask.vertex_capacity_input, mask.index_capacity_input = points, order
        mask.vertices = ctypes.cast(vertices, ctypes.POINTER(xr.Vector2f))
        mask.indices = ctypes.cast(indices, ctypes.POINTER(ctypes.c_uint32))
        ask(link.session, stereo, view, hidden, ctypes.byref(mask))
    except CallError:
        return None
    return (
        np.frombuffer(vertices, np.float32).reshape(-1, 2).copy(),
        np.frombuffer(indices, np.uint32).copy(),
    )
