#!/usr/bin/env python3
"""One tree to work through the whole course: `./bazelw run //course:start -- DIR`.

Every module's solutions are taken out. DIR is new or empty, beside this project; it becomes a git
repository of its own, with one commit, so that `git diff` shows what you wrote.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import tree


def make_repository(folder):
    """A fresh history. What git says goes to the user only if it fails."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    name = ["-c", "user.name=TinyTorch", "-c", "user.email=tinytorch@localhost"]
    for words in [
        ["-c", "init.defaultBranch=main", "init", "-q"],
        ["add", "-A"],
        [*name, "-c", "commit.gpgsign=false", "commit", "-qm", "What the course starts from"],
    ]:
        subprocess.run(["git", *words], cwd=folder, env=environment, check=True)


def main():
    arguments = argparse.ArgumentParser(
        prog="./bazelw run //course:start --", description=__doc__.splitlines()[0])
    arguments.add_argument("dir", metavar="DIR", help="a new or empty folder beside this project")
    here = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    folder = (here / arguments.parse_args().dir).resolve()
    try:
        count = tree.make(tree.of_learner(tree.ROOT), folder)
    except tree.Refused as error:
        sys.exit(f"start: {error}")

    print(f"{folder}: {count} files, every task still to be written")
    if shutil.which("git"):
        make_repository(folder)
    else:
        print("git is not installed, so it is no repository; later: git init && git add -A")
    print("Next:")
    print(f"  cd {folder}")
    print("  ./bazelw test //tests:task0_1     # fails, and names what is missing")
    print("  ./bazelw run //course:status      # where you stand")
    print("Its README.md says the rest.")


if __name__ == "__main__":
    main()
