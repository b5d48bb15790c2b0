#!/usr/bin/env python3
"""A class as mixed as can be, graded in one call: `./bazelw test //course/grade:crowd_test`.

In one folder lie the reference in every packing, right solutions of other forms, wrong ones, stubs,
half-done and broken work, hostile archives, and every attack of course/exploits on module 1. Each must
have the points that are its own, none is lost for another's sake, and nothing is left behind. Attacks
run into the real limits here, which takes minutes: the test is `manual`. With TT_CROWD=DIR the folder
is made there and stays: DIR/in, DIR/out.
"""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "results")]

import layout
import schema
import trials
from splice import pieces, regions

MODULE = "module1_autodiff"
TASKS = [task for task in layout.registry(ROOT, "TASKS") if task["module"] == MODULE]
POINTS = {task["id"]: task["points"] for task in TASKS}
FILES = layout.learned(TASKS)
REFERENCE = {file: (ROOT / file).read_text() for file in FILES}
SCALAR, GRAPH, DERIVATIVE = (f"{MODULE}/{name}.c" for name in ("scalar", "graph", "derivative"))
SEED = zlib.crc32(f"crowd {os.environ.get('TT_GRADE_SEED', '')}".encode())
PARTLY = "less than all"
MB = 1 << 20


@dataclass
class Expected:
    """What a submission must come to."""

    points: dict = field(default_factory=lambda: dict(POINTS))  # by task: a number, or PARTLY
    status: str = "graded"
    says: str = ""  # somewhere in its result


def only(*done, says=""):
    return Expected({task: POINTS[task] if task in done else 0 for task in POINTS}, says=says)


def all_but(task, points=0, says=""):
    return Expected({**POINTS, task: points}, says=says)


def refused(says):
    return Expected(dict.fromkeys(POINTS, 0), "refused", says)


def without(*tasks):
    return {file: regions.strip(text, set(tasks), file) for file, text in REFERENCE.items()}


def stubs():
    return without(*POINTS)


