"""Watch only: the avatar shows it, nothing is asked of the learner, and watching counts."""

from vrtrainer.sessions.phases import Cue, Phase, Showing

TABLE = {
    Phase.READY: {Cue.TIME_UP: Phase.MODEL, Cue.STOP: Phase.CALM},
    Phase.MODEL: {Cue.MOTION_OVER: Phase.FEEDBACK, Cue.STOP: Phase.CALM},
    Phase.FEEDBACK: {Cue.DONE: Phase.READY, Cue.TIME_UP: Phase.READY, Cue.STOP: Phase.CALM},
    Phase.CALM: {Cue.LEARNER_STARTED: Phase.READY, Cue.STOP: Phase.CALM},
}

SHOWS = {
    Phase.READY: Showing(caption="get_ready", lasts=1.2),
    Phase.MODEL: Showing(caption="watch", demonstrates=True, keep="demonstration"),
    Phase.FEEDBACK: Showing(feedback=True, lasts=2.4, keep="feedback"),
    Phase.CALM: Showing(caption="stopped"),
}
