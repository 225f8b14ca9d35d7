"""Prints what vrtrainer costs, beside a peer in the same run where there is one: `python -m tests.benchmarks [NAME …]`.

loop        CPU of one frame by thread time: from frames() returning to the first draw call, plus journal and bulletin
comparator  one sample of the online comparison
trial       a whole-trial score, beside dtaidistance with a band of a tenth
start       from the command to the first frame, and --help
picture     one avatar picture, beside panda3d with the same model
journal     appending one frame
console     what a watching console costs the loop; how long an event and a control take
headset     a session on Monado: the loop with OpenXR calls, late frames, start, memory
"""

import importlib
import sys

from tests import needs

NAMES = ("start", "loop", "comparator", "trial", "journal", "picture", "console", "headset")


def main():
    """Run the named benchmarks, all without a name."""
    needs.obtain_libraries("dev", "bench")
    asked = sys.argv[1:] or NAMES
    for name in asked:
        if name not in NAMES:
            sys.exit(f"benchmarks: no {name!r}; there is {', '.join(NAMES)}")
    for name in asked:
        for line in importlib.import_module(f"tests.benchmarks.{name}").figures():
            print(f"{name}: {line}", flush=True)


if __name__ == "__main__":
    main()
