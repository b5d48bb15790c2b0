#!/usr/bin/env python3
"""Tests of status.py on recorded runs: `./bazelw test //course:status_test`."""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import status

TASKS = [
    {"id": "1.1", "title": "First", "module": "module1_x", "files": ["module1_x/a.c"], "points": 40,
     "tests": ["task1_1_test"]},
    {"id": "1.2", "title": "Second one", "module": "module1_x", "files": ["module1_x/b.c"], "points": 60,
     "tests": ["task1_2_test", "task1_2_learner_test"]},
]

# What the bridge (tests/support) and, for a test that hung, Bazel itself wrote.
TODO = """killed by SIGTRAP
    | Task {id} is not implemented yet: relu_backward (module1_x/b.c:4)
"""
WRONG = """    tests/module1_x/task1_2_test.c:44: answer: expected nan, got 0
    in tt_op_relu(nan)
    why: nan stays nan: 0 would hide that a network broke
    see module1_x/README.md, Task 1.2
"""
RESULTS = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="task1_2_test" tests="3" failures="1" skipped="1">
<testcase classname="task1_2" name="adds" time="0.001"></testcase>
<testcase classname="task1_2" name="relu" time="0.002"><failure>{text}</failure></testcase>
<testcase classname="task1_2" name="gpu" time="0.000"><skipped>no GPU</skipped></testcase>
</testsuite>
</testsuites>
"""
HUNG = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="tests/task1_1_test" tests="1" failures="0" errors="1">
    <testcase name="tests/task1_1_test" status="run" duration="61" time="61">
      <error message="exited with error code 142"></error></testcase>
      <system-out>
Generated test.log (if the file is not UTF-8, then this may be unreadable):
<![CDATA[]]>
      </system-out>
    </testsuite>
</testsuites>
"""
COMPILER = """In file included from module1_x/b.c:3:
module1_x/b.c: In function 'relu_backward':
module1_x/b.c:4:12: error: 'y' undeclared (first use in this function)
    4 |     return y;
"""


class Cases(unittest.TestCase):
    def test_a_result_of_the_bridge(self):
        cases = status.read_cases(RESULTS.format(text=WRONG))
        self.assertEqual(cases, [("task1_2/adds", None), ("task1_2/relu", WRONG)])  # skipped: no verdict

    def test_a_test_that_hung(self):
        self.assertEqual(status.read_cases(HUNG), [("tests/task1_1_test", "exited with error code 142")])

    def test_no_results(self):
        self.assertEqual(status.read_cases(""), [("(all)", "the test wrote no results")])


class Events(unittest.TestCase):
    def test_results_and_errors_of_the_compiler(self):
        with tempfile.TemporaryDirectory() as folder:
            results, stderr = Path(folder, "test 1.xml"), Path(folder, "stderr-7")
            results.write_text(RESULTS.format(text=WRONG))
            stderr.write_text(COMPILER)
            events = [
                {"id": {"started": {}}, "started": {"command": "test"}},
                {"id": {"actionCompleted": {"label": "//module1_x:reference"}},
                 "action": {"exitCode": 1, "stderr": {"name": "stderr", "uri": stderr.as_uri()}}},
                {"id": {"testResult": {"label": "//tests:task1_2_test", "run": 1}},
                 "testResult": {"status": "FAILED", "testActionOutput": [
                     {"name": "test.log", "uri": "file:///gone/test.log"},
                     {"name": "test.xml", "uri": results.as_uri()}]}},
            ]
            run = status.read_events(json.dumps(event) for event in events)
        self.assertEqual([name for name, _ in run.cases["task1_2_test"]], ["task1_2/adds", "task1_2/relu"])
        self.assertEqual(run.compiler, COMPILER)


