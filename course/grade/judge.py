"""Compares what a submission answered with what the reference answers, case by case.

    judge = Judge(tools, box, seed)
    cases = judge.cases("1.4")                 # names, titles, weights
    found = judge.judge("1.4", program, work)  # [Found], one a case
"""

import json
import re
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import layout
from toolbox import ToolError, run
from worker import Limits, parse

TODO = re.compile(r"Task (\d\.\d[a-z]?) is not implemented yet: (.*)")
MOST_OUTPUT = 4000


@dataclass(frozen=True)
class Case:
    name: str
    weight: float
    title: str


@dataclass
class Found:
    """What became of one case."""

    case: Case
    status: str = "failed"
    sentence: str = ""
    because_of: str = None
    number: int = None  # of the case, of the record in it, of the cell in that: for repro.py
    sequence: int = None
    cell: int = None
    record: str = ""
    index: list = field(default_factory=list)
    expected: object = None
    actual: object = None
    input: list = field(default_factory=list)
    limit: str = None
    signal: str = None
    output: str = ""
    seconds: float = 0.0


class Judge:
    def __init__(self, tools, box, seed, work):
        self.tools, self.box, self.seed, self.work = tools, box, seed, Path(work)
        self.lock = threading.Lock()
        self.known = {}  # task -> its cases
        self.work.mkdir(mode=0o700, exist_ok=True)  # the right answers: for nobody else

    def cases(self, task):
        with self.lock:
            if task not in self.known:
                self.known[task] = self._prepare(task)
            return self.known[task]

    def _prepare(self, task):
        program = self.tools.scenario(task)
        if not program.exists():
            return []
        rows = [line.split("\t", 2) for line in run([program, "--list"]).splitlines()]
        cases = [Case(name, int(weight), title) for name, weight, title in rows]
        self.expected(task).write_bytes(self.box.reference(program, len(cases), self.seed))
        return cases

    def expected(self, task):
        return self.work / f"expected-{layout.safe(task)}"

    def judge(self, task, program, limits=Limits()):
        cases = self.cases(task)
        bundle = self.box.scenario(program, len(cases), self.seed, limits)
        actual = program.parent / "bundle"
        actual.write_bytes(bundle)
        done = subprocess.run([self.tools.program("judge"), self.expected(task), actual],
                              capture_output=True, timeout=300)
        actual.unlink()
        if done.returncode != 0:
            raise ToolError(f"the judge failed on Task {task}: {done.stderr.decode('utf-8', 'replace')}")
        verdicts = [json.loads(line) for line in done.stdout.decode().splitlines()]
        runs = parse(bundle)
        return [self._found(task, cases[v["case"]], v, runs.get(v["case"]), program, limits)
                for v in verdicts]

    # ---- sentences ---------------------------------------------------------------------------------

    def _found(self, task, case, verdict, run_, program, limits):
        found = Found(case)
        if run_:
            found.output, found.seconds = run_.printed[-MOST_OUTPUT:], run_.wall_ms / 1000
        if verdict["right"]:
            found.status, found.sentence = "passed", ""
            return found
        found.number, found.sequence = verdict["case"], verdict.get("sequence")
        found.cell = verdict.get("cell")
        found.record, found.input = verdict["record"], verdict.get("input", [])
        found.index = verdict.get("index", [])
        found.expected, found.actual = verdict.get("expected"), verdict.get("actual")
        if run_ is None:
            found.sentence = "the worker did not start this case"
        elif verdict["reason"] in ("ended", "broken", "crashed", "forbidden", "more"):
            self._ended(task, found, verdict, run_, program, limits)
        else:
            found.sentence = _difference(verdict)
        return found

    def _ended(self, task, found, verdict, run_, program, limits):
        """No answer came where one was expected: why?"""
        before = f'before "{found.record}" was answered' if found.record not in ("", "end") else "at its end"
        todo = TODO.search(run_.printed) if run_.how == "signal" and run_.code == signal.SIGTRAP else None
        if run_.how == "signal":
            found.signal = _signal_name(run_.code)
        if verdict["reason"] == "forbidden":
            found.sentence = (f"it calls {verdict['forbidden']}, which does this task's work: write it"
                              " yourself")
        elif todo and todo[1] == task:
            found.status, found.sentence = "not_started", f"not started: {todo[2]}"
        elif todo:
            found.status, found.because_of = "skipped", todo[1]
            found.sentence = f"not run, because Task {todo[1]} is not there yet: {todo[2]}"
        elif run_.limit != "none" or _out_of_memory(run_, limits):
            self._limited(found, run_, limits)
        elif verdict["reason"] == "broken":
            found.sentence = f"its answers cannot be read: {verdict['broken']}"
        elif verdict["reason"] == "more":
            found.sentence = "something was answered after the end of the case"
        elif run_.how == "signal":
            where = self._place(verdict.get("crash", []), program)
            found.sentence = f"it crashed ({_words(run_.code)}){where} {before}"
        else:
            found.sentence = (f"the program ended (exit status {run_.code}) {before}: something called"
                              " exit, or ended it")

    def _limited(self, found, run_, limits):
        found.limit = run_.limit if run_.limit != "none" else "memory"
        found.sentence = {
            "time": f"stopped after {run_.cpu_ms / 1000:.1f} s of work ({run_.wall_ms / 1000:.1f} s of time):"
                    " does it end, or do something many times over?",
            "memory": f"it asked for more than {limits.memory_mb} MB of memory",
            "output": f"stopped: it printed more than {limits.output_kb // 1024} MB",
            "files": f"stopped: it wrote a file of more than {limits.file_mb} MB",
        }[found.limit]

    def _place(self, addresses, program):
        """The first function of the module's files on the stack of a crash."""
        if not addresses:
            return ""
        words = " ".join(hex(int(address) - 1) for address in addresses)
        status, text = self.box.build(program.parent, [], f"addr2line -f -e worker {words}")
        lines = text.splitlines()
        for function, place in zip(lines[::2], lines[1::2]):
            match = re.search(r"(module\d_\w+/[\w./]+:\d+)", place)
            if status == 0 and match and not place.startswith("?"):
                return f" in {function} ({match[1]})"
        return ""


