#!/usr/bin/env python3
"""What a learner starts from: `./bazelw test //tools:stubs_test`.

Takes solutions out of the code, compiles what is left without a warning, and looks at each test.
First a whole module's regions go, as in a handout, then those of one task alone. The rules:

  as it is          every test passes
  module N removed  a test of one of its tasks fails, and says "Task N.M is not implemented yet" of
                    its own task or of an earlier one of the module, on which it stands
  task N.M removed  each test of the task fails with the task's own message;
                    tests of the module's earlier tasks pass: a task stands on earlier ones only;
                    tests of later tasks pass or fail with the message of Task N.M
  always            a test that no task lists (of given code) passes or fails with such a message;
                    tests of lower modules are not touched: nothing of theirs reads a changed file

A test that cannot fail on a stub (of an error found before the region) tests given code: it belongs
into a file that no task lists, such as tests/module0_operators/module_given_test.c.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from dataclasses import dataclass
from pathlib import Path

import cc
import regions

ROOT = Path.cwd()
TASKS = regions.registry(ROOT)
ORDER = [task["id"] for task in TASKS]
MODULES = sorted({task["module"] for task in TASKS})
SUPPORT = "tests/support"
CRITERION_MAIN = SUPPORT + "/criterion_main.c"
LIBRARIES = ["-lcriterion", "-lcjson", "-lz", "-lm", "-lpthread", "-ldl", "-lrt", "-lstdc++"]
TODO = re.compile(r"Task (\S+) is not implemented yet: ")
PATIENCE = 120  # seconds for one test file


@dataclass
class Test:
    file: str
    module: str
    task: str | None  # None: no task lists it


def c_files(folder):
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.c"))


def tests_of(module):
    task_of = {test: task["id"] for task in TASKS for test in task["tests"]}
    paths = sorted((ROOT / "tests" / module).glob("*_test.c"))  # as in tests/BUILD
    return [
        Test(str(path.relative_to(ROOT)), module, task_of.get(path.stem))
        for path in paths
        if not cc.has_main(path) and "popen(" not in path.read_text()  # programs are not built here
    ]


def helpers_of(module):
    """What a module's tests share."""
    return c_files(f"tests/{module}/support")


def sources_of_tests(module):
    return [test.file for test in tests_of(module)] + helpers_of(module)


def bridge():
    """Criterion's main function first, then what stands around it; no tests or fixtures."""
    skipped = ("_test.c", "_fixture.c")
    others = [f for f in c_files(SUPPORT) if not f.endswith(skipped) and not cc.has_main(ROOT / f)]
    return [CRITERION_MAIN, *others]


def compile_flags():
    checked = [flag for flag in cc.flags(ROOT, "STANDARD", "WARNINGS", "CHECKED") if flag != "-g"]
    return [*checked, "-Werror", "-O0", "-pipe"]


