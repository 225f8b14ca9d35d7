"""Every text exists in Dutch and English, with the same values in braces, without words that hurt (EXPERIENCE 6)."""

import re
import string
import tomllib

import pytest

from vrtrainer import choices

FOLDER = choices.content("assets") / "language"
TEXTS = {f.stem: tomllib.loads(f.read_text(encoding="utf-8")) for f in sorted(FOLDER.glob("*.toml"))}
GESTURES = sorted((choices.content("assets") / "gestures").glob("*.toml"))

NEVER = {
    "nl": (
        "fout |mislukt |niet goed |bijna goed |jammer |helaas |probeer beter |goed zo |braaf |flink |knap |normaal |"
        "afwijkend |zwak |achterstand |stoornis |lijdt aan |gedrag corrigeren |nadoen |time-out |zit stil |"
        "kijk me aan |oogcontact |doe je best |nog even volhouden |je moet |snel |score |test |level omhoog |"
        "reeks |winnen |handen stil |je bent boos |spiegelneuronen trainen |genezen"
    ),
    "en": (
        "wrong |failed |incorrect |almost right |too bad |try harder |good boy |good girl |good job |well done |"
        "normal |abnormal |weak |deficit |disorder |suffers from |high functioning |low functioning |fix |cure |"
        "quiet hands |look at me |eye contact |hurry |must |score |test |streak |win |"
        "you are angry |mirror-neuron training"
    ),
}
NEVER = {
    code: [w.strip() for part in words.split("|") for w in ([part] if part.strip() else [])]
    for code, words in NEVER.items()
}
LEARNER_AND_FAMILY = (
    "captions",
    "buttons",
    "controls",
    "parts",
    "window",
    "reasons",
    "withheld",
    "report",
    "pages",
    "page_names",
)


def leaves(table, path=()):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        elif isinstance(value, list):
            yield from ((((*path, key, str(i))), v) for i, v in enumerate(value))
        else:
            yield (*path, key), value


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(set(TEXTS) - {"en"}))
def test_every_english_text_stands_in_every_language_with_the_same_values(code):
    english, other = dict(leaves(TEXTS["en"])), dict(leaves(TEXTS[code]))
    assert set(english) == set(other)
    for key, text in english.items():
        assert text.strip()
        assert other[key].strip()
        assert fields(text) == fields(other[key]), key


@pytest.mark.parametrize("code", sorted(NEVER))
def test_no_learner_or_family_reads_a_word_of_the_never_list(code):
    found = []
    for section in LEARNER_AND_FAMILY:
        for key, text in leaves(TEXTS[code].get(section, {})):
            found += [(section, *key, w) for w in NEVER[code] if re.search(rf"\b{re.escape(w)}\b", text, re.I)]
    assert not found


@pytest.mark.parametrize("file", GESTURES, ids=lambda f: f.stem)
def test_no_gesture_says_a_word_of_the_never_list(file):
    for _, text in leaves(tomllib.loads(file.read_text(encoding="utf-8"))):
        for code, words in NEVER.items():
            for word in words if isinstance(text, str) and " " in str(text) else ():
                assert not re.search(rf"\b{re.escape(word)}\b", text, re.I), (code, word, text)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_captions_fit_two_lines_of_32_characters(code):
    from vrtrainer.sessions.words import pages

    for key, text in leaves(TEXTS[code]["captions"]):
        assert len(pages(text.format_map(Anything()))) == 1, key


class Anything(dict):
    def __missing__(self, key):
        return "Marieke"
