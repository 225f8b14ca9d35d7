"""The written gestures of a folder: one TOML file each, its name the gesture's."""

from vrtrainer.gestures import notation


def load(folder):
    """All gestures of a folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    dict
        Name to Gesture, by name. Files that begin with `_` or `.` are no gestures.

    Raises
    ------
    NotationError
        At the first text that cannot be read.
    FileNotFoundError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"gestures: there is no folder {folder}")
    files = sorted(p for p in folder.glob("*.toml") if not p.name.startswith(("_", ".")))
    return {p.stem: one(p) for p in files}


def one(path):
    """The gesture of a file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Gesture

    Raises
    ------
    NotationError
        If its text cannot be read.
    FileNotFoundError
        If there is no such file.
    """
    return notation.read(_text(path), path.stem, path.name)


def _text(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise notation.NotationError(
            path.name, "", f"this is not UTF-8 text (byte {error.start})", "save the file as UTF-8"
        ) from None
