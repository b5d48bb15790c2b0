"""What grading needs and is built once: the launcher, the judge, and the reference as objects.

    tools = Toolbox(root, module=1)     # builds what is missing in the cache, else takes it from there
    tools.program("launch")             # a path
    tools.scenario("1.4")               # the reference with the scenario of Task 1.4, linked

No Bazel: gcc alone, so that the same code builds a grader for a container. The cache is
$TT_GRADE_CACHE, else ~/.cache/tinytorch/grade; its folders are named by everything that they were made
from, so a changed source or compiler makes a new one. The last few are kept; all of it may be deleted
while nothing is graded.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent / "tools"), str(HERE.parent)]

import cc
import layout

CC = os.environ.get("CC", "gcc")
TOOLS = {
    "launch": (["launch.c", "filter.c"], ["-lseccomp"]),
    "judge": (["judge_main.c", "bundle.c", "compare.c", "record.c"], ["-lm"]),
    "unpack": (["unpack.c"], ["-larchive"]),
}
KEPT = 8  # folders of the cache, some 20 MB each
LONGEST_USE = 12 * 3600  # seconds that one call of the grader takes at most


FORBIDDEN = """\
#include <string.h>
#include <unistd.h>

#include "course/grade/record.h"

/* Ends the case; the judge makes a sentence of it. Nothing is won by writing this record oneself. */
static void stop(const char *name)
{
    ttr_header h = {.magic = TTR_MAGIC, .kind = TTR_EVENT, .dims = 1, .name_length = 9};
    h.bytes = h.dim[0] = (uint32_t)strlen(name);
    ttr_write(&h, "forbidden", name);
    _exit(1);
}

