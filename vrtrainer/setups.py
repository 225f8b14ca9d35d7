"""What a session is made of: person, programme, gestures, settings, dose, and what it goes on with, as plain values.

Options and the database go in; what comes out is what the journal keeps, so that a replay needs nothing else.
"""

import hashlib
import tomllib
from dataclasses import replace
from pathlib import Path

from vrtrainer import choices, trackers

FIRST = "first_steps"
"""The programme of a recorded or simulated learner."""
WITH_ADULT, ALONE = "first_minutes", "alone"
SELF = "self"
"""Code of whoever practises alone and was given no other."""
_HEADSET = "openxr"
_KEPT = ("greeting", "body", "reasons")  # what pages leave with a person
_NOBODY = ("simulated", "recorded")  # trackers before which no person sits
_TEXTS = ("captions", "buttons", "controls", "parts", "reasons", "withheld", "why", "pages", "page_names")


def gestures_of(options):
    """Written gestures: those that ship, and those in the data folder, which win when a name is taken."""
    from vrtrainer.gestures import library, notation

    out = library.load(options.content.assets / "gestures")
    own = options.data / "gestures"
    for file in sorted(own.glob("*.toml")) if own.is_dir() else ():
        try:
            out[file.stem] = notation.read(file.read_text(encoding="utf-8"), file.stem, file.name)
        except (notation.NotationError, UnicodeDecodeError) as error:
            # One unfinished file must not keep everybody from practising: it is left out, and it is said.
            options.say(options.texts["run"]["gesture_left_out"].format(folder=own, what=error))
    return out


def plain_of(options, database, tracker):
    """Everything the session is made of, as the plain values that the journal keeps."""
    from vrtrainer.gestures import library
    from vrtrainer.human import body
    from vrtrainer.learning import learner
    from vrtrainer.learning import policies as policy_room
    from vrtrainer.records import people as who
    from vrtrainer.sessions import manner, programme, stored
    from vrtrainer.sessions import modes as mode_room
    from vrtrainer.sessions import pages as page_room

    content = options.content
    gestures = gestures_of(options)
    text, name = _programme_text(options)
    planned = programme.read(
        text,
        f"{name}.toml",
        gestures=gestures,
        modes=choices.names(mode_room),
        policies=choices.names(policy_room),
        avatars=choices.listing(content.avatars),
        scenes=choices.listing(content.scenes),
        pages=choices.names(page_room),
    )
    person = who.find(database, options.person) if options.person else None
    settings = person.settings if person else {}
    avatar = options.avatar or options.resume.get("avatar") or _own_avatar(content, settings) or planned.avatar
    choices.entry(content.avatars, avatar)
    people = ()
    if any(b.gestures == (programme.PEOPLE,) for b in planned.blocks):
        people = _others(options, tracker, options.texts)
        gestures |= {g.name: g for g in people}
    kept = options.resume.get("model") or (database.model(person.id) if person else None)
    used = {n for b in planned.blocks for n in b.gestures if n in gestures} | {g.name for g in people}
    pages = {b.page for b in planned.blocks}
    bodies, hashes = _bodies(content, [avatar, *_also_there(content, planned)])
    plain = stored.plain(
        programme_text=text,
        programme_name=name,
        gestures={n: g for n, g in gestures.items() if n in used},
        people=tuple(g.name for g in people),
        sequences=tracker.sequences,
        bodies=bodies,
        body=tracker.body or _own_body(settings) or body.of_height(options.height_m or 1.35),
        model=learner.Model.from_dict(kept) if kept else learner.prior(),
        texts={section: options.texts[section] for section in _TEXTS},
        language=options.language,
        names=_names(options, person, avatar),
        way="vrtrainer",
        seed=options.seed,
        day=0.0,
        self_report=not choices.load(trackers, options.tracker).TRACKS,
        elbows=getattr(tracker, "elbows", True),
        patience_s=None if options.display in ("window", _HEADSET) else 60.0,
        watched=bool(options.adult),
        avatar=avatar if avatar != planned.avatar else None,
        manner=manner.of_settings(
            {"expressions": options.face_consent, **settings, **options.resume.get("settings", {})}
        ),
        dose=_dose_of(options, database, person),
        signs=library.load(content.assets / "signs"),
        done_before=tuple(settings.get("done_before", ())),
        kept={name: settings[name] for name in _KEPT if name in settings},
        meanings=_meanings(options, gestures) if "recognise" in pages else {},
        **_resumed(options.resume),
    )
    run_by = {"display": options.display, "tracker": options.tracker, "learner": options.learner}
    return {**plain, **run_by, "scene": planned.scene, "hashes": hashes}


