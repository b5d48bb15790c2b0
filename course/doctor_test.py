#!/usr/bin/env python3
"""The doctor tells the truth, also where things are missing: `./bazelw test //course:doctor_test`."""

import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import doctor


class Doctor(unittest.TestCase):
    def test_what_these_tests_are_built_with_is_there(self):
        for check in (doctor.compiler, doctor.python, doctor.criterion, doctor.zlib, doctor.cjson):
            self.assertIsNotNone(check().found, check.__name__)

    def test_without_a_compiler_nothing_is_claimed(self):
        with mock.patch.object(doctor, "CC", "no-such-compiler"):
            for check in (doctor.compiler, doctor.sanitizers, doctor.criterion, doctor.zlib, doctor.cjson):
                finding = check()
                self.assertIsNone(finding.found, check.__name__)
                self.assertTrue(finding.mend)

    def test_a_program_that_fails_is_not_there(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("bazel", "bazelisk", "gdb", "dot", "git"):
                path = Path(folder, name)
                path.write_text("#!/bin/sh\necho looks fine\nexit 1\n")
                path.chmod(0o755)
            with mock.patch.dict(os.environ, {"PATH": folder + ":" + os.environ["PATH"]}):
                for check in (doctor.bazel, doctor.gdb, doctor.graphviz, doctor.git):
                    self.assertIsNone(check().found, check.__name__)

    def test_the_data_set_is_four_files(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(doctor, "FASHION", Path(folder)):
            for name in ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte"):
                Path(folder, name).touch()
            self.assertIsNone(doctor.data().found)
            Path(folder, "t10k-labels.idx1-ubyte").touch()
            self.assertIsNotNone(doctor.data().found)

    def test_what_is_missing_is_mended_below(self):
        findings = [doctor.Finding("zlib", None, "install it"), doctor.Finding("gdb", None, "for debugging", False),
                    doctor.Finding("git", "git version 2", "")]
        self.assertEqual(list(doctor.lines(findings)), [
            "MISSING  zlib",
            "         mend: install it",
            "without  gdb",
            "         optional: for debugging",
            "ok       git            git version 2",
        ])


if __name__ == "__main__":
    unittest.main()
