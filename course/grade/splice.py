"""Puts one task's regions of a submission into the reference's file.

    spliced = splice(reference, submitted, "1.4", later={"1.5"}, file="module1_autodiff/graph.c")

A region is found by its task and by the function that it stands in; everything around it is the
reference's. Regions of later tasks become stubs, so that a task cannot lean on what comes after it.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))

import regions

_BEGIN = re.compile(r"\s*// (?:BEGIN SOLUTION|TASK) (\d\.\d[a-z]?)\s*")
_END = re.compile(r"\s*// END (?:SOLUTION|TASK)\s*")


class CannotSplice(Exception):
    """Why a submission's regions cannot be told from the rest; for its author."""


@dataclass(frozen=True)
class Piece:
    task: str
    function: str
    body: str
    line: int  # of the first line of the body, counted from 1
    begin: int  # lines of the markers, counted from 0
    end: int


def pieces(text, file):
    """The regions of a file, in a handout's markers or in the reference's."""
    lines, found, begin, task = text.splitlines(keepends=True), [], None, None
    for number, line in enumerate(lines):
        if match := _BEGIN.fullmatch(line):
            if begin is not None:
                raise CannotSplice(f"{file}:{number + 1}: // TASK inside the region of line {begin + 1}")
            begin, task = number, match[1]
        elif _END.fullmatch(line):
            if begin is None:
                raise CannotSplice(f"{file}:{number + 1}: // END TASK without a // TASK above it")
            found.append(Piece(task, _function(lines, begin), "".join(lines[begin + 1 : number]),
                               begin + 2, begin, number))
            begin = None
    if begin is not None:
        raise CannotSplice(f"{file}:{begin + 1}: // TASK without // END TASK below it")
    return found


def _function(lines, number):
    """The name in the last line that opens a function: `static void f(int x`, `Test(suite, name)`."""
    head = next((line for line in lines[number::-1] if re.match(r"[a-zA-Z].*\w\s*\(", line)), "")
    named = re.match(r"(?:TT_FORMULA|Test)\(([^)]*)\)", head) or re.search(r"(\w+)\s*\(", head)
    return named[1] if named else ""


def own(text, task, file):
    """The pieces of one task."""
    return [piece for piece in pieces(text, file) if piece.task == task]


def not_started(text, task, file):
    """Whether nothing but stubs stands in the task's regions of a submission's file."""
    found = own(text, task, file)
    return bool(found) and all(_is_stub(piece.body) for piece in found)


def _is_stub(body):
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", body, flags=re.S)
    return re.fullmatch(r'\s*TT_TODO\("[^"]*"\);\s*', code) is not None


def splice(reference, submitted, task, later, file):
    mine = own(reference, task, file)
    theirs = {piece.function: piece for piece in own(submitted, task, file)}
    lost = [piece.function for piece in mine if piece.function not in theirs]
    if lost:
        raise CannotSplice(f"{file}: the markers // TASK {task} of {', '.join(lost)} are gone")
    lines = reference.splitlines(keepends=True)
    for piece in reversed(mine):
        body = theirs[piece.function].body
        _demand_closed(body, theirs[piece.function], file)
        # Messages then name the lines of the file that was handed in.
        place = [f'#line {theirs[piece.function].line} "{file}"\n']
        back = [f'#line {piece.end + 1} "{file}"\n']
        lines[piece.begin + 1 : piece.end] = [*place, body, *back]
    return regions.strip("".join(lines), later, file)


def unmarked(text):
    """The text without markers and #line, to tell whether two forms are the same code."""
    return "".join(line for line in text.splitlines(keepends=True)
                   if not (_BEGIN.fullmatch(line) or _END.fullmatch(line) or line.startswith("#line ")))


def guarded(text, task, names, file):
    """The text whose regions of the task cannot use `names`, functions of the same file that do the
    task's work: there they mean what the linker knows as forbidden."""
    here = [name for name in names if re.search(rf"^[a-z].*\b{name}\(", text, re.M)]
    try:
        found = own(text, task, file)
    except CannotSplice:
        return text
    lines = text.splitlines(keepends=True)
    for piece in reversed(found if here else []):
        before = [f"extern __typeof__({name}) tt_forbidden_{name};\n#define {name} tt_forbidden_{name}\n"
                  for name in here]
        after = [f"#undef {name}\n" for name in here] + [f"#line {piece.end + 1}\n"]
        lines[piece.begin + 1 : piece.end] = [*before, f"#line {piece.line}\n", piece.body, *after]
    return "".join(lines)


def _demand_closed(body, piece, file):
    if not regions.balanced(body.splitlines()):
        raise CannotSplice(f"{file}:{piece.line}: the region of Task {piece.task} in {piece.function} closes a"
                           " brace that it has not opened, or the other way round")
    if re.search(r"^\s*#\s*include", body, re.M):
        raise CannotSplice(f"{file}:{piece.line}: #include stands inside a function")
