"""What XR_APILAYER_LUNARG_api_dump wrote, read as calls, and the contract that an application's calls keep.

The layer writes a call before it makes it: a line `XrResult xrName` and, indented, a line for each parameter and field,
`type name = value`. Results and what a call fills in are not there.
"""

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

EVERY_FRAME = frozenset(
    (
        "xrPollEvent", "xrWaitFrame", "xrConvertTimeToTimespecTimeKHR", "xrConvertTimespecTimeToTimeKHR",
        "xrSyncActions", "xrGetActionStateBoolean", "xrLocateSpace", "xrLocateHandJointsEXT", "xrBeginFrame",
        "xrLocateViews", "xrAcquireSwapchainImage", "xrWaitSwapchainImage", "xrReleaseSwapchainImage", "xrEndFrame",
    )
)  # fmt: skip
"""All that a steady frame may call."""
ON_A_CHANGE = frozenset(("xrGetCurrentInteractionProfile", "xrPathToString"))
"""What may come besides when a hand takes something up or lays it down."""
BORN = (
    "xrCreateInstance", "xrGetSystem", "xrGetOpenGLGraphicsRequirementsKHR", "xrCreateSession",
    "xrAttachSessionActionSets", "xrBeginSession", "xrWaitFrame", "xrBeginFrame",
)  # fmt: skip
"""First calls, in their order."""
DIED = ("xrRequestExitSession", "xrEndSession", "xrDestroySession", "xrDestroyInstance")
_CALL = re.compile(r"\S.* (xr[A-Z]\w*)$")
_FIELD = re.compile(r"\s+.*?(\S+) = (.*)$")
_IMAGE = {"xrAcquireSwapchainImage": "acquire", "xrWaitSwapchainImage": "wait", "xrReleaseSwapchainImage": "release"}


@dataclass(slots=True)
class Call:
    """One call: its name, and its parameters and fields as they were written."""

    name: str
    fields: dict = field(default_factory=dict)


def calls(text):
    """The calls of a dump, in their order.

    Examples
    --------
    >>> [first] = calls("XrResult xrBeginFrame\\n    XrSession session = 0x2b\\n")
    >>> first.name, first.fields["session"]
    ('xrBeginFrame', '0x2b')
    """
    out = []
    for line in text.splitlines():
        begun = _CALL.match(line)
        if begun:
            out.append(Call(begun[1]))
            continue
        told = _FIELD.match(line)
        if told and out:
            out[-1].fields.setdefault(told[1], told[2])
        elif line.strip():
            raise ValueError(f"a dump has no line like {line!r}")
    return out


def frames(made):
    """The calls of each frame: what came after the frame before, up to its own xrEndFrame."""
    out, one = [], []
    for call in made:
        one.append(call)
        if call.name == "xrEndFrame":
            out.append(one)
            one = []
    return out


def layers(frame):
    """How many layers a frame ends with."""
    return int(frame[-1].fields["frameEndInfo->layerCount"], 0)


def against_order(made):
    """What is wrong with the order of what happens once, at the beginning and at the end."""
    out = []
    first = {}
    for at, call in enumerate(made):
        first.setdefault(call.name, at)
    for names in (BORN, DIED, ("xrSuggestInteractionProfileBindings", "xrAttachSessionActionSets", "xrSyncActions")):
        out += [f"{name} was never called" for name in names if name not in first]
        there = [name for name in names if name in first]
        out += [f"{b} came before {a}" for a, b in itertools.pairwise(there) if first[b] < first[a]]
    counts = Counter(call.name for call in made)
    for name in ("xrCreateInstance", "xrCreateSession", "xrAttachSessionActionSets", "xrBeginSession", *DIED):
        if counts[name] > 1:
            out.append(f"{name} was called {counts[name]} times")
    polled = [k for k, call in enumerate(made) if call.name == "xrPollEvent" and k > first.get("xrCreateSession", 0)]
    if polled and first.get("xrBeginSession", len(made)) < polled[0]:
        out.append("xrBeginSession came before any event had said READY")
    return out


def against_pace(made):
    """What is wrong with how xrWaitFrame, xrBeginFrame and xrEndFrame take turns, over all threads."""
    out = []
    waited = begun = False
    for at, call in enumerate(made):
        if call.name == "xrWaitFrame":
            if waited:
                out.append(f"call {at}: xrWaitFrame before the frame of the last one was begun")
            waited = True
        elif call.name == "xrBeginFrame":
            if not waited:
                out.append(f"call {at}: xrBeginFrame without xrWaitFrame")
            if begun:
                out.append(f"call {at}: xrBeginFrame in a frame")
            waited, begun = False, True
        elif call.name == "xrEndFrame":
            if not begun:
                out.append(f"call {at}: xrEndFrame without xrBeginFrame")
            begun = False
        elif call.name == "xrEndSession" and begun:
            out.append(f"call {at}: xrEndSession in a frame")
    if begun:
        out.append("the last frame was never ended")
    return out


def against_frame(frame):
    """What is wrong with the calls of one frame that was drawn."""
    out = []
    counts = Counter(call.name for call in frame)
    for name in ("xrWaitFrame", "xrBeginFrame", "xrEndFrame", "xrLocateViews"):
        if counts[name] != 1:
            out.append(f"{name} was called {counts[name]} times")
    if counts["xrSyncActions"] > 1:
        out.append(f"xrSyncActions was called {counts['xrSyncActions']} times")
    hands = Counter(call.fields["handTracker"] for call in frame if call.name == "xrLocateHandJointsEXT")
    out += [f"hand tracker {hand} was located {times} times" for hand, times in hands.items() if times != 1]
    begun = next((k for k, call in enumerate(frame) if call.name == "xrBeginFrame"), len(frame))
    images = {}
    for at, call in enumerate(frame):
        if call.name in _IMAGE:
            if at < begun:
                out.append(f"{call.name} came before xrBeginFrame")
            images.setdefault(call.fields["swapchain"], []).append(_IMAGE[call.name])
    if not images:
        out.append("it was drawn without an image")
    for chain, steps in images.items():
        if steps != ["acquire", "wait", "release"]:
            out.append(f"swapchain {chain}: {', '.join(steps)}")
    when = next(
        (call.fields.get("viewLocateInfo->displayTime") for call in frame if call.name == "xrLocateViews"), None
    )
    shown = frame[-1].fields.get("frameEndInfo->displayTime")
    if when is not None and int(when, 0) != int(shown, 0):
        out.append(f"eyes were located at {when}, and shown at {shown}")
    return out


def against_quiet(frame):
    """What a steady frame calls that belongs to a beginning or an end."""
    return sorted({call.name for call in frame} - EVERY_FRAME)
