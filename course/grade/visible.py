"""What a handout needs to judge itself (//course:pack): scenarios of its module, and right answers to one
seed. Those answers are of values that anybody may know; the ones that count are drawn when it is graded."""

import json
import tempfile
from pathlib import Path

import layout
from judge import Judge
from toolbox import Toolbox
from worker import Sandbox

SEED = 2026

OF_GRADER = ("bundle.c", "bundle.h", "compare.c", "compare.h", "filter.c", "filter.h", "judge.py",
             "judge_main.c", "launch.c", "layout.py", "record.c", "record.h", "scenario.c", "scenario.h",
             "toolbox.py", "worker.py")


def handed_out(file, number):
    """Whether a file of the project belongs to the kit of module `number`."""
    name = file.removeprefix("course/grade/")
    if name != file:
        shared = {2: ("tensors",), 3: ("tensors", "kernels"), 4: ("tensors", "kernels")}.get(number, ())
        return (name in OF_GRADER or name.startswith(f"scenarios/task{number}_")
                or name.rpartition(".")[0] in [f"scenarios/{stem}" for stem in shared])
    return file in ("course/pack.py", "tools/cc.py")


def make(root, number, folder):
    """Writes index.json and a file of answers for each task that has a scenario."""
    tools = Toolbox(root, number)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="tt-visible-") as work:
        judge = Judge(tools, Sandbox(tools), SEED, Path(work) / "expected")
        tasks = {}
        for task in tools.own:
            cases = judge.cases(task["id"])
            if cases:
                tasks[task["id"]] = [[case.name, case.weight, case.title] for case in cases]
                answers = judge.expected(task["id"]).read_bytes()
                (folder / f"task{layout.safe(task['id'])}").write_bytes(answers)
    index = {"module": number, "module_name": tools.module, "seed": SEED, "tasks": tasks}
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n")
