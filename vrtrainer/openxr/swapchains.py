"""The pictures that are shared with the runtime, both views side by side in one swapchain, and the layer that submits
them. One swapchain takes half the calls of two; where the two views would be wider than the runtime allows, there are
two.

Rule 1: acquired, waited for, drawn, released: in this order, once a frame (specification 10.10). A wait that times out
        leaves the image acquired; the next frame waits for it again before anything is drawn or released.
Rule 2: all structures are made once a session; a frame changes numbers in them.
"""

import ctypes

import numpy as np
import xr

from vrtrainer.openxr import graphics
from vrtrainer.openxr.calls import CallError
from vrtrainer.openxr.runtime import HeadsetError

WAIT_NS = 80_000_000  # a wait for an image must not hold the loop up over 100 ms
_TIMEOUT = xr.Result.TIMEOUT_EXPIRED.value
_NONE, _READY = 0, 2
_LOCATED = int(xr.ViewStateFlags.ORIENTATION_VALID_BIT | xr.ViewStateFlags.POSITION_VALID_BIT)
_POSE_AND_FOV = 28 + 16  # bytes: neighbours in XrView, and in XrCompositionLayerProjectionView


class Chain:
    """One swapchain: `images` are GL texture names."""

    def __init__(self, link, size, form, usage):
        self._calls = link.calls
        info = xr.SwapchainCreateInfo(
            usage_flags=usage, format=form, sample_count=1, width=size[0], height=size[1], face_count=1, array_size=1,
            mip_count=1,
        )  # fmt: skip
        self.handle = xr.Swapchain()
        self._calls.xrCreateSwapchain(link.session, ctypes.byref(info), ctypes.byref(self.handle))
        count = ctypes.c_uint32()
        self._calls.xrEnumerateSwapchainImages(self.handle, 0, ctypes.byref(count), None)
        made = (xr.SwapchainImageOpenGLKHR * count.value)(*(xr.SwapchainImageOpenGLKHR() for _ in range(count.value)))
        base = ctypes.cast(made, ctypes.POINTER(xr.SwapchainImageBaseHeader))
        self._calls.xrEnumerateSwapchainImages(self.handle, count.value, ctypes.byref(count), base)
        self.images = tuple(one.image for one in made)
        self._acquire = ctypes.byref(xr.SwapchainImageAcquireInfo())
        self._wait = ctypes.byref(xr.SwapchainImageWaitInfo(timeout=WAIT_NS))
        self._release = ctypes.byref(xr.SwapchainImageReleaseInfo())
        self._index = ctypes.c_uint32()
        self._at_index = ctypes.byref(self._index)
        self._state = _NONE

    def image(self):
        """Index of the image to draw into, None where it did not become free in time."""
        if self._state == _NONE:
            self._calls.xrAcquireSwapchainImage(self.handle, self._acquire, self._at_index)
            self._state = 1
        if self._state == 1:
            if self._calls.xrWaitSwapchainImage(self.handle, self._wait) == _TIMEOUT:
                return None
            self._state = _READY
        return self._index.value

    def release(self):
        """Give the image back, drawn."""
        if self._state == _READY:
            self._calls.xrReleaseSwapchainImage(self.handle, self._release)
            self._state = _NONE


