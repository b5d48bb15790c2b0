#!/usr/bin/env python3
"""Turns what gcov counted into one lcov file: Bazel's merger of a test, and of all tests.

Of a test:   --coverage_dir=DIR with *.gcov.json.gz and *.dat, --output_file=FILE
Of all:      --reports_file=FILE that lists the tests' lcov files, --output_file=FILE
"""

import argparse
import collections
import gzip
import json
import pathlib

parser = argparse.ArgumentParser()
parser.add_argument("--coverage_dir", type=pathlib.Path)
parser.add_argument("--reports_file", type=pathlib.Path)
parser.add_argument("--output_file", type=pathlib.Path)
options, _ = parser.parse_known_args()

hits = collections.defaultdict(collections.Counter)  # file -> line -> how often


def is_ours(file):
    return not file.startswith("/") and "external/" not in file


def read_gcov(path):
    for file in json.loads(gzip.decompress(path.read_bytes()))["files"]:
        name = file["file"].replace("/proc/self/cwd/", "")
        for line in file["lines"] if is_ours(name) else []:
            hits[name][line["line_number"]] += line["count"]


def read_lcov(path):
    for record in path.read_text().splitlines():
        kind, _, value = record.partition(":")
        if kind == "SF":
            name = value
        elif kind == "DA":
            line, count = value.split(",")[:2]
            hits[name][int(line)] += int(count)


if options.coverage_dir:
    for path in options.coverage_dir.rglob("*.gcov.json.gz"):
        read_gcov(path)
if options.reports_file:
    for path in map(pathlib.Path, options.reports_file.read_text().split()):
        if path.name.endswith(".dat") and path.exists():
            read_lcov(path)

with options.output_file.open("w") as out:
    for name, lines in sorted(hits.items()):
        print(f"SF:{name}", file=out)
        for line, count in sorted(lines.items()):
            print(f"DA:{line},{count}", file=out)
        print(f"LH:{sum(map(bool, lines.values()))}\nLF:{len(lines)}\nend_of_record", file=out)
