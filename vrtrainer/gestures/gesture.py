"""What to imitate, as read from a text or a recording: independent of who performs it.

Rule 1: nothing here is in metres. Places are landmarks of a body, lengths are arm lengths, angles are degrees as the
        author wrote them; `perform` turns them into a movement of one body.
Rule 2: the acting hand has no side of its own; the performance's style gives it one.
"""

from dataclasses import dataclass, field

from vrtrainer.human.motion import Motion

SYNC_POINTS = ("start", "ready", "stroke_start", "stroke", "stroke_end", "relax", "end")
"""BML 1.0's sync points of a gesture, in their order."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where the hand is, from a landmark, in arm lengths (shoulder joint to wrist).

    Parameters
    ----------
    landmark : str
        Of `places.LANDMARKS`, or `places.OBJECT`: the middle of the object's top.
    out, up, forward : float
        Arm lengths; `out` is away from the middle of the body, on the hand's own side.
    of : str
        What of the hand is there: palm, wrist or fingertip.
    """

    landmark: str
    out: float = 0.0
    up: float = 0.0
    forward: float = 0.0
    of: str = "palm"


@dataclass(frozen=True, slots=True)
class Raised:
    """How the whole arm is held, in place of a location.

    Parameters
    ----------
    raise_deg : float
        Angle from hanging: 90 is level, 180 straight up.
    towards_deg : float
        Direction in which it is raised: 0 sideways, 90 forward, 45 between.
    bend_deg : float
        How far the elbow is bent.
    """

    raise_deg: float
    towards_deg: float = 0.0
    bend_deg: float = 12.0


@dataclass(frozen=True, slots=True)
class Path:
    """A movement around the place where a part is held.

    Parameters
    ----------
    kind : str
        Of `timing.PATHS`.
    about : str
        The joint that a swing turns about: elbow or wrist.
    angle_deg : float
        To each side of the middle; for a nod, down.
    distance : float
        Arm lengths from one end to the other; a circle's diameter.
    plane : str
        The plane of a circle: front, side or flat.
    repeats : float
        How many times there and back, or round.
    beat_s : float
        Seconds of one way; a time round takes two.
    """

    kind: str
    about: str = "elbow"
    angle_deg: float = 0.0
    distance: float = 0.0
    plane: str = "front"
    repeats: float = 1.0
    beat_s: float = 0.45


@dataclass(frozen=True, slots=True)
class HandMark:
    """What one hand is like at a sync point; None leaves it as it was at the mark before.

    Parameters
    ----------
    at : str
        ready, stroke_start, stroke, stroke_end or relax: a place on the way back.
    location : Location or None
    arm : Raised or None
    shape : str or None
        Of `shapes.SHAPES`.
    palm, fingers : tuple of float or None
        Unit directions (out, up, forward) that the palm faces and the fingers point to.
    elbow : str or None
        down, out or back: where the elbow goes when there is a choice.
    way : str
        How the hand comes here: arc (as the joints turn) or straight.
    path : Path or None
    """

    at: str
    location: Location | None = None
    arm: Raised | None = None
    shape: str | None = None
    palm: tuple | None = None
    fingers: tuple | None = None
    elbow: str | None = None
    way: str = "arc"
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class BendMark:
    """How the head or the trunk is held at a sync point, in degrees; 0 is upright.

    Parameters
    ----------
    at : str
    forward_deg : float
        Nod or lean forward; negative is back.
    turn_deg : float
        Towards the acting side.
    tilt_deg : float
        Ear, or shoulder, down towards the acting side.
    path : Path or None
    """

    at: str
    forward_deg: float = 0.0
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class FaceMark:
    """What the face shows at a sync point: FACS units to strength 0..1."""

    at: str
    units: dict


