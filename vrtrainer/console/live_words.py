"""What Live says, in words: a session's story as plain values that the page only has to put in their places."""

import contextlib

from vrtrainer.console import run_file

WELL, PARTLY = 0.85, 0.25  # shares of a part that are seen well, and seen at all
PARTS = ("head", "trunk", "leftArm", "rightArm", "leftHand", "rightHand")
CONTROLS = (
    ("stop", "Escape", "Esc"),
    ("pause", " ", ""),
    ("calm_place", "r", "R"),
    ("easier", "-", "−"),
    ("harder", "+", "+"),
    ("slower", "s", "S"),
    ("again", "a", "A"),
    ("other_gesture", "o", "O"),
    ("together", "t", "T"),
    ("show_where", "g", "G"),
    ("say_what_you_saw", "p", "P"),
    ("move_along", "m", "M"),
)
"""The twelve controls of EXPERIENCE 4: name, key as a browser names it, as it is written ("" where it is a word)."""
MARKS = ("smiled", "tired", "distracted", "own_idea", "sound")
SETTINGS = {
    "light": (("low", "0.5"), ("middle", "0.75"), ("high", "1")),
    "sound": (("low", "0"), ("middle", "0.5"), ("high", "1")),
    "text": (("low", "1"), ("middle", "1.25"), ("high", "1.5")),
    "time_disc": (("on", "on"), ("off", "off")),
}
"""Picture and sound: of every setting its steps, each a name for its words and what the session is asked."""
MAY_ASK = frozenset(
    {name for name, *_ in CONTROLS} | {"go_on", "something_else", "end", "rate", "note", "mark", "choose", "set"}
)
"""What the page may ask of a session."""
_WHY = {
    "unknown": "unknown",
    "too_many": "too_many",
    "no_line": "no_line",
    "only the learner begins": "learner_begins",
    "nothing has begun yet": "not_begun",
    "no trial runs": "no_trial",
    "stop came at the same frame": "stopped",
    "the session is over": "session_over",
}


def may_ask(name, value):
    """Whether some button of the page asks this; of `set` the steps alone."""
    if name == "set":
        key, _, step = value.partition("=")
        return any(step == one for _, one in SETTINGS.get(key, ()))
    return name in MAY_ASK


def screen(console):
    """Which of Live's screens: none, starting, failed, running, over, broken or lost."""
    line, starting = console.line, console.starting
    if line.run is not None:
        return "over" if line.story.over else "running"
    if starting is not None and starting.state in ("starting", "failed"):
        return starting.state
    if line.last is None:
        return "none"
    if line.story.over:
        return "over"
    left = run_file.read(console.data)
    return "lost" if left is not None and left.secret == line.last.secret and not run_file.dead(left) else "broken"


def view(console, words):
    """Everything on the page but the picture."""
    line = console.line
    story, run, which = line.story, line.run or line.last, screen(console)
    live = _Live(words, story)
    return {
        "kind": "view",
        "screen": which,
        "notice": live.notice(which, console.starting),
        "heading": live("heading_with", learner=live.learner) if story.started.get("learner") else live("heading"),
        "state": story.state,
        "state_text": live(f"state_{story.state}") if story.state else "",
        "more": live.more(),
        "choices": live.choices(),
        "gestures": live.gestures(),
        "settings": live.settings(),
        "now": live.now(),
        "order": live.order(),
        "tracking": live.tracking(),
        "rate": live.rate(),
        "log": live.log(),
        "dose": live.dose(),
        "watching": live.watching(),
        "after": f"/after/{run.session}" if run is not None and which in ("over", "broken") else "",
    }


