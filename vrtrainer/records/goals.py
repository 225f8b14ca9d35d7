"""Goals, in the family's own words."""

from vrtrainer.records.schema import now


def add(database, person, text):
    """A new goal of a person (id); its id."""
    if not text.strip():
        raise ValueError("goal: there is no text; write it in a few words of your own")
    return database.change("INSERT INTO goals (person, text, created) VALUES (?, ?, ?)", person, text.strip(), now())


def of_person(database, person):
    """A person's goals as dicts, those that are still open first."""
    return database.rows("SELECT * FROM goals WHERE person = ? ORDER BY done IS NOT NULL, id", person)


def done(database, number, is_done=True):
    """A goal was reached, or is open again."""
    database.change("UPDATE goals SET done = ? WHERE id = ?", now() if is_done else None, number)


def change(database, number, text):
    """A goal in other words."""
    if not text.strip():
        raise ValueError("goal: there is no text; write it in a few words of your own")
    database.change("UPDATE goals SET text = ? WHERE id = ?", text.strip(), number)


def take_away(database, number):
    database.change("DELETE FROM goals WHERE id = ?", number)