def _out_of_memory(run_, limits):
    died = run_.how == "signal" or run_.code != 0
    return died and (run_.rss_kb > 0.6 * 1024 * limits.memory_mb or "out of memory" in run_.printed)


def _difference(verdict):
    name, reason = verdict["record"], verdict["reason"]
    if verdict.get("is_input"):
        return f'it changed its input: "{name}" is not what it was ({reason})'
    if "expected" not in verdict:
        return f"{name}: {reason}"
    if name == "what the simulator found":
        return f"on the simulator: {verdict['actual'] or 'nothing, where something was expected'}"
    at = f" at {verdict['index']}" if verdict.get("index") else ""
    text = f"{name}: expected {_number(verdict['expected'])}, got {_number(verdict['actual'])}{at}"
    if reason != "the value differs" and reason != "the text differs":
        text += f" ({reason})"
    return text + _hint(verdict)


def _hint(verdict):
    ratio = verdict.get("ratio")
    if verdict.get("transposed"):
        return ": it is the transpose of what is right"
    if ratio is None:
        return ""
    if abs(ratio) < 1e-12:
        return ": does nothing arrive here?"
    for value, words in ((-1, "the sign is wrong"), (2, "twice as much: is it counted twice?"),
                         (0.5, "half of it: is one of two uses missing?")):
        if abs(ratio - value) < 1e-6:
            return f": {words}"
    return f": {ratio:.6g} times what is right"


def _number(x):
    return f"{x:.9g}" if isinstance(x, (int, float)) else str(x)


def _signal_name(code):
    try:
        return signal.Signals(code).name
    except ValueError:
        return f"signal {code}"


def _words(code):
    known = {"SIGSEGV": "an address that is not its own, or a stack that is full",
             "SIGABRT": "abort was called", "SIGFPE": "a division by zero", "SIGBUS": "a bad address",
             "SIGILL": "an invalid instruction", "SIGKILL": "it was killed", "SIGTRAP": "a trap",
             "SIGSYS": "a system call that is not allowed"}
    name = _signal_name(code)
    return f"{name}: {known[name]}" if name in known else name
