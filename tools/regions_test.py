#!/usr/bin/env python3
"""Tests of regions.py: `./bazelw test //tools:regions_test`."""

import tempfile
import unittest
from pathlib import Path

import regions

CODE = """\
int one(int x)
{
    int y = x;
    // BEGIN SOLUTION 1.1
    if (x) { y = 1; }
    return y;
    // END SOLUTION
}

int two(void)
{
    // BEGIN SOLUTION 1.2
    return 2; /* } */
    // END SOLUTION
}
"""

STUB = """\
int one(int x)
{
    int y = x;
    // TASK 1.1
    TT_TODO("1.1");
    // END TASK
}

int two(void)
{
    // BEGIN SOLUTION 1.2
    return 2; /* } */
    // END SOLUTION
}
"""

TASKS = """TASKS = [
    {"id": "1.1", "files": ["module1_x/a.c"]},
    {"id": "1.2", "files": ["module1_x/a.c"]},
]
"""


class Parse(unittest.TestCase):
    def test_finds_task_and_lines(self):
        self.assertEqual(
            regions.parse(CODE, "a.c"),
            [regions.Region("1.1", "a.c", 4, 7), regions.Region("1.2", "a.c", 12, 14)],
        )

    def test_a_task_may_have_a_letter(self):
        self.assertEqual(regions.parse("// BEGIN SOLUTION 4.4b\n// END SOLUTION", "a")[0].task, "4.4b")

    def test_refuses_markers_without_partner(self):
        begin, end = "// BEGIN SOLUTION 1.1\n", "// END SOLUTION\n"
        for text, line in [(begin, 1), (end, 1), (begin + begin + end, 2), (begin + end + end, 3)]:
            with self.assertRaisesRegex(regions.RegionError, f"^a.c:{line}: "):
                regions.parse(text, "a.c")

    def test_refuses_misspelt_markers(self):
        for text in ["// BEGIN SOLUTION", "//BEGIN SOLUTION 1.1", "// begin solution 1.1",
                     "/* END SOLUTION */", "// BEGIN SOLUTION 1.1: add", "x(); // END SOLUTION"]:
            with self.assertRaises(regions.RegionError, msg=text):
                regions.parse(text, "a.c")


class Strip(unittest.TestCase):
    def test_takes_out_the_regions_of_the_tasks_named(self):
        self.assertEqual(regions.strip(CODE, {"1.1"}), STUB)

    def test_leaves_the_rest_alone(self):
        self.assertEqual(regions.strip(CODE, {"1.3"}), CODE)
        self.assertEqual(regions.strip("no newline at the end", {"1.1"}), "no newline at the end")

    def test_takes_out_several(self):
        stub = regions.strip(CODE, {"1.1", "1.2"})
        self.assertEqual(stub.count("TT_TODO"), 2)
        self.assertNotIn("return", stub)


class Problems(unittest.TestCase):
    def problems(self, code=CODE, tasks=TASKS):
        with tempfile.TemporaryDirectory() as folder:
            files = {"course/tasks.bzl": tasks, "module1_x/a.c": code}
            for file, text in files.items():
                Path(folder, file).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, file).write_text(text)
            return regions.problems(folder)

    def finds(self, what, **tree):
        self.assertRegex("\n".join(self.problems(**tree)), what)

    def test_none(self):
        self.assertEqual(self.problems(), [])

    def test_registry_and_code_differ(self):
        self.finds("has a region of Task 1.2, which", tasks=TASKS.replace('"1.2"', '"1.3"'))
        self.finds("lists module1_x/a.c for Task 1.3", tasks=TASKS.replace('"1.2"', '"1.3"'))

    def test_file_listed_twice(self):
        self.finds("twice", tasks=TASKS.replace('"module1_x/a.c"', '"module1_x/a.c", "module1_x/a.c"'))

    def test_too_long_or_empty(self):
        self.finds("has 27 lines", code=CODE.replace("    return y;\n", "    return y;\n" * 26))
        self.finds("has 0 lines", code=CODE.replace("    return 2; /* } */\n", ""))

    def test_not_inside_one_function(self):
        self.finds("inside one function", code=CODE.replace("    return y;", "}\nint z(void)\n{"))
        self.finds("outermost", code=CODE.replace("    // BEGIN SOLUTION 1.2", "// BEGIN SOLUTION 1.2"))
        self.finds("opens a brace", code=CODE.replace("y = 1; }", "y = 1;"))

    def test_nested(self):
        self.finds("BEGIN inside", code=CODE.replace("    return y;", "    // BEGIN SOLUTION 1.2"))


if __name__ == "__main__":
    unittest.main()
