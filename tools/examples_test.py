#!/usr/bin/env python3
"""Tests of examples.py and targets.py, by which docs_test.py reads: `./bazelw test //tools:examples_test`."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import docs_test
import targets
from examples import Block, blocks_of_header, blocks_of_page, expected, program

PAGE = """\
# Page

```c
f();
```

- a list

  ```c signature
  int f(void);
  ```

```sh
./bazelw test //tests:smoke
```
"""

HEADER = """\
/* Scalars.
 *
 *   Example:
 *     f();
 *
 *     if (x) {
 *         g();     // prints: 1
 *     }
 *
 * Everything else.
 */
int f(void);
"""

MIXED = """\
#include <stdlib.h>

/* x * x */
static int square(int x)
{
    return x * x;
}

typedef struct point {
    int x, y;
} point;

for (int i = 0; i < 3; i++) {
    printf("%d\\n", square(i));
}
const point p = {1, 2};
if (p.x) TT_SCOPE(c) {
    puts("}");
}
"""


def block(text, note="", file="a.md"):
    return Block(file, 1, "c", note, text)


class Finding(unittest.TestCase):
    def test_fenced_blocks(self):
        found = list(blocks_of_page("a.md", PAGE))
        self.assertEqual([(b.language, b.note, b.line, b.text) for b in found], [
            ("c", "", 4, "f();\n"),
            ("c", "signature", 10, "int f(void);\n"),
            ("sh", "", 14, "./bazelw test //tests:smoke\n"),
        ])

    def test_note_of_an_example_in_a_header(self):
        found = list(blocks_of_header("a.h", HEADER.replace("Example:", "Example (no-run):")))
        self.assertEqual([(b.note, b.line) for b in found], [("no-run", 4)])

    def test_example_in_a_header_ends_where_it_is_indented_less(self):
        found = list(blocks_of_header("a.h", HEADER))
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0].line, 4)
        self.assertIn("g();     // prints: 1\n", found[0].text)
        self.assertNotIn("Everything", found[0].text)
        self.assertEqual(expected(found[0], "prints"), ["1"])


class Making(unittest.TestCase):
    def test_a_program_stays_as_it_is(self):
        text = "#include <stdio.h>\nint main(void)\n{\n    return 0;\n}\n"
        self.assertEqual(program(block(text)), '#line 1 "a.md"\n' + text)

    def test_definitions_go_in_front_of_main(self):
        outside, inside = program(block(MIXED)).split("int main(void)")
        for text in ("#include <stdlib.h>", "return x * x;", "} point;"):
            self.assertIn(text, outside)
        for text in ("for (int", "const point p", "TT_SCOPE(c)", "tt_ctx *c = tt_ctx_new"):
            self.assertIn(text, inside)

    def test_lines_are_those_of_the_page(self):
        self.assertIn('#line 13 "a.md"\nfor (', program(block(MIXED)))

    def test_a_block_may_make_its_own_context(self):
        self.assertEqual(program(block("tt_ctx *c = tt_ctx_new(NULL);\ntt_ctx_free(c);")).count("tt_ctx_new"), 1)

    def test_a_header_is_included_by_its_own_example(self):
        self.assertIn('#include "support/cli.h"', program(block("f();", file="support/cli.h")))


class Judging(unittest.TestCase):
    def judge(self, text, output, status=0):
        return docs_test.judge(block(text), subprocess.CompletedProcess([], status, output))

    def test_output(self):
        text = "// prints: 1 2\n// prints: 3\n"
        self.assertIsNone(self.judge(text, "1 2\n3\n"))
        self.assertIsNone(self.judge("f();", "whatever\n"))
        for wrong in ("1 2\n", "3\n1 2\n", "1 2\n3\n4\n", ""):
            self.assertIn("prints something else", self.judge(text, wrong))

    def test_status(self):
        self.assertIn("exits with 1", self.judge("f();", "", 1))

    def test_error(self):
        self.assertIsNone(self.judge("// prints: 1\n// error: (2,3)", "1\na.md:1: f: (2,3) x (4)\n"))
        self.assertIn("without the error", self.judge("// error: (2,3)", "no error\n"))

    def test_signature(self):
        declared = docs_test.squeezed("int f(int a,\n      int b); /* adds */ void g(void);")
        check = lambda text: docs_test.check_signature(block(text, "signature"), declared)
        self.assertIsNone(check("int f(int a, int b);  // adds\nvoid g(void);"))
        self.assertIn("int f(int b)", check("void g(void);\nint f(int b);"))
        self.assertIn("no declaration", check("// nothing"))

    def test_commands(self):
        labels = {"a:b", "a:a", "tests:task1_4"}
        check = lambda text: docs_test.check_commands(block(text), labels)
        self.assertIsNone(check("./bazelw run -c opt //a:b -- --data //nothing  # //nothing:x\nls //x"))
        self.assertIsNone(check("./bazelw test //a //... --test_filter='x/*'"))
        self.assertIn("//tests:task9_9", check("./bazelw test //tests:task1_4 //tests:task9_9"))
        self.assertIn("//a:c", check("bazel build \\\n    //a:c"))


class Targets(unittest.TestCase):
    def test_rules_in_build_files_and_macros(self):
        files = {
            "a/BUILD": 'load("//t:m.bzl", "twice")\nload("@rules_cc//cc:defs.bzl", "cc_library")\n'
                       'cc_library(name = "b", deps = select({"x": []}) + [])\n'
                       'twice(name = "c")\n[twice(name = f[:-2]) for f in glob(["*.c"], exclude = ["z.c"])]',
            "a/y.c": "", "a/z.c": "", "t/n.bzl": "ONE = 1",
            "t/m.bzl": 'load(":n.bzl", "ONE")\nhelp = rule(attrs = {})\n'
                       'def twice(name):\n    native.label_flag(name = name + str(ONE))\n    help(name = name)',
        }
        with tempfile.TemporaryDirectory() as folder:
            for file, text in files.items():
                Path(folder, file).parent.mkdir(exist_ok=True)
                Path(folder, file).write_text(text)
            self.assertEqual(targets.labels(folder), {"a:b", "a:c", "a:c1", "a:y", "a:y1"})


if __name__ == "__main__":
    unittest.main()