#define TRAP(name)                                                                       \\
    void tt_forbidden_##name(void);                                                      \\
    void tt_forbidden_##name(void)                                                       \\
    {                                                                                    \\
        stop(#name);                                                                     \\
    }
"""


class ToolError(Exception):
    """What could not be built, in the compiler's words."""


def run(command, **more):
    done = cc.run(command, **more)
    if done.returncode:
        raise ToolError(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def cache():
    """In the user's home, also when Bazel runs a test with another $HOME."""
    given = os.environ.get("TT_GRADE_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(pwd.getpwuid(os.getuid()).pw_dir, ".cache")
    return Path(given or os.path.join(home, "tinytorch", "grade"))


@contextmanager
def locked(folder):
    """Two graders at once build once."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def put(path, text):
    """Writes a file that somebody else may be compiling: it is never seen half."""
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    new.write_text(text)
    os.replace(new, path)


def forget_old(mine, pattern):
    """Removes what was made from sources of long ago beside `mine`; not what a grader may still be using."""
    with suppress(OSError):  # who grades may only read it
        os.utime(mine)
        ages = {path: time.time() - path.stat().st_mtime for path in mine.parent.glob(pattern) if path.is_dir()}
        for path in sorted(ages, key=ages.get)[KEPT:]:
            if ages[path] > LONGEST_USE:
                shutil.rmtree(path, ignore_errors=True)


class Toolbox:
    def __init__(self, root, module):
        self.root = Path(root)
        self.number = module
        self.readers = {}  # header -> the files whose compilation reads it
        self.tasks = layout.registry(root, "TASKS")
        self.grading = layout.registry(root, "GRADING")
        self.modules = layout.modules(root)
        self.module = layout.module_called(self.modules, module)
        self.own = [task for task in self.tasks if task["module"] == self.module]
        self.digest = self._digest()
        base = cache()
        with locked(base):
            base.chmod(0o700)  # the reference is in it, and who is graded may be another user here
            self.home = base / self.digest[:16]
            self.work = self.home / f"grader-{self._digest_of_grader()[:16]}"
            self._tools()
            self._reference()
            forget_old(self.home, "*")
            forget_old(self.work, "grader-*")

    def program(self, name):
        path = self.work / "bin" / name
        return path if path.exists() else None

    def object(self, file, without=()):
        """The reference's object of a file; `without`: with the regions of these tasks as stubs."""
        return self._object(file, tuple(sorted(without)))

    def scenario_objects(self, task):
        """The scenario of a task and what scenarios share; they hold no solution."""
        shared = [f"{Path(name).stem}.o" for name in self._shared()]
        return [self.work / "scenarios" / name for name in (f"task{layout.safe(task)}.o", *shared)]

    def _shared(self):
        more = ["scenarios/tensors.c"] * (self.number >= 2) + ["scenarios/kernels.c"] * (self.number >= 3)
        return ["scenario.c", "record.c", *more]

    def scenario(self, task):
        """The program that knows what is right."""
        return self.work / "reference" / f"task{layout.safe(task)}"

    def include(self):
        """The project's headers, and no C file."""
        return self.work / "include"

    def rest(self, changed, without):
        """The module's own objects without those of the files in `changed`."""
        files = [file for file in layout.learned(self.own) if file in layout.sources(self.root, self.module)]
        if self.number == 0:  # where every file reads the header that is handed in
            files = layout.sources(self.root, self.module)
        given = [] if self.number == 0 else [self.home / "below" / f"lib{self.module}-given.a"]
        return [*(self.object(file, without) for file in files if file not in changed), *given]

    def below(self, number=None):
        """The archives that module `number` is linked with, topmost first."""
        number = self.number if number is None else number
        names = [*reversed(self.modules[:number]), "support"]
        return [self.home / "below" / f"lib{name}.a" for name in names]

    def public_names(self, file):
        """The names that the reference's object of a file gives to others; a kernel's stub has some
        more, inline functions of TT_TODO."""
        objects = [self.home / "objects" / f"{file}.o"]
        if file.endswith(".cu"):
            objects.append(self.object(file, tuple(task["id"] for task in self.own)))
        words = run(["nm", "--defined-only", "--extern-only", "--format=posix", *objects])
        return sorted({line.split()[0] for line in words.splitlines() if len(line.split()) > 1})

    def forbidden_names(self, task):
        """What a submission's own code may not use in a task."""
        return self.grading.get(task, {}).get("forbidden", [])

    def forbidden_object(self, task):
        """What a forbidden name becomes in a submission's objects: the end of the case, and why."""
        names = self.forbidden_names(task)
        if not names:
            return []
        source = self.work / "forbidden" / f"task{layout.safe(task)}.c"
        target = source.with_suffix(".o")
        if not target.exists():
            put(source, FORBIDDEN + "\n".join(f"TRAP({name})" for name in names) + "\n")
            self.compile(source, target, self.root)
        return [target]

    def wrapped(self, task):
        """Functions whose calls a scenario counts."""
        return [f"-Wl,--wrap={name}" for name in self.grading.get(task, {}).get("counted", [])]

    def lower(self):
        """The files that learners write in the modules below."""
        tasks = [task for task in self.tasks if task["module"] < self.module]
        return [file for file in layout.learned(tasks) if not file.startswith("tests/")]

    def depends(self, file):
        """The files of the libraries, this module's and those below, whose compilation reads a header."""
        if file not in self.readers:
            self.readers[file] = [source for folder in self.modules[: self.number + 1]
                                  for source in layout.sources(self.root, folder)
                                  if self._reads(source, file)]
            if not self.readers[file]:  # then a submission's header would be left out unseen
                raise ToolError(f"no file of the reference reads {file}")
        return self.readers[file]

    # ---- building ----------------------------------------------------------------------------------

    def _digest(self):
        """Of what the reference is made from; it also names the reference in results."""
        return self._digest_of([*layout.everything(self.root), self.root / "course/tasks.bzl",
                                HERE / "layout.py"])

    def _digest_of_grader(self):
        return self._digest_of([*HERE.rglob("*.[ch]"), HERE / "toolbox.py", *HERE.glob("learner.py"),
                                *(self.root / "course/mutants").glob("learner_*")])

    def _digest_of(self, files):
        state = hashlib.sha256(run([CC, "-v"]).encode())
        for path in sorted(set(files)):
            state.update(f"{path.relative_to(self.root)}\0".encode() + path.read_bytes() + b"\0")
        return state.hexdigest()

    def _tools(self):
        folder = self.work / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        for name, (files, libraries) in TOOLS.items():
            if (folder / name).exists() or (folder / f"{name}.missing").exists():
                continue
            try:
                self._tool(folder / name, files, libraries)
            except ToolError as error:
                if name == "judge":
                    raise
                self._poorer_tool(folder, name, files, error)

    def _tool(self, target, files, libraries, define=("-DTT_SECCOMP",)):
        # Static where that is possible: in a sandbox there is nothing else.
        flags = [*cc.flags(self.root, "STANDARD"), "-O2", "-w", *define, "-iquote", self.root]
        if target.name == "launch":
            flags.append("-static")
        sources = [HERE / file for file in files]
        run([CC, *flags, *sources, "-o", f"{target}.new", *libraries])
        os.rename(f"{target}.new", target)

    def _poorer_tool(self, folder, name, files, error):
        """Without libseccomp a launcher that cannot filter; without libarchive only folders."""
        if name == "launch":
            self._tool(folder / name, files, [], define=())
            (folder / "launch.unfiltered").write_text(str(error))
        else:
            (folder / f"{name}.missing").write_text(str(error))

    def _reference(self):
        done = self.work / f"module{self.number}.done"
        if done.exists():
            return
        self._headers()
        folders = ["support", *self.modules[: self.number + 1]]
        files = [file for folder in folders for file in layout.sources(self.root, folder)]
        cc.in_parallel(self._compile_reference, files)
        for folder in folders[:-1]:
            self._archive(folder, folder)
        self._archive(f"{self.module}-given", self.module, layout.learned(self.own))
        cc.in_parallel(self._compile_scenario, self._shared())
        cc.in_parallel(self._link_reference, [task["id"] for task in self.own])
        cc.in_parallel(lambda pair: self._object(*pair), self._stubbed())
        done.write_text("")

    def _headers(self):
        import objects  # not in a handout, which compiles no reference

        if self.include().exists():
            return
        new = self.work / "include.new"
        shutil.rmtree(new, ignore_errors=True)
        for path in layout.everything(self.root):
            if path.suffix in layout.HEADERS:
                target = new / path.relative_to(self.root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        shutil.copytree(HERE / "shim", new / "shim")
        declared = new / "declared" / objects.FORMULAS
        declared.parent.mkdir(parents=True)
        declared.write_text(objects.declared((self.root / objects.FORMULAS).read_text()))
        os.rename(new, self.include())

    def _compile_reference(self, file):
        self.compile(self.root / file, self.home / "objects" / f"{file}.o", self.root,
                      layout.file_flags(self.root, file))

    def compile(self, source, target, include, more=()):
        """`include`: the folder whose files stand in front."""
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        new = f"{target}.{os.getpid()}-{threading.get_ident()}.{source.name}.new"
        run([*layout.compiler(self.root, source.name, self.root), "-w", "-iquote", include, *more, "-MMD", "-MF", f"{target}.d", "-c", source, "-o", new],
            cwd=self.root)
        os.rename(new, target)

    def _archive(self, name, folder, without=()):
        target = self.home / "below" / f"lib{name}.a"
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        objects = [self.home / "objects" / f"{file}.o" for file in layout.sources(self.root, folder)
                   if file not in without]
        run(["ar", "crsD", f"{target}.new", *objects])
        os.rename(f"{target}.new", target)

    def _compile_scenario(self, name):
        self.compile(HERE / name, self.work / "scenarios" / f"{Path(name).stem}.o", self.root)

    def _link_reference(self, task):
        source = HERE / "scenarios" / f"task{layout.safe(task)}.c"
        if not source.exists():
            return
        self._compile_scenario(f"scenarios/{source.name}")
        target = self.scenario(task)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            run([*layout.linker(self.module), *self.wrapped(task), "-o", f"{target}.new",
                 *self.scenario_objects(task), *self.rest((), ()), *self.below(),
                 *layout.libraries(self.module)])
            os.rename(f"{target}.new", target)

    def _stubbed(self):
        """(file, tasks): each file of the module without what is later than one of its tasks."""
        order = [task["id"] for task in self.own]
        laters = [tuple(sorted(order[n + 1 :])) for n in range(len(order) - 1)]
        files = [file for file in layout.sources(self.root, self.module)
                 if self.number == 0 or file in layout.learned(self.own)]
        return [(file, later) for later in laters for file in files]

    def _object(self, file, without):
        import regions  # not in a handout, which compiles no reference

        text = (self.root / file).read_text()
        has = {region.task for region in regions.parse(text, file)}
        header = [h for h in layout.learned(self.own) if h.endswith(".h") and file in self.depends(h)]
        stubbed = has & set(without)
        if not stubbed and not any(self._has(h, without) for h in header):
            return self.home / "objects" / f"{file}.o"
        without = sorted(stubbed | {t for h in header for t in without if self._has(h, {t})})
        folder = self.home / "stubs" / "-".join(without)
        target = folder / "objects" / f"{file}.o"
        if not target.exists():
            with locked(folder):
                for changed in [file, *header]:
                    path = folder / "source" / changed
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(regions.strip((self.root / changed).read_text(), set(without)))
                self.compile(folder / "source" / file, target, folder / "source",
                              ["-iquote", self.root, *layout.file_flags(self.root, file)])
        return target

    def _has(self, file, tasks):
        import regions

        text = (self.root / file).read_text()
        return any(region.task in tasks for region in regions.parse(text, file))

    def _reads(self, source, header):
        """Whether compiling the reference's source reads a header. Paths are those of the tree that the
        cache was filled from, which may be another checkout of the same files."""
        rule = Path(self.home / "objects" / f"{source}.o.d").read_text().replace("\\\n", " ")
        paths = map(os.path.normpath, rule.split(":", 1)[1].split())
        return any(path == header or path.endswith(f"/{header}") for path in paths)
