"""Whatever a person, a device or a clock does, in any order: `step` never raises, stop is obeyed, the log is whole."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions import whole
from vrtrainer.human.observation import ACTS, nothing
from vrtrainer.sessions import commands
from vrtrainer.sessions.commands import Command
from vrtrainer.sessions.phases import Phase, State
from vrtrainer.sessions.tableau import Tableau, digest

VALUES = ("", "wave", "one_arm_up", "smile", "no such thing", "did_it", "partly", "just_watched", "nice", "next")
ORDERS = st.builds(
    Command,
    st.sampled_from((*commands.NAMES, "no_such_command", "")),
    st.sampled_from(VALUES),
    st.sampled_from(("learner", "adult")),
)
# Sessions that mostly go on: a frame has seldom an order, and a jump of the clock now and then.
FRAMES = st.lists(
    st.fixed_dictionaries(
        {
            "orders": st.one_of(st.just(()), st.just(()), st.lists(ORDERS, max_size=3).map(tuple)),
            "acts": st.one_of(st.just(()), st.just(("ready",)), st.lists(st.sampled_from(ACTS), max_size=3)),
            "state": st.sampled_from(("active",) * 6 + ("unfocused", "asleep")),
            "dt": st.sampled_from((1 / 90, 1 / 30, 0.3, 1.0, 1.6, 1.6, 5.0, 70.0, 4000.0)),
            "seen": st.booleans(),
        }
    ),
    min_size=10,
    max_size=60,
)
OBEYED = {"command", "said", "note", "mark", "rated", "watching", "setting"}
KINDS = ("trial_planned", "trial_ended", "trial_left")
REACHED = st.sampled_from(
    ("opening", "model", "respond", "feedback", "paused", "stopped", "between", "closing", "over")
)


@cache
def _reached(place):
    run = whole.begin(patience_s=None)
    if place in ("model", "respond", "feedback"):
        return run.phase(place)
    if place in ("paused", "stopped"):
        run.phase("respond").step("pause" if place == "paused" else "stop")
    elif place in ("between", "closing"):
        run.until(lambda r: r.session.part == place)
    else:
        run.step(*(["finish"] if place == "over" else []))
    return run


def at(place):
    """A session that has come to this place by a learner's own doing."""
    return _reached(place).copied()


def told(frame, run):
    acts, seen = frame["acts"], None if frame["seen"] else nothing("nobody")
    return run.step(*frame["orders"], acts=acts, dt=frame["dt"], state=frame["state"], seen=seen)


def inside(session):
    """What a refused order must not change."""
    trial = session.trial
    return session.state, session.part, session.block, session.over, trial, trial and (trial.phase, trial.onset)


@settings(max_examples=90)
@given(REACHED, FRAMES)
def test_whatever_comes_a_frame_gives_a_tableau_and_events_and_never_an_error(place, frames):
    run = at(place)
    for frame in frames:
        events = told(frame, run)
        assert isinstance(run.shown, Tableau)
        assert isinstance(events, tuple)
        assert digest(run.shown)
        assert run.shown.turn.onset <= run.time + 1e-9
        assert all(e.onset == run.session.seconds for e in events)


@settings(max_examples=60)
@given(FRAMES, st.booleans())
def test_whatever_comes_nobody_tracked_gives_no_error_and_no_score(frames, waits):
    run = whole.begin(learner=None, self_report=True, patience_s=None if waits else 60.0)
    for frame in frames:
        told({**frame, "seen": False}, run)
    assert not run.named("score")


@settings(max_examples=90)
@given(REACHED, FRAMES, st.sampled_from(("order", "act", "calm_place")), st.lists(ORDERS, max_size=3))
def test_stop_is_obeyed_at_its_frame_from_every_state_whatever_comes_with_it(place, frames, how, beside):
    run = at(place)
    for frame in frames[:15]:
        told(frame, run)
    before = run.session.state
    beside = [o for o in beside if o.name != "finish"]
    orders = [*beside, *([] if how == "act" else [Command("stop" if how == "order" else how)])]
    events = run.step(*orders, acts=("stop",) if how == "act" else ())
    if before is State.OVER:
        assert [e.trial_type for e in events if e.fields.get("command") in ("stop", "calm_place")][:1] == ["refused"]
        return
    assert run.session.state is State.STOPPED
    assert run.shown.turn.phase == "stopped"
    if before is not State.STOPPED:
        assert [e.fields["assent"] for e in events if e.trial_type == "assent"] == ["withdrawn"]
    trial = run.session.trial
    assert trial is None or (trial.phase is Phase.CALM and not trial.showing.demonstrates and not trial.showing.listens)
    assert not run.shown.sounds
    assert [c.kind for c in run.shown.captions][:1] == ["state"]


@settings(max_examples=90)
@given(REACHED, ORDERS)
def test_a_refused_order_says_why_and_changes_nothing(place, order):
    alone, beside = at(place), at(place)
    alone.step()
    events = beside.step(order)
    refused = [e for e in events if e.trial_type == "refused"]
    if refused:
        assert refused[0].fields["command"] == order.name or order.name in ("calm_place",)
        assert refused[0].fields["why"]
        assert refused[0].fields["actor"] == order.actor
        one, other = inside(alone.session), inside(beside.session)
        assert one[:4] == other[:4]
        assert one[5] == other[5]
        assert digest(alone.shown) == digest(beside.shown)
    elif not (place == "stopped" and order.name in ("stop", "calm_place")):  # stopped already: nothing new is said
        assert {e.trial_type for e in events} & OBEYED, "an order that was obeyed is an event"


@settings(max_examples=60)
@given(FRAMES)
def test_every_trial_that_is_planned_is_ended_or_left_whatever_happens(frames):
    run = at("model")
    for frame in frames:
        told(frame, run)
    if not run.session.over:
        run.step("finish")
    assert run.session.over
    log = [e for e in run.events if e.trial_type in KINDS]
    kinds = [e.trial_type for e in log]
    assert kinds[0::2] == ["trial_planned"] * len(kinds[0::2])
    assert len(kinds) % 2 == 0
    assert "trial_planned" not in kinds[1::2]
    assert [e.trial for e in log[0::2]] == [e.trial for e in log[1::2]]
    assert [e.trial_type for e in run.events if e.trial_type.startswith("session_")].count("session_over") == 1
    before = len(log)
    for frame in frames[:10]:
        told(frame, run)
    assert len([e for e in run.events if e.trial_type.startswith("trial_")]) - before == len(
        run.named("trial_restarted")
    )
    assert run.session.over


@settings(max_examples=60)
@given(REACHED.filter(lambda p: p != "over"), FRAMES)
def test_from_wherever_it_got_a_session_can_be_finished(place, frames):
    run = at(place)
    for frame in frames[:20]:
        told(frame, run)
    run.step("finish")
    assert run.session.over
    assert run.session.state is State.OVER
    assert run.shown.turn.phase == "over"
    assert not run.shown.buttons


@settings(max_examples=40)
@given(REACHED, FRAMES)
def test_the_same_inputs_give_the_same_events_and_the_same_tableaux(place, frames):
    def once():
        run, digests = at(place), []
        for frame in frames:
            told(frame, run)
            digests.append(digest(run.shown))
        return digests, repr(run.events)

    assert once() == once()


@settings(max_examples=60)
@given(FRAMES)
def test_the_hash_comes_once_in_each_second_that_has_a_frame(frames):
    run, seconds = at("opening"), [0]
    for frame in frames:
        told(frame, run)
        if int(run.session.seconds) not in seconds:
            seconds.append(int(run.session.seconds))
    assert [int(e.onset) for e in run.named("shown_hash")] == seconds
