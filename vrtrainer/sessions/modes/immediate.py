"""Watch first, then copy: the avatar shows the whole gesture, then waits."""

from vrtrainer.sessions.phases import Cue, Phase, Showing

TABLE = {
    Phase.READY: {Cue.TIME_UP: Phase.MODEL, Cue.STOP: Phase.CALM},
    Phase.MODEL: {Cue.MOTION_OVER: Phase.DELAY, Cue.STOP: Phase.CALM},
    Phase.DELAY: {Cue.TIME_UP: Phase.RESPOND, Cue.STOP: Phase.CALM},
    Phase.RESPOND: {
        Cue.DONE: Phase.FEEDBACK,
        Cue.NOT_TRIED: Phase.MODEL,  # shown again, at most three times
        Cue.TIME_UP: Phase.FEEDBACK,
        Cue.STOP: Phase.CALM,
    },
    Phase.FEEDBACK: {Cue.DONE: Phase.READY, Cue.TIME_UP: Phase.READY, Cue.STOP: Phase.CALM},
    Phase.CALM: {Cue.LEARNER_STARTED: Phase.READY, Cue.STOP: Phase.CALM},
}

SHOWS = {
    Phase.READY: Showing(caption="get_ready", lasts=1.2),
    Phase.MODEL: Showing(caption="watch", demonstrates=True, keep="demonstration"),
    Phase.DELAY: Showing(caption="wait", lasts=0.0),  # the plan's delay_s is added
    Phase.RESPOND: Showing(caption="your_turn", listens=True),
    Phase.FEEDBACK: Showing(feedback=True, lasts=3.2, keep="feedback"),
    Phase.CALM: Showing(caption="stopped"),
}