def person_of(options, database):
    """The options with whose session it is: the code asked for, made when new, or that of whoever is alone."""
    from vrtrainer.records import consent, people
    from vrtrainer.sessions import manner

    code = options.person
    if code is None and options.tracker not in _NOBODY and _programme_name(options) == ALONE:
        code = SELF
    if code is None:
        return options
    person = people.find(database, code) or people.add(database, code, language=options.language)
    return replace(
        options,
        person=person.code,
        dwell_s=manner.of_settings(person.settings).dwell_s if options.dwell_s is None else options.dwell_s,
        face_consent=options.face_consent or consent.allows(person, "face"),
        gaze_consent=options.gaze_consent or consent.allows(person, "gaze"),
    )


def going_on(options, database):
    """The options with what they go on with: the session asked for, or the person's own that was broken off.

    Programme, seed and avatar are then those of that session. A simulated or recorded learner goes on only
    when asked, so that the same seed gives the same session.
    """
    from vrtrainer.records import people, sessions

    person = people.find(database, options.person) if options.person else None
    found = None
    if options.resumes is not None:
        wanted = database.session(options.resumes)["id"]
        found = next((u for u in sessions.unfinished(database) if u.id == wanted), None)
        if found is None:
            raise ValueError(options.texts["errors"]["nothing_to_go_on"].format(session=options.resumes))
    elif options.tracker not in _NOBODY and person is not None:
        found = sessions.of_person(database, person)
        if found is not None and options.programme not in (None, found.programme):
            found = None
    if found is None:
        return options
    return replace(
        options,
        resume=found.resume,
        person=options.person or found.code or None,
        programme=found.programme,
        programme_text=found.programme_text,
        seed=found.seed,
    )


def keep(database, person, session):
    """Keep with a person what the session changed: settings, own greeting, measures, and the pages that come once."""
    from vrtrainer.records import people

    settings = {**person.settings, **session.changed}
    once = {b.page for b in session.setup.programme.blocks if b.once}
    settings["done_before"] = sorted({*settings.get("done_before", ()), *(once & {*session.pages_done})})
    thrown_away = session.room.kept.get("keep") is False  # settings stay: they say nothing of what was done
    for name in _KEPT:
        if name in session.room.kept and not thrown_away:
            settings[name] = session.room.kept[name]
    if settings != person.settings:
        people.keep(database, person, settings=settings)


def _programme_name(options):
    """What is done where nobody chose: a child's first minutes with an adult beside, else those of one alone."""
    if options.programme:
        return options.programme
    if options.tracker in _NOBODY:
        return FIRST
    return WITH_ADULT if options.adult else ALONE


def _programme_text(options):
    name = _programme_name(options)
    if options.programme_text is not None:
        return options.programme_text, name
    given = Path(name)
    if given.suffix == ".toml":
        return _text(given), given.stem
    own = options.data / "programmes" / f"{name}.toml"
    if own.is_file():
        return _text(own), name
    return choices.entry(options.content.assets / "programmes", name).read_text(encoding="utf-8"), name


def _own_avatar(content, settings):
    """The avatar that somebody chose before, None where it is not there any more."""
    return settings.get("avatar") if settings.get("avatar") in choices.listing(content.avatars) else None


def _own_body(settings):
    """The measures of an earlier session, None where there are none that this version reads."""
    from vrtrainer.sessions import stored

    try:
        return stored.read_body(settings["body"]["body"]) if "body" in settings else None
    except (KeyError, TypeError, ValueError):
        return None


