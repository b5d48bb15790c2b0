#!/usr/bin/env python3
"""The grader tests itself: `self_test.py MODULE PART`.

  honest    the reference has full marks in every task, by both ways of judging; every stub has 0;
            every case of a scenario has answers that another seed changes, so that nobody can guess them
  mutants   each wrong solution of course/mutants loses points in its task
  solutions right solutions of another form (course/mutants/honest.txt) lose nothing
  exploits  each attack of course/exploits has 0 points in its task, and leaves nothing behind
"""

import json
import os
import re
import sys
import tempfile
import time
import unittest
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import layout
import submission as submissions
from grader import Grader, Options
from splice import pieces, regions

import trials
from worker import Limits


def write(folder, files):
    for file, text in files.items():
        path = Path(folder) / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Path(folder)


def seed_of(cls):
    """The same for every run of a test, and no other test's: by it left-over processes are told apart.
    TT_GRADE_SEED draws others."""
    return zlib.crc32(f"{cls.__name__} {cls.number} {os.environ.get('TT_GRADE_SEED', '')}".encode())


class Graded(unittest.TestCase):
    number = 1
    options = Options()

    @classmethod
    def setUpClass(cls):
        cls.grader = Grader(ROOT, cls.number, replace(cls.options, seed=seed_of(cls)))
        cls.place = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.place.name)
        cls.texts = cls.grader.texts

    @classmethod
    def tearDownClass(cls):
        cls.grader.close()
        cls.place.cleanup()

    def grade(self, name, changed, only=None):
        folder = write(self.folder / name, {**self.texts, **changed})
        return self.grader.grade(folder, only)

    def each(self, trials, check):
        """All at once; every failure is told."""
        with ThreadPoolExecutor(2) as pool:
            problems = [p for p in pool.map(check, enumerate(trials)) if p]
        self.assertEqual([], problems, "\n" + "\n".join(problems))


