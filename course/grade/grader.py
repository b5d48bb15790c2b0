"""Grades submissions of one module.

    grader = Grader(root, module=1, options=Options(seed=7))
    result = grader.grade("ada.zip")      # RESULT.md; never raises for what a submission does
"""

import random
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import layout
import result as results
import submission as submissions
from build import Builder, CompileError, Variant
from judge import Judge
from splice import CannotSplice, not_started, own, regions, splice
from toolbox import Toolbox
from worker import Sandbox


@dataclass(frozen=True)
class Options:
    seed: int = None
    cumulative: bool = False
    require_isolation: bool = False


class NotIsolated(Exception):
    """A layer is missing, and --require-isolation was given."""


class Grader:
    def __init__(self, root, module, options=Options()):
        self.root, self.number, self.options = Path(root), module, options
        self.tools = Toolbox(root, module)
        self.box = Sandbox(self.tools)
        self.isolation = self.box.isolation()
        if options.require_isolation and self.isolation["missing"]:
            raise NotIsolated(self.isolation["sentence"])
        self.seed = random.SystemRandom().getrandbits(48) if options.seed is None else options.seed
        self.below = "own" if options.cumulative else "reference"
        self.wanted = layout.learned(self.tools.own)
        self.work = Path(tempfile.mkdtemp(prefix="tt-grade-"))
        self.work.chmod(0o711)
        self.judge = Judge(self.tools, self.box, self.seed, self.work / "expected")
        self.texts = {file: (self.root / file).read_text() for file in self.wanted}

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- one submission ------------------------------------------------------------------------------

    def grade(self, path, only=None):
        """`only`: the ids of tasks to judge, for tests; all by default."""
        since = time.monotonic()
        about = results.of_nothing(submissions.id_of(path), path)
        try:
            submission = submissions.read(path, self.tools, self.box, self.wanted)
            about = results.of_submission(submission, self.wanted)
            with tempfile.TemporaryDirectory(dir=self.work, prefix="s") as work:
                Path(work).chmod(0o711)
                tasks = self._tasks(submission, work, only)
            status, sentence = "graded", self._sentence(tasks)
        except submissions.Refused as error:
            tasks, status, sentence = self._nothing(str(error)), "refused", str(error)
        except Exception as error:  # ours: the others go on, and the instructor is told
            sentence = f"the grader failed: {type(error).__name__}: {error}"
            tasks, status = self._nothing(sentence), "error"
        return results.result(self, about, status, sentence, tasks, time.monotonic() - since)

    def digest_of(self, path):
        """Of the files that would be taken; None where it cannot be read."""
        try:
            return submissions.read(path, self.tools, self.box, self.wanted).sha256()
        except submissions.Refused:
            return None

    def _nothing(self, sentence):
        return [results.task(task, {"whole": results.without_cases("error", sentence)})
                for task in self.tools.own]

    def _sentence(self, tasks):
        right = sum(task["status"] == "passed" for task in tasks)
        return f"{right} of {len(tasks)} tasks passed"

    def _tasks(self, submission, work, only):
        builder = Builder(self.tools, self.box, work)
        return [results.task(task, {"spliced": self._spliced(task, submission, builder),
                                    "whole": self._whole(task, submission, builder)})
                for task in self.tools.own if only is None or task["id"] in only]

    # ---- one task -------------------------------------------------------------------------------------

    def _spliced(self, task, submission, builder):
        """This task's regions are the student's, earlier ones the reference's, later ones stubs."""
        mine = [file for file in task["files"] if not file.startswith("tests/")]
        later = self._later(task["id"])
        try:
            if all(file not in submission.files or not_started(submission.files[file], task["id"], file)
                   for file in mine):
                return self._not_started(task, submission, mine)
            files = {file: splice(self.texts[file], self._text(submission, file), task["id"], later, file)
                     for file in mine}
        except CannotSplice as error:
            return results.without_cases("error", f"cannot be told from the rest of the file: {error}")
        return self._judge(task, Variant("spliced", files, later), builder)

    def _not_started(self, task, submission, mine):
        lost = [file for file in mine if file not in submission.files]
        why = f"{', '.join(lost)} is not in the submission" if lost else "its regions hold only TT_TODO"
        return results.without_cases("not_started", f"not started: {why}")

    def _text(self, submission, file):
        """A file that was not handed in counts as the stub."""
        return submission.files.get(file) or regions.strip(self.texts[file], self._all(), file)

    def _whole(self, task, submission, builder):
        """Every file is the student's."""
        files = {file: self._text(submission, file) for file in self.wanted if not file.startswith("tests/")}
        mine = [file for file in task["files"] if not file.startswith("tests/")]
        if all(file not in submission.files for file in mine):
            return None
        try:
            if all(not_started(files[file], task["id"], file) for file in mine):
                return self._not_started(task, submission, mine)
        except CannotSplice:
            pass
        return self._judge(task, Variant("whole", files), builder)

    def _judge(self, task, variant, builder):
        since = time.monotonic()
        try:
            program = builder.program(task["id"], variant)
        except CompileError as error:
            words = str(error)
            return results.without_cases("error", f"does not compile: {_first_error(words)}", words,
                                         seconds=time.monotonic() - since)
        found = self.judge.judge(task["id"], program)
        program.unlink()
        return results.judgement(found, task["points"], self.seed, time.monotonic() - since)

    def _all(self):
        return {task["id"] for task in self.tools.own}

    def _later(self, id):
        order = [task["id"] for task in self.tools.own]
        return tuple(sorted(order[order.index(id) + 1 :]))


def _first_error(words):
    lines = words.splitlines() or [""]
    return next((line for line in lines if "error:" in line), lines[0])
