#!/usr/bin/env python3
"""Makes your submission, and tries it as the grader will: `./bazelw run //course:pack -- --id ada`.

It holds exactly the files of the assignment and a list of their hashes. Before that it is compiled with
the grader's own command, and run by the grader's own worker and judge on the visible scenarios, whose
answers came with this tree. Grading asks the same with other numbers.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VISIBLE = HERE / "visible"
sys.path[:0] = [str(HERE / "grade"), str(ROOT / "tools")]

TODO = re.compile(r'TT_TODO\("(\d\.\d[a-z]?)"\)')


def parse():
    arguments = argparse.ArgumentParser(prog="./bazelw run //course:pack --", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--id", default="submission", help="the name of the file; often your own")
    arguments.add_argument("--out", default=".", metavar="DIR")
    return arguments.parse_args()


# ---- the program under test --------------------------------------------------------------------------------


class Program:
    """Your module on those below, as they lie in this tree, compiled as the grader does it."""

    def __init__(self, tools, work):
        self.tools, self.work = tools, work

    def link(self, task):
        import layout
        from toolbox import run

        target = self.work / f"worker{layout.safe(task)}"
        folders = ["support", *self.tools.modules[: self.tools.number + 1]]
        parts = [part for folder in reversed(folders) for part in self._parts(folder)]
        scenarios = self._scenarios(task)
        run([*layout.linker(self.tools.module), "-o", target, *scenarios, "-Wl,--start-group", *parts,
             "-Wl,--end-group", *layout.libraries(self.tools.module)])
        return target

    def _parts(self, folder):
        """Objects of what is here as source, and the archives of what was given compiled."""
        import layout

        try:
            sources = [file for file in layout.sources(ROOT, folder) if (ROOT / file).exists()]
        except ValueError:  # compiled: its BUILD file names an archive
            sources = []
        archives = [path for path in (ROOT / folder).rglob("lib*.a") if not path.name.endswith("_opt.a")]
        return [*self._objects(sources), *archives]

    def _objects(self, files):
        import cc

        return cc.in_parallel(self._object, files)

    def _object(self, file):
        import layout
        from toolbox import run

        target = self.work / "objects" / f"{file}.o"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            run([*layout.compiler(ROOT, file, ROOT), *layout.file_flags(ROOT, file), "-w", "-iquote", ROOT,
                 "-c", ROOT / file, "-o", target], cwd=ROOT)
        return target

    def _scenarios(self, task):
        import layout

        files = ["record.c", "scenario.c", *(f"scenarios/{path.name}" for path in
                                             (HERE / "grade/scenarios").glob("[!t]*.c"))]
        if (HERE / "grade/scenarios/tensors.c").exists():
            files.append("scenarios/tensors.c")
        own = f"scenarios/task{layout.safe(task)}.c"
        return self._objects([f"course/grade/{file}" for file in [own, *files]])


# ---- judging -------------------------------------------------------------------------------------------------


def judge_of(tools, box, known, work):
    """The grader's judge, with the answers that came with this tree."""
    import layout
    from judge import Case, Judge

    class Visible(Judge):
        def _prepare(self, task):
            shutil.copyfile(VISIBLE / f"task{layout.safe(task)}", self.expected(task))
            return [Case(*row) for row in known["tasks"][task]]

    return Visible(tools, box, known["seed"], work / "expected")


def tools_of(module):
    from toolbox import Toolbox

    class Tools(Toolbox):
        def _reference(self):
            """There is none here."""

    return Tools(ROOT, module)


def tried(known, work):
    """{task: [(case's title, status, sentence)]} or a sentence, of the visible scenarios."""
    from toolbox import ToolError
    from worker import Sandbox

    tools = tools_of(known["module"])
    box = Sandbox(tools)
    judge, program, found = judge_of(tools, box, known, work), Program(tools, work), {}
    for task in known["tasks"]:
        try:
            found[task] = [(f.case.title, f.status, f.sentence) for f in judge.judge(task, program.link(task))]
        except ToolError as error:
            found[task] = "does not compile:\n" + _words(str(error))
    return found


def _words(text):
    lines = [line for line in text.splitlines() if "error:" in line or "undefined reference" in line]
    return "\n".join(f"    {line.replace(f'{ROOT}/', '')}" for line in lines[:8] or text.splitlines()[-8:])


def show(tasks, found):
    """A line a task, and what is wrong in it. Returns whether all is right."""
    right = True
    for task in tasks:
        cases = found.get(task["id"])
        if cases is None:
            print(f"  {task['id']:5} {task['title']}: not tried here: it is judged when it is graded")
            continue
        if isinstance(cases, str):
            print(f"  {task['id']:5} {task['title']}: {cases}")
            right = False
            continue
        passed = sum(status == "passed" for _, status, _ in cases)
        print(f"  {task['id']:5} {task['title']}: {passed} of {len(cases)} visible cases")
        for title, status, sentence in cases:
            if status != "passed":
                right = False
                print(f"          {title}: {sentence}")
    return right


# ---- the file --------------------------------------------------------------------------------------------------


def manifest(module, files):
    return {"module": module, "files": [{"path": file, "bytes": len(data),
                                         "sha256": hashlib.sha256(data).hexdigest()}
                                        for file, data in files.items()]}


def write_zip(path, module, files):
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        for file, data in files.items():
            made.writestr(zipfile.ZipInfo(file, (2000, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        made.writestr("MANIFEST.json", json.dumps(manifest(module, files), indent=1) + "\n")
    os.replace(new, path)


def read_files(tasks):
    """The registered files; those that are missing are named and left out."""
    files, lost = {}, []
    for file in dict.fromkeys(file for task in tasks for file in task["files"]):
        path = ROOT / file
        if path.is_file() and not path.is_symlink():
            files[file] = path.read_bytes()
        else:
            lost.append(file)
    return files, lost


def main():
    given = parse()
    if not re.fullmatch(r"[\w.@+-]+", given.id) or given.id.startswith("."):
        sys.exit(f"pack: --id {given.id}: letters, digits and . _ - + @ only")
    if not (VISIBLE / "index.json").exists():
        sys.exit("pack: this is no handout of a class: there is nothing to hand in")
    import layout

    known = json.loads((VISIBLE / "index.json").read_text())
    tasks = [task for task in layout.registry(ROOT, "TASKS") if task["module"] == known["module_name"]]
    files, lost = read_files(tasks)
    for file in lost:
        print(f"missing: {file}")
    undone = sorted({task for data in files.values() for task in TODO.findall(data.decode("utf-8", "replace"))})
    if undone:
        print(f"not started, at least in part: {', '.join(undone)}")
    with tempfile.TemporaryDirectory(prefix="tt-pack-") as work:
        Path(work).chmod(0o711)
        print("the visible scenarios, as the grader runs them:")
        right = show(tasks, tried(known, Path(work)))
    here = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    target = (here / given.out / f"{given.id}.zip").resolve()
    try:
        write_zip(target, known["module"], files)
    except OSError as error:
        sys.exit(f"pack: {error.strerror}: {error.filename}")
    print(f"wrote {target}: {len(files)} files")
    if not right or lost:
        print("It can be handed in as it is; what is listed above will cost points.")


if __name__ == "__main__":
    main()
