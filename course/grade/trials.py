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


def mutants(root, name):
    """Those of course/mutants/<name>.txt."""
    path = Path(root) / "course/mutants" / f"{name}.txt"
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
    done = subprocess.run([judge, "--answers", one.judge.expected(task), other.judge.expected(task)],
                          capture_output=True, text=True, check=True)
    return [line.endswith("differ") for line in done.stdout.splitlines()]


# ---- attacks -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exploit:
    """A file of course/exploits: what it puts at a file's top, and into one region."""

    name: str
    task: str
    file: str
    function: str
    top: str
    body: str
    says: str  # a pattern that a sentence of the result must have, or ""

    def __str__(self):
        return self.name

    def apply(self, text, regions, tasks, pieces):
        """The file with stubs for `tasks`, and the attack in its place."""
        lines = regions.strip(text, tasks, self.file).splitlines(keepends=True)
        piece = next(p for p in pieces("".join(lines), self.file)
                     if p.task == self.task and p.function == self.function)
        lines[piece.begin + 1 : piece.end] = [self.body]
        includes = [n for n, line in enumerate(lines) if line.startswith("#include")]
        lines.insert(includes[-1] + 1 if includes else 0, self.top)
        return "".join(lines)


def exploits(root, module):
    """Those against tasks of a module."""
    found = []
    for path in sorted((Path(root) / "course/exploits").glob("*.c")):
        text = path.read_text()
        task, file = re.search(r"^//: task (\S+) (\S+)$", text, re.M).groups()
        says = re.search(r"^//: says (.*)$", text, re.M)
        top = re.search(r"^//: top\n(.*?)^//: ", text, re.M | re.S)
        function, body = re.search(r"^//: body ([^\n]*)\n(.*)\Z", text, re.M | re.S).groups()
        if module in file.split("/"):
            found.append(Exploit(path.stem, task, file, function, top[1] if top else "", body,
                                 says[1] if says else ""))
    return found


def left_behind(seed):
    """Files and processes of an attack that are still there. seed: of the grader, which its processes
    have in their command: other tests run graders of their own beside this one."""
    files = [str(path) for path in Path("/tmp").glob("tt-exploit*")]
    files += [path for path in ("/autograder/results/results.json",) if Path(path).exists()]
    processes = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith((b"/w/worker", b"/worker")) and str(seed).encode() in words:
            processes.append(f"process {path.parent.name}: {b' '.join(words).decode('utf-8', 'replace')}")
    return files + processes