@dataclass(frozen=True, slots=True)
class Thing:
    """What stands before the body and is acted on, sized and placed by the body's own measures.

    Parameters
    ----------
    kind : str
        Of `objects.KINDS`.
    location : Location
        The middle of its top.
    width, height : float
        Arm lengths.
    sound : str
        What is heard at each hit, a file of assets/sounds without its ending; "" for nothing.
    """

    kind: str
    location: Location
    width: float
    height: float
    sound: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of the gesture's phases at tempo 1; None lets the distance decide.

    Parameters
    ----------
    prepare_s : float or None
        From start to stroke_start.
    stroke_s : float or None
        Each move to a mark at the stroke.
    hold_s : float
        How long a mark at the stroke is held.
    relax_s : float or None
        From relax to end.
    """

    prepare_s: float | None = None
    stroke_s: float | None = None
    hold_s: float = 0.0
    relax_s: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What must be true once during an attempt, however it is done.

    Parameters
    ----------
    part : str
        hand, head, trunk, brows, eyes, cheeks or mouth.
    shape : str or None
        A hand shape of `shapes.SHAPES`, or open or closed.
    above, below, near, in_front_of : str or None
        Landmarks; in front is half an arm length at least.
    moves : str or None
        side_to_side, up_down, forward_back or round.
    times : int
        How many times there and back.
    hits : int
        How many times the hand comes down on the object; 0 where it need not.
    shows : str or None
        A FACS unit.
    at_least : float
        Its strength.
    held_s : float
        How long it lasts at least, seconds.
    """

    part: str
    shape: str | None = None
    above: str | None = None
    below: str | None = None
    near: str | None = None
    in_front_of: str | None = None
    moves: str | None = None
    times: int = 1
    hits: int = 0
    shows: str | None = None
    at_least: float = 0.3
    held_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Style:
    """Who performs how.

    Parameters
    ----------
    tempo : float
        Ratio: 2 is twice as fast.
    size : float
        Ratio of every extent: a path's width, or, without a path, how far the hand goes from rest.
    side : str
        left or right: the acting side where the gesture leaves it open. The side of the one who performs.
    expressiveness : float
        Ratio of what head, trunk and face do.
    """

    tempo: float = 1.0
    size: float = 1.0
    side: str = "right"
    expressiveness: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Gesture:
    """What to imitate.

    Parameters
    ----------
    name : str
        The file's name, without its ending.
    title, line, hint, what_moved : dict
        Language code to text: its name, what is said with it, a hint (prompt 2), what moved ("Je hand ging heen en
        weer."). A line may be missing.
    tags, needs, locales : tuple of str
        Locales where it is known and polite; empty means anywhere.
    side : str
        either, left, right or both; `none` for what has no side.
    goal : Goal or None
    counts : dict
        Part or feature without a side to weight, see `perform.Performance.counts`.
    skills : dict
        Skill of `learning.plan.SKILLS` to load 0..1.
    difficulty : float
        Order to start in, 1 easy to 5.
    share_needed : float
        Below this share of the weight seen, a score is withheld.
    safety : dict
        Language code to a note for the adult.
    near_misses : tuple of str
    hands, other_hands : tuple of HandMark
        The acting hand; the other one.
    head, trunk : tuple of BendMark
    face : tuple of FaceMark
    timing : Timing
    thing : Thing or None
        What stands before the body.
    delay_s, tempo, size : float
        Stand still first; ratios on top of the style's.
    acting : str
        same, or other for the side that was not asked for.
    source : str
        The text.
    digest : str
        SHA-256 of the text, of a recording of its numbers.
    recording : Motion or None
        As the recorded person moved; `perform` fits it to bodies.
    recorded_from : object
        The `recorded.Recording` it came from, or None.
    """

    name: str
    title: dict
    line: dict
    tags: tuple
    needs: tuple
    side: str
    goal: Goal | None
    counts: dict
    skills: dict
    difficulty: float
    locales: tuple
    source: str
    digest: str
    hint: dict = field(default_factory=dict)
    what_moved: dict = field(default_factory=dict)
    share_needed: float = 0.6
    safety: dict = field(default_factory=dict)
    near_misses: tuple = ()
    hands: tuple = ()
    other_hands: tuple = ()
    head: tuple = ()
    trunk: tuple = ()
    face: tuple = ()
    timing: Timing = Timing()
    thing: Thing | None = None
    delay_s: float = 0.0
    tempo: float = 1.0
    size: float = 1.0
    acting: str = "same"
    recording: Motion | None = None
    recorded_from: object = None
