"""Reads a submission: a folder, a zip or a tar that nobody vouches for.

    submission = read(Path("ada.zip"), tools, box, wanted=["module1_autodiff/scalar.c", ...])

Only the files wanted are taken, as text; what else is there is not looked at, and what is dangerous
(links, devices, paths that lead out) or of no use (BUILD files) is refused, a sentence each.
"""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

MOST_ENTRIES = 20000
LARGEST_FILE = 1 << 20
MOST_SENTENCES = 20
DEEPEST = 6
OF_BUILD = ("BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel", ".bazelrc", "bazelw")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")


class Refused(Exception):
    """Why the submission cannot be read at all."""


@dataclass
class Submission:
    path: Path
    kind: str
    files: dict = field(default_factory=dict)  # name in the registry -> its text
    raw: dict = field(default_factory=dict)  # ... -> its bytes
    refused: list = field(default_factory=list)  # sentences

    @property
    def id(self):
        return id_of(self.path)

    def sha256(self):
        state = hashlib.sha256()
        for file in sorted(self.raw):
            state.update(file.encode() + b"\0" + self.raw[file] + b"\0")
        return state.hexdigest()

    def refuse(self, sentence):
        if len(self.refused) < MOST_SENTENCES:
            self.refused.append(sentence)
        elif len(self.refused) == MOST_SENTENCES:
            self.refused.append("and more")

    def take(self, file, data):
        """Keeps a file's text, or says why it is none."""
        if len(data) > LARGEST_FILE:
            return self.refuse(f"{file}: more than 1 MB is no source file")
        if b"\0" in data:
            return self.refuse(f"{file}: it holds zero bytes: save it as UTF-8 text")
        text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        if "\ufffd" in text:
            self.refuse(f"{file}: it is not UTF-8; letters that are none were replaced")
        self.raw[file] = data
        self.files[file] = text if text.endswith("\n") else text + "\n"
        return None


def id_of(path):
    """ada.tar.gz -> ada"""
    name = Path(os.path.abspath(path)).name
    ending = next((e for e in sorted(ARCHIVES, key=len, reverse=True) if name.lower().endswith(e)), "")
    return name[: len(name) - len(ending)] or name


def read(path, tools, box, wanted):
    path = Path(path)
    if path.is_dir():
        submission = Submission(path, "folder")
        _read_folder(submission, wanted)
    elif path.is_file():
        submission = Submission(path, "zip" if path.suffix.lower() == ".zip" else "tar")
        _read_archive(submission, tools, box, wanted)
    else:
        raise Refused(f"{path}: there is no such folder or file")
    if not submission.files:
        raise Refused(f"{path.name} holds none of the files of this module: {', '.join(wanted)}."
                      + (f" {submission.refused[0]}." if submission.refused else ""))
    return submission


# ---- folders -------------------------------------------------------------------------------------------


def _read_folder(submission, wanted):
    best = {}  # file -> (how far from the top, its bytes)
    entries = 0
    for folder, folders, files, handle in os.fwalk(submission.path, follow_symlinks=False):
        here = os.path.relpath(folder, submission.path)
        depth = 0 if here == "." else here.count("/") + 1
        entries += len(folders) + len(files)
        if entries > MOST_ENTRIES:
            raise Refused(f"{submission.path.name} has more than {MOST_ENTRIES} entries")
        for name in [*folders, *files]:
            if stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode):
                submission.refuse(f"{_shown(here, name)}: a link is not taken: put the file itself there")
        if depth >= DEEPEST:
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith((".git", "bazel-")))
        for name in sorted(files):
            _take_file(submission, best, wanted, here, name, depth, handle)
    for file, (_, data) in best.items():
        submission.take(file, data)


def _take_file(submission, best, wanted, here, name, depth, handle):
    path = name if here == "." else f"{here}/{name}"
    if name in OF_BUILD or name.endswith(".bzl"):
        return submission.refuse(f"{_shown(here, name)}: it belongs to the build and is not taken")
    whole = [file for file in wanted if path == file or path.endswith("/" + file)]
    alone = [file for file in wanted if path == file.rpartition("/")[2]]
    for file in whole[:1] or alone[-1:]:
        rank = depth if whole else DEEPEST
        if file in best and best[file][0] <= rank:
            submission.refuse(f"{_shown(here, name)}: a second file of this name; the one nearest to the top"
                              " counts")
            continue
        data = _read_regular(name, handle)
        if data is None:
            submission.refuse(f"{_shown(here, name)}: a device, pipe or unreadable file is not taken")
        else:
            best[file] = (rank, data)
    return None


def _read_regular(name, handle):
    """A file's bytes, one more than allowed at most; None for what is no regular file."""
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=handle)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return file.read(LARGEST_FILE + 1)


def _shown(here, name):
    path = name if here == "." else f"{here}/{name}"
    return "".join(c if c.isprintable() else "?" for c in path)[:120]


# ---- archives ------------------------------------------------------------------------------------------


def _read_archive(submission, tools, box, wanted):
    """The archive is read by a program in the sandbox, which may write only to an empty folder."""
    unpack = tools.program("unpack")
    if not unpack:
        raise Refused(f"{submission.path.name}: this grader has no libarchive (Debian: libarchive-dev);"
                      " unpack it and give the folder")
    with tempfile.TemporaryDirectory(prefix="tt-grade-") as work:
        status, answer = box.unpack(unpack, submission.path.resolve(), Path(work), wanted)
        lines = [line.partition(" ") for line in answer.splitlines()]
        for word, _, rest in lines:
            if word == "refused":
                submission.refuse(rest)
        if status != 0:
            why = next((rest for word, _, rest in lines if word == "unreadable"),
                       "unpacking it took too long or too much memory")
            raise Refused(f"{submission.path.name}: {why}")
        for number, file in enumerate(wanted):
            path = Path(work, "out", str(number))
            if path.is_file() and not path.is_symlink():
                submission.take(file, path.read_bytes()[: LARGEST_FILE + 1])
