"""Everything of a person can be handed over, readable; and once it is erased not one byte of it is left."""

import csv
import errno
import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.records import sample
from tests.records.test_database import begun, recorded
from tests.records.test_told import STORY
from tests.test_language import TEXTS
from vrtrainer.records import adults, consent, erase, for_the_record, goals, health, notes, people, ratings
from vrtrainer.records.database import NAME, Database
from vrtrainer.records.journal import Journal
from vrtrainer.records.schema import DatabaseError

SECRETS = (
    "Zeldzaam9", "Q.W.X.", "zingt op de schommel", "vrijdagdoel", "notitie-na-afloop", "Sam lachte", "duizelig",
    "bril af", "nagebeld op dinsdag", "migrainevraag", "Tante Zwaluw", "eigen programma van dit kind",
)  # fmt: skip


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path / "data") as opened:
        yield opened


def lived(database, code="Zeldzaam9"):
    """A person of whom there is something of everything; the id of their session."""
    person = people.add(database, code, initials="Q.W.X.", age_group="6-9")
    people.keep(database, person, strengths={"nice": "zingt op de schommel"}, settings={"light": 0.5})
    family = adults.add(database, "Tante Zwaluw", role="family")
    adults.link(database, person, family)
    for what in ("practice", "face"):
        consent.say(database, person, "parents", what, True, adult=family.id)
    goals.add(database, person.id, "vrijdagdoel")
    health.answer(database, person.id, "migrainevraag", "no")
    health.tick(database, person.id, {"space": True})
    folder = people.session_folder(database.data, code)
    session = database.begin_session(
        folder, person=person.id, programme=("own", "xyz", "eigen programma van dit kind"), language="nl", seed=1,
        display="window", tracker="webcam",
    )  # fmt: skip
    journal = Journal(folder / "journal.mcap", {"names": {"learner": "Q.W.X."}}, "webcam")
    for step in sample.frames(STORY, 0.5):
        journal.append(*step)
    journal.close()
    recorded(database, session, STORY)
    (folder / "report.html").write_text("<html lang='nl'>Q.W.X.", encoding="utf-8")
    database.keep_report(session, folder / "report.html")
    database.keep_model(person.id, session, {"ability": [0.1]})
    notes.add(database, person.id, "notitie-na-afloop", session=session, kind="last_note")
    ratings.rate(database, session, 0, 0)
    health.follow_up(database, health.adverse_events(database, person.id)[0]["id"], "nagebeld op dinsdag")
    return session


def table(folder, name):
    return list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8-sig"))))


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_folder_has_everything_and_says_what_is_what(database, tmp_path, language):
    lived(database)
    folder = for_the_record.write(database, "zeldzaam9", tmp_path / "dossier", TEXTS[language], journals=True)
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    for path in (p for p in folder.iterdir() if p.name != "README.txt"):
        assert path.name in readme, path
    about = json.loads((folder / "person.json").read_text(encoding="utf-8"))
    assert about["strengths"] == {"nice": "zingt op de schommel"}
    assert about["consent"]["face"] is True
    assert about["learner_model"] == {"ability": [0.1]}
    assert [g["text"] for g in about["goals"]] == ["vrijdagdoel"]
    assert [a["name"] for a in about["adults"]] == ["Tante Zwaluw"]
    (session,) = table(folder, "sessions")
    assert (session["adult"], session["watched"]) == ("Opa Jan", "Marieke 0-13 s; Opa Jan 13-19 s")
    (trial,) = table(folder, "trials")
    assert (trial["gesture"], trial["graded_0_2"], trial["own_rating"]) == ("wave", "1", "0")
    assert [(r["rating"], r["automatic"], r["holds"]) for r in table(folder, "ratings")] == [
        ("2", "1", "0"), ("1", "1", "0"), ("0", "1", "1")]  # fmt: skip
    assert {n["text"] for n in table(folder, "notes")} >= {"Sam lachte", "notitie-na-afloop", "lach"}
    assert [c["said_by"] for c in table(folder, "consents")] == ["parents", "parents"]
    assert {h["question"] for h in table(folder, "health")} == {"migrainevraag", "sick", "head", "blurry"}
    assert table(folder, "adverse")[0]["followed_up"] == "nagebeld op dinsdag"
    assert [c["key"] for c in table(folder, "checks")] == ["space"]
    assert len(list((folder / "reports").iterdir())) == len(list((folder / "journals").iterdir())) == 1


