"""Scores of real people, one demonstration by another person: what docs/scoring.md says holds in sample."""

import numpy as np
import pytest

from vrtrainer.imitation import pairs, skeletons

SUBJECTS, PER = range(1, 6), 2


def read(folder, name):
    packed = np.load(folder / f"{name}.npz")
    names, rate = [str(n) for n in packed["names"]], float(packed["fps"])
    columns = {k: packed[k] for k in ("subject", "movement", "rep", "correct")}
    positions, off = packed["pos"].astype(float), packed["off"]
    known = {}

    def one(i):
        if i not in known:
            known[i] = skeletons.read(positions[off[i] : off[i + 1]], names, rate, None, "attempt")
        return known[i]

    return one, columns


def rank(high, low):
    """Share of pairs in the right order."""
    return float(np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low)))


def similarity(shown, tried):
    found = pairs.held_against(shown, tried).similarity
    return np.nan if found is None else found


@pytest.mark.parametrize(("name", "least"), [("uiprmd_vicon", 0.88), ("uiprmd_kinect", 0.85)])
def test_well_done_is_above_poorly_done(people, name, least):
    one, known = read(people, name)
    figures = []
    for movement in range(1, 11):
        shower = 1 + movement % 5
        mine = (known["movement"] == movement) & (known["correct"] == 1)
        model = one(np.flatnonzero(mine & (known["subject"] == shower))[4])
        scores = {0: [], 1: []}
        for who in SUBJECTS:
            for correct in (0, 1) if who != shower else ():
                found = (known["movement"] == movement) & (known["subject"] == who) & (known["correct"] == correct)
                scores[correct] += [similarity(model, one(i)) for i in np.flatnonzero(found)[1 : 1 + PER]]
        figures.append(rank(np.array(scores[1]), np.array(scores[0])))
    assert np.mean(figures) >= least


def test_a_walk_is_no_copy_of_an_exercise(people):
    one, known = read(people, "uiprmd_kinect")
    packed = np.load(people / "cmu.npz")
    names, rate, off = [str(n) for n in packed["names"]], float(packed["fps"]), packed["off"]
    model = one(np.flatnonzero((known["movement"] == 7) & (known["subject"] == 1) & (known["correct"] == 1))[4])
    copies = np.flatnonzero((known["movement"] == 7) & (known["subject"] == 3) & (known["correct"] == 1))[:3]
    low = []
    for i in range(0, len(off) - 1, 4):
        clip = packed["pos"][off[i] : off[i + 1]].astype(float)[:600]
        assert pairs.compare(clip, clip, names=names, rate=rate).similarity > 0.99
        low.append(similarity(model, skeletons.read(clip, names, rate, None, "attempt")))
    assert max(low) < min(similarity(model, one(i)) for i in copies)
