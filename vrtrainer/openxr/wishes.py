"""What a tracker or a display wants of the runtime, said before the instance exists.

A module states `WISHES`; `cli` collects those of the two that were chosen, and `Link` enables what the runtime offers.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wishes:
    """Names of OpenXR extensions, and whether actions are wanted.

    Parameters
    ----------
    required : tuple of str
        Without one of them there is no headset (`HeadsetError("extension_missing")`).
    optional : tuple of str
        Enabled where the runtime offers them.
    actions : bool
        Buttons, pointing and gaze are read.
    """

    required: tuple = ()
    optional: tuple = ()
    actions: bool = False


def collected(*modules):
    """The wishes of all modules that state any.

    Parameters
    ----------
    *modules : module
        Trackers and displays.

    Returns
    -------
    Wishes

    Examples
    --------
    >>> from types import SimpleNamespace as Module
    >>> both = collected(Module(WISHES=Wishes(("XR_a",))), Module(WISHES=Wishes((), ("XR_a", "XR_b"), True)), Module())
    >>> both.required, both.optional, both.actions
    (('XR_a',), ('XR_b',), True)
    """
    stated = [m.WISHES for m in modules if hasattr(m, "WISHES")]
    required = tuple(dict.fromkeys(name for w in stated for name in w.required))
    optional = tuple(dict.fromkeys(n for w in stated for n in w.optional if n not in required))
    return Wishes(required, optional, any(w.actions for w in stated))
