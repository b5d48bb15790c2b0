"""Runs what a submission brought, confined; and says which layers of isolation there were.

    box = Sandbox(tools)
    box.isolation()                                  # {"active": [...], "missing": [...], "sentence"}
    runs = box.scenario(program, cases=5, seed=7)    # the launcher's bundle: bytes
    done = box.build(folder, include, script)        # a compile: (exit status, what was printed)

Layers: bubblewrap (own mounts, processes, network, IPC and user; nothing of this machine but what
is named), the launcher's limits (processor, memory, files, output, wall clock), no new privileges,
seccomp. What is missing on a machine is left out and named.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass

NOBODY = 65534
PATIENCE = 600  # seconds for one program with all its cases, whatever its limits say

LAYERS = ("own files", "own processes", "no network", "own user", "system call filter",
          "limits", "no new privileges")


@dataclass(frozen=True)
class Limits:
    """For one case."""

    wall_ms: int = 120000  # for a busy machine; who does nothing is stopped much earlier
    idle_ms: int = 6000
    cpu_ms: int = 0  # where a second is too long: for tests
    cpu_s: int = 4
    budget_s: int = 12  # of processor time for all cases; who has spent it gets 1 s for each more
    memory_mb: int = 1024
    output_kb: int = 8192
    file_mb: int = 16

    def words(self):
        return ["--wall", self.wall_ms, "--idle", self.idle_ms, "--cpu-ms", self.cpu_ms, "--cpu", self.cpu_s, "--budget", self.budget_s, "--memory",
                self.memory_mb, "--output", self.output_kb, "--file", self.file_mb]


BUILD = Limits(idle_ms=60000, cpu_s=8, memory_mb=2048, output_kb=1024, file_mb=64)


class Sandbox:
    def __init__(self, tools):
        self.tools = tools
        self.launch = tools.program("launch")
        self.filter = not (self.launch.parent / "launch.unfiltered").exists()
        self.bwrap = self._bubblewrap()
        self.include = tools.include()  # the headers that a submission is compiled with

    def prepare(self, work):
        """Another user compiles where there is no bubblewrap, and cannot look into the cache."""
        if not self.bwrap:
            self.include = work / "include"
            shutil.copytree(self.tools.include(), self.include)
            for path in [self.include, *self.include.rglob("*")]:
                path.chmod(0o755 if path.is_dir() else 0o644)

    def _bubblewrap(self):
        """bwrap's path, when it works here: many containers forbid its namespaces."""
        path = shutil.which("bwrap")
        if not path or os.environ.get("TT_GRADE_BUBBLEWRAP") == "off":
            return None
        self.bwrap = path
        try:
            done = subprocess.run(self._walls([]) + ["/w/launch", "--once", "--alone", "/w/launch"],
                                  capture_output=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return path if done.stdout.startswith(b"case 0 exited 2") else None

    def isolation(self):
        other_user = self.bwrap or os.geteuid() == 0
        have = dict.fromkeys(LAYERS, bool(self.bwrap))
        have.update({"own user": bool(other_user), "limits": True, "no new privileges": True,
                     "system call filter": self.filter})
        # The filter has neither fork nor kill nor socket.
        if self.filter:
            have.update({"own processes": True, "no network": True})
        active = [layer for layer in LAYERS if have[layer]]
        missing = [layer for layer in LAYERS if not have[layer]]
        sentence = "every layer of isolation was active"
        if missing:
            why = "" if self.bwrap else " (bubblewrap is not there or may not make namespaces)"
            sentence = f"isolation was incomplete: without {', '.join(missing)}{why}"
        return {"active": active, "missing": missing, "sentence": sentence}

    # ---- running a scenario ---------------------------------------------------------------------------

    def scenario(self, program, cases, seed, limits=Limits(), rounds=1):
        """Every case of a linked scenario, each in a process of its own: the launcher's bundle. With
        `rounds`, all of them several times: case n of round r is r * cases + n."""
        options = ["--cases", f"0,{cases * rounds - 1}", "--modulo", cases, *limits.words()]
        options += ["--filter"] if self.filter else []
        if self.bwrap:
            walls = self._walls([("--ro-bind", program, "/w/worker"), ("--chdir", "/tmp")])
            command = [*walls, "/w/launch", "--alone", *options, "/w/worker", seed]
        else:
            command = [self.launch, *options, "--user", NOBODY, program, seed]
        return self._run(command)

    def reference(self, program, cases, seed):
        """The same for the reference, which is trusted."""
        return self._run([self.launch, "--cases", f"0,{cases - 1}", "--cpu", 60, "--wall", 120000,
                          "--memory", 1 << 20, program, seed])

    def _run(self, command):
        # A session of its own, so that an interrupted grader takes it along.
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
                                   start_new_session=True)
        try:
            return process.communicate(timeout=PATIENCE)[0]
        except BaseException as error:
            os.killpg(process.pid, 9)
            process.communicate()
            if isinstance(error, subprocess.TimeoutExpired):
                return b""
            raise

    # ---- building -------------------------------------------------------------------------------------

    def build(self, folder, readable, script):
        """Runs a shell script in `folder`, which it may write to; it can read the system's /usr and
        the folders in `readable`, by their own names. Returns (exit status, output)."""
        options = ["--once", *BUILD.words()]
        if self.bwrap:
            binds = [("--ro-bind", "/usr", "/usr"), ("--symlink", "usr/bin", "/bin"),
                     ("--symlink", "usr/lib", "/lib"), ("--symlink", "usr/lib64", "/lib64")]
            binds += [("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
                      ("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")]
            binds += [("--ro-bind", path, path) for path in readable]
            binds += [("--bind", folder, folder), ("--chdir", folder)]
            command = [*self._walls(binds), "/w/launch", "--alone", *options, "/bin/sh", "-c", script]
        else:
            script = f"cd '{folder}' && {script}"
            command = [self.launch, *options, "--user", NOBODY, "/bin/sh", "-c", script]
        return _outcome(self._run(command))

    def link(self, folder, readable, script):
        """The same for the linker, which reads the reference's objects and runs nothing that was
        handed in. Without bubblewrap it works under this user: another cannot read those."""
        if self.bwrap:
            return self.build(folder, readable, script)
        options = ["--once", *BUILD.words()]
        return _outcome(self._run([self.launch, *options, "/bin/sh", "-c", f"cd '{folder}' && {script}"]))

    def unpack(self, program, archive, work, wanted):
        """Runs the reader of archives, which writes into work/out only."""
        out = work / "out"
        work.chmod(0o711)
        out.mkdir()
        options = ["--once", *BUILD.words()]
        if self.bwrap:
            binds = [("--ro-bind", path, path) for path in ("/usr", archive, program)]
            binds += [("--symlink", "usr/lib", "/lib"), ("--symlink", "usr/lib64", "/lib64"),
                      ("--bind", out, out)]
            command = [*self._walls(binds), "/w/launch", "--alone", *options, program]
        else:
            # Another user can read neither the archive nor the program where they lie.
            for path in (archive, program):
                shutil.copyfile(path, work / path.name)
                (work / path.name).chmod(0o755)
            out.chmod(0o777)
            archive = work / archive.name
            command = [self.launch, *options, "--user", NOBODY, work / program.name]
        return _outcome(self._run([*command, archive, out, *wanted]))

    def _walls(self, binds):
        fixed = ["--unshare-all", "--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY),
                 "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv",
                 "--hostname", "grader", "--dev-bind", "/dev/null", "/dev/null", "--size",
                 str(64 << 20), "--tmpfs", "/tmp", "--ro-bind", str(self.launch),
                 "/w/launch"]
        more = [str(word) for bind in binds for word in bind]
        return [self.bwrap, *fixed, *more, "--remount-ro", "/"]


def _outcome(bundle):
    """The one case of a launch --once."""
    runs = parse(bundle)
    if not runs:
        return 125, "the launcher did not start"
    run = runs[0]
    if run.limit != "none":
        return 124, run.printed + f"\nstopped: it reached the limit of {run.limit}"
    return (run.code if run.how == "exited" else 128 + run.code), run.printed


@dataclass(frozen=True)
class Run:
    """What became of one case, as the launcher tells it."""

    case: int
    how: str  # "exited" or "signal"
    code: int
    limit: str  # "none", "time", "output", "files"
    cpu_ms: int
    wall_ms: int
    rss_kb: int
    printed: str


def parse(bundle):
    """The lines of a bundle, by case; its records are the judge's business."""
    runs, at = {}, 0
    while (end := bundle.find(b"\n", at)) >= 0:
        words = bundle[at:end].decode("ascii", "replace").split()
        if len(words) != 11 or words[0] != "case":
            break
        case, code, cpu, wall, rss, records, printed = (int(words[i]) for i in (1, 3, 5, 6, 7, 8, 9))
        begin = end + 1 + records
        at = begin + printed
        text = bundle[begin:at].decode("utf-8", "replace")
        runs[case] = Run(case, words[2], code, words[4], cpu, wall, rss, text)
    return runs
