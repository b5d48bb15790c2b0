#!/usr/bin/env python3
"""One assignment for a class: `./bazelw run //course:handout -- --module 2 --out DIR`.

Module 2 as stubs; later modules absent; earlier ones complete, in one of three forms:

    --below objects    a static library and headers: handout 2 does not publish the solution of 1
    --below source     this project's solutions, readable
    --below own TREE   the files a student wrote, from TREE; this project's given code around them
"""

import argparse
import os
import platform
import sys
from dataclasses import replace
from pathlib import Path

import tree


def parse():
    arguments = argparse.ArgumentParser(
        prog="./bazelw run //course:handout --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments.add_argument("--module", type=int, required=True, metavar="N")
    arguments.add_argument("--out", required=True, metavar="DIR", help="a new or empty folder")
    arguments.add_argument("--below", nargs="+", default=["objects"], metavar="FORM",
                           help="objects (the default), source, or own TREE")
    given = arguments.parse_args()
    form, *rest = given.below
    if form not in tree.FORMS or len(rest) != (form == "own"):
        arguments.error("--below is one of: objects, source, own TREE")
    return given.module, given.out, form, rest


def main():
    number, out, form, rest = parse()
    here = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    own = (here / rest[0]).resolve() if rest else None
    try:
        plan = replace(tree.of_class(tree.ROOT, number, form, own), kit=number)
        count = tree.make(plan, here / out)
    except tree.Refused as error:
        sys.exit(f"handout: {error}")

    print(f"{(here / out).resolve()}: {count} files")
    print(f"  to write: {', '.join(sorted(plan.ids(plan.stubs)))} of {plan.stubs[0]}")
    for module in plan.compiled():
        print(f"  compiled for {platform.machine()}, so only for machines of that kind: {module}")
    if plan.compiled() and not plan.hides_formulas() and "module0_operators" in plan.below:
        print(f"  readable all the same: {tree.FORMULAS}, with which kernels are compiled")
    print(f"Try it: cd there, then ./bazelw test //tests:module{number} (every task fails by name)")


if __name__ == "__main__":
    main()
