#!/usr/bin/env python3
"""Grades submissions of one module: `./bazelw run //course:grade -- --module 1 SUBMISSION... --out DIR`.

A submission is a folder, a zip or a tar. DIR/<its name>/result.json says everything: RESULT.md.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import submission
from grader import Grader, NotIsolated, Options
from toolbox import ToolError

ROOT = Path(__file__).resolve().parent.parent.parent


def parse():
    arguments = argparse.ArgumentParser(prog="./bazelw run //course:grade --", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--module", type=int, required=True, metavar="N")
    arguments.add_argument("submissions", nargs="+", metavar="SUBMISSION")
    arguments.add_argument("--out", required=True, metavar="DIR")
    arguments.add_argument("--cumulative", action="store_true", help="on the submission's own modules below")
    arguments.add_argument("--require-isolation", action="store_true",
                           help="refuse to run when a layer of isolation is missing")
    arguments.add_argument("--seed", type=int, metavar="S", help="of the inputs; else a new one")
    arguments.add_argument("--jobs", type=int, metavar="J", default=len(os.sched_getaffinity(0)))
    return arguments.parse_args()


def write(folder, result):
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / ".result.json.new"
    new.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    os.replace(new, folder / "result.json")


def places(paths, out):
    """A folder for each submission; two of one name are a mistake that would lose one."""
    found = {}
    for path in paths:
        id = submission.id_of(path)
        if id in found:
            sys.exit(f"grade: {found[id]} and {path} would both be called {id}: rename one")
        found[id] = path
    return {path: out / id for id, path in found.items()}


def main():
    given = parse()
    here = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    folders = places([here / path for path in given.submissions], (here / given.out).resolve())
    options = Options(given.seed, given.cumulative, given.require_isolation)
    try:
        grader = Grader(ROOT, given.module, options)
    except (ToolError, NotIsolated, StopIteration) as error:
        print(f"grade: {error or 'there is no such module'}", file=sys.stderr)
        return 2
    failed = 0
    with grader, ThreadPoolExecutor(max(1, given.jobs)) as pool:
        running = {pool.submit(grader.grade, path): path for path in folders}
        for number, future in enumerate(as_completed(running), 1):
            result = future.result()
            write(folders[running[future]], result)
            failed += result["status"] == "error"
            print(f"[{number}/{len(running)}] {result['submission']['id']}: {result['points']:g} of"
                  f" {result['max_points']:g}  {result['sentence']}", flush=True)
    print(f"isolation: {grader.isolation['sentence']}")
    print(f"results: {(here / given.out).resolve()}/<name>/result.json")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