class Tree:
    """One state of the tree: as it is, or with some tasks' regions taken out."""

    def __init__(self, folder, removed=frozenset(), base=None):
        self.removed, self.base, self.folder = removed, base, folder
        self.archives = {}
        self.verdicts = {}  # file of a test -> its verdicts
        overlay = None
        if removed:
            overlay = folder / "overlay"
            for file, found in regions.scan(ROOT).items():
                if any(region.task in removed for region in found):
                    target = overlay / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(regions.strip((ROOT / file).read_text(), removed, file))
        build_of_base = base.build if base else None
        self.build = cc.Build(ROOT, folder / "objects", compile_flags(), build_of_base, overlay)

    def compile(self):
        """Compiles everything; a library a module holds it, what is below, and what tests share."""
        code = [file for folder in ("support", *MODULES) for file in cc.sources(ROOT, folder)]
        tests = [file for module in MODULES for file in sources_of_tests(module)]
        self.build.compile(code + bridge() + tests, self._more_flags)
        for number, module in enumerate(MODULES):
            lower = MODULES[: number + 1]
            code = [f for folder in ("support", *lower) for f in cc.sources(ROOT, folder)]
            helpers = [f for lower_module in lower for f in helpers_of(lower_module)]
            files = [*bridge()[1:], *helpers, *code]
            self.archives[module] = self.build.archive(f"{module}.a", files)

    def _more_flags(self, file):
        of_tests = ["-Wno-conversion"] if file.startswith("tests/") else []
        return of_tests + (regions.STUB_FLAGS if self.removed else [])

    def run(self, tests):
        """Links and runs tests; one whose bytes are those of the base is not run again."""
        cc.in_parallel(self._run_one, tests)

    def _run_one(self, test):
        program = self.folder / Path(test.file).stem
        objects = [self.build.objects[file] for file in (test.file, CRITERION_MAIN)]
        self.build.link(program, [*objects, self.archives[test.module]], LIBRARIES)
        if self.base:
            twin = self.base.folder / program.name
            if program.read_bytes() == twin.read_bytes():
                self.verdicts[test.file] = self.base.verdicts[test.file]
                return
        self.verdicts[test.file] = self._verdicts(program)

    def _verdicts(self, program):
        """"suite/test" -> None where it passed, else what it said."""
        results, folder = program.with_suffix(".xml"), program.with_suffix(".tmp")
        folder.mkdir()
        environment = os.environ | {
            "XML_OUTPUT_FILE": str(results),
            "TEST_TMPDIR": str(folder),
            "TT_TEST_LINES": "1000",
        }
        environment.pop("TESTBRIDGE_TEST_ONLY", None)
        try:
            done = cc.run([program], cwd=ROOT, env=environment, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return {"(all)": f"took more than {PATIENCE} seconds"}
        if not results.exists():
            return {"(all)": "wrote no results:\n" + done.stdout}
        cases = xml.etree.ElementTree.parse(results).iter("testcase")
        name = lambda case: f"{case.get('classname')}/{case.get('name')}"
        return {name(case): case.findtext("failure") for case in cases}


def message_of(text):
    """The task that a failure names as not implemented, or None."""
    match = TODO.search(text or "")
    return match[1] if match else None


def expectation(test, removed):
    """(what a test of this file must do, tasks that it may name; None stands for passing)."""
    first_removed = min(ORDER.index(id) for id in removed)
    if test.task is None:
        return "pass, or name a removed task", {None, *removed}
    if test.task in removed:
        allowed = {id for id in removed if ORDER.index(id) <= ORDER.index(test.task)}
        return f"fail, and name Task {' or '.join(sorted(allowed))}", allowed
    if ORDER.index(test.task) < first_removed:
        return "pass: a task stands on earlier ones only", {None}
    return "pass, or name a removed task", {None, *removed}


def judge(tree, tests):
    """One sentence for each test that does what it should not."""
    for test in tests:
        rule, allowed = expectation(test, tree.removed)
        for name, text in tree.verdicts[test.file].items():
            named = message_of(text)  # None also where the test passes
            failed_before = tree.base.verdicts[test.file].get(name) is not None
            if text is None and None not in allowed:
                yield f"{test.file}: {name} passes; it should {rule}"
            elif named and named not in allowed:
                yield f"{test.file}: {name} names Task {named}; it should {rule}"
            elif text is not None and not named and not failed_before:
                yield f"{test.file}: {name} fails otherwise; it should {rule}{cc.quoted(text)}"


def judge_base(tree, tests):
    for test in tests:
        suite = "task" + test.task.replace(".", "_") if test.task else None
        for name, text in tree.verdicts[test.file].items():
            if text is not None:
                yield f"{test.file}: {name} fails as the code is" + cc.quoted(text)
            if suite and not name.startswith((suite + "/", "(all)")):
                yield f"{test.file}: {name} should be in the suite {suite}, by which it is found"


def lower_modules_touched(tree, module):
    """Files of lower modules, and of their tests, that read what was removed from this one."""
    for lower in MODULES[: MODULES.index(module)]:
        for file in c_files(lower) + sources_of_tests(lower):
            if tree.build.touched(file):
                yield f"{file}, of a lower module, reads a file of {module} with regions"


def try_removed(folder, base, removed, module):
    """Takes out regions, compiles, runs the module's tests; the problems found."""
    tree = Tree(folder, frozenset(removed), base)
    tests = tests_of(module)
    try:
        tree.compile()
        tree.run(tests)
    except cc.CompileError as error:
        return [f"does not compile:{cc.quoted(str(error))}"]
    return [*lower_modules_touched(tree, module), *judge(tree, tests)]


def report(title, problems):
    print(f"{'FAIL' if problems else 'ok  '} {title}")
    for problem in problems:
        print(f"  {problem}")
    sys.stdout.flush()
    return bool(problems)


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # every stub ends by a signal
    wanted = sys.argv[1:]  # ids of tasks, names of modules; nothing means all
    work = Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
    failed = report("regions and the registry agree", regions.problems(ROOT))

    base = Tree(work / "base")
    try:
        base.compile()
        tests = [test for module in MODULES for test in tests_of(module)]
        base.run(tests)
        failed |= report("as it is", list(judge_base(base, tests)))
    except cc.CompileError as error:
        return report("as it is", [f"does not compile:{cc.quoted(str(error))}"])

    for module in MODULES:
        ids = [task["id"] for task in TASKS if task["module"] == module]
        trials = [(f"{module} removed", ids), *((f"Task {id} removed", [id]) for id in ids)]
        for title, removed in trials:
            if wanted and not {module, *removed[: len(removed) == 1]} & set(wanted):
                continue
            folder = work / title.replace(" ", "_")
            failed |= report(title, try_removed(folder, base, removed, module))
            shutil.rmtree(folder)
    shutil.rmtree(work)
    return failed


if __name__ == "__main__":
    sys.exit(main())
