"""A setup as plain values and back, so that a journal holds everything a replay needs.

Texts are stored as they were: programme, gestures, language. Recordings that demonstrate are stored as the numbers that
were read. Floats survive JSON to the last bit, arrays as base64 of their compressed bytes.
"""

import base64
import hashlib
import zlib
from dataclasses import asdict

import numpy as np

from vrtrainer.gestures import notation, recorded
from vrtrainer.gestures.recorded import Recording
from vrtrainer.human.body import Body
from vrtrainer.learning import learner
from vrtrainer.sessions import meanings as meaning_texts
from vrtrainer.sessions import programme
from vrtrainer.sessions.dose import Dose
from vrtrainer.sessions.manner import Manner
from vrtrainer.sessions.setup import Setup

VERSION = 2
"""Of a setup; a journal of an older one is read by the program that wrote it."""


def stored_array(array):
    """An array as text.

    Parameters
    ----------
    array : ndarray, shape (...)

    Returns
    -------
    dict
        dtype, shape and base64 of the zlib-compressed little-endian bytes.
    """
    array = np.asarray(array)
    kind = array.dtype.newbyteorder("<")
    data = zlib.compress(np.ascontiguousarray(array, kind).tobytes(), 6)
    return {"dtype": kind.str, "shape": list(array.shape), "data": base64.b64encode(data).decode()}


def read_array(table):
    """The array of `stored_array`.

    Parameters
    ----------
    table : dict

    Returns
    -------
    ndarray, shape (...)
    """
    raw = np.frombuffer(zlib.decompress(base64.b64decode(table["data"])), table["dtype"])
    return raw.reshape(table["shape"]).copy()


def stored_body(body):
    """A body as plain values.

    Parameters
    ----------
    body : Body

    Returns
    -------
    dict
    """
    return {
        "offsets": stored_array(body.offsets),
        "sigma": stored_array(body.sigma),
        "range_of_motion": stored_array(body.range_of_motion),
        "tremor": None if np.isnan(body.tremor) else body.tremor,
        "neutral_face": stored_array(body.neutral_face),
        "absent": sorted(body.absent),
    }


def read_body(table):
    """The body of `stored_body`.

    Parameters
    ----------
    table : dict

    Returns
    -------
    Body
    """
    arrays = {k: read_array(table[k]) for k in ("offsets", "sigma", "range_of_motion", "neutral_face")}
    tremor = float("nan") if table["tremor"] is None else table["tremor"]
    return Body(**arrays, tremor=tremor, absent=frozenset(table["absent"]))


def stored_gesture(gesture):
    """A gesture as plain values: its text, or the recording it is.

    Parameters
    ----------
    gesture : Gesture

    Returns
    -------
    dict
    """
    if gesture.recorded_from is None:
        return {"source": gesture.source, "digest": gesture.digest}
    r = gesture.recorded_from
    return {
        "title": gesture.title,
        "positions": stored_array(r.positions),
        "how": stored_array(r.how),
        "rate": r.rate,
        "columns": r.columns,
        "names_found": r.names_found,
        "file": r.file,
        "number": r.number,
    }


def read_gesture(name, table):
    """The gesture of `stored_gesture`.

    Parameters
    ----------
    name : str
    table : dict

    Returns
    -------
    Gesture
    """
    if "source" in table:
        return notation.read(table["source"], name, f"{name}.toml")
    recording = Recording(
        read_array(table["positions"]),
        read_array(table["how"]),
        table["rate"],
        table["columns"],
        table["names_found"],
        table["file"],
        table["number"],
    )
    return recorded.gesture_of(recording, name, table["title"])


