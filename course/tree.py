"""Trees for learners: this project with the regions of some modules taken out.

    plan = tree.of_learner(root)                                  # every module a stub
    plan = tree.of_class(root, 2, "objects")                      # module 2 a stub, 3 and 4 absent
    tree.make(plan, folder)                                       # folder is new or empty

A tree is made from the files that git tracks, and only from those that HANDED_OUT names: what lies
around in an instructor's checkout, the grader and the history stay behind.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "course/grade")]

import cc
import objects
import regions
import visible
from objects import FORMULAS, Refused, declared

FORMS = ("objects", "source", "own")

TOP_FILES = (".bazelignore", ".bazelrc", ".clang-format", ".gitignore", "BUILD", "LICENSE",
             "MODULE.bazel", "WORKSPACE", "bazelw", "tinytorch.h")
FOLDERS = ("examples", "support", "tests", "tools")  # and the modules
OF_COURSE = ("BUILD", "doctor.py", "repro/BUILD", "status.py", "tasks.bzl")
OF_PROJECT = ("cc.py", "examples.py", "install.bzl", "install.py", "regions.py",
              "targets.py")  # in tools/, and *_test.py there
OF_INSTALL = ("examples/consumer/", "tests/install/")
OF_SIMULATOR = "tests/module3_gpu/sim/"  # tests of given code, with right kernels of all kinds

BAZELRC = """\
# This is a handout. A stub uses neither its arguments nor what was prepared for the solution, and
# tests look for errors of memory and of arithmetic (AddressSanitizer, UndefinedBehaviorSanitizer),
# which takes a slow machine more than the minute that Bazel gives a small test.
{flags}
test --config=asan
test --test_timeout=180,300,900,3600

"""

NO_CUDA = """\
# Module 3's kernels are here as objects for the simulator alone.
build --repo_env=TT_CUDA=off

"""

EDITORCONFIG = """\
root = true

[*]
charset = utf-8
end_of_line = lf
insert_final_newline = true
indent_style = space
indent_size = 4
max_line_length = 90
"""


@dataclass(frozen=True)
class Plan:
    """What becomes of each module."""

    root: Path
    tasks: list
    stubs: tuple  # modules whose regions are taken out
    below: tuple  # modules that stand complete below them...
    form: str | None = None  # ...in one of FORMS
    own: Path | None = None  # a tree with the learner's files, for the form "own"
    absent: tuple = ()
    kit: int | None = None  # the module whose handout can try itself as the grader will (//course:pack)

    def ids(self, modules):
        return {task["id"] for task in self.tasks if task["module"] in modules}

    def files(self, modules):
        """The files with regions."""
        return {file for task in self.tasks if task["module"] in modules for file in task["files"]}

    def compiled(self):
        """The modules handed out as objects: those that hold a solution."""
        if self.form != "objects":
            return ()
        return tuple(module for module in self.below if self.files([module]))

    def hides_formulas(self):
        """Kernels and loops of module 3 are compiled with the formulas: from there on as source."""
        return "module0_operators" in self.compiled() and "module3_gpu" in self.absent


def modules(root):
    return tuple(sorted(path.name for path in Path(root).glob("module?_*") if path.is_dir()))


def of_learner(root):
    root = Path(root)
    tasks = regions.registry(root) + regions.warm_ups(root)
    return Plan(root, tasks, stubs=modules(root), below=())


def of_class(root, number, form, own=None):
    root, every = Path(root), modules(root)
    stub = next((m for m in every if m.startswith(f"module{number}_")), None)
    tasks = regions.registry(root) + regions.warm_ups(root)
    known = sorted({task["module"] for task in tasks})
    if stub not in known:
        numbers = ", ".join(module[len("module")] for module in known)
        raise Refused(f"there is no module {number} with tasks; those with tasks: {numbers}")
    at = every.index(stub)
    absent = every[at + 1 :] + (("examples",) if every[at + 1 :] else ())
    return Plan(root, tasks, (stub,), every[:at], form, own, absent)


# ---- which files -----------------------------------------------------------------------------------


def tracked(root):
    """The files that git tracks; without git, as in a downloaded archive, all."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    if shutil.which("git") and (Path(root) / ".git").exists():
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        files = answer.split("\0")[:-1]
    else:
        files = [str(path.relative_to(root)) for path in Path(root).rglob("*")]
        files = [file for file in files if not file.startswith(("bazel-", ".git/"))]
    return sorted(file for file in files if (Path(root) / file).is_file())


