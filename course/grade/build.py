"""Compiles a submission's files, confined, and links them with a scenario on the reference.

    builder = Builder(tools, box, work)
    variant = Variant(files={...}, without=("1.5",))        # texts by name; what stays a stub
    program = builder.program("1.4", variant)               # raises CompileError

A submission's object keeps only those names public that the reference's object of the same file has,
so that it replaces nothing else: no malloc, no main, no function of the grader. What the registry
forbids for a task is renamed in it to a function that says so and ends the program.
"""

import hashlib
import os
import re
import shlex
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import layout
from splice import regions
from worker import BUILD

MOST_WORDS = 8000  # of the compiler, for one file
STOPPED = "CPU time limit exceeded|Killed signal terminated|out of memory|memory exhausted|reached the limit of"


class CompileError(Exception):
    """The compiler's words on the student's own files."""


@dataclass(frozen=True)
class Variant:
    """One way to put a submission together with the reference."""

    name: str  # a folder's name
    files: dict = field(hash=False)  # file -> text, in front of the reference's
    without: tuple = ()  # tasks whose regions are stubs in every other file of the module


class Builder:
    def __init__(self, tools, box, work, objects):
        """`objects`: a folder for compiled files, which submissions share: the same text is compiled
        once. Who is graded cannot write to it."""
        self.tools, self.box, self.work, self.objects = tools, box, Path(work), objects
        self.failed = {}  # digest of text and name -> the compiler's words
        self.judged = {}  # what was judged already, for who judges
        self.guard, self.locks = threading.Lock(), {}  # a lock for each object: tasks are judged side by side
        self.include = box.include

    def program(self, task, variant):
        """A scenario linked with the variant: a path."""
        compiled = {file: self._object(file, variant) for file in self._to_compile(variant)}
        return self._link(task, variant, compiled, self.tools.rest(compiled, variant.without))

    def _to_compile(self, variant):
        """The variant's own C files, and those that read a header of it."""
        modules = self.tools.modules[: self.tools.number + 1]
        sources = [file for module in modules for file in layout.sources(self.tools.root, module)]
        headers = [file for file in variant.files if file.endswith(".h")]
        readers = {source for header in headers for source in self.tools.depends(header)}
        return [file for file in sources if file in variant.files or file in readers]

    # ---- compiling ---------------------------------------------------------------------------------

    def _object(self, file, variant):
        text = variant.files.get(file)
        if text is None:
            text = self._reference_text(file, variant.without)
        headers = {h: t for h, t in sorted(variant.files.items())
                   if h.endswith(".h") and file in self.tools.depends(h)}
        key = hashlib.sha256(repr((file, text, headers)).encode()).hexdigest()[:32]
        with self.guard:
            lock = self.locks.setdefault(key, threading.Lock())
        with lock:
            if key in self.failed:
                raise self.failed[key]
            if not (self.objects / f"{key}.o").exists():
                self._compile(file, text, headers, key)
        return self.objects / f"{key}.o"

    def _reference_text(self, file, without):
        return regions.strip((self.tools.root / file).read_text(), set(without), file)

    def _compile(self, file, text, headers, key):
        folder = self.work / key
        for name, words in [(file, text), *headers.items()]:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(words)
        if not self.box.bwrap:
            open_to_others(folder)
        script = [*layout.compiler(self.tools.root, file, self.include), *layout.file_flags(self.tools.root, file), "-w", "-fmax-errors=10",
                  "-iquote", ".", "-iquote", self.include, "-c", file, "-o", "object.o"]
        status, words = self.box.build(folder, [self.include], shlex.join(map(str, script)))
        made = folder / "object.o"
        if status != 0 or not made.is_file() or made.is_symlink():
            self.failed[key] = CompileError(self._readable(words, file))
            raise self.failed[key]
        with tempfile.NamedTemporaryFile(dir=self.objects, delete=False) as new:
            new.write(made.read_bytes())
        os.replace(new.name, self.objects / f"{key}.o")

    def _readable(self, words, file):
        if not words.strip() or re.search(STOPPED, words):
            return (f"{file}: error: the compiler was stopped, for this file took it more than"
                    f" {BUILD.cpu_s} s or {BUILD.memory_mb} MB: macros, or includes, without end?")
        words = words.replace(f"{self.include}/", "").replace("./", "")
        return words.strip()[:MOST_WORDS]

    # ---- linking -----------------------------------------------------------------------------------

    def _link(self, task, variant, compiled, rest):
        folder = self.work / f"{variant.name}-{layout.safe(task)}"
        folder.mkdir()
        if not self.box.bwrap:
            open_to_others(folder)
        steps, objects = [], []
        for number, (file, path) in enumerate(compiled.items()):
            public = folder / f"{number}.public"
            public.write_text("\n".join(self.tools.public_names(file)) + "\n")
            renamed = folder / f"{number}.renamed"
            mine = self.tools.public_names(file)  # a file may use what it defines itself
            renamed.write_text("".join(f"{old} tt_forbidden_{old}\n"
                                       for old in self.tools.forbidden_names(task) if old not in mine))
            objects.append(f"{number}.o")
            steps.append(["objcopy", f"--keep-global-symbols={public.name}",
                          f"--redefine-syms={renamed.name}", path, f"{number}.o"])
        trusted = [*self.tools.scenario_objects(task), *self.tools.forbidden_object(task), *rest, *self.tools.below()]
        steps.append([*layout.linker(self.tools.module), *self.tools.wrapped(task), "-o", "worker", *objects, *trusted,
                      *layout.libraries(self.tools.module)])
        script = " && ".join(shlex.join(map(str, step)) for step in steps)
        readable = sorted({str(Path(path).parent) for path in [*compiled.values(), *trusted]})
        status, words = self.box.link(folder, readable, script)
        if status != 0:
            raise CompileError(self._link_error(words))
        return folder / "worker"

    def _link_error(self, words):
        missing = sorted(set(re.findall(r"undefined reference to [`'](\w+)'", words)))
        if missing:
            return f"these functions are missing, or are static: {', '.join(missing[:10])}"
        twice = sorted(set(re.findall(r"multiple definition of [`'](\w+)'", words)))
        if twice:
            return f"these names belong to another file: {', '.join(twice[:10])}"
        return "it does not link:\n" + words.strip()[-MOST_WORDS // 4:]


def open_to_others(folder):
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o644)
