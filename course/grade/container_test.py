#!/usr/bin/env python3
"""The autograder in a folder laid out like Gradescope's: `./bazelw test //course/grade:container_test`."""

import io
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "results")]

import container
import layout
import schema
from toolbox import Toolbox

MODULE = 1
NOBODY = 65534


class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Path(tempfile.mkdtemp(prefix="autograder."))
        cls.home.chmod(0o755)
        cls.files = layout.learned(Toolbox(ROOT, MODULE).own)
        settings = cls.home / "class.json"
        settings.write_text(json.dumps({"points": {"1.1": 30}, "late": {"percent_a_day": 10}}))
        cls.zip = container.archive(MODULE, settings)
        cls.unpack(cls.home / "source")
        cls.shell(["bash", "source/setup.sh"], TT_INSTALL="never")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home, ignore_errors=True)

    @classmethod
    def unpack(cls, folder):
        with zipfile.ZipFile(io.BytesIO(cls.zip)) as made:
            for entry in made.infolist():
                path = Path(made.extract(entry, folder))
                path.chmod(entry.external_attr >> 16 & 0o777)

    @classmethod
    def shell(cls, command, user=None, **environment):
        plain = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "AUTOGRADER": str(cls.home)}
        done = subprocess.run(command, capture_output=True, text=True, cwd=cls.home, user=user,
                              env={**plain, **environment})
        if done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def grade(self, change=lambda folder: None, metadata=None, **more):
        for name in ("submission", "results"):
            shutil.rmtree(self.home / name, ignore_errors=True)
            (self.home / name).mkdir()
            (self.home / name).chmod(0o777)
        for file in self.files:
            (self.home / "submission" / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, self.home / "submission" / file)
        change(self.home / "submission")
        (self.home / "submission_metadata.json").write_text(json.dumps(metadata or {}))
        self.shell(["bash", "source/run_autograder"], **more)
        result = json.loads((self.home / "results/results.json").read_text())
        wanted = json.loads((ROOT / "course/results/schemas/gradescope.json").read_text())
        self.assertEqual(schema.problems(result, wanted), [])
        return result

    def test_the_zip_is_what_gradescope_asks_for(self):
        with zipfile.ZipFile(io.BytesIO(self.zip)) as made:
            names = made.namelist()
        self.assertIn("setup.sh", names)
        self.assertIn("run_autograder", names)
        self.assertFalse([name for name in names if "exploits" in name or "module2" in name])
        self.assertTrue(os.access(self.home / "source/run_autograder", os.X_OK))
        self.assertEqual(container.archive(MODULE, self.home / "class.json"), self.zip, "the same again")

    def test_solutions_are_for_the_grader_alone(self):
        for name in ("tree", "cache"):
            self.assertEqual(stat.S_IMODE((self.home / "source" / name).stat().st_mode) & 0o077, 0)

    def test_full_marks_by_the_class_s_points(self):
        result = self.grade()
        self.assertEqual(result["score"], 115)
        self.assertIn("isolation", result["output"])

    def test_without_user_namespaces(self):
        result = self.grade(TT_GRADE_BUBBLEWRAP="off")
        self.assertEqual(result["score"], 115)
        self.assertIn("without", result["output"], "says which layers were missing")

    @unittest.skipUnless(os.getuid() == 0, "changing to another user takes root")
    def test_under_another_user(self):
        """As on a machine where the image's files belong to somebody else."""
        shutil.copytree(self.home / "source/tree", self.home / "source/readable")
        subprocess.run(["chmod", "-R", "a+rX", self.home / "source/readable"], check=True)
        os.rename(self.home / "source/tree", self.home / "source/hidden")
        os.rename(self.home / "source/readable", self.home / "source/tree")
        try:
            self.assertEqual(self.grade(user=NOBODY)["score"], 115)
        finally:
            shutil.rmtree(self.home / "source/tree")
            os.rename(self.home / "source/hidden", self.home / "source/tree")

    def test_late_by_gradescopes_own_dates(self):
        metadata = {"created_at": "2026-10-03T10:00:00.123456-07:00",
                    "assignment": {"due_date": "2026-10-02T10:00:00.000000-07:00"}}
        result = self.grade(metadata=metadata)
        self.assertEqual(result["score"], 92, "two days, begun counts: 20 percent of 115 off")

    def test_nothing_handed_in(self):
        result = self.grade(lambda folder: shutil.rmtree(folder / "module1_autodiff"))
        self.assertEqual(result["score"], 0)

    def test_what_does_not_compile_is_shown(self):
        def spoil(folder):
            path = folder / "module1_autodiff/derivative.c"
            path.write_text(path.read_text().replace("// BEGIN SOLUTION 1.1", "// BEGIN SOLUTION 1.1\nint x = ;"))

        result = self.grade(spoil)
        self.assertIn("expected expression", result["tests"][0]["output"])

    def test_zz_memory(self):
        """Of all that the tests before started; in megabytes."""
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        self.assertLess(peak, 500)


if __name__ == "__main__":
    unittest.main()
