"""Who sits at this browser: the adult that it last named, else the one who was here last."""


def here(console, request):
    """The adult at this browser, or None where nobody said who they are."""
    return None
