"""What the grader is tested with: wrong solutions and attacks."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    task: str
    file: str
    what: str
    old: str
    new: str

    def __str__(self):
        return f"{self.task} {self.file}: {self.what}"

    def apply(self, text):
        if text.count(self.old) < 1:
            raise ValueError(f"{self}: its lines are not in the file any more:\n{self.old}")
        return text.replace(self.old, self.new, 1)


def mutants(root, module):
    """Those of course/mutants/<module>.txt."""
    path = Path(root) / "course/mutants" / f"{module}.txt"
    found, head, old, new = [], None, [], []

    def finish():
        if head:
            found.append(Mutant(*head, "".join(old), "".join(new)))

    for line in path.read_text().splitlines():
        if match := re.fullmatch(r"(\d\.\d[a-z]?) (\S+): (.*)", line):
            finish()
            head, old, new = match.groups(), [], []
        elif line.startswith(("- ", "-")) and head:
            old.append(line[2:] + "\n")
        elif line.startswith("+") and head:
            new.append(line[2:] + "\n")
    finish()
    return found


def answers_differ(one, other, task):
    """For each case, whether two seeds give different answers (not counting inputs)."""
    judge = one.tools.program("judge")
    done = subprocess.run([judge, "--answers", one.judge._expected(task), other.judge._expected(task)],
                          capture_output=True, text=True, check=True)
    return [line.endswith("differ") for line in done.stdout.splitlines()]
