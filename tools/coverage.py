#!/usr/bin/env python3
"""Prints which part of each file the tests reach, and which lines none reaches.

    ./bazelw coverage //... && ./bazelw run //tools:coverage [-- FILE]
"""

import os
import pathlib
import sys

root = pathlib.Path(os.environ["BUILD_WORKSPACE_DIRECTORY"])
report = root / "bazel-out/_coverage/_coverage_report.dat"
if not report.exists():
    sys.exit("there is no report: run ./bazelw coverage //... first")

total = reached = 0
for record in report.read_text().split("end_of_record\n")[:-1]:
    file, lines = None, {}
    for field in record.splitlines():
        kind, _, value = field.partition(":")
        if kind == "SF":
            file = value
        elif kind == "DA":
            line, count = value.split(",")[:2]
            lines[int(line)] = int(count)
    if file.startswith("tests/"):
        continue
    missed = [line for line, count in sorted(lines.items()) if not count]
    total += len(lines)
    reached += len(lines) - len(missed)
    if sys.argv[1:] in ([], [file]):
        print(f"{1 - len(missed) / max(1, len(lines)):7.1%}  {file}")
    if sys.argv[1:] == [file]:
        print("not reached:", *missed)
print(f"{reached / max(1, total):7.1%}  {reached} of {total} lines")
