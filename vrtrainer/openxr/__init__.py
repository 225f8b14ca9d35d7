"""The headset, through OpenXR. `connect` makes the one Link that tracker and display share; nothing here imports `xr`
before it is called, because that takes a second and is not there on every machine."""


def connect(wishes, **options):
    """The `Link` to the active runtime.

    Parameters
    ----------
    wishes : Wishes
        What tracker and display want of the runtime, collected before the instance exists.
    **options
        As `link.Link` takes them.

    Returns
    -------
    Link

    Raises
    ------
    HeadsetError
        With the key of the sentence that says what is missing and what to do.
    """
    from vrtrainer.openxr import runtime

    runtime.found()  # says what is wrong with the manifest before a second is spent on importing the bindings
    runtime.quiet_loader()
    try:
        from vrtrainer.openxr.link import Link
    except (ImportError, OSError, NotImplementedError) as error:
        raise runtime.HeadsetError("bindings_missing", what=str(error)) from None
    return Link(wishes, **options)
