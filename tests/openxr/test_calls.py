"""The calls that a session makes, frame by frame, as OpenXR's rules and ours have them; and that the rules notice."""

from collections import Counter

import pytest

from tests.openxr import dumps

SETTLED = 10
"""Frames after which nothing is made, counted or spelled any more."""
FAREWELL = 20
"""Frames before the runtime is asked for the end in which it may get dark, with the trackers already gone."""
HANDLE = {
    "xrLocateHandJointsEXT": ("handTracker", "0x1"), "xrAcquireSwapchainImage": ("swapchain", "0x2"),
    "xrWaitSwapchainImage": ("swapchain", "0x2"), "xrReleaseSwapchainImage": ("swapchain", "0x2"),
}  # fmt: skip
FRAME = (
    "WaitFrame", "PollEvent", "SyncActions", "LocateHandJointsEXT", "BeginFrame", "LocateViews",
    "AcquireSwapchainImage", "WaitSwapchainImage", "ReleaseSwapchainImage", "EndFrame",
)  # fmt: skip
START = (
    "CreateInstance", "GetSystem", "GetOpenGLGraphicsRequirementsKHR", "SuggestInteractionProfileBindings",
    "CreateSession", "AttachSessionActionSets", "PollEvent", "BeginSession",
)  # fmt: skip
END = ("WaitFrame", "PollEvent", "RequestExitSession", "PollEvent", "EndSession", "DestroySession", "DestroyInstance")


def written(*names, time=7):
    """A dump of these calls, as the layer would write it."""
    lines = []
    for name in names:
        lines += [f"XrResult xr{name}", "    XrSession session = 0x10"]
        if f"xr{name}" in HANDLE:
            lines.append("    XrHandle {} = {}".format(*HANDLE[f"xr{name}"]))
        if name == "LocateViews":
            lines.append(f"    XrTime viewLocateInfo->displayTime = {time}")
        if name == "EndFrame":
            lines += ["    XrTime frameEndInfo->displayTime = 7", "    uint32_t frameEndInfo->layerCount = 0x1"]
    return "\n".join(lines) + "\n"


def without(names, gone):
    return [name for name in names if name != gone]


def swapped(names, one, other):
    exchange = {one: other, other: one}
    return [exchange.get(name, name) for name in names]


def test_a_dump_is_read_as_calls_with_their_fields():
    read = dumps.calls(
        "XrResult xrLocateHandJointsEXT\n"
        "    XrHandTrackerEXT handTracker = 0x3c8\n"
        "    const void * locateInfo->next = 0x00\n"
        "XrResult xrPollEvent\n"
    )
    assert [call.name for call in read] == ["xrLocateHandJointsEXT", "xrPollEvent"]
    assert read[0].fields == {"handTracker": "0x3c8", "locateInfo->next": "0x00"}
    with pytest.raises(ValueError, match="no line like"):
        dumps.calls("XrResult xrPollEvent\nnonsense\n")


