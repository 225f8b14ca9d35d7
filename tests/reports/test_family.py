"""The family's page: strengths first, kind words, figures folded away, nothing fetched, honest about who took part."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.test_language import NEVER
from vrtrainer import reports
from vrtrainer.records import people
from vrtrainer.stage import colours, context

LANGUAGES = ("nl", "en")
CSS = (Path(reports.__file__).parent / "page.css").read_text(encoding="utf-8")
STRENGTHS = {"nice": "Zingt bij het opruimen", "likes": "Treinen"}


class Reader(HTMLParser):
    """What a reader and a screen reader meet: sections in order, words, pictures; and whether the tags fit together."""

    EMPTY = frozenset({"meta", "img", "br"})

    def __init__(self, page):
        super().__init__()
        self.sections, self.words, self.folded, self.images, self.open = [], [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag == "section":
            self.sections.append(attrs["class"])
        if tag == "img":
            self.images.append(attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            (self.folded if "details" in self.open else self.words).append(data)


@pytest.fixture
def page(kept):
    def made(language="nl", **asked):
        return kept(**asked).page(language).read_text(encoding="utf-8")

    return made


def said(text):
    return " ".join(" ".join(Reader(text).words).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tracker", ["openxr", "simulated", "recorded", "nobody"])
def test_no_page_holds_a_word_of_the_never_list_and_every_tag_fits(page, language, tracker):
    reader = Reader(page(language, tracker=tracker))
    assert reader.open == []
    everything = " ".join(reader.words + reader.folded)
    found = [word for word in NEVER[language] if re.search(rf"\b{re.escape(word)}\b", everything, re.I)]
    assert not found


def test_sections_come_in_the_order_that_puts_the_person_first(page):
    assert Reader(page()).sections == ["nice", "chose", "did", "seen", "opinion", "why", "idea"]


def test_who_was_recorded_another_day_chose_nothing_and_is_not_asked(page):
    assert Reader(page(tracker="recorded")).sections == ["did", "seen", "why"]


def test_what_is_nice_stands_there_in_the_familys_words(page):
    text = said(page(strengths=STRENGTHS))
    assert "Leuk aan Sam Zingt bij het opruimen Houdt van Treinen" in text


def test_unknown_strengths_are_asked_with_lines_to_write_on(page):
    text = page()
    assert "Wat is er leuk aan Sam?" in said(text)
    assert "Schrijf het hier op" in said(text)
    assert 'class="lines"' in text


@pytest.mark.parametrize(
    ("tracker", "words"),
    [
        ("simulated", "Er deed geen mens mee."),
        ("recorded", "komen uit een opname van een mens"),
        ("nobody", "De bewegingen zijn niet gemeten"),
    ],
)
def test_it_says_plainly_who_took_part(page, tracker, words):
    text = said(page(tracker=tracker))
    assert words in text
    assert text.index(words) < text.index(" deed ")


def test_counts_are_those_of_the_session(page):
    text = said(page())
    assert "Sam deed acht keer mee en keek twee keer. Kijken telt ook." in text
    assert "Sam stopte één keer zelf. Dat werkte meteen." in text
    assert "Marieke koos: langzamer." in text
    assert "Bij twee van de twaalf keer was de beweging niet te zien." in text
    assert "Sam zei: “fijn.”" in text
    assert "meer hulp" in text
    assert "langzamer" in text


def test_figures_stand_only_where_they_are_folded_away(page):
    reader = Reader(page())
    open_words, folded = " ".join(reader.words), " ".join(reader.folded)
    assert "0,93" in folded
    assert "Kans vooraf" in folded
    assert not re.search(r"\d,\d|\d ?%|Gelijkenis", open_words)
    assert "<details open" not in page()


def test_each_gesture_shows_the_demonstration_beside_the_attempt(page):
    reader = Reader(page())
    alts = [image["alt"] for image in reader.images]
    assert alts == [
        "",  # the portrait says nothing that the title does not
        *(
            f"{title}: {caption}"
            for title, tried in (
                ("Zwaaien", "Sam doet mee, als in een spiegel"),
                ("Eén arm omhoog", "Sam doet mee, als in een spiegel"),
                ("Duim omhoog", "Sam doet mee, als in een spiegel"),
                ("Ja knikken", "Sam doet mee"),
            )
            for caption in ("Noor laat het zien", tried)
        ),
    ]


def test_pictures_are_inside_the_page_and_nothing_is_fetched(page):
    text = page()
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!data:)", text)
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
    assert "<script" not in text
    assert "url(data:font" in text


def test_pictures_are_kept_as_files_too(kept):
    path = kept().page("nl")
    names = sorted(p.stem for p in (path.parent / "pictures").iterdir())
    assert {"wave-shown", "wave-tried", "top"} <= set(names)


def test_without_opengl_the_pictures_are_drawings(page, monkeypatch):
    monkeypatch.setattr(context, "library", lambda: None)
    sources = [image["src"] for image in Reader(page()).images]
    assert len(sources) == 9
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)


def test_the_chart_is_well_formed_and_says_in_words_what_it_shows(page):
    chart = re.search(r"<svg class=\"chart\".*?</svg>", page(), re.S).group()
    svg = ET.fromstring(chart)
    assert svg.find("title").text
    assert svg.find("desc").text
    assert len(svg.findall("circle")) == 10 + 1, "ten answers and the legend's"


def test_another_language_is_written_beside_and_the_same_anew(kept):
    one = kept(count=2)
    dutch = one.page("nl")
    first = dutch.read_text(encoding="utf-8")
    english = one.page("en")
    assert (dutch.name, english.name) == ("report.html", "report-en.html")
    assert one.page("nl") == dutch
    assert dutch.read_text(encoding="utf-8") == first, "the same session gives the same page"
    assert not list(dutch.parent.glob("*.part"))


def test_a_name_that_looks_like_code_is_only_a_name(page):
    text = page(initials="<b onload=x>&", count=2)
    assert "<b onload" not in text
    assert "&lt;b onload=x&gt;&amp;" in text


def test_a_damaged_journal_still_gives_a_page_that_says_so(kept):
    one = kept(count=4)
    journal = one.database.absolute(one.database.session(one.number)["journal"])
    journal.write_bytes(journal.read_bytes()[:40])
    text = one.page("nl").read_text(encoding="utf-8")
    assert "niet alles te lezen" in said(text)
    assert "Zwaaien" in said(text)


def test_a_session_without_a_trial_gives_a_page(page):
    text = said(page(count=0))
    assert "Er is vandaag geen gebaar helemaal afgerond." in text


def test_text_colours_have_enough_contrast_on_what_lies_below_them():
    named = dict(re.findall(r"--(\w+): (#[0-9A-F]{6})", CSS))
    for name in ("ink", "slate", "teal", "blue", "plum", "ochre", "moss"):
        for ground in ("linen", "paper"):
            assert colours.contrast(named[name], named[ground]) >= 4.5, (name, ground)
    assert colours.contrast(named["ink"], named["sand"]) >= 4.5
    assert colours.contrast(named["ink"], "#E3ECE6") >= 4.5
    for name, value in named.items():
        if hasattr(colours, name.upper()):
            assert value == getattr(colours, name.upper()), f"{name} is the stage's"


def test_every_strength_has_a_question(page):
    everything = dict.fromkeys(people.STRENGTHS, "Ja!")
    assert said(page(strengths=everything, count=0)).count("Ja!") == len(people.STRENGTHS)
