#!/usr/bin/env python3
"""Trees for learners hold what they should and nothing else: `./bazelw test //course:tree_test`."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import tree
from tree import ROOT, cc, regions

LIBRARIES = ["-lcriterion", "-lcjson", "-lz", "-lm", "-lpthread", "-ldl"]
BRIDGE = ["crash", "criterion_main", "criterion_report", "criterion_worker", "expect",
          "notes", "sanitizer"]
MUST_HOLD = [
    ".bazelrc", ".clang-format", ".editorconfig", ".gitignore", "BUILD", "LICENSE", "MODULE.bazel",
    "README.md", "WORKSPACE", "bazelw", "compile_flags.txt", "course/BUILD", "course/doctor.py",
    "course/status.py", "course/tasks.bzl", "support/ctx.c", "tests/BUILD", "tests/support/expect.c",
    "tinytorch.h", "tools/tt.bzl", "tools/shims/rules_cc/cc/defs.bzl", "tools/system/BUILD",
]
TASKS = regions.registry(ROOT)
WORK = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))


def made(name, plan):
    folder = Path(WORK.name, name)
    if not folder.exists():
        tree.make(plan, folder)
    return folder


def of_learner():
    return made("learner", tree.of_learner(ROOT))


def of_class(number, form="objects", own=None):
    return made(f"class{number}{form}", tree.of_class(ROOT, number, form, own))


def texts(folder):
    """file -> its text, of every text file; also those in .git, of which there should be none."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".a":
            found[str(path.relative_to(folder))] = path.read_text(errors="replace")
    return found


def compact(line):
    return re.sub(r"\s+", "", line)


def solutions(tasks):
    """(region, its lines), without markers, of tasks."""
    for file, found in regions.scan(ROOT).items():
        lines = (ROOT / file).read_text().splitlines()
        for region in found:
            if region.task in tasks:
                yield region, lines[region.begin : region.end - 1]


def sources(folder, *below):
    """C files to compile for a test: support and modules, without programs."""
    paths = (path for part in below for path in sorted((folder / part).rglob("*.c")))
    return [str(path.relative_to(folder)) for path in paths if not cc.has_main(path)]


class NoSolutions(unittest.TestCase):
    def refuse(self, folder, tasks):
        """No line of a solution stands in the tree more often than it does outside of regions here."""
        given = Counter()
        for file in tree.tracked(ROOT):
            if file.endswith((".a", ".gz")):
                continue
            text = (ROOT / file).read_text(errors="replace")
            if file.endswith(regions.SOURCES) and "BEGIN SOLUTION" in text:
                text = regions.strip(text, tasks, file)
            given.update(compact(line) for line in text.splitlines())
        held = texts(folder)
        handed = Counter(compact(line) for text in held.values() for line in text.splitlines())
        for region, lines in solutions(tasks):
            for line in map(compact, lines):
                if len(line) > 3:
                    self.assertLessEqual(handed[line], given[line], f"{region}: {line}")
        self.assertFalse([file for file, text in held.items() if re.search("(BEGIN|END) SOLUTION", text)])

    def test_the_learners_tree_has_none(self):
        self.refuse(of_learner(), {task["id"] for task in TASKS})

    def test_a_class_gets_none_of_its_module_nor_of_those_below(self):
        for number in (0, 1, 2):
            with self.subTest(module=number):
                folder = of_class(number)
                self.refuse(folder, {task["id"] for task in TASKS})

    def test_as_source_only_its_module_is_missing(self):
        folder = of_class(2, "source")
        self.refuse(folder, {task["id"] for task in TASKS if task["id"].startswith("2.")})
        self.assertIn("return x * y;", (folder / "module0_operators/formulas.h").read_text())

    def test_objects_hide_the_sources_of_lower_modules(self):
        folder = of_class(2)
        for task in TASKS:
            if task["id"] < "2" and not task["id"].startswith("0.1"):
                self.assertFalse([file for file in task["files"] if (folder / file).exists()], task["id"])
        self.assertNotIn(b"BEGIN SOLUTION", (folder / "module1_autodiff/libmodule1_autodiff.a").read_bytes())

    def test_objects_hide_kernels_too(self):
        folder = of_class(4)
        for task in TASKS:
            if task["id"] < "4" and task["id"] >= "1":
                self.assertFalse([file for file in task["files"] if (folder / file).exists()], task["id"])
        self.assertFalse((folder / "module3_gpu/puzzles").exists(), "warm-ups hold solutions as well")
        names = subprocess.run(["nm", folder / "module3_gpu/cuda/libcourse_kernels.a"], capture_output=True, text=True)
        for name in ("map", "zip", "reduce", "sum_practice", "matmul_practice", "matmul"):
            self.assertIn(f" T ttk_sim_{name}\n", names.stdout)
        self.assertIn('":course_kernels"', (folder / "module3_gpu/cuda/BUILD").read_text())
        self.assertIn("TT_CUDA=off", (folder / ".bazelrc").read_text())

    def test_no_grader_history_or_project_tools(self):
        for folder in (of_learner(), of_class(2)):
            held = set(texts(folder))
            course = {file for file in held if file.startswith("course/")}
            self.assertEqual(course, {"course/" + name for name in tree.OF_COURSE})
            self.assertFalse([file for file in held if file.startswith((".git/", ".ci/", "CONTRIBUTING"))])
            self.assertFalse([file for file in held if file.startswith(tree.OF_SIMULATOR)])
            self.assertFalse([file for file in held if re.fullmatch(r"tools/\w+_test\.py|tools/regions\.py", file)])


