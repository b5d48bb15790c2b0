"""Grades tests that learners write: they must pass on right code and fail on wrong code.

    learner = LearnerTests(tools, box)
    cases = learner.cases("0.2")              # one for each wrong implementation
    found = learner.judge("0.2", text, work)  # [Found]

A test file is linked with copies of the reference (compiled differently, so that their bytes differ)
and with the mutants of course/mutants/learner_<task>.txt, and its tests run one a process, the
programs in random order. A test counts when it passes on every right copy each time; a mutant is
caught when a test that counts fails on it each time. So a test that throws dice catches nothing.
"""

import hashlib
import random
import re
import shlex
from pathlib import Path

import layout
import trials
from build import CompileError, open_to_others
from judge import TODO, Case, Found
from objects import COMPILED_FORMULAS, FORMULAS
from toolbox import HERE, put
from worker import Limits, parse

COPIES = ("-O0", "-O1", "-O2")  # of the reference
ROUNDS_RIGHT, ROUNDS_WRONG = 4, 2  # how often a test is run with a program
MOST_TESTS = 20
LIMITS = Limits(cpu_s=3, budget_s=20)


class LearnerTests:
    def __init__(self, tools, box):
        self.tools, self.box = tools, box

    def file(self, task):
        """The test file that a task's learner writes, or None."""
        return self.tools.grading.get(task, {}).get("learner", {}).get("file")

    def mutants(self, task):
        return trials.mutants(self.tools.root, f"learner_{layout.safe(task)}")

    def cases(self, task, share, others):
        """A case a mutant, together worth that share of the task; others: the weight of the rest."""
        if not self.file(task):
            return []
        mutants = self.mutants(task)
        weight = others * share / (1 - share) / len(mutants) if others else 1
        return [Case(f"catches_{number}", weight, f"the tests notice: {mutant.what}")
                for number, mutant in enumerate(mutants, 1)]

    def judge(self, task, text, work, cases):
        programs = self._programs(task, text, Path(work))
        names = re.findall(r"^Test\(\s*\w+\s*,\s*(\w+)", text, re.M)[:MOST_TESTS]
        order = list(programs)
        random.SystemRandom().shuffle(order)
        outcomes = {name: self._run(programs[name], len(names), name) for name in order}
        counting, why = self._counting(task, names, outcomes)
        return [self._found(case, names, counting, why, outcomes[f"mutant{n}"])
                for n, case in enumerate(cases)]

    def _run(self, program, tests, name):
        """For each round, what became of each test."""
        rounds = ROUNDS_RIGHT if name.startswith("right") else ROUNDS_WRONG
        runs = parse(self.box.scenario(program, max(1, tests), 0, LIMITS, rounds))
        return [{n: runs[r * tests + n] for n in range(tests) if r * tests + n in runs} for r in range(rounds)]

    def _counting(self, task, names, outcomes):
        """The tests that pass on right code, and a word on the first that does not."""
        right = [runs for name, rounds in outcomes.items() if name.startswith("right") for runs in rounds]
        counting, why = [], None
        for number, name in enumerate(names):
            bad = next((runs.get(number) for runs in right if not _passed(runs.get(number))), None)
            if all(_passed(runs.get(number)) for runs in right):
                counting.append(number)
            elif why is None or why[1] == "not_started":
                why = self._why_not(task, name, bad)
        return counting, why

    def _why_not(self, task, name, run_):
        todo = TODO.search(run_.printed) if run_ else None
        if todo and todo[1] == task and run_.how == "signal":
            return f"{name} is not started", "not_started"
        last = run_.printed.strip().splitlines() if run_ else []
        return f"{name} fails on right code" + (f": {last[-1][:300]}" if last else ""), "failed"

    def _found(self, case, names, counting, why, rounds):
        found = Found(case)
        caught = [n for n in counting if all(n in runs and not _passed(runs[n]) for runs in rounds)]
        if caught:
            found.status = "passed"
            return found
        found.sentence = "no test fails for it"
        if why:
            found.sentence = why[0] if not counting else f"no test fails for it, and {why[0]}"
            found.status = why[1] if not counting else "failed"
        return found

    # ---- programs ------------------------------------------------------------------------------------

    def _programs(self, task, text, work):
        """The test file linked with every copy and every mutant: name -> path."""
        test = self._compile(task, text, work)
        folder = work / f"learner-{layout.safe(task)}"
        folder.mkdir(parents=True)
        if not self.box.bwrap:
            open_to_others(folder)
        steps, readable = [["objcopy", "--keep-global-symbols=none", test, "test.o"]], {test.parent}
        (folder / "none").write_text("no_name_of_a_test_is_public\n")  # objcopy refuses an empty file
        variants = self._variants(task)
        for name, objects in variants.items():
            words = [*self._shared(task), *objects.values(), *self.tools.rest(objects, ()), *self.tools.below()]
            readable |= {path.parent for path in words}
            steps.append([*layout.linker(self.tools.module), "-o", name, "test.o", *words,
                          *layout.libraries(self.tools.module)])
        script = " && ".join(shlex.join(map(str, step)) for step in steps)
        status, words = self.box.link(folder, sorted(map(str, readable)), script)
        if status != 0:
            raise CompileError("the tests do not link:\n" + words.strip()[-2000:])
        return {name: folder / name for name in variants}

    def _compile(self, task, text, work):
        file = self.file(task)
        folder = work / ("test-" + hashlib.sha256(text.encode()).hexdigest()[:16])
        path = folder / file
        path.parent.mkdir(parents=True)
        path.write_text(text)
        if not self.box.bwrap:
            open_to_others(folder)
        include = self.box.include
        script = [*layout.compiler(self.tools.root, file, include), "-w", "-fmax-errors=10",
                  *(word for part in (".", include / "declared", include) for word in ("-iquote", part)),
                  f"-I{include}/shim", "-c", file, "-o", "object.o"]
        status, words = self.box.build(folder, [include], shlex.join(map(str, script)))
        if status == 0 and (folder / "object.o").is_file():
            return folder / "object.o"
        raise CompileError(words.replace(f"{include}/", "").strip()[:8000])

    def _shared(self, task):
        """What every program of a task has beside the tests: main, expect.h, the module's helpers."""
        folder = f"tests/{self.tools.module}/support"
        files = ["tests/support/expect.c", *sorted(str(p.relative_to(self.tools.root)) for p in
                                                   (self.tools.root / folder).glob("*.c"))]
        sources = [HERE / "learner_main.c", *(self.tools.root / file for file in files)]
        return [self._built("shared", source, self.tools.root, ["-I", HERE / "shim"]) for source in sources]

    def _variants(self, task):
        """name -> {file: object in place of the reference's}."""
        mutants = self.mutants(task)
        changed = {mutant.file for mutant in mutants}
        found = {}
        for number, level in enumerate(COPIES):
            found[f"right{number}"] = self._variant(f"right{level}", {file: None for file in changed}, [level])
        for number, mutant in enumerate(mutants):
            text = mutant.apply((self.tools.root / mutant.file).read_text())
            found[f"mutant{number}"] = self._variant(
                hashlib.sha256(text.encode()).hexdigest()[:16], {mutant.file: text}, [])
        return found

    def _variant(self, name, files, more):
        folder = self.tools.work / "learner" / name
        for file, text in files.items():
            text = (self.tools.root / file).read_text() if text is None else text
            put(folder / file, text)
        sources = {source: folder / source if source in files else self.tools.root / source
                   for file in files for source in
                   (self.tools.depends(file) if file.endswith(".h") else [file])}
        objects = {file: self._built(f"learner/{name}", path, folder, more) for file, path in sources.items()}
        if self.tools.number == 0:  # the formulas that a test calls by way of declared()
            source = folder / "compiled_formulas.c"
            put(source, COMPILED_FORMULAS)
            objects[source.name] = self._built(f"learner/{name}", source, folder, more)
        return objects

    def _built(self, folder, source, first, more):
        target = self.tools.work / folder / f"{source.name}.o"
        self.tools.compile(source, target, first, ["-iquote", self.tools.root, *more])
        return target


def _passed(run_):
    return run_ is not None and run_.how == "exited" and run_.code == 0 and run_.limit == "none"