class Crowd:
    """Writes submissions into a folder: expected[id], paths[id]."""

    def __init__(self, folder):
        self.folder = folder
        self.expected, self.paths = {}, {}
        for make in (self.honest, self.half_done, self.wrong, self.broken, self.archives, self.attacks):
            make()

    def add(self, name, id, expected):
        self.expected[id], self.paths[id] = expected, self.folder / name
        return self.folder / name

    def tree(self, id, files, expected):
        path = self.add(id, id, expected)
        for file, text in files.items():
            (path / file).parent.mkdir(parents=True, exist_ok=True)
            (path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
        path.mkdir(exist_ok=True)
        return path

    def zip(self, id, entries, expected):
        with zipfile.ZipFile(self.add(f"{id}.zip", id, expected), "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in entries.items():
                archive.writestr(name, text)

    def tar(self, id, ending, members, expected):
        """members: {name: text, or a TarInfo}."""
        mode = {".tgz": "w:gz", ".tar.gz": "w:gz", ".tar.xz": "w:xz", ".tar.bz2": "w:bz2", ".tar": "w"}[ending]
        with tarfile.open(self.add(f"{id}{ending}", id, expected), mode) as archive:
            for name, text in members.items():
                if isinstance(text, tarfile.TarInfo):
                    archive.addfile(text)
                    continue
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))

    # ---- who they are --------------------------------------------------------------------------------

    def honest(self):
        self.tree("reference", REFERENCE, Expected())
        self.tree("o'brien & <b>söhne", REFERENCE, Expected())
        self.tree("whole-tree", {"BUILD": "x", "README.md": "x", f"{MODULE}/BUILD": "x", f"{MODULE}/lazy.bzl": "x",
                                 **self.other_attacks(), **REFERENCE},
                  Expected(says="belongs to the build"))
        self.tree("windows", {file: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
                              for file, text in REFERENCE.items()}, Expected())
        self.zip("zipped", REFERENCE, Expected())
        self.zip("zipped-names-alone", {file.split("/")[1]: text for file, text in REFERENCE.items()}, Expected())
        self.zip("zipped-below", {f"my work/{file}": text for file, text in REFERENCE.items()}, Expected())
        for number, ending in enumerate((".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")):
            self.tar(f"packed{number}", ending, REFERENCE, Expected())
        for number, other in enumerate(m for m in trials.mutants(ROOT, "honest") if m.file in FILES):
            self.tree(f"other-form{number}", self.changed(other), Expected())

    def other_attacks(self):
        """Attacks on other modules lie about in this submission, and are not its business."""
        found = {}
        for module in layout.modules(ROOT):
            for attack in trials.exploits(ROOT, module) if module != MODULE else []:
                text = (ROOT / attack.file).read_text()
                found[attack.file] = attack.apply(text, regions, {attack.task}, pieces)
        return found

    def changed(self, mutant):
        return {**REFERENCE, mutant.file: mutant.apply(REFERENCE[mutant.file])}

    def half_done(self):
        order = list(POINTS)
        self.tree("stubs", stubs(), only())
        for n in range(1, len(order)):
            self.tree(f"up-to-{order[n - 1]}", without(*order[n:]), only(*order[:n]))
        for task in order:
            self.tree(f"only-{task}", without(*(other for other in order if other != task)), only(task))
        self.tree("one-file", {DERIVATIVE: REFERENCE[DERIVATIVE]}, only("1.1", says="is not in the submission"))

    def wrong(self):
        for number, mutant in enumerate(trials.mutants(ROOT, MODULE)):
            self.tree(f"wrong{number}", self.changed(mutant), all_but(mutant.task, PARTLY))

    def broken(self):
        text, other = REFERENCE[DERIVATIVE], {f: t for f, t in REFERENCE.items() if f != DERIVATIVE}
        compiler = all_but("1.1", says=f"{DERIVATIVE}:")

        def one(id, changed, expected):
            return self.tree(id, {**other, DERIVATIVE: changed}, expected)

        one("no-semicolon", text.replace("epsilon);", "epsilon)"), compiler)
        one("no-brace", text.rstrip().removesuffix("}"), Expected())  # below the region: the reference's counts
        one("unknown-header", text.replace("slope = (", '#include "no/such.h"\n    slope = ('),
            all_but("1.1", says="no/such.h"))
        one("other-name", text.replace("tt_central_difference", "central_difference"),
            all_but("1.1", says="are gone"))
        one("no-markers", regions.strip(text, {"1.1"}).replace("// TASK", "//").replace("// END", "//"),
            all_but("1.1"))
        one("no-markers-but-right", "".join(line for line in text.splitlines(True) if "SOLUTION" not in line),
            Expected())
        one("empty-file", "", all_but("1.1"))
        one("a-page-of-the-web", "<!DOCTYPE html><html><body>404</body></html>\n", all_but("1.1"))
        one("binary", b"\x7fELF\0\0\0", all_but("1.1", says="zero bytes"))
        one("utf-16", text.encode("utf-16"), all_but("1.1", says="zero bytes"))
        one("latin-1", text.replace("slope = (", "/* gr\xfc\xdfe */ slope = (").encode("latin-1"),
            Expected(says="not UTF-8"))
        one("two-megabytes", text + "/*" + "x" * (2 * MB) + "*/\n", all_but("1.1", says="more than 1 MB"))
        self.tree("wrong-names", {f"{MODULE}/{name}": "int x;\n" for name in ("Derivative.c", "scalar.cpp")},
                  refused("holds none of the files"))
        self.tree("essay", {"essay.txt": "hello\n"}, refused("holds none of the files"))
        self.tree("empty", {}, refused("holds none of the files"))
        self.add("absent.zip", "absent", refused("there is no such"))
        os.symlink("/etc/passwd", self.tree("a-link", other, all_but("1.1", says="a link is not taken")) / DERIVATIVE)
        os.mkfifo(self.tree("a-pipe", other, all_but("1.1", says="pipe")) / DERIVATIVE)

    def archives(self):
        outside = {**REFERENCE, f"../{DERIVATIVE}": "bad\n", f"/tmp/tt-exploit/{DERIVATIVE}": "bad\n"}
        self.zip("leads-out", outside, Expected(says=r"\.\./"))
        self.tar("leads-out-of-tar", ".tgz", outside, Expected(says=r"\.\./"))
        for name, kind in (("link", tarfile.SYMTYPE), ("hard-link", tarfile.LNKTYPE), ("device", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(DERIVATIVE)
            member.type, member.linkname = kind, "/etc/passwd"
            self.tar(f"tar-with-a-{name}", ".tar.gz", {**REFERENCE, DERIVATIVE: member},
                     all_but("1.1", says="is not taken"))
        whole = self.folder / "zipped.zip"
        self.add("cut.zip", "cut", refused("cut.zip")).write_bytes(whole.read_bytes()[:200])
        self.add("nothing.zip", "nothing", refused("nothing.zip")).write_bytes(b"")
        self.add("not-a-zip.zip", "not-a-zip", refused("not-a-zip.zip")).write_text("hello\n" * 100)
        header = tarfile.TarInfo("x").tobuf()
        self.add("many.tar", "many", refused("more than 20000 entries")).write_bytes(header * 30000)
        self.bombs()

    def bombs(self):
        with tarfile.open(self.add("bomb.tar.gz", "bomb", refused("bomb.tar.gz")), "w:gz", compresslevel=1) as tar:
            member = tarfile.TarInfo("zeros")
            member.size = 600 * MB
            tar.addfile(member, Zeros())
            tar.addfile(tarfile.TarInfo("after"))
        with zipfile.ZipFile(self.add("bomb2.zip", "bomb2", all_but("1.1", says="more than 1 MB")), "w",
                             zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with archive.open(DERIVATIVE, "w") as file:
                for _ in range(300):
                    file.write(bytes(MB))
            for file in FILES:
                if file != DERIVATIVE:
                    archive.writestr(file, REFERENCE[file])

    def attacks(self):
        """Each alone among stubs; and some in an otherwise right submission, which loses their task only."""
        for attack in trials.exploits(ROOT, MODULE):
            text = attack.apply(REFERENCE[attack.file], regions, set(POINTS), pieces)
            self.tree(f"attack-{attack}", {**stubs(), attack.file: text}, only(says=attack.says))
            if attack.name[:2] in ("01", "07", "08", "11", "18", "32"):
                text = attack.apply(REFERENCE[attack.file], regions, {attack.task}, pieces)
                self.tree(f"else-right-{attack}", {**REFERENCE, attack.file: text}, all_but(attack.task))


class Zeros(io.RawIOBase):
    def readable(self):
        return True

    def read(self, n=-1):
        return bytes(n)


def contents(folder):
    """What lies in a folder, to tell whether grading changed it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        regular = path.is_file() and not path.is_symlink()
        found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest() if regular else path.lstat().st_mode
    return found


class InOneCall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        given = os.environ.get("TT_CROWD")
        cls.work = Path(given).resolve() if given else Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
        for name in ("in", "tmp"):
            (cls.work / name).mkdir(parents=True)
        cls.crowd = Crowd(cls.work / "in")
        cls.before = trials.left_behind(SEED)
        cls.given = contents(cls.work / "in")
        since = time.monotonic()
        cls.said = cls.grade()
        print(f"{len(cls.crowd.expected)} submissions in {time.monotonic() - since:.0f} s", flush=True)
        cls.results = {id: cls.result(id) for id in cls.crowd.expected}

    @classmethod
    def grade(cls):
        """The command that an instructor gives."""
        command = [sys.executable, HERE / "grade.py", "--module", "1", "--seed", str(SEED),
                   "--out", cls.work / "out", *cls.crowd.paths.values()]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "TMPDIR": str(cls.work / "tmp")})
        if done.returncode != 0:
            raise AssertionError(f"status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    @classmethod
    def result(cls, id):
        path = cls.work / "out" / id / "result.json"
        return json.loads(path.read_text()) if path.exists() else None

    def test_each_has_the_points_that_are_its_own(self):
        self.maxDiff = None
        problems = [f"{id}: {problem}" for id, expected in self.crowd.expected.items()
                    for problem in self.problems(self.results[id], expected)]
        self.assertEqual([], problems, "\n" + "\n".join(problems))

    def problems(self, result, expected):
        if result is None:
            yield "it has no result"
            return
        yield from schema.problems(result)
        if result["status"] != expected.status:
            yield f"{result['status']}: {result['sentence']}"
        for task in result["tasks"]:
            want, got = expected.points[task["id"]], task["points"]
            if not (got < task["max_points"] if want == PARTLY else got == want):
                yield f"Task {task['id']} has {got}, not {want}: {task['sentence']}"
        self.assertAlmostEqual(result["points"], sum(task["points"] for task in result["tasks"]), 6)
        said = json.dumps(result, ensure_ascii=False)
        if expected.says and not re.search(expected.says, said):
            yield f"nothing says {expected.says!r}: {result['sentence']} {result['tasks'][0]['sentence']}"

    def test_nothing_is_lost(self):
        total = len(self.crowd.expected)
        self.assertIn(f"[{total}/{total}]", self.said)
        with open(self.work / "out/grades.csv", newline="") as file:
            rows = {row["id"].removeprefix("'"): row for row in csv.DictReader(file)}
        self.assertEqual(set(rows), set(self.crowd.expected))
        for id, result in self.results.items():
            self.assertEqual(float(rows[id]["points"]), result["points"], id)
            for name in ("index.html", "results.json", "classroom50.json", "junit.xml"):
                self.assertTrue((self.work / "out" / id / name).is_file(), f"{id}: {name}")

    def test_nothing_is_left_behind(self):
        self.assertEqual([], self.before, "left by an earlier run, or by somebody else")
        for _ in range(30):  # what a grandchild writes, it writes late
            left = trials.left_behind(SEED)
            time.sleep(0.1)
        self.assertEqual([], left)
        self.assertEqual([], os.listdir(self.work / "tmp"))
        self.assertEqual(self.given, contents(self.work / "in"))

    def test_the_same_call_again_keeps_what_was_graded(self):
        said = self.grade()
        graded = sum(expected.status == "graded" for expected in self.crowd.expected.values())
        self.assertEqual(said.count("(as before)"), graded)


if __name__ == "__main__":
    unittest.main(verbosity=2)
