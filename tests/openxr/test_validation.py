"""A whole session under Khronos' and LunarG's validation layers: not one message. And the layers do listen."""

import pytest

from tests.openxr import conftest, headset

pytestmark = pytest.mark.alone


def test_both_layers_hear_a_mistake_that_is_made_on_purpose(monado):
    layers = (headset.CORE, headset.PRACTICES)
    with conftest.shared_folder() as folder:
        seen = conftest.watched(folder, "tests.openxr.mistaken", (), layers=layers)
    assert seen.code == 0, "\n".join(seen.lines)
    assert any("VUID-XrSpaceLocation-type-type" in line for line in seen.validation)
    assert [text for text in seen.objections if text.startswith("xrLocateSpace was called before xrWaitFrame")]


def test_a_session_from_start_to_end_gives_the_validation_layers_nothing_to_say(watched_session):
    assert watched_session.code == 130, "\n".join(watched_session.lines)
    assert watched_session.validation == []
    assert watched_session.objections == {}
    assert watched_session.frames > 100, "it has seen the frames that it did not object to"


def test_the_runtime_itself_refuses_no_call_of_a_session(watched_session):
    refused = [line for line in watched_session.lines if line.startswith("XR_ERROR")]
    assert refused == []


def test_a_runtime_that_goes_and_comes_back_gives_core_validation_nothing_to_say_either(monado):
    with conftest.shared_folder() as folder:

        def during(worn):
            conftest.more_frames(worn, folder, 40)
            worn.order("stop_service")
            worn.pause(2.5)
            worn.order("start_service")
            conftest.more_frames(worn, folder, 40)
            worn.signal("SIGINT")

        # Without the practices layer: it takes a frame that went with the runtime for one of the next instance.
        words, layers = headset.session(folder)[2:], (headset.CORE, headset.DUMP)
        seen = conftest.watched(folder, "vrtrainer", words, during, layers)
    assert seen.code == 130, "\n".join(seen.lines)
    assert seen.dump.count("\nXrResult xrBeginSession\n") == 2
    assert seen.validation == []
