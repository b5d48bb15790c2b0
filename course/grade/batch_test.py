#!/usr/bin/env python3
"""A class is graded, from the command line to its files: `./bazelw test //course/grade:batch_test`."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "results")]

import layout
import schema
from repro import Repro
from toolbox import CC, Toolbox

WRONG = ("slope = (above - below) / (2 * epsilon);", "slope = (above - below) / epsilon;")
FILE = "module1_autodiff/derivative.c"


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
        cls.out = cls.work / "out"
        cls.tools = Toolbox(ROOT, 1)
        files = layout.learned(cls.tools.own)
        for id in ("ada", "bob"):
            for file in files:
                (cls.work / id / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / file, cls.work / id / file)
        wrong = (cls.work / "bob" / FILE).read_text()
        assert WRONG[0] in wrong
        (cls.work / "bob" / FILE).write_text(wrong.replace(*WRONG))
        (cls.work / "students.csv").write_text("id,name\nada,Ada\nbob,Bob\ncyd,Cyd\n")
        cls.first = cls.grade("ada", "bob", "--roster", "students.csv")

    @classmethod
    def grade(cls, *words, status=0):
        command = [sys.executable, HERE / "grade.py", "--module", "1", "--out", cls.out, *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=cls.work,
                              env={**os.environ, "BUILD_WORKING_DIRECTORY": str(cls.work)})
        if done.returncode != status:
            raise AssertionError(f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def result(self, id):
        return json.loads((self.out / id / "result.json").read_text())

    def test_1_the_class_has_its_files(self):
        with open(self.out / "grades.csv", newline="") as file:
            rows = {row["id"]: row for row in csv.DictReader(file)}
        self.assertEqual(rows["ada"]["points"], "100")
        self.assertEqual((rows["bob"]["1.1"], rows["bob"]["1.2"]), ("0", "25"))
        self.assertEqual(rows["cyd"]["note"], "nothing was handed in")
        self.assertIn("nothing from: cyd", self.first)
        for id in ("ada", "bob"):
            self.assertEqual(schema.problems(self.result(id)), [])
            for name in ("index.html", "results.json", "classroom50.json", "junit.xml"):
                self.assertTrue((self.out / id / name).stat().st_size > 200, name)
        self.assertFalse((self.out / "ada/repro").exists(), "who lost nothing has nothing to see again")

    def test_2_the_same_inputs_for_all(self):
        self.assertEqual(self.result("ada")["grader"]["seed"], self.result("bob")["grader"]["seed"])

    def test_3_a_repro_fails_until_it_is_right(self):
        path = self.out / "bob/repro/task1_1_each_argument.c"
        for tree, status, words in (("bob", 1, "WRONG"), ("ada", 0, "right")):
            program = self.work / f"repro_{tree}"
            sources = [path, *(self.work / tree / file for file in layout.learned(self.tools.own))]
            subprocess.run([CC, *layout.flags(ROOT), "-w", f"-I{ROOT}", *sources, *self._rest(),
                            *self.tools.below(), "-no-pie", "-lz", "-lm", "-lpthread", "-o", program], check=True)
            done = subprocess.run([program], capture_output=True, text=True)
            self.assertEqual(done.returncode, status, done.stdout)
            self.assertIn(words, done.stdout)
            self.assertIn("given  epsilon = ", done.stdout)

    def _rest(self):
        """Module 1's given files."""
        mine = layout.learned(self.tools.own)
        given = [path for path in (ROOT / "module1_autodiff").glob("*.c")
                 if str(path.relative_to(ROOT)) not in mine and not path.name.endswith("_main.c")
                 and path.name != "expression.c" and path.name != "expression_tree.c"]
        return given

    def test_4_what_is_graded_is_kept(self):
        before = (self.out / "ada/result.json").read_text()
        said = self.grade("ada", "bob")
        self.assertEqual(said.count("(as before)"), 2, said)
        self.assertEqual((self.out / "ada/result.json").read_text(), before)

    def test_5_a_changed_submission_is_graded_again(self):
        good = (ROOT / FILE).read_text()
        (self.work / "bob" / FILE).write_text(good)
        said = self.grade("ada", "bob")
        self.assertEqual(said.count("(as before)"), 1, said)
        self.assertEqual(self.result("bob")["points"], 100)
        (self.work / "bob" / FILE).write_text(good.replace(*WRONG))

    def test_6_a_regrade_says_what_changed_and_why(self):
        said = self.grade("ada", "bob", "--regrade")
        self.assertIn("changed: bob: 100 -> 85", said)
        self.assertIn("because: the submission is another one", said)
        self.assertNotIn("changed: ada", said)
        self.assertEqual((self.out / "regrade.csv").read_text().count("\n"), 2)

    def test_7_a_damaged_result_is_made_anew(self):
        (self.out / "ada/result.json").write_text("{")
        self.assertEqual(self.grade("ada").count("(as before)"), 0)
        self.assertEqual(self.result("ada")["points"], 100)

    def test_8_adjustments_need_no_new_grading(self):
        (self.work / "a.csv").write_text("id,task,delta,reason\nbob,1.1,3,told to by the exam board\n")
        said = self.grade("ada", "bob", "--adjustments", "a.csv")
        self.assertEqual(said.count("(as before)"), 2, said)
        self.assertIn("told to by the exam board", (self.out / "bob/index.html").read_text())

    def test_9_wrong_calls(self):
        self.assertIn("a reason is missing", self._refused(
            "ada", "--adjustments", self._file("id,task,delta,reason\nbob,1.1,3,\n")))
        self.assertIn("holds results of module 1", self._refused("ada", module="2"))
        self.assertIn("would both be called ada", self.grade("ada", "./ada", status=1))

    def test_a_reader_that_goes_stops_nothing(self):
        shutil.copytree(self.work / "ada", self.work / "eve")
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, HERE / "grade.py", "--module", "1", "--out", self.work / "unread", "ada", "eve"]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=self.work,
                              env={**os.environ, "BUILD_WORKING_DIRECTORY": str(self.work)})
        os.close(writing)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for id in ("ada", "eve"):
            self.assertTrue((self.work / "unread" / id / "index.html").exists(), id)

    def _file(self, text):
        path = self.work / "given.csv"
        path.write_text(text)
        return path

    def _refused(self, *words, module="1"):
        return self.grade(*words, "--module", module, status=2)


class Texts(unittest.TestCase):
    def test_a_submission_cannot_break_out_of_the_comment(self):
        case = {"name": "n", "title": "t", "record": "r", "index": [], "expected": 1, "actual": "*/ int x;",
                "sentence": "*/\nint main(void)", "seed": 1, "number": 0, "sequence": 0, "cell": None}
        text = Repro(ROOT).text({}, "1.1", case)
        head = text[: text.index("/* Records")]
        self.assertEqual(head.count("*/"), 1, head)


if __name__ == "__main__":
    unittest.main()