def _meanings(options, gestures):
    """What gestures may mean: those that ship, and those in the data folder, which win when a name is taken."""
    from vrtrainer.sessions import meanings

    out = {}
    for folder in (options.content.assets / "meanings", options.data / "meanings"):
        for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            meaning = meanings.read(_text(file), file.stem)
            if meaning.gesture in gestures:
                out[file.stem] = meaning
    return out


def _also_there(content, planned):
    """Avatars besides the one that shows: where somebody may choose another, or other figures play a part."""
    pages = {b.page for b in planned.blocks}
    return choices.listing(content.avatars) if pages & {"settings", "recognise", "use_in_scene"} else []


def _bodies(content, avatars):
    """Each avatar's measures, and the hashes of their models."""
    from vrtrainer.stage import vrm

    bodies, hashes = {}, {}
    for name in dict.fromkeys(avatars):
        file = content.avatars / name / "model.vrm"
        bodies[name] = vrm.load(file).body
        hashes[f"avatars/{name}/model.vrm"] = hashlib.sha256(file.read_bytes()).hexdigest()
    return bodies, hashes


def _dose_of(options, database, person):
    """How long is long enough in a headset: what was done today counts."""
    from vrtrainer.records import dose
    from vrtrainer.sessions.dose import Dose

    if options.display != _HEADSET or options.tracker in _NOBODY:
        return Dose()
    if person is None:
        minutes, day = dose.limits(None)
        return Dose(True, minutes * 60.0, day * 60.0)
    known = dose.dose_of(database, person)
    return Dose(True, known.break_after_min * 60.0, known.left_min * 60.0)


def _resumed(resume):
    """What a session that was broken off leaves to go on with, as `stored.plain` takes it."""
    if not resume:
        return {}
    rows = [{"block": b, "plan": plan, "answer": answer} for b, _, plan, answer in resume["trials"]]
    told = resume.get("told", {})
    return {"resumed": rows, "resumed_block": resume["blocks_done"], "chosen": told.get("choose", {}).get("chosen", "")}


def _text(path):
    """What a file of a user's own says."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not text in UTF-8 (byte {error.start}); save it as plain text") from None


def _names(options, person, avatar):
    table = tomllib.loads((options.content.avatars / avatar / "avatar.toml").read_text(encoding="utf-8"))
    learner = person.initials if person else ""
    if options.tracker == "simulated":
        file = options.content.assets / "learners" / f"{options.learner}.toml"
        named = tomllib.loads(file.read_text(encoding="utf-8")).get("name", options.learner)
        learner = named if isinstance(named, str) else named.get(options.language, options.learner)
    name = table["name"]
    return {
        "learner": learner,
        "adult": options.adult,
        "avatar": name if isinstance(name, str) else name.get(options.language, avatar),
    }


def _others(options, tracker, texts):
    """Other people's recordings of the learner's file and movement, well done, in file order, as gestures."""
    from vrtrainer.gestures import recorded

    if not tracker.sequences:
        raise ValueError(texts["errors"]["people_needs_recording"])
    mine = tracker.recordings
    columns = mine[0].columns
    where = {"movement": columns["movement"]} if "movement" in columns else {}
    where |= {"correct": 1} if "correct" in columns else {}
    others = [
        r
        for r in recorded.read(tracker.path, where)
        if r.columns.get("subject", r.number) not in {m.columns.get("subject", m.number) for m in mine}
    ]
    if not others:
        raise ValueError(texts["errors"]["people_needs_recording"])
    return tuple(
        recorded.gesture_of(r, f"person_{k:03d}", {"nl": f"Van mens tot mens {k}", "en": f"From person to person {k}"})
        for k, r in enumerate(others, 1)
    )


def session_of(plain):
    """A session of the plain values that a journal keeps."""
    from vrtrainer.imitation import ways
    from vrtrainer.learning import policies
    from vrtrainer.sessions import modes, pages, stored
    from vrtrainer.sessions.session import Session

    kinds = (modes, policies, ways, pages)
    rooms = ({name: choices.load(room, name) for name in choices.names(room)} for room in kinds)
    return Session(stored.of_plain(plain, *rooms))