def test_a_zip_has_the_same_without_journals(database, tmp_path):
    lived(database)
    file = for_the_record.zipped(database, "Zeldzaam9", tmp_path / "dossier.zip", TEXTS["nl"])
    names = zipfile.ZipFile(file).namelist()
    assert "Zeldzaam9/person.json" in names
    assert not [n for n in names if n.endswith(".mcap")]
    assert [n for n in names if n.startswith("Zeldzaam9/reports/")]


def test_it_is_never_put_where_erasing_would_meet_it_nor_over_anything(database, tmp_path):
    lived(database)
    with pytest.raises(ValueError, match="inside the data folder"):
        for_the_record.write(database, "Zeldzaam9", database.data / "dossier", TEXTS["nl"])
    (tmp_path / "there").mkdir()
    with pytest.raises(FileExistsError, match="is there already"):
        for_the_record.write(database, "Zeldzaam9", tmp_path / "there", TEXTS["nl"])
    with pytest.raises(LookupError, match="no person 'X'"):
        for_the_record.write(database, "X", tmp_path / "x", TEXTS["nl"])
    assert not list(tmp_path.glob("*.part"))


def test_a_full_disk_leaves_no_half_of_it(database, tmp_path, monkeypatch):
    lived(database)

    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left on device; make space there"):
        for_the_record.write(database, "Zeldzaam9", tmp_path / "dossier", TEXTS["nl"])
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def test_a_note_is_no_formula_of_a_spreadsheet(database, tmp_path):
    person = people.add(database, "P01")
    notes.add(database, person.id, '=HYPERLINK("x")')
    folder = for_the_record.write(database, "P01", tmp_path / "dossier", TEXTS["en"])
    assert table(folder, "notes")[0]["text"] == '\'=HYPERLINK("x")'


def bytes_of(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_after_erasing_nothing_of_it_is_found_in_any_byte(database):
    lived(database)
    begun(database, "Blijft-1")
    stays = people.find(database, "Blijft-1")
    notes.add(database, stays.id, "blijft staan")
    before = b"".join(bytes_of(database.data).values())
    assert [s for s in SECRETS if s.encode() not in before] == [], "the test looks for what really was there"
    erase.erase(database, "Zeldzaam9")
    # The database is still open: what its write-ahead log holds counts too.
    for path, data in bytes_of(database.data).items():
        for secret in SECRETS:
            assert secret.encode() not in data, (path, secret)
            assert secret.encode("utf-16-le") not in data
        assert "Zeldzaam9" not in path.as_posix()
    assert notes.last(database, stays.id)["text"] == "blijft staan"
    assert [a.name for a in adults.known(database)] == ["Marieke", "Opa Jan"], "who watches others too stays"


def test_nothing_is_erased_while_a_session_runs(database):
    lived(database)
    _, folder = begun(database, "Zeldzaam9")
    journal = Journal(folder / "journal.mcap", {}, "simulated")
    with pytest.raises(DatabaseError, match="a session of Zeldzaam9 runs now"):
        erase.erase(database, "Zeldzaam9")
    assert people.find(database, "Zeldzaam9") is not None
    assert (database.data / NAME).exists()
    journal.close()
    erase.erase(database, "Zeldzaam9")


def test_one_session_can_be_thrown_away_and_the_person_stays(database):
    session = lived(database)
    folder = erase.erase_session(database, session)
    assert not folder.exists()
    person = people.find(database, "Zeldzaam9")
    assert database.rows("SELECT 1 FROM trials") == database.rows("SELECT 1 FROM ratings") == []
    assert notes.of_person(database, person.id) == []
    assert database.model(person.id) is None
    (amiss,) = health.adverse_events(database, person.id)
    assert amiss["session"] is None, "what went amiss stays in the person's record"
    with pytest.raises(LookupError, match="there is no session"):
        erase.erase_session(database, session)