class Honest(Graded):
    def test_reference_has_full_marks(self):
        result = self.grade("reference", {})
        for task in result["tasks"]:
            for name, judgement in task["judgements"].items():
                with self.subTest(task=task["id"], judgement=name):
                    self.assertIsNotNone(judgement)
                    self.assertEqual(judgement["points"], task["max_points"], judgement["sentence"])
        self.assertEqual(result["points"], 100)

    def test_stubs_have_nothing(self):
        every = {task["id"] for task in self.grader.tools.own}
        stubs = {file: regions.strip(text, every, file) for file, text in self.texts.items()}
        result = self.grade("stubs", stubs)
        self.assertEqual(result["points"], 0)
        for task in result["tasks"]:
            self.assertEqual(task["status"], "not_started", task["sentence"])

    def test_one_stub_costs_its_own_task_only(self):
        for task in self.grader.tools.own[:: max(1, len(self.grader.tools.own) // 2)]:
            stubs = {file: regions.strip(self.texts[file], {task["id"]}, file) for file in task["files"]}
            result = self.grade(f"without-{task['id']}", stubs)
            got = {t["id"]: t["points"] for t in result["tasks"]}
            want = {t["id"]: 0 if t["id"] == task["id"] else t["points"] for t in self.grader.tools.own}
            self.assertEqual(got, want)

    def test_cumulative_stands_on_the_students_own_modules(self):
        if self.number not in (1, 2):
            return  # more of the same, and it takes long
        with Grader(ROOT, self.number, Options(seed=self.grader.seed, cumulative=True)) as grader:
            folder = write(self.folder / "own", grader.texts)
            result = grader.grade(folder)
            self.assertEqual((result["points"], result["grader"]["below"]), (100, "own"), result["sentence"])
            file = grader.lower[0]  # of Task 0.1, on which nearly everything stands
            write(folder, {file: regions.strip(grader.texts[file], {"0.1"}, file)})
            tasks = {task["id"]: task for task in grader.grade(folder)["tasks"]}
            task = tasks[f"{self.number}.{2 if self.number == 1 else 4}"]
            self.assertEqual((task["status"], task["because_of"]), ("skipped", "0.1"), task["sentence"])

    def test_nobody_can_guess_an_answer(self):
        other = Grader(ROOT, self.number, Options(seed=self.grader.seed + 1))
        with other:
            for task in self.grader.tools.own:
                cases = self.grader.judge.cases(task["id"])
                program = self.grader.tools.scenario(task["id"])
                other.judge.cases(task["id"])
                if not cases:
                    continue
                for case, differs in enumerate(trials.answers_differ(self.grader, other, task["id"])):
                    with self.subTest(task=task["id"], case=cases[case].name):
                        self.assertTrue(differs, f"{program.name} {case}: the same answers for two seeds")

    def test_results_follow_the_schema(self):
        import schema
        result = self.grade("for-the-schema", {self.grader.wanted[0]: "int x\n"})
        self.assertEqual([], schema.problems(result))


class Mutants(Graded):
    def test_each_loses_points_in_its_task(self):
        mutants = trials.mutants(ROOT, self.grader.tools.module)
        self.assertGreaterEqual(len(mutants), 10)

        def check(numbered):
            number, mutant = numbered
            text = mutant.apply(self.texts[mutant.file])
            result = self.grade(f"mutant{number}", {mutant.file: text}, {mutant.task})
            task = next(t for t in result["tasks"] if t["id"] == mutant.task)
            compiled = [j for j in task["judgements"].values() if j and not j["compiler"]]
            if result["status"] != "graded" or len(compiled) < 2:
                return f"{mutant}: {result['sentence']} {task['sentence']}"
            if task["points"] >= task["max_points"]:
                return f"{mutant}: kept all its points"
            return None

        self.each(mutants, check)

    def test_every_task_has_some(self):
        have = {mutant.task for mutant in trials.mutants(ROOT, self.grader.tools.module)}
        self.assertEqual(set(), {task["id"] for task in self.grader.tools.own} - have)


class Solutions(Graded):
    def test_right_solutions_of_another_form_lose_nothing(self):
        tasks = {task["id"] for task in self.grader.tools.own}
        honest = [mutant for mutant in trials.mutants(ROOT, "honest") if mutant.task in tasks]
        self.assertGreaterEqual(len(honest), 3)

        def check(numbered):
            number, mutant = numbered
            text = mutant.apply(self.texts[mutant.file])
            result = self.grade(f"honest{number}", {mutant.file: text}, {mutant.task})
            task = next((t for t in result["tasks"] if t["id"] == mutant.task), None)
            for form, judgement in task["judgements"].items():
                if judgement["points"] != task["max_points"]:
                    return f"{mutant}: {form}: {judgement['sentence']} {judgement['compiler']}"
            return None

        self.each(honest, check)


class Exploits(Graded):
    options = Options(limits=Limits(cpu_ms=400, idle_ms=1000))  # most wait for a limit

    def test_each_has_nothing_and_leaves_nothing(self):
        before = trials.left_behind(self.grader.seed)
        self.assertEqual([], before, "left by an earlier run, or by somebody else")
        exploits = trials.exploits(ROOT, self.grader.tools.module)
        self.assertTrue(exploits)
        self.each(exploits, self.attack)
        for _ in range(30):  # what a grandchild writes, it writes late
            left = trials.left_behind(self.grader.seed)
            time.sleep(0.1)
        self.assertEqual([], left)
        result = self.grade("bystander", {}, {exploits[0].task})
        self.assertEqual(result["tasks"][0]["status"], "passed", result["tasks"][0]["sentence"])

    def attack(self, numbered):
        _, exploit = numbered
        tasks = {task["id"] for task in self.grader.tools.own}
        text = exploit.apply(self.texts[exploit.file], regions, tasks, pieces)
        folder = write(self.folder / exploit.name, {exploit.file: text})
        result = self.grader.grade(folder, {exploit.task})
        task = next((t for t in result["tasks"] if t["id"] == exploit.task), None)
        if result["status"] != "graded" or task is None:
            return f"{exploit}: {result['sentence']}"
        if result["points"] != 0 or task["status"] == "passed":
            return f"{exploit}: {result['points']} points: {task['sentence']}"
        said = json.dumps(task)
        if not re.search(exploit.says, said):
            return f"{exploit}: nothing says {exploit.says!r}: {task['sentence']}"
        return None


if __name__ == "__main__":
    Graded.number = int(sys.argv[1])
    unittest.main(argv=[sys.argv[0], sys.argv[2], *sys.argv[3:]], verbosity=2)
