"""Nobody is tracked: nothing is seen, nothing is guessed, and no act comes from nowhere."""

import numpy as np
import pytest

from vrtrainer.human.frame import Frame
from vrtrainer.sessions.tableau import EMPTY, Tableau, Turn
from vrtrainer.trackers import nobody


@pytest.mark.parametrize("shown", [EMPTY, Tableau(turn=Turn("waiting", 0.0, "ready"))], ids=["empty", "ready awaited"])
def test_nobody_is_seen_and_nothing_is_done(shown):
    seen = nobody.connect(None).observe(Frame(0, 100.0, 1 / 90), shown)
    assert not seen.how.any()
    assert np.isnan(seen.positions).all()
    assert np.isnan(seen.face).all()
    assert np.isnan(seen.gaze).all()
    assert not seen.acts


def test_it_says_that_it_tracks_nothing_so_that_nothing_is_scored():
    assert nobody.TRACKS is False
    assert nobody.connect(None).sequences == 0
