"""What the console knows of a session, told event by event; no words yet, and nothing of the browser.

Late or early: a console that comes in the middle is told what it needs (`publisher._History`), in order.
"""

LOGGED = 60  # entries of the log that are kept
TOLD = frozenset({"command", "refused", "rated", "note", "mark", "setting", "fault", "said"})


class Story:
    """Fields as the events carry them; `entries` are (onset, trial_type, trial, fields), the newest last."""

    def __init__(self):
        self.started = {}
        self.state, self.part, self.block = "", "", 0
        self.now, self.tracking, self.dose = {}, {}, {}
        self.phase, self.trial = "", -1
        self.trials = {}
        self.entries, self.told = [], 0
        self.watching = ""
        self.settings = {}
        self.amiss = ()
        """What is wrong with keeping the session now: a key and its values each."""
        self.over, self.ended, self.onset = False, "", 0.0

    def tell(self, event):
        """Take one event."""
        kind, fields = event.trial_type, event.fields
        self.onset = max(self.onset, event.onset or 0.0)
        if kind == "session_started":
            self.started = fields
            self.settings = {**fields.get("settings", {}), **self.settings}
        elif kind == "session_state":
            self.state, self.part = fields.get("state", ""), fields.get("part", "")
            self.block = fields.get("block", max(event.block, 0))
            self.tracking = self.tracking if self.state == "running" else {}
        elif kind == "now_next_why":
            self.now, self.trial, self.block = fields, event.trial, max(event.block, 0)
            if event.trial >= 0:
                self._of(event.trial).update(title=fields.get("now", ""), block=event.block)
        elif kind == "tracking":
            self.tracking = fields
        elif kind == "phase":
            self.phase = fields.get("entered", "")
        elif kind == "answered" or kind == "trial_ended":
            self._of(event.trial).update(fields.get("answer", {}), answered=True, block=event.block)
        elif kind == "watching":
            self.watching = fields.get("name", "")
        elif kind == "setting":
            self.settings[fields.get("key", "")] = str(fields.get("value", ""))
        elif kind == "dose":
            self.dose = fields
        elif kind == "fault":
            self.amiss = tuple(fields.get("told", ()))
        elif kind == "session_over":
            self.over, self.ended = True, str(fields.get("ended", ""))
        if kind == "rated":
            self._of(_number(fields.get("trial"), event.trial))["rated"] = _number(fields.get("grade"), None)
        if kind in TOLD:
            self.told += 1
            self.entries.append((self.told, event.onset, kind, event.trial, fields))
            del self.entries[:-LOGGED]

    def _of(self, trial):
        return self.trials.setdefault(trial, {"title": "", "answered": False, "block": -1})

    @property
    def to_rate(self):
        """The last trial with an answer, whose rating the adult is asked for; -1 for none."""
        return max((number for number, one in self.trials.items() if one["answered"]), default=-1)


def _number(value, otherwise):
    try:
        return int(value)
    except (TypeError, ValueError):
        return otherwise
