"""A person's own settings hold in a run; what the command says goes before them."""

from dataclasses import replace

import pytest

from vrtrainer import api, setups
from vrtrainer.records import people
from vrtrainer.records.database import Database


@pytest.mark.parametrize(("asked", "held"), [(None, 2.0), (0.0, 0.0)], ids=["nothing said", "said"])
def test_how_long_looking_chooses_is_the_persons_own_unless_it_was_asked_for(tmp_path, asked, held):
    with Database(tmp_path) as database:
        people.add(database, "P01", settings={"dwell_s": 2.0})
        options = replace(api.options(data=tmp_path, person="P01", dwell_s=asked), tracker="nobody")
        assert setups.person_of(options, database).dwell_s == held
