"""Whether a file belongs to a process that still runs: a lock that the system itself drops when that process dies."""

import os
import sys

_FAR = 2**40  # Windows locks bytes, not files: one that no journal ever reaches

if sys.platform == "win32":
    import msvcrt

    def hold(file):
        """Hold an open file until it is closed or the process ends; False where another process holds it."""
        at = file.tell()
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(at)
        return True

else:
    import errno
    import fcntl

    def hold(file):
        """Hold an open file until it is closed or the process ends; False where another process holds it."""
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # A network folder without locks cannot tell: better to repair a file once too often than never.
            return error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
        return True


def is_held(path):
    """Whether another process, or another file object of this one, holds the file."""
    mode = "r+b" if os.access(path, os.W_OK) else "rb"
    with open(path, mode) as file:
        return not hold(file)