def handed_out(plan, file):
    """Whether the file is in the tree at all, as it is or changed."""
    folder, _, rest = file.partition("/")
    if not rest:
        return file in TOP_FILES
    if plan.kit is not None and visible.handed_out(file, plan.kit):
        return True
    if file.startswith((*OF_INSTALL, OF_SIMULATOR)):
        return False
    if objects.is_warm_up(file) and folder in plan.below:
        return False
    if folder == "course":
        return rest in OF_COURSE
    if folder == "tools":
        return rest not in OF_PROJECT and not re.fullmatch(r"[^/]*_test\.py", rest)
    if folder == "tests":
        return _test_handed_out(plan, file, rest.partition("/")[0])
    return folder not in plan.absent and (folder in FOLDERS or folder.startswith("module"))


def _test_handed_out(plan, file, folder):
    """Tests of what the learner has written; those of given modules would only cost time."""
    if folder.startswith("module"):
        shared = f"/{folder}/support/" in file  # tests of higher modules use it too
        return folder in plan.stubs or (folder in plan.below and (shared or plan.form == "own"))
    if not file.endswith((".c", ".h")):
        return True
    text = (plan.root / file).read_text()
    return not any(f'#include "{module}/' in text for module in plan.absent)


# ---- what becomes of them ----------------------------------------------------------------------------


