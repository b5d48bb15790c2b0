"""Writes all that is made from results: for each student a folder, and what the class has in common.

    <out>/grades.csv   index.html                      the class
    <out>/<id>/index.html   results.json               the student's page; Gradescope's file
    <out>/<id>/classroom50.json   junit.xml            Classroom 50's; JUnit's
    <out>/<id>/repro/                                  for each lost point a program that shows it

result.json, from which they are made, is the grader's and is not touched.
"""

import json
import os
import sys
from pathlib import Path

import classroom50
import gradebook
import gradescope
import junit
import page
from files import write

LINES = 12  # of a failure that Gradescope's pages show


def _json(value):
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def student(folder, grade, repro=None, environment=os.environ):
    """One student's files. repro(task id, case): the text of a program, or None."""
    names = {}
    for task in grade.result["tasks"]:
        judged = task["judgements"].get(task["counts"]) if task["counts"] else None
        for case in (judged["cases"] if judged and repro else []):
            text = None if case["status"] in ("passed", "skipped") else repro(task["id"], case)
            if text:
                name = f"repro/task{task['id'].replace('.', '_')}_{case['name']}.c"
                names[task["id"], case["name"]] = name
                write(folder / name, text)
    write(folder / "index.html", page.page(grade, lambda task, case: names.get((task, case["name"]))))
    write(folder / "results.json", _json(gradescope.results(grade, lambda task: details(grade.result, task))))
    write(folder / "classroom50.json", _json(classroom50.result(grade, environment)))
    write(folder / "junit.xml", junit.document(grade.result))


def details(result, task):
    """A task's failures in a few lines of text."""
    lines = [task.sentence, *(f"{float(a.delta):+g} points: {a.reason}" for a in task.adjustments)]
    entry = next((t for t in result["tasks"] if t["id"] == task.id), None)
    judged = entry["judgements"].get(entry["counts"]) if entry and entry["counts"] else None
    if judged:
        lines += judged["compiler"].splitlines()
        lines += [f"{case['name']}: {case['sentence']}" for case in judged["cases"] if case["status"] != "passed"]
    if len(lines) > LINES:
        lines[LINES:] = [f".. and {len(lines) - LINES} lines more on the page"]
    return "\n".join(lines)


def whole_class(out, grades, missing=(), strangers=()):
    write(out / "grades.csv", gradebook.table(grades, missing))
    write(out / "index.html", page.class_page(grades, missing, strangers))


def results_in(out):
    """The results below a folder that //course:grade wrote; what is damaged is named and left out."""
    found = []
    for path in sorted(Path(out).glob("*/result.json")):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            print(f"{path}: left out: {error}", file=sys.stderr)
    return found
