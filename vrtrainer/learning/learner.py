"""A model of one learner: what they can do, how sure that is, and the chance of a planned trial.

Graded answers follow a cumulative logistic model (Samejima 1969): with eta the ability for the gesture's skills, less
its difficulty, plus what the facets and the help change,

    P(full) = s(eta),    P(at least partial) = s(eta + PARTIAL),    s(x) = 1 / (1 + exp(-x)).

All abilities, slopes and each gesture's own deviation are jointly Gaussian. One answer tells of one direction, eta; its
mode is found by Newton's method and the Gaussian is corrected along that direction (assumed-density filtering). An
answer that was withheld changes nothing.

People change: each answer first widens eta along the skills that it practises (`DRIFT`), and days without practice
widen all abilities towards the prior (`aged`). More help never counts as less (`HELPS`): help comes when it goes badly,
and a straight line through both would otherwise blame the help.
"""

from dataclasses import dataclass, replace

import numpy as np

from vrtrainer.learning.plan import SKILLS

PARTIAL = 1.6  # logits from full to partial success; our own choice
ABILITY_SD, GESTURE_SD = 1.2, 0.7
DRIFT = 0.1  # logits that eta may have moved from one answer to the next (standard deviation)
FORGET_DAYS = 120.0  # days in which the room to the prior's variance opens again to 1 - 1/e
HELPS = 0.05  # logits that a level of help is worth at least
FACETS = {
    # name: (mean, sd) of the slope in logits per unit; our own choices, learnt from there on
    "tempo": (-1.8, 0.5),  # per natural logarithm of the tempo ratio
    "size": (-0.4, 0.3),  # per natural logarithm of the size ratio
    "elements": (-0.6, 0.2),  # per element beyond the first
    "delay": (-0.25, 0.1),  # per square root of a second
    "anatomical": (-0.5, 0.3),
    "prompt": (0.5, 0.15),  # per level of help
    "distractors": (-0.3, 0.15),
    "social": (-0.25, 0.15),
    "together": (0.4, 0.2),  # moving along beats waiting
}
_BASE = (*SKILLS, *FACETS)
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What is known of one learner.

    Parameters
    ----------
    names : tuple of str
        Skills, facets, then gestures met so far.
    mean : ndarray, shape (K,)
        Logits.
    cov : ndarray, shape (K, K)
    answers : int
        How many answers taught it.
    day : float
        Day of the last answer.
    """

    names: tuple
    mean: np.ndarray
    cov: np.ndarray
    answers: int = 0
    day: float = 0.0

    def to_dict(self):
        """Plain values, with a version."""
        return {
            "version": VERSION,
            "names": list(self.names),
            "mean": self.mean.tolist(),
            "cov": self.cov.tolist(),
            "answers": self.answers,
            "day": self.day,
        }

    @staticmethod
    def from_dict(table):
        """The model of `to_dict`.

        Raises
        ------
        ValueError
            If it was written by a version that this one does not read.
        """
        if table.get("version") != VERSION:
            raise ValueError(f"learner model: version {table.get('version')!r}, this program reads {VERSION}")
        return Model(
            tuple(table["names"]), np.array(table["mean"]), np.array(table["cov"]), table["answers"], table["day"]
        )


def prior():
    """Nothing known yet: a learner who manages an easy gesture three times of four.

    Returns
    -------
    Model
    """
    mean = np.array([0.0] * len(SKILLS) + [m for m, _ in FACETS.values()])
    sd = np.array([ABILITY_SD] * len(SKILLS) + [s for _, s in FACETS.values()])
    cov = np.diag(sd**2)
    # Who is good at one skill is likely good at the next one: half of an ability's variance is shared.
    k = len(SKILLS)
    cov[:k, :k] += 0.5 * ABILITY_SD**2 * (1 - np.eye(k))
    return Model(_BASE, mean, cov)


def difficulty(gesture):
    """A gesture's difficulty in logits, from the order 1..5 that its text gives.

    Parameters
    ----------
    gesture : Gesture

    Returns
    -------
    float
    """
    return -1.6 + 0.8 * (float(gesture.difficulty) - 1.0)


def direction(names, gesture, facets, prompt, mode="immediate", anatomical=False):
    """How much each parameter adds to eta.

    Parameters
    ----------
    names : tuple of str
    gesture : Gesture
    facets : Facets
    prompt : int
    mode : str
    anatomical : bool

    Returns
    -------
    ndarray, shape (K,)
    """
    out = np.zeros(len(names))
    loads = gesture.skills or {"posture": 1.0}
    total = sum(loads.values())
    at = {name: i for i, name in enumerate(names)}
    for skill, load in loads.items():
        out[at[skill]] = load / total
    values = {
        "tempo": np.log(facets.tempo),
        "size": np.log(facets.size),
        "elements": facets.elements - 1,
        "delay": np.sqrt(facets.delay_s),
        "anatomical": float(anatomical),
        "prompt": float(prompt),
        "distractors": facets.distractors,
        "social": facets.social,
        "together": float(mode == "together"),
    }
    for name, value in values.items():
        out[at[name]] = value
    if f"gesture:{gesture.name}" in at:
        out[at[f"gesture:{gesture.name}"]] = 1.0
    return out


def _sigmoid(x):
    return 1.0 / (1.0 + np.exp(-np.clip(x, -40, 40)))


def eta(model, gesture, facets, prompt, mode="immediate"):
    """Mean and standard deviation of the logit of full success.

    Parameters
    ----------
    model : Model
    gesture : Gesture
    facets : Facets
    prompt : int
    mode : str

    Returns
    -------
    mean, sd : float
    """
    c = direction(model.names, gesture, facets, prompt, mode)
    variance = float(c @ model.cov @ c)
    if f"gesture:{gesture.name}" not in model.names:
        variance += GESTURE_SD**2
    return float(c @ model.mean) - difficulty(gesture), float(np.sqrt(variance))


def chance(model, gesture, facets, prompt, mode="immediate"):
    """Chance of full success, averaged over what is not known.

    Parameters
    ----------
    model : Model
    gesture : Gesture
    facets : Facets
    prompt : int
    mode : str

    Returns
    -------
    float
        The logistic-normal integral by MacKay's approximation (1992): s(mean / sqrt(1 + pi sd^2 / 8)).
    """
    mean, sd = eta(model, gesture, facets, prompt, mode)
    return float(_sigmoid(mean / np.sqrt(1.0 + np.pi * sd * sd / 8.0)))


def _log_likelihood(x, graded):
    """First and second derivative of the log-likelihood of one answer."""
    if graded == 2:
        p = _sigmoid(x)
        return 1.0 - p, -p * (1.0 - p)
    if graded == 0:
        q = _sigmoid(x + PARTIAL)
        return -q, -q * (1.0 - q)
    p, q = _sigmoid(x), _sigmoid(x + PARTIAL)
    # d/dx log(q - p) with q' = q(1-q), p' = p(1-p) simplifies to 1 - p - q.
    return 1.0 - p - q, -p * (1.0 - p) - q * (1.0 - q)


def updated(model, plan, gesture, answer, day=0.0):
    """The model after one answer.

    Parameters
    ----------
    model : Model
    plan : TrialPlan
        With the prompt that held at the end.
    gesture : Gesture
    answer : Answer
    day : float
        Days since the model's first.

    Returns
    -------
    Model
        The same where there is no answer.
    """
    if answer.graded is None:
        return model
    model = aged(model, day - model.day)
    name = f"gesture:{gesture.name}"
    if name not in model.names:
        k = len(model.names)
        cov = np.zeros((k + 1, k + 1))
        cov[:k, :k] = model.cov
        cov[k, k] = GESTURE_SD**2
        model = replace(model, names=(*model.names, name), mean=np.append(model.mean, 0.0), cov=cov)
    c = direction(model.names, gesture, plan.facets, plan.prompt, plan.mode)
    model = _drifted(model, c)
    m, spread = float(c @ model.mean) - difficulty(gesture), model.cov @ c
    v = float(c @ spread)
    x = m
    for _ in range(30):
        first, second = _log_likelihood(x, answer.graded)
        step = (first - (x - m) / v) / (1.0 / v - second)
        x += float(np.clip(step, -3.0, 3.0))
        if abs(step) < 1e-10:
            break
    _, second = _log_likelihood(x, answer.graded)
    after = 1.0 / (1.0 / v - second)
    mean = model.mean + spread * (x - m) / v
    cov = model.cov - np.outer(spread, spread) * (1.0 - after / v) / v
    mean = _helping(model.names, mean, cov)
    return Model(model.names, mean, (cov + cov.T) / 2, model.answers + 1, max(day, model.day))


def _drifted(model, c):
    """Eta's variance grows by DRIFT squared along the practised skills; what was not practised stays as known."""
    k = len(SKILLS)
    along = c[:k] / (c[:k] @ c[:k])
    cov = model.cov.copy()
    cov[:k, :k] += DRIFT**2 * np.outer(along, along)
    return replace(model, cov=cov)


def _helping(names, mean, cov):
    """The likeliest mean where a level of help is worth HELPS at least: unchanged where it is already."""
    i = names.index("prompt")
    short = HELPS - mean[i]
    return mean if short <= 0 else mean + cov[:, i] * short / cov[i, i]


def aged(model, days):
    """The model after days without practice: means stay, uncertainty grows.

    Parameters
    ----------
    model : Model
    days : float
        Not negative; less is taken as none.

    Returns
    -------
    Model
    """
    if days <= 0:
        return model
    cov = model.cov.copy()
    at = np.arange(len(SKILLS))
    room = np.maximum(ABILITY_SD**2 - cov[at, at], 0.0)
    # The room that is left shrinks exponentially, so that a month is the same as thirty times a day.
    cov[at, at] += room * -np.expm1(-days / FORGET_DAYS)
    return replace(model, cov=cov, day=model.day + days)
