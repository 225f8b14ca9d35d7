"""One run: what is connected to what, and the loop."""

import gc
from contextlib import ExitStack

from vrtrainer.sessions import tableau


def run(display, tracker, session, commands, journal, bulletin, link=None):
    """Show, watch, compare and decide, once a frame, until the display or the session ends."""
    with ExitStack() as closing:
        for part in (bulletin, journal, link, display, tracker):  # closed in the opposite order, whatever happens
            if part is not None:
                closing.callback(part.close)
        closing.callback(gc.enable)
        gc.collect()
        gc.freeze()  # what was loaded is never looked at again; the loop collects only between trials
        gc.disable()
        shown = tableau.EMPTY
        for frame in display.frames():
            seen = tracker.observe(frame, shown)
            orders = commands.take()
            shown, events = session.step(frame, seen, orders)
            display.draw(frame, shown)
            journal.append(frame, seen, orders, events)
            bulletin.post(frame, shown, events)
            if session.over:
                break
            if session.between_trials:
                gc.collect(1)
