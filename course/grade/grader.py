"""Grades submissions of one module.

    grader = Grader(root, module=1, options=Options(seed=7))
    result = grader.grade("ada.zip")      # RESULT.md; never raises for what a submission does
"""

import random
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import layout
import result as results
import submission as submissions
from build import Builder, CompileError, Variant
from judge import Found, Judge
from learner import LearnerTests
from splice import CannotSplice, guarded, not_started, regions, splice, unmarked
from toolbox import Toolbox
from worker import Limits, Sandbox


@dataclass(frozen=True)
class Options:
    seed: int = None
    cumulative: bool = False
    require_isolation: bool = False
    threads: int = 1  # tasks of one submission that are judged at a time
    limits: Limits = Limits()


class NotIsolated(Exception):
    """A layer is missing, and --require-isolation was given."""


class NotStarted(Exception):
    """Nothing of a task is there to be judged."""


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
        self.lower = self.tools.lower() if options.cumulative else []
        self.wanted = [*layout.learned(self.tools.own), *self.lower]
        self.work = Path(tempfile.mkdtemp(prefix="tt-grade-"))
        self.work.chmod(0o711)
        self.objects = self.work / "objects"
        self.objects.mkdir(mode=0o700)
        self.judge = Judge(self.tools, self.box, self.seed, self.work / "expected")
        self.learner = LearnerTests(self.tools, self.box)
        self.box.prepare(self.work)
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
        builder = Builder(self.tools, self.box, work, self.objects)

        def judged(task):
            return results.task(task, {form: self._judge(task, form, submission, builder)
                                       for form in ("spliced", "whole")})

        with ThreadPoolExecutor(self.options.threads) as pool:
            return list(pool.map(judged, [task for task in self.tools.own if only is None or task["id"] in only]))

    # ---- one task, judged in one form -----------------------------------------------------------------

    def _judge(self, task, form, submission, builder):
        """A judgement of the scenario's cases and of the tests that the learner wrote; or None."""
        if form == "whole" and not any(file in submission.files for file in task["files"]):
            return None
        since, found, compiler = time.monotonic(), [], []
        for cases, run in self._parts(task, form, submission, builder):
            try:
                found += run()
            except NotStarted as error:
                found += [Found(case, "not_started", str(error)) for case in cases]
            except CannotSplice as error:
                found += [Found(case, "error", f"cannot be told from the rest of the file: {error}")
                          for case in cases]
            except CompileError as error:
                compiler.append(str(error))
                found += [Found(case, "error", f"does not compile: {_first_error(str(error))}")
                          for case in cases]
        return results.judgement(found, task["points"], self.seed, time.monotonic() - since,
                                 "\n".join(compiler))

    def _parts(self, task, form, submission, builder):
        """(cases, a function that says what became of them): of the scenario, of the learner's tests."""
        id, parts = task["id"], []
        share = self.tools.grading.get(id, {}).get("learner", {}).get("share", 0)
        cases = self.judge.cases(id)
        if cases:
            parts.append((cases, lambda: self._scenario(task, form, submission, builder)))
        learned = self.learner.cases(id, share, sum(case.weight for case in cases))
        if learned:
            parts.append((learned, lambda: self._learner(task, form, submission, builder, learned)))
        return parts

    def _scenario(self, task, form, submission, builder):
        mine = [file for file in task["files"] if not file.startswith("tests/")]
        self._demand_a_start(task, submission, mine)
        variant = self._spliced(task, submission, mine) if form == "spliced" else self._whole(submission)
        names = self.tools.forbidden_names(task["id"])
        for file in mine if names else []:
            variant.files[file] = guarded(variant.files[file], task["id"], names, file)
        program = builder.program(task["id"], variant)
        try:
            return self.judge.judge(task["id"], program, self.options.limits)
        finally:
            program.unlink()

    def _learner(self, task, form, submission, builder, cases):
        file = self.learner.file(task["id"])
        self._demand_a_start(task, submission, [file])
        text = submission.files[file]
        if form == "spliced":
            text = splice(self.texts[file], text, task["id"], (), file)
        key = (task["id"], unmarked(text))
        if key not in builder.judged:  # often both forms are one
            builder.judged[key] = self.learner.judge(task["id"], text, builder.work / form, cases)
        return builder.judged[key]

    def _demand_a_start(self, task, submission, files):
        lost = [file for file in files if file not in submission.files]
        if len(lost) == len(files):
            raise NotStarted(f"not started: {', '.join(lost)} is not in the submission")
        try:
            started = [file for file in files if file in submission.files
                       and not not_started(submission.files[file], task["id"], file)]
        except CannotSplice:
            return
        if not started:
            raise NotStarted("not started: its regions hold only TT_TODO")

    def _spliced(self, task, submission, mine):
        """This task's regions are the student's, earlier ones the reference's, later ones stubs."""
        later = self._later(task["id"])
        files = {file: splice(self.texts[file], self._text(submission, file), task["id"], later, file)
                 for file in mine}
        return Variant("spliced", {**files, **self._own_below(submission)}, later)

    def _whole(self, submission):
        """Every file is the student's."""
        files = {file: self._text(submission, file) for file in layout.learned(self.tools.own)
                 if not file.startswith("tests/")}
        return Variant("whole", {**files, **self._own_below(submission)})

    def _own_below(self, submission):
        """With --cumulative the student's files of lower modules; what is not there is a stub, so that
        a task that needs it is skipped because of it."""
        return {file: self._text(submission, file) for file in self.lower}

    def _text(self, submission, file):
        """A file that was not handed in counts as the stub."""
        every = {task["id"] for task in self.tools.tasks}
        return submission.files.get(file) or regions.strip(self.texts[file], every, file)

    def _later(self, id):
        order = [task["id"] for task in self.tools.own]
        return tuple(sorted(order[order.index(id) + 1 :]))


def _first_error(words):
    lines = words.splitlines() or [""]
    return next((line for line in lines if "error:" in line), lines[0])
