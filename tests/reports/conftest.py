"""A whole made-up session on disk: people, rows, and a journal in which somebody really moves."""

import tomllib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.records import sample
from vrtrainer import choices
from vrtrainer.gestures import library
from vrtrainer.gestures.gesture import Style
from vrtrainer.gestures.perform import perform, relaxed
from vrtrainer.human import body, observation, pose, rotations
from vrtrainer.human.frame import Frame
from vrtrainer.human.skeleton import J
from vrtrainer.learning.plan import Facets
from vrtrainer.records import people
from vrtrainer.records.database import Database, Recorder
from vrtrainer.records.journal import Journal, versions
from vrtrainer.sessions import stored
from vrtrainer.stage import vrm

CONTENT = SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})
RATE = 20
LEARNER = body.of_height(1.36)
NAMES = ("wave", "one_arm_up", "thumbs_up", "nod_yes")


def texts(language):
    table = tomllib.loads((CONTENT.assets / "language" / f"{language}.toml").read_text(encoding="utf-8"))
    return table


def planned(count):
    """Trials as a session might choose them: two are not seen, two are watched, help comes and goes."""
    why = sorted(key for key, text in texts("en")["why"].items() if "{" not in text)
    for number in range(count):
        slower = number in (5, 6)
        facets = Facets(tempo=0.75 if slower else 1.0)
        key = why[(number // 3) % len(why)]
        plan = sample.plan(0, reason_key=key, reason_values={}, facets=facets, prompt=4 if slower else 0)
        kind = sample.score(2) if number % 4 in (0, 3) else sample.score(1)
        if number in (4, 9):
            kind = sample.withheld()
        if number in (2, 7):
            kind = replace(sample.score(0), attempted=False, reasons=())
        chance = 0.62 + 0.04 * (number % 7)
        yield (
            replace(plan, gesture=NAMES[(number // 2) % 4], chance=chance, mode=("immediate", "together")[number % 2]),
            kind,
        )


def events(count):
    out = [
        sample.event(0.0, "session_started", -1, phase="waiting", programme="first_steps", seed=1),
        sample.event(2.0, "command", -1, command="ready", actor="learner", source="simulated"),
        sample.event(2.0, "assent", -1, assent="given", actor="learner"),
        sample.event(2.0, "session_state", phase="running", state="running", part="opening"),
    ]
    for number, (plan, score) in enumerate(planned(count)):
        out += sample.trial_events(number, 2.0 + 10 * number, plan, score)
    end = 2.0 + 10 * count
    adult = dict(value="", actor="adult", source="console")
    out.append(sample.event(end, "command", command="slower", **adult))
    out.append(sample.event(end, "command", command="stop", actor="learner", source="simulated"))
    out.append(sample.event(end, "session_state", -1, phase="waiting", state="waiting", part="closing"))
    out.append(sample.event(end + 2, "how_was_it", -1, phase="waiting", answer="nice"))
    out.append(
        sample.event(end + 2, "session_over", -1, phase="over", ended="finished", trials=count, how_was_it="nice")
    )
    return sorted(out, key=lambda e: e.onset)


def moving(told, gestures):
    """Frames of a learner who does in each turn, as in a mirror, what was shown; hands and head are measured."""
    still = relaxed(LEARNER)
    plans = {e.trial: e.fields["plan"] for e in told if e.trial_type == "trial_planned"}
    turns = {e.trial: e.onset for e in told if e.fields.get("entered") == "respond"}
    done = {
        t: perform(gestures[p["gesture"]], LEARNER, Style(side="left")).motion for t, p in plans.items() if t in turns
    }
    left, nobody = list(told), observation.nothing("simulated")
    for index in range(int(told[-1].onset * RATE) + 2):
        now = index / RATE
        trial = next((t for t, onset in turns.items() if onset <= now < onset + 4), None)
        at = still if trial is None else done[trial].sample(min(now - turns[trial], done[trial].duration))
        places, matrices = pose.forward(at.rotations, at.hips, LEARNER.offsets)
        seen = observation.quantised(
            replace(
                nobody,
                positions=places,
                rotations=rotations.from_matrix(matrices),
                how=np.full(J, observation.MEASURED, np.uint8),
            )
        )
        here = []
        while left and left[0].onset < now + 0.5 / RATE:
            here.append(left.pop(0))
        yield Frame(index, 50 + now, 1 / RATE), seen, (), tuple(here)


def setup(gestures, language, names):
    text = choices.entry(CONTENT.assets / "programmes", "first_steps").read_text(encoding="utf-8")
    return {
        "programme": {"name": "first_steps", "text": text, "hash": "abc"},
        "gestures": {name: stored.stored_gesture(gestures[name]) for name in NAMES},
        "bodies": {"noor": stored.stored_body(vrm.load(CONTENT.avatars / "noor").body)},
        "body": stored.stored_body(LEARNER),
        "names": names,
        "language": language,
        "avatar": None,
        "scene": "calm_room",
    }


class Kept:
    """One session on disk, and its page in a language."""

    def __init__(self, data, language="nl", tracker="openxr", count=12, strengths=None, initials="Sam"):
        self.database = Database(data)
        gestures = library.load(CONTENT.assets / "gestures")
        person = people.add(self.database, "P01", initials=initials) if tracker in ("openxr", "nobody") else None
        if strengths:
            people.keep(self.database, person, strengths=strengths)
        folder = people.session_folder(data, "P01")
        names = {"learner": "Sam", "adult": "Marieke", "avatar": "Noor"}
        plain = setup(gestures, language, names if tracker != "recorded" else {**names, "learner": ""})
        self.number = self.database.begin_session(
            folder,
            person=person.id if person else None,
            programme=("first_steps", "abc", plain["programme"]["text"]),
            language=language,
            seed=7,
            display="offscreen",
            tracker=tracker,
            versions=versions(),
        )
        journal = Journal(folder / "journal.mcap", plain, tracker)
        recorder = Recorder(self.database.path, self.number)
        for step in moving(events(count), gestures):
            journal.append(*step)
            recorder.post(None, None, step[3])
        journal.close()
        recorder.close()

    def page(self, language):
        from vrtrainer.reports import family

        return family.write(self.database, self.number, CONTENT, texts(language), language)


@pytest.fixture
def kept(tmp_path):
    """A function that puts a session on disk."""
    made = []

    def put(**asked):
        made.append(Kept(tmp_path / f"data{len(made)}", **asked))
        return made[-1]

    yield put
    for one in made:
        one.database.close()
