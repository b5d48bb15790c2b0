#!/usr/bin/env python3
"""In a container: `--prepare N` compiles the reference once, `--run N HOME` grades HOME/submission.

HOME is laid out as Gradescope's /autograder. What is wrong with a submission is in results.json. When the
grader itself fails there is none and the exit status is 1: Gradescope then tells the instructor, and
the grade before it stands.
"""

import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.append(str(HERE.parent / "results"))

import publish
from book import Book, moment_of
from grader import Grader, Options
from repro import Repro
from toolbox import Toolbox


def cache():
    """The prepared one; where that cannot be used, as by another user, one for this run."""
    given = os.environ.get("TT_GRADE_CACHE", "")
    if given and os.access(given, os.R_OK | os.W_OK | os.X_OK):
        return None
    made = tempfile.mkdtemp(prefix="tt-grade-cache-")
    os.environ["TT_GRADE_CACHE"] = made
    return made


def dates(home):
    """(submitted, due) as Gradescope knows them, or None."""
    try:
        about = json.loads((home / "submission_metadata.json").read_text())
    except (OSError, ValueError):
        return None, None
    moments = [about.get("created_at"), (about.get("assignment") or {}).get("due_date")]
    return [moment_of(text, "submission_metadata.json") if text else None for text in moments]


def run(module, home):
    settings = home / "source/class.json"
    book = Book.read(settings=settings if settings.exists() else None)
    submitted, due = dates(home)
    options = Options(seed=random.SystemRandom().getrandbits(48))
    with Grader(ROOT, module, options) as grader:
        result = grader.grade(home / "submission")
    if result["status"] == "error":
        print(result["sentence"])
        return 1
    grade, repro = book.grade(result, submitted, due), Repro(ROOT)
    publish.student(home / "results", grade, lambda task, case: repro.text(result, task, case))
    return 0


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--prepare":
        Toolbox(ROOT, int(sys.argv[2]))
        return 0
    if len(sys.argv) == 4 and sys.argv[1] == "--run":
        own = cache()
        try:
            return run(int(sys.argv[2]), Path(sys.argv[3]))
        finally:
            if own:
                shutil.rmtree(own, ignore_errors=True)
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
