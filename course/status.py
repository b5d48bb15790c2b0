#!/usr/bin/env python3
"""Where you stand, and what comes next: `./bazelw run //course:status`, or with `-- --json`.

Runs the tests of every task of this tree and says of each task: passed, failing, not started, or
waiting for an earlier task without which its tests cannot run. Then it explains the first that is
not done. It looks at code and tests each time; nothing is remembered that could be out of date.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import urllib.parse
import xml.etree.ElementTree
from dataclasses import asdict, dataclass, field
from pathlib import Path

TODO = re.compile(r"Task (\d\.\d[a-z]?) is not implemented yet: (.*)")
COMPILER = re.compile(r"^(?:\./)?([^\s:]+):(\d+):\d+: (?:fatal )?error:")
REGION = re.compile(r"\s*// (?:(?:TASK|BEGIN \w+) (\d\.\d[a-z]?)|END \w+)\s*")
LINES = 12  # of a failure
NOT_COMPILED = "the compiler"  # in place of a test's name
NAMED = {"passed": "passed", "failing": "failing", "not_started": "not started"}


@dataclass
class Failure:
    test: str  # "task1_2/mul_saves_its_operands"
    text: str


@dataclass
class Standing:
    """A task, and what became of its tests."""

    id: str
    title: str
    module: str
    points: int
    state: str = "failing"  # passed, failing, not_started, waiting
    waiting_for: str | None = None
    passed: int = 0
    tests: int = 0
    write: str | None = None  # place of the first stub that is left
    failure: Failure | None = None


@dataclass
class Run:
    """What Bazel told of a run of tests."""

    cases: dict = field(default_factory=dict)  # test target -> [(name, text of its failure or None)]
    compiler: str = ""  # what it said of files that do not compile


# ---- what the tree holds ---------------------------------------------------------------------------


def registry(root):
    names = {}
    exec((root / "course/tasks.bzl").read_text(), names)
    return names["TASKS"]


def here(root, task):
    """Whether the task is one of this tree's: a handout has the tests of some modules only."""
    tests = [root / "tests" / task["module"] / f"{test}.c" for test in task["tests"]]
    return bool(tests) and all(test.is_file() for test in tests)


def first_stub(root, task):
    """"module1_autodiff/graph.c:31", where the task's first TT_TODO stands, or None."""
    for file in task["files"]:
        if (root / file).is_file():
            for number, line in enumerate((root / file).read_text().splitlines(), 1):
                if f'TT_TODO("{task["id"]}")' in line:
                    return f"{file}:{number}"
    return None


def heading(root, task):
    """The title of the task's section in the assignment."""
    text = (root / task["module"] / "README.md").read_text()
    match = re.search(rf"^#+ (Task {re.escape(task['id'])}\b.*)", text, re.M)
    return match[1] if match else f"Task {task['id']}"


# ---- running the tests -----------------------------------------------------------------------------


