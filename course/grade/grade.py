#!/usr/bin/env python3
"""Grades submissions of one module: `./bazelw run //course:grade -- --module 1 SUBMISSION... --out DIR`.

A submission is a folder, a zip or a tar; its name without the ending is the student's id.

    DIR/grades.csv  index.html          the class
    DIR/ID/index.html                   the student's page
    DIR/ID/results.json  classroom50.json  junit.xml  repro/     the same for others
    DIR/ID/result.json                  what all of them are made from: RESULT.md

The same command again goes on where it stopped, and takes over changed class files without grading
anew. --regrade grades everything again and lists whose grade changed, and why.
"""

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "results"))

import publish
import regrade
import submission
from batch import Batch, Mixed
from book import Book, Mistake
from grader import Grader, NotIsolated, Options
from repro import Repro
from toolbox import ToolError

ROOT = HERE.parent.parent


def parse():
    arguments = argparse.ArgumentParser(prog="./bazelw run //course:grade --", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--module", type=int, required=True, metavar="N")
    arguments.add_argument("submissions", nargs="+", metavar="SUBMISSION")
    arguments.add_argument("--out", required=True, metavar="DIR")
    arguments.add_argument("--cumulative", action="store_true", help="on the submission's own modules below")
    arguments.add_argument("--require-isolation", action="store_true",
                           help="refuse to run when a layer of isolation is missing")
    arguments.add_argument("--seed", type=int, metavar="S", help="of the inputs; else a new one for each DIR")
    arguments.add_argument("--jobs", type=int, metavar="J", default=len(os.sched_getaffinity(0)))
    arguments.add_argument("--regrade", action="store_true", help="also what is graded already")
    ours = arguments.add_argument_group("the class's own files (INSTRUCTOR.md)")
    ours.add_argument("--class", dest="settings", metavar="class.json",
                      help="points, omitted tasks, dates, lateness")
    ours.add_argument("--roster", metavar="students.csv", help="id, name, email, extension_days")
    ours.add_argument("--adjustments", metavar="adjustments.csv", help="id, task, delta, reason")
    ours.add_argument("--submitted", metavar="submitted.csv", help="id, submitted: when")
    return arguments.parse_args()


def book_of(given, here):
    paths = {key: getattr(given, key) for key in ("settings", "roster", "adjustments", "submitted")}
    return Book.read(**{key: here / path for key, path in paths.items() if path})


def named(paths):
    """{id: path}; two of one name are a mistake that would lose one."""
    found = {}
    for path in paths:
        id = submission.id_of(path)
        if id in found:
            sys.exit(f"grade: {found[id]} and {path} would both be called {id}: rename one")
        found[id] = path
    return found


def say(text):
    """A reader that has gone (`grade ... | head`) stops no grading: the pages are what counts."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def publish_all(out, book, changed, tell_changes):
    """Pages and tables of all that lies in out, also of earlier runs."""
    results, repro = publish.results_in(out), Repro(ROOT)
    grades = [book.grade(result) for result in results]
    for grade in grades:
        result = grade.result
        publish.student(out / result["submission"]["id"], grade,
                        lambda task, case, result=result: repro.text(result, task, case))
    missing, strangers = book.missing(results), book.strangers(results)
    publish.whole_class(out, grades, missing, strangers)
    if missing:
        say(f"nothing from: {', '.join(student.id for student in missing)}")
    if strangers:
        say(f"not in the roster: {', '.join(strangers)}")
    if tell_changes:
        publish.write(out / "regrade.csv", regrade.table(changed))
        for old, new in changed:
            if found := regrade.changes(old, new):
                points = f"{old['points']:g} -> {new['points']:g}"
                say("\n    ".join([f"changed: {new['submission']['id']}: {points}", *found]))


def main():
    given = parse()
    here = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    out = (here / given.out).resolve()
    try:
        book = book_of(given, here)
        submissions = named([here / path for path in given.submissions])
        batch = Batch(out, given.module, given.seed, given.regrade)
        threads = max(1, given.jobs // len(submissions))  # a single one may have every core
        grader = Grader(ROOT, given.module,
                        Options(batch.seed, given.cumulative, given.require_isolation, threads))
    except (Mistake, Mixed, OSError, ToolError, NotIsolated, StopIteration) as error:
        print(f"grade: {error or 'there is no such module'}", file=sys.stderr)
        return 2
    with grader:
        try:
            batch.run(grader, submissions, given.jobs, say)
        except KeyboardInterrupt:
            say("\ngrade: interrupted; what is done is kept: the same command goes on from here")
            return 130
        say(f"isolation: {grader.isolation['sentence']}")
    publish_all(out, book, batch.changed, given.regrade)
    say(f"pages and grades.csv: {out}")
    return 1 if batch.failed else 0


if __name__ == "__main__":
    sys.exit(main())
