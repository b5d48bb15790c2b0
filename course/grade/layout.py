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


# Of module 3's folder: its programs, and kernels that the backends do not have.
NOT_IN_MODULE3 = ("examples/", "puzzles/", "chapters/", "sim/program/", "cuda/ladder/", "bench_", "cublas.c")
NOT_IN_MODULE4 = ("report", "training")


def sources(root, folder):
    """What a folder's library is compiled from; of support, what modules stand on."""
    if folder == "support":
        return sorted(f"support/{path.name}" for path in (Path(root) / "support").glob("*.c")
                      if not path.name.startswith(SUPPORT_PROGRAMS))
    if folder in ("module3_gpu", "module4_nn"):
        return _with_kernels(root, folder, NOT_IN_MODULE3 if folder == "module3_gpu" else NOT_IN_MODULE4)
    tree = ast.parse((Path(root) / folder / "BUILD").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tt_module":
            value = next(k.value for k in node.keywords if k.arg == "srcs")
            return [f"{folder}/{file}" for file in ast.literal_eval(value) if file.endswith(".c")]
    return []


def _with_kernels(root, folder, left_out):
    """Of module 3 also the simulator; kernels as the simulator runs them."""
    patterns = ["**/*.c", "**/*.cu", "sim/*.cc"]
    paths = {path for pattern in patterns for path in (Path(root) / folder).glob(pattern)}
    files = sorted(str(path.relative_to(root)) for path in paths)
    return [file for file in files if not file.removeprefix(f"{folder}/").startswith(left_out)
            and not cc.has_main(Path(root) / file)]


def flags(root):
    """The same for a submission and for the reference. -O1: it is run for a moment, but compiled
    for everyone."""
    return [*cc.flags(root, "STANDARD", "CHECKED"), "-O1", "-fno-omit-frame-pointer", "-fno-pie"]


def file_flags(root, file):
    """Further flags of single files, as their BUILD files say."""
    if file.startswith("module3_gpu/fast/") and not file.rpartition("/")[2].startswith(("parallel", "fast_")):
        return ["-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fopenmp"]
    return ["-fopenmp"] if file.startswith("module3_gpu/") and file.endswith(".c") else []


def compiler(root, file, headers):
    """The compiler of a file and what it needs whatever it compiles for; `headers`: a folder with the
    project's headers."""
    if file.endswith(".c"):
        return [cc.CC, *flags(root)]
    sim = cc.flags(root, "SIM_COPTS" if file.endswith(".cu") else "SIM_INSIDE_COPTS",
                   file=Path(root) / "module3_gpu/sim/sim.bzl")
    return [cc.CXX, *sim, "-fno-pie", f"-I{headers}/module3_gpu/sim/include"]


def linker(module):
    return [cc.CC, "-static", "-no-pie"]


def libraries(module):
    """Behind every object: those of module 3 and above run on threads and on the simulator."""
    more = ["-fopenmp", "-lstdc++", "-ldl"] if module >= "module3" else []
    return [*more, "-lz", "-lm", "-lpthread"]