class Eyes:
    """Both views of a session: where they look from, their swapchains, the layer.

    `count` views; `sizes` of each in pixels; `color` and `depth` (or ()) hold the `Chain`s; `where` tells of each view
    its chain's number and how many pixels from the left it begins; `poses` (count, 7) and `fovs` (count, 4: left,
    right, up, down in radians) are float32 views of what `locate` read.
    """

    def __init__(self, link, near, far, scale=1.0):
        self._link = link
        widest, highest = link.offers.largest
        self.sizes = tuple(
            (min(round(w * scale), widest or w), min(round(h * scale), highest or h)) for w, h, _ in link.offers.views
        )
        self.count = len(self.sizes)
        formats = _formats(link)
        if graphics.SRGB8_ALPHA8 not in formats:
            raise HeadsetError("gl_not_accepted", call="xrEnumerateSwapchainFormats", what="no sRGB format", name="")
        use = xr.SwapchainUsageFlags
        color_use = use.COLOR_ATTACHMENT_BIT | use.SAMPLED_BIT
        across = sum(w for w, _ in self.sizes)
        if across <= (widest or across):
            pictures = ((across, max(h for _, h in self.sizes)),)
            self.where = tuple((0, sum(w for w, _ in self.sizes[:k])) for k in range(self.count))
        else:
            pictures, self.where = self.sizes, tuple((k, 0) for k in range(self.count))
        self.color = tuple(Chain(link, size, graphics.SRGB8_ALPHA8, color_use) for size in pictures)
        self.depth = ()
        self.depth_format = next((f for f in graphics.DEPTHS if f in formats), None)
        if graphics.DEPTH in link.extensions and self.depth_format is not None:
            depth_use = use.DEPTH_STENCIL_ATTACHMENT_BIT | use.SAMPLED_BIT
            try:
                self.depth = tuple(Chain(link, size, self.depth_format, depth_use) for size in pictures)
            except CallError:
                self.depth = ()  # pictures without depth are pictures all the same
        self._views = (xr.View * self.count)(*(xr.View() for _ in self.sizes))
        self._view_state = xr.ViewState()
        self._locate = xr.ViewLocateInfo(view_configuration_type=xr.ViewConfigurationType.PRIMARY_STEREO)
        self._count = ctypes.c_uint32()
        self._how = ctypes.byref(self._locate), ctypes.byref(self._view_state), self.count, ctypes.byref(self._count)
        step = ctypes.sizeof(xr.View)
        memory = np.frombuffer(self._views, np.uint8).reshape(self.count, step)
        self.poses = memory[:, xr.View.pose.offset :][:, :28].view(np.float32)
        self.fovs = memory[:, xr.View.fov.offset :][:, :16].view(np.float32)
        self._shown = (xr.CompositionLayerProjectionView * self.count)(
            *(xr.CompositionLayerProjectionView() for _ in self.sizes)
        )
        self._deep = []
        for k, size in enumerate(self.sizes):
            chain, left = self.where[k]
            rect = xr.Rect2Di(xr.Offset2Di(left, 0), xr.Extent2Di(*size))
            self._shown[k].sub_image = xr.SwapchainSubImage(self.color[chain].handle, rect, 0)
            if self.depth:
                info = xr.CompositionLayerDepthInfoKHR(
                    sub_image=xr.SwapchainSubImage(self.depth[chain].handle, rect, 0), min_depth=0.0, max_depth=1.0,
                    near_z=near, far_z=far,
                )  # fmt: skip
                self._deep.append(info)
                self._shown[k].next = ctypes.cast(ctypes.pointer(info), ctypes.c_void_p)
        self._layer = xr.CompositionLayerProjection()
        self._layer.view_count = self.count
        self._layer._views = ctypes.cast(self._shown, ctypes.POINTER(xr.CompositionLayerProjectionView))
        header = ctypes.cast(ctypes.pointer(self._layer), ctypes.POINTER(xr.CompositionLayerBaseHeader))
        self.layers = (ctypes.POINTER(xr.CompositionLayerBaseHeader) * 1)(header)
        to, come = xr.CompositionLayerProjectionView.pose.offset, xr.View.pose.offset
        self._copies = tuple(
            (ctypes.addressof(shown) + to, ctypes.addressof(view) + come)
            for shown, view in zip(self._shown, self._views, strict=True)
        )
        self._space = None

    def locate(self, space, xr_time):
        """Where the eyes are at a time. False while the runtime cannot tell.

        Raises
        ------
        CallError
        """
        link = self._link
        self._locate.display_time = xr_time
        self._in(space)
        link.calls.xrLocateViews(link.session, *self._how, self._views)
        return self._view_state._view_state_flags & _LOCATED == _LOCATED

    def _in(self, space):
        """Locate and submit in this space from now on."""
        if space is not self._space:
            self._locate.space = self._layer.space = self._space = space

    def submit(self, space):
        """The layers of this frame, as `Pump.end` takes them: their number and the pointer."""
        self._in(space)
        for to, come in self._copies:
            ctypes.memmove(to, come, _POSE_AND_FOV)
        return 1, self.layers


def _formats(link):
    count = ctypes.c_uint32()
    link.calls.xrEnumerateSwapchainFormats(link.session, 0, ctypes.byref(count), None)
    formats = (ctypes.c_int64 * count.value)()
    link.calls.xrEnumerateSwapchainFormats(link.session, count.value, ctypes.byref(count), formats)
    return list(formats)
