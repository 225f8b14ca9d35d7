"""File systems of their own, made for one test and gone after it."""

import contextlib
import os
import subprocess
import sys

import pytest


def may():
    """Whether this process may make one at all."""
    return sys.platform == "linux" and os.geteuid() == 0


@contextlib.contextmanager
def mounted(folder, options):
    """A file system in memory with these mount options; skips where none can be made."""
    if not may():
        pytest.skip("a disk of its own: only root on Linux can make one")
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", options, "vrtrainer-tests", str(folder)]
    made = subprocess.run(words, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"a disk of its own: mount is not allowed here ({made.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
