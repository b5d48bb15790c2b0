#!/usr/bin/env python3
"""The registry of tasks (course/tasks.bzl) must agree with itself and with the tree."""

import collections
import pathlib
import re
import sys

root = pathlib.Path("tools/registry_test.py").resolve().parent.parent
registry = {}
exec((root / "course/tasks.bzl").read_text(), registry)
tasks = registry["TASKS"]
complaints = []


def check(true, sentence):
    if not true:
        complaints.append(sentence)


points = collections.Counter()
for task in tasks:
    name = "task" + task["id"].replace(".", "_")
    points[task["module"]] += task["points"]
    check(sorted(task) == ["files", "id", "module", "points", "tests", "title"],
          f"{task['id']}: has the fields {sorted(task)}")
    check(task["module"].startswith("module" + task["id"][0]), f"{task['id']}: in {task['module']}")
    for test in task["tests"]:
        check(re.fullmatch(name + "(_[a-z]+)?_test", test), f"{task['id']}: test {test}")
        check((root / f"tests/{task['module']}/{test}.c").is_file(),
              f"{task['id']}: there is no tests/{task['module']}/{test}.c")
    for file in task["files"]:
        check((root / file).is_file(), f"{task['id']}: there is no {file}")

ids = [task["id"] for task in tasks]
check(ids == sorted(set(ids)), f"ids are not in order, each once: {ids}")
for module, sum_of_points in points.items():
    check(sum_of_points == 100, f"{module} has {sum_of_points} points, not 100")

# Each task's tests on disk are listed: a suite must not miss one.
listed = {test for task in tasks for test in task["tests"]}
for file in sorted(root.glob("tests/module*/task*_test.c")):
    check(file.stem in listed, f"{file.relative_to(root)} is in no task of the registry")

# README's table is the registry's.
readme = (root / "README.md").read_text()
table = readme[readme.index("<!-- tasks: begin -->"):readme.index("<!-- tasks: end -->")]
rows = [line for line in table.splitlines() if line.startswith("|")]
wanted = [f"| {task['id']} | {task['title']} | " + ", ".join(f"`{file}`" for file in task["files"])
          + f" | {task['points']} |" for task in tasks]
for row in wanted:
    check(row in rows, f"README.md lacks the row: {row}")
check(len(rows) == len(wanted), f"README.md lists {len(rows)} tasks, the registry {len(wanted)}")

print("\n".join(complaints + [f"{len(tasks)} tasks, {len(complaints)} complaints"]))
sys.exit(1 if complaints else 0)
