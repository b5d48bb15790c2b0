"""Where things are in the tree, and how they are compiled for grading."""

import ast
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))

import cc

HEADERS = (".h", ".inc", ".cuh")
SUPPORT_PROGRAMS = ("bench", "cli", "json", "plot", "progress", "report", "terminal", "text")


def modules(root):
    return sorted(path.name for path in Path(root).glob("module?_*") if path.is_dir())


def module_called(names, number):
    return next(name for name in names if name.startswith(f"module{number}_"))


def registry(root, name):
    """A literal of course/tasks.bzl, or nothing."""
    names = {}
    exec((Path(root) / "course/tasks.bzl").read_text(), names)
    return names.get(name, {})


def safe(task):
    """4.4b -> 4_4b, for names of files."""
    return task.replace(".", "_")


def learned(tasks):
    """Every file with a region of one of these tasks, in the registry's order."""
    return list(dict.fromkeys(file for task in tasks for file in task["files"]))


def everything(root):
    """What the reference is compiled from: support, the modules, what tests share."""
    folders = ["support", *modules(root), "tests/support",
               *(f"tests/{module}/support" for module in modules(root))]
    suffixes = {".c", ".cu", ".cc", ".h", ".inc", ".cuh", ".bzl"}
    found = [path for folder in folders for path in (Path(root) / folder).rglob("*")
             if path.suffix in suffixes or path.name == "BUILD"]
    return sorted(p for p in [*found, Path(root) / "tinytorch.h", Path(root) / "tools/flags.bzl"]
                  if p.is_file())


def sources(root, folder):
    """The C files of a folder's library; of support, what modules stand on."""
    if folder == "support":
        return sorted(f"support/{path.name}" for path in (Path(root) / "support").glob("*.c")
                      if not path.name.startswith(SUPPORT_PROGRAMS))
    tree = ast.parse((Path(root) / folder / "BUILD").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tt_module":
            value = next(k.value for k in node.keywords if k.arg == "srcs")
            return [f"{folder}/{file}" for file in ast.literal_eval(value) if file.endswith(".c")]
    return []


def flags(root):
    """The same for a submission and for the reference. -O1: it is run for a moment, but compiled
    for everyone."""
    return [*cc.flags(root, "STANDARD", "CHECKED"), "-O1", "-fno-omit-frame-pointer", "-fno-pie"]


def file_flags(root, file):
    """Further flags of single files."""
    return []


def compiler(root, file):
    return [cc.CC]


def linker(module):
    return [cc.CC, "-static", "-no-pie"]


def libraries(module):
    return ["-lz", "-lm", "-lpthread"]
