"""Move along: the avatar shows the gesture while the learner does it too."""

from vrtrainer.sessions.phases import Cue, Phase, Showing

TABLE = {
    Phase.READY: {Cue.TIME_UP: Phase.RESPOND, Cue.STOP: Phase.CALM},
    Phase.RESPOND: {
        Cue.DONE: Phase.FEEDBACK,
        Cue.NOT_TRIED: Phase.READY,  # once more from the beginning, at most three times
        Cue.TIME_UP: Phase.FEEDBACK,
        Cue.STOP: Phase.CALM,
    },
    Phase.FEEDBACK: {Cue.DONE: Phase.READY, Cue.TIME_UP: Phase.READY, Cue.STOP: Phase.CALM},
    Phase.CALM: {Cue.LEARNER_STARTED: Phase.READY, Cue.STOP: Phase.CALM},
}

SHOWS = {
    Phase.READY: Showing(caption="get_ready_together", lasts=1.6),
    Phase.RESPOND: Showing(caption="together", demonstrates=True, listens=True, keep="demonstration"),
    Phase.FEEDBACK: Showing(feedback=True, lasts=3.2, keep="feedback"),
    Phase.CALM: Showing(caption="stopped"),
}
