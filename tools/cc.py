"""Compiles this tree's C, and its kernels for the simulator, without Bazel: for tests that try
changed copies of it.

    base = Build(root, out)                          # as it is
    base.compile(files)
    stub = Build(root, out2, base=base, overlay=d)   # files below d stand in front of root's
    stub.compile(files)                              # compiles only what they touch
    stub.link(program, [files], extra_flags)
"""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CC = os.environ.get("CC", "gcc")
CXX = os.environ.get("CXX", "g++")
CORES = len(os.sched_getaffinity(0))


class CompileError(Exception):
    """The compiler's words, for one or several files."""


def flags(root, *names, file="tools/flags.bzl"):
    """Lists of a .bzl file, whose literals Python reads as well as Bazel."""
    lists = {}
    exec(Path(root, file).read_text(), lists)
    return [flag for name in names for flag in lists[name]]


def sources(root, folder):
    """What a folder of the tree is compiled from: its C, its kernels, module 3's simulator."""
    patterns = ["**/*.c", "sim/*.cc", "cuda/**/*.cu", "examples/*.cu"]
    paths = {path for pattern in patterns for path in Path(root, folder).glob(pattern)}
    return sorted(str(path.relative_to(root)) for path in paths)


def run(command, **kwargs):
    """subprocess.run with both outputs as text in .stdout."""
    return subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **kwargs,
    )


def has_main(path):
    """Whether the C file is a program."""
    return re.search(r"^int main\(", Path(path).read_text(), re.M) is not None


def quoted(text, lines=8):
    """The first lines of a text, to stand below a sentence."""
    return "".join(f"\n    | {line}" for line in (text or "").strip().splitlines()[:lines])


def in_parallel(function, items):
    """[function(item), ...], on all cores."""
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(function, items))


class Build:
    """Objects of one state of the tree."""

    def __init__(self, root, out, compile_flags, base=None, overlay=None):
        self.root, self.out, self.flags = Path(root), Path(out), compile_flags
        self.base, self.overlay = base, overlay
        self.objects = {}  # file -> its object
        self.read = {}  # file -> every file of the tree that its compilation read
        self.changed = set()
        if overlay:
            files = (path for path in overlay.rglob("*") if path.is_file())
            self.changed = {str(path.relative_to(overlay)) for path in files}

    def touched(self, file):
        """Whether compiling the file reads something that differs from the base."""
        return not self.base or bool(self.base.read[file] & self.changed)

    def compile(self, files, flags_of=lambda file: []):
        """Compiles files; flags_of(file) are further flags. Raises CompileError with all errors."""
        files = [file for file in files if file not in self.objects]
        for file in files:
            if not self.touched(file):
                self.objects[file] = self.base.objects[file]
        todo = [file for file in files if self.touched(file)]
        errors = in_parallel(lambda file: self._compile_one(file, flags_of(file)), todo)
        if any(errors):
            raise CompileError("\n".join(error for error in errors if error))

    def _compiler(self, file):
        """C as this build was told, the rest as Bazel compiles it for the simulator."""
        if file.endswith(".c"):
            return [CC, *self.flags]
        name = "SIM_COPTS" if file.endswith(".cu") else "SIM_INSIDE_COPTS"
        home = Path(self.root, "module3_gpu/sim")
        return [CXX, *flags(self.root, name, file=home / "sim.bzl"), f"-I{home}/include"]

    def _compile_one(self, file, more):
        target = self.out / f"{file}.o"
        target.parent.mkdir(parents=True, exist_ok=True)
        here = self.overlay if file in self.changed else self.root
        folders = [self.overlay, self.root] if self.overlay else [self.root]
        include = [f"-iquote{os.path.relpath(folder, here)}" for folder in folders]
        command = [*self._compiler(file), *more, *include, "-MMD", "-c", file, "-o", target]
        done = run(command, cwd=here)
        if done.returncode:
            return done.stdout or f"{file}: the compiler exited with {done.returncode}"
        self.objects[file] = target
        rule = target.with_suffix(".d").read_text().replace("\\\n", " ")
        self.read[file] = {os.path.normpath(word) for word in rule.split(":", 1)[1].split()}
        return None

    def archive(self, name, files):
        """A library of the objects of these files."""
        path = self.out / name
        path.unlink(missing_ok=True)
        done = run(["ar", "crsT", path, *(self.objects[file] for file in files)])
        if done.returncode:
            raise CompileError(done.stdout)
        return path

    def link(self, program, objects, link_flags):
        """Links objects and archives to a program."""
        done = run([CC, "-o", program, *objects, *link_flags])
        if done.returncode:
            raise CompileError(done.stdout)
        return program