def plain(
    *, programme_text, programme_name, gestures, people, sequences, bodies, body, model, texts, language, names,
    way, seed, day, self_report, patience_s, watched, avatar=None, manner=None, dose=None,
    resumed=(), resumed_block=0, chosen="", done_before=(), signs=None, elbows=True, seated=True,
    kept=None, meanings=None,
):  # fmt: skip
    """Everything a session is made of, as values that JSON can hold.

    Parameters
    ----------
    programme_text, programme_name : str
    gestures : dict of str to Gesture
    people : tuple of str
    sequences : int
    bodies : dict of str to Body
    body : Body
    model : learner.Model
    texts : dict
    language : str
    names : dict
    way : str
    seed : int
    day : float
    self_report, watched, elbows, seated : bool
    patience_s : float or None
    avatar : str or None
        Other than the programme says.
    manner : Manner
    dose : Dose
    resumed : sequence of dict
        As `setup.Setup`, with plans and answers as plain values.
    resumed_block : int
    chosen : str
    done_before : tuple of str
    signs : dict of str to Gesture
    kept : dict
        Plain values.
    meanings : dict of str to Meaning

    Returns
    -------
    dict
    """
    return {
        "version": VERSION,
        "programme": {
            "name": programme_name,
            "text": programme_text,
            "hash": hashlib.sha256(programme_text.encode()).hexdigest(),
        },
        "gestures": {name: stored_gesture(g) for name, g in gestures.items()},
        "people": list(people),
        "sequences": sequences,
        "bodies": {name: stored_body(b) for name, b in bodies.items()},
        "body": stored_body(body),
        "model": model.to_dict(),
        "texts": texts,
        "language": language,
        "names": names,
        "way": way,
        "seed": seed,
        "day": day,
        "self_report": self_report,
        "patience_s": patience_s,
        "watched": watched,
        "avatar": avatar,
        "manner": asdict(manner or Manner()),
        "dose": asdict(dose or Dose()),
        "resumed": list(resumed),
        "resumed_block": resumed_block,
        "chosen": chosen,
        "done_before": list(done_before),
        "signs": {name: stored_gesture(g) for name, g in (signs or {}).items()},
        "elbows": elbows,
        "seated": seated,
        "kept": kept or {},
        "meanings": {name: m.source for name, m in (meanings or {}).items()},
    }


def of_plain(table, modes, policies, ways, pages):
    """The setup of `plain`.

    Parameters
    ----------
    table : dict
    modes, policies, ways, pages : dict of str to module
        What this version offers.

    Returns
    -------
    Setup

    Raises
    ------
    ValueError
        If it was written by a version that this one does not read.
    """
    if table.get("version") != VERSION:
        raise ValueError(f"setup: version {table.get('version')!r}, this program reads {VERSION}")
    gestures = {name: read_gesture(name, g) for name, g in table["gestures"].items()}
    bodies = {name: read_body(b) for name, b in table["bodies"].items()}
    text, name = table["programme"]["text"], table["programme"]["name"]
    planned = programme.read(
        text, f"{name}.toml", gestures=gestures, modes=modes, policies=policies, avatars=None, scenes=None, pages=pages
    )
    if table["avatar"]:
        planned = programme.with_avatar(planned, table["avatar"])
    return Setup(
        programme=planned,
        gestures=gestures,
        people=tuple(table["people"]),
        sequences=table["sequences"],
        bodies=bodies,
        body=read_body(table["body"]),
        model=learner.Model.from_dict(table["model"]),
        modes=modes,
        policies=policies,
        pages=pages,
        way=ways[table["way"]],
        texts=table["texts"],
        language=table["language"],
        names=table["names"],
        seed=table["seed"],
        day=table["day"],
        self_report=table["self_report"],
        patience_s=table["patience_s"],
        watched=table["watched"],
        manner=Manner(**table["manner"]),
        dose=Dose(**table["dose"]),
        resumed=tuple(table["resumed"]),
        resumed_block=table["resumed_block"],
        chosen=table["chosen"],
        done_before=tuple(table["done_before"]),
        signs={name: read_gesture(name, g) for name, g in table["signs"].items()},
        elbows=table["elbows"],
        seated=table["seated"],
        kept=table["kept"],
        meanings={name: meaning_texts.read(text, name) for name, text in table["meanings"].items()},
    )
