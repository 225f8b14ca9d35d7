"""What is amiss with keeping a session: a sentence in English where it is logged, and a key for every language."""

import errno

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Fault(str):
    """The sentence itself; `key` under `faults` in assets/language, with `values` for its braces."""

    def __new__(cls, sentence, key, **values):
        fault = super().__new__(cls, sentence)
        fault.key, fault.values = key, values
        return fault

    def told(self, texts):
        """The sentence in the language of these texts."""
        return texts["faults"][self.key].format(**self.values)


def full(error):
    """Whether an OSError says that there is no room."""
    return error.errno in _FULL