def run_tests(root, tasks):
    """Runs the tasks' tests as the learner does, with Bazel, and reads the events it writes."""
    targets = [f"//tests:{test}" for task in tasks for test in task["tests"]]
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.json")
        command = [root / "bazelw", "test", "--keep_going", "--test_output=summary",
                   f"--build_event_json_file={events}", *targets]
        environment = {**os.environ, "TT_INSTALL": "never"}
        done = subprocess.run(command, cwd=root, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode not in (0, 1, 3) or not events.exists():  # built, not built, tests failed
            sys.exit(f"status: Bazel could not run the tests:\n{textwrap.indent(done.stdout[-2000:], '  ')}")
        return read_events(events.read_text().splitlines())


def read_events(lines):
    """A Run from Bazel's build events, one JSON object a line."""
    run = Run()
    for line in lines:
        event = json.loads(line)
        if "testResult" in event:
            target = event["id"]["testResult"]["label"].rpartition(":")[2]
            files = {f["name"]: f.get("uri", "") for f in event["testResult"].get("testActionOutput", [])}
            run.cases[target] = read_cases(_text_of(files.get("test.xml", "")))
        elif "action" in event and not event["action"].get("success"):
            run.compiler += _text_of(event["action"].get("stderr", {}).get("uri", ""))
    return run


def _text_of(uri):
    path = Path(urllib.parse.unquote(urllib.parse.urlparse(uri).path))
    return path.read_text(errors="replace") if path.is_file() else ""


def read_cases(text):
    """[(test, None or why it failed)] of a test.xml; Bazel writes one itself where a test hung."""
    try:
        cases = list(xml.etree.ElementTree.fromstring(text).iter("testcase"))
    except xml.etree.ElementTree.ParseError:
        return [("(all)", "the test wrote no results")]
    found = []
    for case in cases:
        error = case.find("error")
        why = case.findtext("failure")
        if error is not None:
            why = error.get("message") or error.text or "the test program did not come to its end"
        name = f"{case.get('classname')}/{case.get('name')}" if case.get("classname") else case.get("name")
        if case.find("skipped") is None:
            found.append((name, why))
    return found


# ---- judging ---------------------------------------------------------------------------------------


def judge(root, tasks, run):
    """A Standing for each task, in order."""
    standings, errors = [], compiler_errors(root, tasks, run.compiler)
    for task in tasks:
        standing = Standing(task["id"], task["title"], task["module"], task["points"])
        standing.write = first_stub(root, task)
        if all(test in run.cases for test in task["tests"]):
            _by_tests(standing, [case for test in task["tests"] for case in run.cases[test]])
        else:
            _uncompiled(standing, run.compiler, errors)
        standings.append(standing)
    return standings


def _by_tests(standing, cases):
    failures = [Failure(name, text) for name, text in cases if text is not None]
    standing.tests, standing.passed = len(cases), len(cases) - len(failures)
    named = [TODO.search(failure.text) for failure in failures]
    wrong = [failure for failure, todo in zip(failures, named) if not todo]
    others = sorted({todo[1] for todo in named if todo} - {standing.id})
    if not failures:
        standing.state = "failing" if standing.write or not cases else "passed"
    elif wrong:
        standing.failure = wrong[0]
    elif others:
        standing.state, standing.waiting_for = "waiting", others[0]
    else:
        standing.state = "failing" if standing.passed else "not_started"
        standing.failure = failures[0]


def compiler_errors(root, tasks, words):
    """{task: the compiler's words from its first error on}, in order; None where no task's file is wrong."""
    lines, found = words.splitlines(), {}
    for number, line in enumerate(lines):
        if match := COMPILER.match(line):
            found.setdefault(owner(root, tasks, match[1], int(match[2])), "\n".join(lines[number:]))
    return found


def owner(root, tasks, file, line):
    """The task in whose region a line stands; else the first that writes to the file."""
    path = root / file
    above = path.read_text(errors="replace").splitlines()[:line] if path.is_file() else []
    inside = next((match[1] for match in map(REGION.fullmatch, reversed(above)) if match), None)
    writers = [task["id"] for task in tasks if file in task["files"]
               or file in [f"tests/{task['module']}/{test}.c" for test in task["tests"]]]
    return inside if inside in writers else next(iter(writers), None)


def _uncompiled(standing, words, errors):
    """No results: something of this task does not compile, or of another without which it cannot be built."""
    others = [task for task in errors if task]
    if others and standing.id not in errors:
        standing.state, standing.waiting_for = "waiting", others[0]
        return
    said = errors.get(standing.id) or errors.get(None) or words.strip()
    standing.failure = Failure(NOT_COMPILED, said or "the test could not be built")


# ---- saying it -------------------------------------------------------------------------------------


def state_of(standing):
    if standing.state == "waiting":
        return f"waiting for {standing.waiting_for}"
    return NAMED[standing.state]


def detail_of(standing):
    if standing.state == "passed":
        return f"{standing.tests} test{'s' * (standing.tests != 1)}"
    if standing.failure and standing.failure.test == NOT_COMPILED:
        return "does not compile"
    if standing.state == "failing" and standing.tests:
        return f"{standing.passed} of {standing.tests} tests pass"
    return ""


def table(standings):
    lines, module = [], None
    width = max(len(standing.title) for standing in standings)
    for standing in standings:
        if standing.module != module:
            module = standing.module
            lines.append(module)
        line = f"  {standing.id:<5}{standing.title:<{width}}  {state_of(standing):<17}{detail_of(standing)}"
        lines.append(line.rstrip())
    done = [standing for standing in standings if standing.state == "passed"]
    lines.append(f"{len(done)} of {len(standings)} tasks, {sum(s.points for s in done)} of"
                 f" {sum(s.points for s in standings)} points by these tests")
    return lines


def next_of(standings):
    """What to do now: the first task that is neither passed nor waiting for another."""
    open_tasks = [standing for standing in standings if standing.state != "passed"]
    return next((s for s in open_tasks if s.state != "waiting"), open_tasks[0] if open_tasks else None)


def wrapped(line, width):
    """A line of a failure, in as many lines of the terminal as it needs, all indented as it is."""
    line = f"    {line}"
    indent = line[: len(line) - len(line.lstrip(" |"))]
    if len(line) <= width:
        return [line]
    return textwrap.wrap(line[len(indent):], width, initial_indent=indent, subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False)


def advice(root, task, standing, width=1000):
    """What to do about a task; width: of the terminal."""
    lines = [f"Next: Task {standing.id}, {standing.title} ({state_of(standing)})"]
    if standing.failure and standing.state == "failing":
        said = standing.failure.text.strip("\n").splitlines()
        lines += ["", f"  {standing.failure.test}:"]
        lines += [part for line in said[:LINES] for part in wrapped(line, width)]
        if len(said) > LINES:
            lines.append(f"    ... and {len(said) - LINES} more lines")
    elif standing.state == "failing":
        lines += ["", "  Its tests pass, but a stub is left, which no test reaches."]
    lines += ["", f"  Read   {task['module']}/README.md, \"{heading(root, task)}\""]
    if standing.write:
        lines.append(f"  Write  {standing.write}")
    else:
        lines.append(f"  Mend   {', '.join(task['files'])}")
    name = f"task{standing.id.replace('.', '_')}"
    lines.append(f"  Run    ./bazelw test //tests:{name}")
    if standing.state == "failing" and standing.failure and standing.failure.test.startswith(f"{name}/"):
        lines.append(f"  Debug  ./bazelw run //tests:debug -- {standing.failure.test.replace('/', ' ')}")
    return lines


def main():
    arguments = argparse.ArgumentParser(
        prog="./bazelw run //course:status --", description=__doc__.splitlines()[0])
    arguments.add_argument("--json", action="store_true", help="one JSON object, for programs")
    as_json = arguments.parse_args().json
    root = Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY") or Path(__file__).resolve().parent.parent)
    tasks = [task for task in registry(root) if here(root, task)]
    if not tasks:
        sys.exit("status: this tree has no tests of tasks (tests/module*/task*_test.c)")
    print(f"Running the tests of {len(tasks)} tasks; the first time this builds them ...", file=sys.stderr)

    standings = judge(root, tasks, run_tests(root, tasks))
    following = next_of(standings)
    if as_json:
        print(json.dumps({"tasks": [asdict(s) for s in standings], "next": following and following.id}, indent=1))
        return
    print("\n".join(table(standings)) + "\n")
    if following:
        task = next(task for task in tasks if task["id"] == following.id)
        print("\n".join(advice(root, task, following, shutil.get_terminal_size((1000, 0)).columns)))
    else:
        print("Every task of this tree is done. ./bazelw test //... runs all the tests.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
