"""A process that keeps a made-up session at 90 frames a second until it is killed: journal and trials, as a run does.

python -m tests.faults.driver DATA TRIALS REAL_TIME [BYTES]
Prints a line for each thing that is promised to be there afterwards; BYTES is the largest file it may write.
"""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.records import sample
from vrtrainer.records import people
from vrtrainer.records.database import Database, Recorder
from vrtrainer.records.journal import Journal

TRIAL = 0.6  # s: short trials, so that a kill often comes near an end


def shortened(events):
    """The session's events with trials that last 0.6 s in place of 10."""
    for event in events:
        yield replace(event, onset=event.onset / 10 * TRIAL)


def main(data, trials, real_time, largest=0):
    database = Database(data)
    folder = people.session_folder(data)
    number = database.begin_session(
        folder,
        person=None,
        programme=("made_up", "abc", "name = ''"),
        language="en",
        seed=1,
        display="offscreen",
        tracker="simulated",
    )
    events = list(shortened(sample.session_events(trials)))
    steps = sample.frames(events)
    cached = [sample.seen(index) for index in range(50)]
    journal = Journal(folder / "journal.mcap", {"seed": 1}, "simulated")
    recorder = Recorder(database.path, number)
    if largest:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    print("begun", journal.path, flush=True)
    start = time.monotonic()
    for frame, seen, orders, told in steps:
        journal.append(frame, cached[frame.index % 50] if real_time else seen, orders, told)
        recorder.post(frame, None, told)
        if real_time:
            # Frames say when they came; a trial's end is promised once it is 0.1 s old.
            os.write(1, b"frame %d\n" % frame.index)
            for event in told:
                if event.trial_type in ("score", "trial_ended"):
                    os.write(1, f"{event.trial_type} {event.trial}\n".encode())
            time.sleep(max(start + frame.index / 90 - time.monotonic(), 0))
    if largest:
        time.sleep(0.3)
        print("fault", bool(journal.fault or recorder.fault), journal.fault, flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    journal.close()
    recorder.close()
    print("ended", journal.ended, "fault:", journal.fault, recorder.fault, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "1", int(sys.argv[4]) if len(sys.argv) > 4 else 0)