class _Live:
    def __init__(self, words, story):
        self._words, self._story = words, story
        self.learner = story.started.get("learner") or self("the_learner")
        self.avatar = story.started.get("avatar", "")

    def __call__(self, key, **values):
        return self._words.say(f"console_live.{key}", **values)

    def _if_there(self, key, otherwise="", **values):
        return self(key, **values) if self._words.has(f"console_live.{key}") else otherwise

    def _names(self):
        return {"learner": self.learner, "avatar": self.avatar}

    def _sentence(self, key):
        said = self(key, **self._names())
        return said[:1].upper() + said[1:]

    # Where the session is

    def notice(self, which, starting):
        if which == "starting":
            return self("starting_long" if starting.takes_long else "starting")
        if which == "failed":
            said = starting.sentence
            return self("not_started", what=said) if said else self("not_started_plain")
        return {
            "none": self("no_session"),
            "over": self("over"),
            "broken": self("over_broken"),
            "lost": self("lost"),
            "running": self._amiss(self._story.amiss),
        }.get(which, "")

    def more(self):
        story = self._story
        if story.state == "waiting":
            return self._sentence(f"waiting_{story.part or 'opening'}")
        return self._sentence(f"{story.state}_more") if story.state in ("paused", "stopped") else ""

    def choices(self):
        """What the adult too may choose while it waits; the session decides."""
        names = {"paused": ("go_on", "end"), "stopped": ("go_on", "something_else", "end"), "waiting": ("end",)}
        out = [{"name": name, "text": self(name), "key": ""} for name in names.get(self._story.state, ())]
        if self._story.state == "waiting" and self._story.part == "closing":
            return []
        if self._story.state == "paused":
            out[0]["key"] = self("key_space")
        return out

    def gestures(self):
        """The programme's gestures; on the page where the learner chooses, the adult adds pictures to the choice."""
        story = self._story
        blocks = story.started.get("blocks", ())
        chooses = 0 <= story.block < len(blocks) and blocks[story.block].get("page") == "choose"
        known = story.started.get("gestures", {})
        return {
            "title": self("gesture_add" if chooses else "gesture_choose"),
            "of": [{"name": name, "title": title} for name, title in known.items()],
        }

    def settings(self):
        """Of every setting the step that holds now, "" where none does or nobody said so yet."""
        return {key: _step(key, self._story.settings.get(key, "")) for key in SETTINGS}

    def now(self):
        story, now = self._story, self._story.now
        if not now:
            return {"now": self("nothing_now"), "next": "", "why": "", "help": "", "phase": ""}
        running = story.state == "running" and story.trial >= 0
        prompt = now.get("prompt")
        return {
            "now": now.get("now", ""),
            "next": now.get("next", ""),
            "why": now.get("why", ""),
            "help": self._if_there(f"prompt_{prompt}", **self._names()) if prompt is not None else "",
            "phase": self._if_there(f"phase_{story.phase}", **self._names()) if running else "",
        }

    def order(self):
        story, out = self._story, []
        for number, block in enumerate(story.started.get("blocks", ())):
            dots = [_dot(one) for _, one in sorted(story.trials.items()) if one["answered"] and one["block"] == number]
            total = block.get("trials") or 0
            dots += ["todo"] * (total - len(dots))
            name = block.get("name") or block.get("page") or ", ".join(block.get("gestures", ()))
            where = "now" if number == story.block and not story.over else "done" if number < story.block else "todo"
            out.append(
                {
                    "name": name,
                    "how": self._if_there(f"mode_{block.get('mode')}", **self._names()),
                    "count": self("trial_count", done=sum(d != "todo" for d in dots), total=total) if total else "",
                    "where": where,
                    "where_text": {"now": self("current"), "done": self("done")}.get(where, ""),
                    "dots": dots,
                }
            )
        return out

    # What was seen

    def tracking(self):
        seen = self._story.tracking
        parts = self._words.texts["parts"]
        out = []
        for part in PARTS:
            share = seen.get(part)
            if share is None:
                continue
            level = "well" if share >= WELL else "partly" if share >= PARTLY else "not"
            said = {"well": "seen_well", "partly": "seen_partly", "not": "not_seen"}[level]
            out.append({"part": parts[part], "share": round(share, 2), "level": level, "text": self(said)})
        return out

    def _graded(self, one):
        if one.get("withheld"):
            return self("grade_withheld")
        graded = one.get("graded")
        return self("grade_none") if graded is None else self(f"grade_{graded}")

    def rate(self):
        trial = self._story.to_rate
        if trial < 0:
            return None
        one = self._story.trials[trial]
        rated = one.get("rated")
        return {
            "trial": trial,
            "of": self("rating_of", gesture=one["title"], number=trial + 1),
            "auto": self("rating_auto", what=self._graded(one)),
            "grade": rated,
            "yours": self("rating_yours", what=self(f"grade_{rated}")) if rated is not None else "",
        }

    # What was done

    def log(self):
        return [
            {"id": number, "at": _clock(onset), **said}
            for number, onset, kind, _, fields in reversed(self._story.entries)
            if (said := self._said(kind, fields)) is not None
        ]

    def _said(self, kind, fields):
        who = self._who(fields.get("actor", ""))
        if kind == "command":
            title = self._gesture(fields.get("value")) if fields["command"] == "choose" else ""
            what = self._control(fields["command"]) + (f": {title}" if title else "")
            return {"who": who, "what": what, "refused": False}
        if kind == "refused":
            key = _WHY.get(str(fields.get("why", "")), "not_here")
            what, why = self._control(fields.get("command", "")), self(f"why_{key}", learner=self.learner)
            return {"who": who, "what": self("refused_why", what=what, why=why), "refused": True}
        if kind == "rated":
            number = fields.get("trial", -1)
            said = self("said_rated", number=int(number) + 1, what=self._if_there(f"grade_{fields.get('grade')}"))
        elif kind in ("note", "mark"):
            text = fields.get("text", "")
            said = self(f"said_{kind}", what=self._if_there(f"mark_{text}", text) if kind == "mark" else text)
        elif kind == "setting":
            key, value = str(fields.get("key", "")), str(fields.get("value", ""))
            step = {asked: name for name, asked in SETTINGS.get(key, ())}.get(_step(key, value), "")
            name = self._if_there(f"set_{key}", key.replace("_", " "))
            said = self("said_setting", what=f"{name}: {self._if_there(f'set_{key}_{step}', value)}")
        elif kind == "fault":
            what = self._amiss(fields.get("told", ())) or self._words.say("faults.over")
            return {"who": "", "what": self("said_fault", what=what) if fields.get("told") else what, "refused": True}
        else:  # what the learner chose or answered
            value = str(fields.get("value", ""))
            if value == "ready":
                said = self("said_ready")
            else:
                what = self._gesture(value) or self._words.texts["buttons"].get(value, value.replace("_", " "))
                said = self("said_said", what=what)
        return {"who": who, "what": said, "refused": False}

    def _gesture(self, name):
        return self._story.started.get("gestures", {}).get(name, "")

    def _amiss(self, told):
        return " ".join(self._words.say(f"faults.{one['key']}", **one["values"]) for one in told)

    def _control(self, name):
        controls = self._words.texts["controls"]
        if name in controls:
            return controls[name]
        if name == "ready":
            return self("said_ready")
        return self._if_there(name, self._words.texts["buttons"].get(name, name.replace("_", " ")))

    def _who(self, actor):
        if actor == "adult":
            return self._story.watching or self._story.started.get("adult") or self("who_adult")
        if actor == "learner":
            return self._story.started.get("learner") or self("who_learner")
        return self("who_runtime") if actor == "runtime" else actor

    def dose(self):
        dose, out = self._story.dose, []
        if dose.get("minutes_in_headset") and dose.get("break_after_s"):
            out.append(self("dose_headset", minutes=self._minutes(dose["minutes_in_headset"])))
            out.append(self("dose_break", minutes=self._minutes(dose["break_after_s"] / 60)))
        if dose.get("minutes_today") is not None and dose.get("day_left_s"):
            out.append(
                self(
                    "dose_today",
                    minutes=self._minutes(dose["minutes_today"]),
                    limit=self._minutes(dose["day_left_s"] / 60),
                )
            )
        return out

    def _minutes(self, minutes):
        said = f"{minutes:.1f}".removesuffix(".0")
        return said.replace(".", self._words.texts["captions"].get("decimal", "."))

    def watching(self):
        adult = self._story.watching
        return self("watching_as", learner=self.learner, adult=adult) if adult else ""


def _dot(one):
    if one.get("withheld"):
        return "unseen"
    return {2: "full", 1: "half", 0: "half"}.get(one.get("graded"), "half")


def _step(key, value):
    """A setting's step as the page asks for it, from the value that the session tells."""
    if key not in SETTINGS:
        return ""
    said = {"true": "on", "false": "off"}.get(value.lower(), value.lower())
    with contextlib.suppress(ValueError):
        said = f"{float(said):g}"
    return said if any(said == step for _, step in SETTINGS[key]) else ""


def _clock(onset):
    seconds = int(onset or 0)
    return f"{seconds // 60}:{seconds % 60:02d}"
