#!/usr/bin/env python3
"""A handout tries itself and makes its submission: `./bazelw test //course:pack_test`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import tree
from tree import ROOT, regions

MODULE = 1
TASKS = [task for task in regions.registry(ROOT) if task["module"] == "module1_autodiff"]


class Pack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = Path(tempfile.mkdtemp(prefix="pack.", dir=os.environ.get("TEST_TMPDIR")))
        cls.tree = cls.work / "handout"
        tree.make(replace(tree.of_class(ROOT, MODULE, "objects"), kit=MODULE), cls.tree)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work, ignore_errors=True)

    def pack(self, *words, status=0):
        command = [sys.executable, self.tree / "course/pack.py", "--out", self.work, *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.work)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def write(self, task):
        """The reference's bodies of a task's files."""
        for file in next(t["files"] for t in TASKS if t["id"] == task):
            shutil.copyfile(ROOT / file, self.tree / file)

    def test_1_the_kit_holds_no_solution(self):
        held = [path for path in (self.tree / "course").rglob("*") if path.is_file()]
        for path in held:
            self.assertNotIn(b"BEGIN SOLUTION", path.read_bytes(), path)
        self.assertFalse((self.tree / "course/exploits").exists())
        self.assertFalse([path for path in held if "mutants" in str(path)])

    def test_2_a_stub_fails_by_its_tasks_names(self):
        said = self.pack("--id", "stub")
        self.assertIn("not started, at least in part: 1.1, 1.2, 1.3, 1.4, 1.5", said)
        self.assertIn("1.1   Numerical derivatives: 0 of ", said)
        self.assertIn("will cost points", said)

    def test_3_what_is_done_is_right(self):
        self.write("1.1")
        said = self.pack("--id", "half")
        self.assertIn("1.1   Numerical derivatives: 4 of 4 visible cases", said)
        self.assertIn("not started, at least in part: 1.2, 1.3, 1.4, 1.5", said)

    def test_4_all_done_makes_a_zip_of_the_registered_files(self):
        for task in TASKS:
            self.write(task["id"])
        said = self.pack("--id", "ada")
        self.assertNotIn("will cost points", said)
        with zipfile.ZipFile(self.work / "ada.zip") as made:
            names = set(made.namelist())
            listed = json.loads(made.read("MANIFEST.json"))
        files = {file for task in TASKS for file in task["files"]}
        self.assertEqual(names, files | {"MANIFEST.json"})
        self.assertEqual({entry["path"] for entry in listed["files"]}, files)

    def test_5_wrong_code_is_named(self):
        file = self.tree / "module1_autodiff/derivative.c"
        text = file.read_text()
        file.write_text(text.replace("return slope;", "return 2 * slope;"))
        self.assertIn("twice as much", self.pack())
        file.write_text(text.replace("return slope;", "return slope"))
        self.assertIn("error: expected", self.pack())
        file.write_text(text)

    def test_6_a_missing_file_is_named(self):
        file = self.tree / "module1_autodiff/network.c"
        text = file.read_text()
        file.unlink()
        self.assertIn("missing: module1_autodiff/network.c", self.pack())
        file.write_text(text)

    def test_7_wrong_calls(self):
        self.assertIn("--id ../x", self.pack("--id", "../x", status=1))
        self.assertIn("pack: ", self.pack("--out", "/proc/nowhere", status=1))
        here = subprocess.run([sys.executable, ROOT / "course/pack.py"], capture_output=True, text=True)
        self.assertIn("this is no handout", here.stderr)


if __name__ == "__main__":
    unittest.main()
