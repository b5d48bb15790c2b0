"""Solutions as regions: the lines between `// BEGIN SOLUTION 1.4` and `// END SOLUTION`.

A region is what a learner writes. Here it is found, checked and taken out; the registry
(course/tasks.bzl) says in which files each task has regions.

    regions = parse(text, "module1_autodiff/graph.c")
    stub = strip(text, {"1.4"})      # regions of Task 1.4 become TT_TODO("1.4");

In a stub a region's place is kept by markers, so that what is written there can be found again:

    // TASK 1.4
    TT_TODO("1.4");
    // END TASK
"""

import re
from dataclasses import dataclass
from pathlib import Path

MOST_LINES = 25  # in one region, its markers not counted

# A stub's function uses neither its arguments nor what was prepared for the solution.
STUB_FLAGS = [
    "-Wno-unused-parameter",
    "-Wno-unused-variable",
    "-Wno-unused-but-set-variable",
    "-Wno-unused-function",
]

_BEGIN = re.compile(r"\s*// BEGIN SOLUTION (\d\.\d[a-z]?)")
_END = re.compile(r"\s*// END SOLUTION")
_NEARLY = re.compile(r"(BEGIN|END)[ _-]*SOLUTION", re.IGNORECASE)
SOURCES = (".c", ".h", ".cu", ".cuh")


class RegionError(Exception):
    """A marker that has no partner or is misspelt; says file and line."""


@dataclass(frozen=True)
class Region:
    task: str
    file: str
    begin: int  # line of // BEGIN SOLUTION, counted from 1
    end: int  # line of // END SOLUTION

    def __str__(self):
        return f"{self.file}:{self.begin}: region of Task {self.task}"


def parse(text, file):
    """The regions of a file, in order."""
    regions, task, begin = [], None, 0
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{file}:{number}: "
        if match := _BEGIN.fullmatch(line):
            if task:
                raise RegionError(where + f"BEGIN inside the region of line {begin}")
            task, begin = match[1], number
        elif _END.fullmatch(line):
            if not task:
                raise RegionError(where + "END without a BEGIN")
            regions.append(Region(task, file, begin, number))
            task = None
        elif _NEARLY.search(line):
            raise RegionError(where + "write `// BEGIN SOLUTION 1.4` or `// END SOLUTION`, alone")
    if task:
        raise RegionError(f"{file}:{begin}: BEGIN without an END")
    return regions


def strip(text, tasks, file="?"):
    """The text with the regions of these tasks taken out, and TT_TODO in their place."""
    lines = text.splitlines(keepends=True)
    for region in reversed(parse(text, file)):
        if region.task not in tasks:
            continue
        marker = lines[region.begin - 1]
        indent = marker[: len(marker) - len(marker.lstrip())]
        stub = [f"// TASK {region.task}", f'TT_TODO("{region.task}");', "// END TASK"]
        lines[region.begin - 1 : region.end] = [f"{indent}{line}\n" for line in stub]
    return "".join(lines)


def scan(root):
    """file -> its regions, for the modules and their tests below root."""
    found = {}
    for folder in sorted([*Path(root).glob("module*"), *Path(root).glob("tests/module*")]):
        for path in sorted(p for p in folder.rglob("*") if p.suffix in SOURCES):
            file = str(path.relative_to(root))
            regions = parse(path.read_text(), file)
            if regions:
                found[file] = regions
    return found


def registry(root):
    """The tasks of course/tasks.bzl, whose literals Python reads as well as Bazel."""
    names = {}
    exec(Path(root, "course/tasks.bzl").read_text(), names)
    return names["TASKS"]


def warm_ups(root):
    """Regions without points in the same file."""
    names = {}
    exec(Path(root, "course/tasks.bzl").read_text(), names)
    return names.get("WARM_UPS", [])


def problems(root):
    """Where regions break the rules, a sentence each. registry_test.py looks at the registry."""
    try:
        found = scan(root)
    except RegionError as error:
        return [str(error)]
    return [
        *_of_lists(registry(root) + warm_ups(root), found),
        *(
            problem
            for file, regions in found.items()
            for region in regions
            for problem in _of_region(region, Path(root, file).read_text().splitlines())
        ),
    ]


def _of_lists(tasks, found):
    """The list of regions in the registry against the list in the code."""
    for task in tasks:
        if len(set(task["files"])) != len(task["files"]):
            yield f"course/tasks.bzl: Task {task['id']} lists a file twice"
    in_registry = {(task["id"], file) for task in tasks for file in task["files"]}
    in_code = {(region.task, file) for file, regions in found.items() for region in regions}
    for id, file in sorted(in_code - in_registry):
        yield f"{file} has a region of Task {id}, which course/tasks.bzl does not list"
    for id, file in sorted(in_registry - in_code):
        yield f"course/tasks.bzl lists {file} for Task {id}, but it has no region of it"


def _of_region(region, lines):
    """Whether it is short and stands in one function's body, outermost."""
    body = lines[region.begin : region.end - 1]
    if not 1 <= len(body) <= MOST_LINES:
        yield f"{region} has {len(body)} lines; 1 to {MOST_LINES} are allowed"
    for number in (region.begin, region.end):
        if not re.match(r" {4}\S", lines[number - 1]):
            yield f"{region.file}:{number}: a marker stands outermost in a function, indented by 4"
    above = next((line for line in lines[region.begin - 1 :: -1] if re.match(r"\S", line)), "")
    below = next((line for line in lines[region.end :] if re.match(r"\S", line)), "")
    inside = next((line for line in body if re.match(r" {0,3}[^ #]", line)), None)
    if above != "{" or below != "}" or inside is not None:
        yield f"{region} does not stand inside one function"
    elif not balanced(body):
        yield f"{region} opens a brace that it does not close, or closes one it has not opened"


def balanced(lines):
    comment_or_text = r'//[^\n]*|/\*.*?\*/|"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\''
    code = re.sub(comment_or_text, "", "\n".join(lines), flags=re.S)
    depth = 0
    for brace in re.findall("[{}]", code):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0