def make(plan, out):
    """Makes the tree in out, all of it or nothing. Returns the number of files."""
    out = Path(out).resolve()
    _check_destination(plan, out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as work:
        new = Path(work, "tree")
        _write_tree(plan, new)
        new.chmod(0o755)
        os.rename(new, out)  # replaces an empty folder, never a full one
    return sum(path.is_file() for path in out.rglob("*"))


def _check_destination(plan, out):
    if out == plan.root or plan.root in out.parents:
        raise Refused(f"{out} lies inside this project, whose Bazel would build it too:"
                      " choose a folder beside it")
    if out.exists() and not out.is_dir():
        raise Refused(f"{out} is a file")
    if out.is_dir() and any(out.iterdir()):
        raise Refused(f"{out} is not empty, and work is never overwritten: choose a new folder")


def _write_tree(plan, new):
    _check_own(plan)
    files = [file for file in tracked(plan.root) if handed_out(plan, file)]
    inside = {file for module in plan.compiled()
              for file in [*objects.sources(plan.root, module), *objects.kernels(plan, module)]}
    for file in files:
        if file not in inside:
            _copy(plan, file, new)
    for module in plan.compiled():
        objects.compile(plan, module, new)
    if plan.kit is not None:
        visible.make(plan.root, plan.kit, new / "course/visible")
    _write(new, "README.md", _readme(plan))
    _write(new, ".editorconfig", EDITORCONFIG)
    flags = ["-I.", *cc.flags(plan.root, "STANDARD", "WARNINGS", "CHECKED"), *regions.STUB_FLAGS]
    _write(new, "compile_flags.txt", "\n".join(flags) + "\n")
    header = new / "tinytorch.h"
    header.write_text(_one_include(plan, header.read_text(), new))


def _write(new, file, text):
    if re.search(r"(BEGIN|END) SOLUTION", text):
        raise Refused(f"{file} still names a solution's region: the tree was not made")
    (new / file).parent.mkdir(parents=True, exist_ok=True)
    (new / file).write_text(text)


def _copy(plan, file, new):
    source = plan.root / file
    if plan.form == "own" and file in plan.files(plan.below):
        source = plan.own / file
    try:
        text = source.read_text()
    except UnicodeDecodeError:  # a corpus, a picture
        (new / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, new / file)
    else:
        _write(new, file, _changed(plan, file, text))
    shutil.copymode(plan.root / file, new / file)


def _check_own(plan):
    if plan.form != "own":
        return
    for file in sorted(plan.files(plan.below)):
        if not (plan.own / file).is_file():
            raise Refused(f"{plan.own} lacks {file}: it must be a tree with the modules below")


def _changed(plan, file, text):
    name = file.rpartition("/")[2]
    if name == "BUILD":
        return _build_file(plan, file, text)
    if name == ".bazelrc":
        flags = "\n".join(f"build --copt={flag}" for flag in regions.STUB_FLAGS)
        more = BAZELRC.format(flags=flags) + (NO_CUDA if "module3_gpu" in plan.compiled() else "")
        return text.replace("try-import", more + "try-import", 1)
    if file == "tools/cuda.bzl":  # nvcc's flags; 177: declared but never referenced
        quiet = ",".join(["-Wextra", *regions.STUB_FLAGS])
        return text.replace('-Wextra",', f'{quiet}",\n    "-diag-suppress=177",', 1)
    if name == "README.md":
        return _assignment(text)
    if file == FORMULAS and plan.hides_formulas():
        return declared(text)
    if not file.endswith(regions.SOURCES):
        return text
    stub = regions.strip(text, plan.ids(plan.stubs), file)
    if stub != text:
        stub = _explained(plan, file, stub)
    return re.sub(r" *// (BEGIN SOLUTION \S+|END SOLUTION)\n", "", stub)


# ---- stubs explain themselves ----------------------------------------------------------------------------


def _explained(plan, file, stub):
    """Puts below each // TASK marker the rule, if a header has it, and where the rest stands."""
    lines, explained = stub.splitlines(), []
    for number, line in enumerate(lines):
        explained.append(line)
        if match := re.fullmatch(r"( *)// TASK (\S+)", line):
            indent, task = match.groups()
            module = next(t["module"] for t in plan.tasks if t["id"] == task)
            rule = _rule_in_header(plan.root / module, _function_around(lines, number))
            nearest = file.rpartition("/")[0]
            page = nearest if (plan.root / nearest / "README.md").is_file() else module
            read = f"How to go about it: {page}/README.md, Task {task}."
            explained += [f"{indent}// {words}".rstrip() for words in [*rule, read]]
    return "\n".join(explained) + "\n"


def _function_around(lines, number):
    """The name in the last line that opens a function's declarator: `static void f(int x`."""
    head = next((line for line in lines[number::-1] if re.match(r"[a-zA-Z].*\w\(", line)), "")
    names = re.findall(r"(\w+)\(", head)
    return names[0] if names else ""


def _rule_in_header(folder, function):
    """What stands above the function's declaration in one of the module's headers, and behind it."""
    if not function:
        return []
    for header in sorted(folder.rglob("*.h")):
        lines = header.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.match(rf"[a-z].*\b{function}\(", line):
                behind = re.findall(r"; /\* (.*) \*/$", line)
                return _comment_above(lines, number) + behind
    return []


def _comment_above(lines, number):
    """A group of declarations shares the comment above it."""
    while number > 0 and re.match(r"[a-zA-Z]|  +[^ *]", lines[number - 1]):
        number -= 1
    end = number - 1
    if end < 0 or not lines[end].endswith("*/"):
        return []
    begin = end
    while begin > 0 and not lines[begin].lstrip().startswith("/*"):
        begin -= 1
    comment = [re.sub(r"^ ?/?\*+ ?|\s*\*/$", "", line) for line in lines[begin : end + 1]]
    return [line for line in comment if line.strip()]


def _assignment(text):
    """A module's README as a learner of a handout reads it."""
    text = re.sub(
        r"In a handout the bodies are missing\..*?(?=```sh\n\./bazelw test //tests:task)",
        'The bodies are missing. Write yours in the place of each `TT_TODO("...");`, and run the tests'
        " of the\nfirst task:\n\n",
        text,
        count=1,
        flags=re.S,
    )
    return text.replace("// BEGIN SOLUTION", "// TASK").replace("// END SOLUTION", "// END TASK")


# ---- BUILD files and the one include -----------------------------------------------------------------------


def _build_file(plan, file, text):
    absent = tuple(f'"//{package}' for package in plan.absent)
    lines = text.splitlines(keepends=True)
    text = "".join(line for line in lines if not any(label in line for label in absent))
    if file == "BUILD":
        text = _without(text, lambda word: word.startswith(("install", "//tools:install")))
    if file == "tools/BUILD":
        text = _without(text, lambda word: word in _stems(plan.root) or word.endswith((":files", ".py")))
    if file == "course/BUILD":
        mine = {Path(name).stem for name in OF_COURSE} | ({"pack"} if plan.kit is not None else set())
        others = {path.stem for path in (plan.root / "course").glob("*.py")} - mine
        text = _without(text, lambda word: word in others or word.startswith("//course/"))
    module = file.partition("/")[0]
    if module in plan.compiled() and file == f"{module}/BUILD":
        text = objects.with_objects(text, module)
    if module in plan.compiled() and file == "module3_gpu/cuda/BUILD":
        text = objects.with_kernels(text)
    return text


def _stems(root):
    tests = [path.name for path in (root / "tools").glob("*_test.py")]
    return {Path(name).stem for name in [*OF_PROJECT, *tests]}


def _without(text, unwanted):
    """A BUILD file without the rules that hold an unwanted word, and the comments above those."""
    lines = text.splitlines(keepends=True)
    for statement in reversed(ast.parse(text).body):
        strings = (n.value for n in ast.walk(statement) if isinstance(n, ast.Constant))
        if any(isinstance(word, str) and unwanted(word) for word in strings):
            first = statement.lineno - 1
            while first > 0 and lines[first - 1].startswith("#"):
                first -= 1
            del lines[first : statement.end_lineno]
    return re.sub(r"\n{3,}", "\n\n", "".join(lines)).rstrip("\n") + "\n"


def _one_include(plan, text, new):
    """tinytorch.h without the modules that are absent, and without macros for their functions."""
    headers = [path.read_text() for path in new.rglob("*.h") if path.name != "tinytorch.h"]
    declared = set(re.findall(r"\b(tts?_\w+|tti_\w+)\(", "\n".join(headers)))
    kept = []
    for line in text.splitlines(keepends=True):
        include = re.match(r'#include "(\w+)/', line)
        macro = re.match(r"#define (tts?_\w+)\(", line)
        if include and include[1] in plan.absent or macro and macro[1] not in declared:
            continue
        kept.append(line)
    return "".join(kept)


# ---- the page that a learner opens first -----------------------------------------------------------------------


def _readme(plan):
    text = (plan.root / "course/HANDOUT.md").read_text()
    mine = [task for task in plan.tasks if task["module"] in plan.stubs and task.get("points")]
    rows = ["| task | what you write | where | points |", "|---|---|---|---|"]
    for task in mine:
        files = ", ".join(f"`{file}`" for file in task["files"])
        rows.append(f"| {task['id']} | {task['title']} | {files} | {task['points']} |")
    first = mine[0]
    return (
        text.replace("<!-- tasks -->", "\n".join(rows))
        .replace("<!-- module -->", f"[{first['module']}/README.md]({first['module']}/README.md)")
        .replace("task0_1", "task" + first["id"].replace(".", "_"))
    )