class Judge(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "module1_x").mkdir()
        (self.root / "module1_x/README.md").write_text("# Module\n\n## Task 1.2: relu (60 points)\n")
        self.write(a="", b="")

    def write(self, **bodies):
        for name, text in bodies.items():
            (self.root / f"module1_x/{name}.c").write_text(text)

    def judge(self, first, second, compiler=""):
        """Each a list of a test's texts (None: passed), or None for no results."""
        cases = lambda texts: [(f"t{number}", text) for number, text in enumerate(texts)]
        run = status.Run(compiler=compiler)
        if first is not None:
            run.cases["task1_1_test"] = cases(first)
        if second is not None:
            run.cases |= {"task1_2_test": cases(second), "task1_2_learner_test": cases([None])}
        return status.judge(self.root, TASKS, run)

    def states(self, *args):
        return [status.state_of(standing) for standing in self.judge(*args)]

    def test_passed(self):
        self.assertEqual(self.states([None], [None, None]), ["passed", "passed"])

    def test_a_stub_that_no_test_reaches_is_not_passed(self):
        self.write(a='    TT_TODO("1.1");\n')
        first = self.judge([None], [None])[0]
        self.assertEqual((first.state, first.write), ("failing", "module1_x/a.c:1"))
        self.assertIn("which no test reaches", "\n".join(status.advice(self.root, TASKS[0], first)))

    def test_not_started_waiting_and_begun(self):
        own, other = TODO.format(id="1.2"), TODO.format(id="1.1")
        self.assertEqual(self.states([other], [other, own])[0], "not started")
        self.assertEqual(self.states([other], [other, own])[1], "waiting for 1.1")
        self.assertEqual(self.states([None], [own, None])[1], "failing")

    def test_a_wrong_answer_is_shown_before_what_is_missing(self):
        second = self.judge([None], [TODO.format(id="1.2"), WRONG])[1]
        self.assertEqual((second.state, second.passed, second.tests), ("failing", 1, 3))
        said = "\n".join(status.advice(self.root, TASKS[1], second))
        for words in ("t1:", "expected nan, got 0", "why: nan stays nan", '"Task 1.2: relu (60 points)"',
                      "./bazelw test //tests:task1_2"):
            self.assertIn(words, said)

    def test_a_file_that_does_not_compile(self):
        second = self.judge([None], None, COMPILER)[1]
        self.assertEqual((second.state, second.failure.test), ("failing", "the compiler"))
        self.assertEqual(status.detail_of(second), "does not compile")
        self.assertTrue(second.failure.text.startswith("module1_x/b.c:4:12: error: 'y' undeclared"))

    def test_an_earlier_file_that_does_not_compile(self):
        self.assertEqual(self.states(None, None, COMPILER.replace("b.c", "a.c")), ["failing", "waiting for 1.1"])

    def test_a_later_file_that_does_not_compile(self):
        # All of a module's files are one library: then no test of it is built.
        self.assertEqual(self.states(None, None, COMPILER), ["waiting for 1.2", "failing"])
        self.assertEqual(status.next_of(self.judge(None, None, COMPILER)).id, "1.2")

    def test_a_region_tells_whose_mistake_it_is(self):
        shared = [{**task, "files": ["module1_x/a.c"]} for task in TASKS]
        self.write(a="// TASK 1.1\n// END TASK\n// TASK 1.2\nreturn y;\n// END TASK\nint x\n")
        owners = [status.owner(self.root, shared, "module1_x/a.c", line) for line in (2, 4, 6)]
        self.assertEqual(owners, ["1.1", "1.2", "1.1"])
        self.assertIsNone(status.owner(self.root, shared, "support/given.h", 1))

    def test_an_error_in_no_file_of_a_task(self):
        said = COMPILER.replace("b.c", "given.h")
        self.assertEqual(self.states(None, None, said), ["failing", "failing"])

    def test_long_lines_are_wrapped(self):
        self.assertEqual(status.wrapped("  | a line of words", 16), ["      | a line", "      | of words"])
        self.assertEqual(status.wrapped("  one-long-word", 8), ["      one-long-word"])

    def test_what_comes_next(self):
        own, other = TODO.format(id="1.2"), TODO.format(id="1.1")
        self.assertEqual(status.next_of(self.judge([other], [other])).id, "1.1")
        self.assertEqual(status.next_of(self.judge([None], [own])).id, "1.2")
        self.assertIsNone(status.next_of(self.judge([None], [None])))

    def test_the_table(self):
        lines = status.table(self.judge([None], [WRONG]))
        self.assertEqual(lines, [
            "module1_x",
            "  1.1  First       passed           1 test",
            "  1.2  Second one  failing          1 of 2 tests pass",
            "1 of 2 tasks, 40 of 100 points by these tests",
        ])


class Tree(unittest.TestCase):
    def test_the_sections_of_the_assignments_are_found(self):
        root = Path(__file__).resolve().parent.parent
        found = [status.heading(root, task) for task in status.registry(root)]
        titled = [title for title in found if re.match(r"Task \d\.\d[a-z]?: \w+", title)]
        self.assertGreaterEqual(len(titled), 15, found)  # of modules 0 to 2 at least


if __name__ == "__main__":
    unittest.main()