class Holds(unittest.TestCase):
    def test_files_that_every_tree_needs(self):
        for folder in (of_learner(), of_class(0), of_class(2)):
            missing = [file for file in MUST_HOLD if not (folder / file).is_file()]
            self.assertEqual(missing, [], folder.name)
            self.assertTrue(os.access(folder / "bazelw", os.X_OK))

    def test_the_learner_has_every_module_and_task(self):
        folder = of_learner()
        self.assertEqual(tree.modules(folder), tree.modules(ROOT))
        for file, found in regions.scan(ROOT).items():
            text = (folder / file).read_text()
            for task in {region.task for region in found}:
                self.assertIn(f"// TASK {task}\n", text)
                self.assertIn(f'TT_TODO("{task}");', text)
                self.assertIn(f"/README.md, Task {task}.", text)

    def test_a_stub_quotes_the_rule_of_its_header(self):
        text = (of_learner() / "module2_tensors/shape.c").read_text()
        self.assertIn("    // Where a cell is: sum of index[d] * stride[d], without offset.\n", text)

    def test_a_class_has_its_modules_only(self):
        folder = of_class(1)
        self.assertEqual(tree.modules(folder), ("module0_operators", "module1_autodiff"))
        absent = ("//module2_tensors", '"module2_tensors/', "//module4_nn", '"module4_nn/', "//examples")
        for file in ("BUILD", "tests/BUILD", "tests/steady/BUILD", "tinytorch.h"):
            text = re.sub(r"(#|/?\*).*", "", (folder / file).read_text())
            self.assertFalse([name for name in absent if name in text], file)
        self.assertNotIn("define tt_matmul", (folder / "tinytorch.h").read_text())
        self.assertIn("define tts_add", (folder / "tinytorch.h").read_text())

    def test_tests_look_for_errors_of_memory(self):
        rc = (of_class(2) / ".bazelrc").read_text()
        self.assertIn("\ntest --config=asan\n", rc)
        for flag in regions.STUB_FLAGS:
            self.assertIn(f"\nbuild --copt={flag}\n", rc)

    def test_the_assignment_speaks_of_tasks_not_of_this_project(self):
        for module in ("module0_operators", "module1_autodiff", "module2_tensors"):
            text = (of_learner() / module / "README.md").read_text()
            self.assertIn("The bodies are missing.", text)
            self.assertNotIn("this repository the solutions", text)

    def test_the_first_page_names_the_first_task(self):
        text = (of_class(2) / "README.md").read_text()
        self.assertIn("./bazelw test //tests:task2_1 ", text)
        self.assertIn("| 2.5 | Training on tensors |", text)
        self.assertNotIn("<!--", text)


