"""Runs all tests, after getting what they need: `python -m tests [--no-install] [what pytest takes]`.

Without arguments two passes: first everything that can share the machine, side by side; then, one by one, the tests
marked `alone`. The last line is pytest's closing line over both. With arguments pytest gets them, in one pass.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

from tests import needs

WORKERS = min(4, os.cpu_count() or 1)
XVFB = ["Xvfb", "-displayfd", "FD", "-screen", "0", "1280x1024x24", "+extension", "GLX", "-nolisten", "tcp"]


def say(line):
    print(f"tests: {line}", flush=True)


@contextlib.contextmanager
def made_up_screen():
    """Makes a screen for the windows that tests open, where Linux has none, and ends it. Yields its name or None."""
    if not needs.LINUX or os.environ.get("DISPLAY") or not shutil.which("Xvfb"):
        yield None
        return
    reading, writing = os.pipe()
    words = [str(writing) if word == "FD" else word for word in XVFB]
    server = subprocess.Popen(words, pass_fds=[writing], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], 30)  # Xvfb writes the number of a display that was free
        number = os.read(reading, 16).decode().strip() if ready else ""
        yield f":{number}" if number else None
    finally:
        os.close(reading)
        server.terminate()
        server.wait()


def pytest(arguments, environment):
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=needs.ROOT, env=environment).returncode


def tally(report):
    """How many passed, failed and so on, from pytest's own report of a pass."""
    if not report.is_file():
        return {}
    suite = ElementTree.parse(report).getroot().find("testsuite")
    counts = {word: int(suite.get(key)) for word, key in
              (("failed", "failures"), ("skipped", "skipped"), ("error", "errors"))}  # fmt: skip
    return {"passed": int(suite.get("tests")) - sum(counts.values())} | counts


def closing_line(counts, seconds):
    """The line that pytest ends with, over both passes."""
    errors = counts.get("error", 0)
    said = [f"{counts[word]} {word}" for word in ("failed", "passed", "skipped") if counts.get(word)]
    said += [f"{errors} error{'s' if errors > 1 else ''}"] if errors else []
    return f"{', '.join(said) or 'no tests ran'} in {seconds:.2f}s"


def run_all(environment, extra):
    """Both passes and the closing line. Answers the exit code."""
    needs.FOLDER.mkdir(exist_ok=True)
    side_by_side = ["-n", str(WORKERS), "--dist", "worksteal"] if WORKERS > 1 else []
    passes = {"shared": ["-m", "not alone", *side_by_side], "alone": ["-m", "alone", "tests"]}
    began, codes, counts = time.monotonic(), [], {}
    for name, arguments in passes.items():
        report = needs.FOLDER / f"{name}.xml"
        report.unlink(missing_ok=True)
        code = pytest([*arguments, "--durations=10", f"--junitxml={report}", *extra], environment)
        codes.append(0 if code == 5 else code)  # 5: this pass has no test, which is no fault of the other
        for word, count in tally(report).items():
            counts[word] = counts.get(word, 0) + count
    seconds = time.monotonic() - began
    say(f"took {seconds:.0f} s; with two cores and everything installed it is meant to stay under 15 min")
    print(closing_line(counts, seconds), flush=True)
    return next((code for code in codes if code), 0 if sum(counts.values()) else 5)


def stop(_signal, _frame):
    raise KeyboardInterrupt


def main(arguments):
    began = time.monotonic()
    signal.signal(signal.SIGTERM, stop)  # so that the screen is taken down then, too
    install = "--no-install" not in arguments
    arguments = [word for word in arguments if word != "--no-install"]
    if install:
        why = needs.obtain_libraries("dev")
        if why:
            say(f"the test libraries were not brought up to date: {why}")
        left_out = needs.obtain(say)
    else:
        why = dict.fromkeys(needs.NEEDS, "nothing was to be installed (--no-install)")
        left_out = needs.leave_out(say, needs.NEEDS, why)
    say(f"set up in {time.monotonic() - began:.0f} s")
    # Without OpenGL the modules that draw cannot be imported, so their examples cannot be tried either.
    extra = ["--doctest-ignore-import-errors"] if needs.OPENGL in left_out else []
    with made_up_screen() as display:
        environment = os.environ | {"LIBGL_ALWAYS_SOFTWARE": "1"} | ({"DISPLAY": display} if display else {})
        return pytest([*extra, *arguments], environment) if arguments else run_all(environment, extra)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