def test_good_calls_are_not_objected_to():
    made = dumps.calls(written(*START, *FRAME, *FRAME, *END))
    assert dumps.against_order(made) == []
    assert dumps.against_pace(made) == []
    frame = dumps.frames(made)[1]
    assert dumps.layers(frame) == 1
    assert dumps.against_frame(frame) == []
    assert dumps.against_quiet(frame) == []


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (swapped(START, "CreateSession", "GetOpenGLGraphicsRequirementsKHR"), "xrCreateSession came before"),
        (swapped(START, "PollEvent", "BeginSession"), "READY"),
        (without(START, "AttachSessionActionSets"), "xrAttachSessionActionSets was never called"),
        ([*without(START, "AttachSessionActionSets"), "SyncActions", "AttachSessionActionSets"], "xrSyncActions came"),
        ([*START, "CreateSession"], "xrCreateSession was called 2 times"),
        (swapped([*START, *FRAME, *END], "EndSession", "DestroySession"), "xrDestroySession came before"),
    ],
)
def test_a_wrong_order_is_noticed(names, told):
    more = () if "DestroyInstance" in names else (*FRAME, *END)
    assert any(told in line for line in dumps.against_order(dumps.calls(written(*names, *more))))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("WaitFrame", "WaitFrame"), "xrWaitFrame before"),
        (("BeginFrame", "EndFrame"), "xrBeginFrame without"),
        (("WaitFrame", "BeginFrame", "WaitFrame", "BeginFrame", "EndFrame"), "xrBeginFrame in a frame"),
        (("WaitFrame", "EndFrame"), "xrEndFrame without"),
        (("WaitFrame", "BeginFrame"), "never ended"),
        (("WaitFrame", "BeginFrame", "EndSession", "EndFrame"), "xrEndSession in a frame"),
    ],
)
def test_a_frame_out_of_turn_is_noticed(names, told):
    assert any(told in line for line in dumps.against_pace(dumps.calls(written(*names))))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (without(FRAME, "LocateViews"), "xrLocateViews was called 0 times"),
        (("SyncActions", *FRAME), "xrSyncActions was called 2 times"),
        (("LocateHandJointsEXT", *FRAME), "hand tracker 0x1 was located 2 times"),
        (without(FRAME, "ReleaseSwapchainImage"), "swapchain 0x2: acquire, wait"),
        (swapped(FRAME, "WaitSwapchainImage", "AcquireSwapchainImage"), "swapchain 0x2: wait, acquire, release"),
        (swapped(FRAME, "PollEvent", "AcquireSwapchainImage"), "came before xrBeginFrame"),
        ([n for n in FRAME if "Swapchain" not in n], "without an image"),
    ],
)
def test_a_frame_with_a_wrong_call_is_noticed(names, told):
    assert any(told in line for line in dumps.against_frame(dumps.calls(written(*names))))


def test_eyes_of_another_moment_than_the_one_that_is_shown_are_noticed():
    assert any("located at 8" in line for line in dumps.against_frame(dumps.calls(written(*FRAME, time=8))))


@pytest.mark.parametrize(
    "name", ["CreateSwapchain", "DestroySpace", "StringToPath", "EnumerateSwapchainFormats", "GetInstanceProcAddr"]
)
def test_what_belongs_to_a_beginning_is_noticed_in_a_steady_frame(name):
    assert dumps.against_quiet(dumps.calls(written(name, *FRAME))) == [f"xr{name}"]


@pytest.fixture(scope="module")
def made(watched_session):
    return dumps.calls(watched_session.dump)


@pytest.fixture(scope="module")
def drawn(made):
    """Frames that were drawn, and stand between the settling and the farewell."""
    frames = dumps.frames(made)
    end = next((k for k, f in enumerate(frames) if any(c.name == "xrRequestExitSession" for c in f)), len(frames))
    settled = [frame for frame in frames[SETTLED : end - FAREWELL] if dumps.layers(frame)]
    assert len(settled) > 80
    return settled


@pytest.mark.alone
def test_a_session_begins_and_ends_in_the_order_that_openxr_asks_for(made):
    assert dumps.against_order(made) == []


@pytest.mark.alone
def test_waits_begins_and_ends_of_frames_take_turns_over_all_threads(made):
    assert dumps.against_pace(made) == []


@pytest.mark.alone
def test_every_frame_makes_the_calls_of_a_frame_once_and_in_order(drawn):
    wrong = {k: against for k, frame in enumerate(drawn) if (against := dumps.against_frame(frame))}
    assert wrong == {}
    hands = Counter(call.fields["handTracker"] for call in drawn[0] if call.name == "xrLocateHandJointsEXT")
    assert len(hands) == 2


@pytest.mark.alone
def test_after_the_tenth_frame_nothing_is_made_destroyed_counted_or_spelled(drawn):
    steady = Counter()
    changes = 0
    for frame in drawn:
        besides = dumps.against_quiet(frame)
        if (
            set(besides) <= {*dumps.ON_A_CHANGE, "xrGetInstanceProcAddr"}
            and "xrGetCurrentInteractionProfile" in besides
        ):
            changes += 1
        else:
            steady.update(besides)
    assert steady == {}
    assert changes <= 4, "hands went and came back once"