class Compiles(unittest.TestCase):
    def compile(self, folder, files, out):
        names = ("STANDARD", "WARNINGS", "CHECKED")
        flags = [flag for flag in cc.flags(ROOT, *names) if flag != "-g"] + regions.STUB_FLAGS
        build = cc.Build(folder, Path(WORK.name, out), [*flags, "-Werror", "-O0", "-pipe"])
        build.compile(files, lambda file: ["-Wno-conversion"] if file.startswith("tests/") else [])
        return build

    def run_test(self, folder, module, test):
        """Links one test as its BUILD file would, runs it, and gives what it printed."""
        below = [name for name in tree.modules(folder) if name <= module]
        support = [f"tests/support/{name}.c" for name in BRIDGE]
        files = [*support, *sources(folder, "support", *below, f"tests/{module}/support")]
        file = f"tests/{module}/{test}.c"
        out = f"objects_{folder.name}_{test}"
        build = self.compile(folder, [file, *files], out)
        program = Path(WORK.name, out, test)
        archives = [folder / name / f"lib{name}.a" for name in reversed(below)]
        archives = [archive for archive in archives if archive.exists()]
        build.link(program, [build.objects[f] for f in [file, *files]] + archives, LIBRARIES)
        environment = {**os.environ, "TEST_TMPDIR": WORK.name}
        for name in ("XML_OUTPUT_FILE", "TESTBRIDGE_TEST_ONLY"):
            environment.pop(name, None)
        return cc.run([program], cwd=folder, env=environment, timeout=60)

    def test_the_learners_stubs_without_a_warning_and_each_fails_by_name(self):
        done = self.run_test(of_learner(), "module1_autodiff", "task1_1_test")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Task 1.1 is not implemented yet: ", done.stdout)

    def test_a_class_links_the_objects_of_lower_modules(self):
        done = self.run_test(of_class(2), "module2_tensors", "task2_3_test")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"Task 2\.[123] is not implemented yet: ")
        self.assertNotRegex(done.stdout, r"Task [01]\.")

    def test_written_on_objects_the_tests_pass(self):
        folder = made("written", tree.of_class(ROOT, 1, "objects"))
        for file in {file for task in TASKS if task["id"][0] == "1" for file in task["files"]}:
            (folder / file).write_text((ROOT / file).read_text())
        done = self.run_test(folder, "module1_autodiff", "task1_4_test")
        self.assertEqual(done.returncode, 0, done.stdout)


class Refuses(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(dir=WORK.name))
        self.plan = tree.of_class(ROOT, 0, "objects")

    def test_a_folder_that_holds_work(self):
        (self.folder / "mine.c").write_text("int x;\n")
        with self.assertRaisesRegex(tree.Refused, "is not empty"):
            tree.make(self.plan, self.folder)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["mine.c"])

    def test_a_file_and_a_place_inside_the_project(self):
        (self.folder / "file").write_text("")
        with self.assertRaisesRegex(tree.Refused, "is a file"):
            tree.make(self.plan, self.folder / "file")
        with self.assertRaisesRegex(tree.Refused, "inside this project"):
            tree.make(self.plan, ROOT / "mine")
        self.assertFalse((ROOT / "mine").exists())

    def test_a_module_without_tasks(self):
        with self.assertRaisesRegex(tree.Refused, "no module 9"):
            tree.of_class(ROOT, 9, "objects")

    def test_an_own_tree_that_lacks_files(self):
        out = self.folder / "out"
        with self.assertRaisesRegex(tree.Refused, "lacks module0_operators/formulas.h"):
            tree.make(tree.of_class(ROOT, 1, "own", self.folder), out)
        self.assertEqual(list(self.folder.iterdir()), [])  # nothing half-made is left


class Own(unittest.TestCase):
    def test_what_the_student_wrote_comes_along(self):
        mine = Path(WORK.name, "mine")
        tree.make(tree.of_class(ROOT, 0, "objects"), mine)
        formulas = mine / "module0_operators/formulas.h"
        formulas.write_text(formulas.read_text() + "/* written by me */\n")
        out = of_class(1, "own", mine)
        self.assertIn("/* written by me */", (out / "module0_operators/formulas.h").read_text())
        self.assertTrue((out / "tests/module0_operators/task0_1_test.c").is_file())
        self.assertIn('TT_TODO("0.4");', (out / "module0_operators/module.c").read_text())


class CommandLine(unittest.TestCase):
    def test_start_makes_a_repository_without_remote_where_the_user_stands(self):
        here = Path(tempfile.mkdtemp(dir=WORK.name))
        command = [sys.executable, ROOT / "course/start.py", "me"]
        environment = {**os.environ, "BUILD_WORKING_DIRECTORY": str(here)}
        subprocess.run(command, env=environment, check=True, capture_output=True)
        git = lambda *words: cc.run(["git", "-C", here / "me", *words]).stdout
        self.assertEqual(git("log", "--format=%s"), "What the course starts from\n")
        self.assertEqual(git("status", "--porcelain") + git("remote"), "")
        again = subprocess.run(command, env=environment, capture_output=True, text=True)
        self.assertEqual(again.returncode, 1)
        self.assertIn("is not empty", again.stderr)

    def test_handout_explains_a_wrong_form(self):
        for below in (["objekts"], ["own"], ["source", "x"]):
            done = cc.run([sys.executable, ROOT / "course/handout.py",
                           "--module", "1", "--out", WORK.name + "/never", "--below", *below])
            self.assertEqual(done.returncode, 2)
            self.assertIn("--below is one of: objects, source, own TREE", done.stdout)


if __name__ == "__main__":
    unittest.main()
