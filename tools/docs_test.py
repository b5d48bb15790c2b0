#!/usr/bin/env python3
"""Examples in headers and READMEs are tested: `./bazelw test //tools:docs_test`.

In *.md, ```c is one of
  a program       has int main: compiled, linked with the library, run; exits 0
  a function body statements, in which a tt_ctx *c exists: likewise; no error sticks in c
  definitions     functions, types, #include, also in front of statements: at file scope
and ```c NOTE says what cannot be seen:
  ```c signature  declarations, found word for word in a header or source file
  ```c no-run     compiled and linked only: it needs a file, or a day
In comments of public headers the same stands below a line `Example:` or `Example (NOTE):`,
indented deeper.

  // prints: 10 6      if there is one, these lines are the whole standard output, in order
  // error: (2,3)      instead of none, an error sticks in c at the end, with this text in it

```sh: in `./bazelw run //a:b`, also build, test and bazel, //a:b must be a target.
All C has the project's warnings as errors (unused variables aside) and runs under
AddressSanitizer and UndefinedBehaviorSanitizer.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import cc
import targets
from examples import blocks_of_header, blocks_of_page, expected, program

ROOT = Path.cwd()
NOTES = ("", "signature", "no-run")
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
UNUSED = ["-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Wno-unused-function"]
LIBRARIES = ["-Wl,--as-needed", "-lcriterion", "-lcjson", "-lz", "-lm", "-lpthread", "-ldl", "-lrt",
             "-lstdc++"]  # the last three for the simulator
LABEL = re.compile(r"(?<=\s)(//[\w/.]*(?::[\w.+-]+)?)(?=\s|$)")
PATIENCE = 60  # seconds for one example


def blocks():
    for path in sorted(ROOT.rglob("*.md")):
        yield from blocks_of_page(str(path.relative_to(ROOT)), path.read_text())
    for path in headers():
        yield from blocks_of_header(str(path.relative_to(ROOT)), path.read_text())


def headers():
    folders = ["support", *(p.name for p in ROOT.glob("module*"))]
    found = sorted(p for f in folders for p in (ROOT / f).rglob("*.h"))
    return [ROOT / "tinytorch.h", *found, ROOT / "tests/support/expect.h"]


def build_library(folder):
    """All of support and the modules as one library; (archive, flags to compile with)."""
    checked = [flag for flag in cc.flags(ROOT, "STANDARD", "WARNINGS", "CHECKED") if flag != "-g"]
    flags = [*checked, "-g1", "-O0", "-pipe", *SANITIZERS]
    folders = ["support", *(p.name for p in ROOT.glob("module*"))]
    files = [file for folder in folders for file in cc.sources(ROOT, folder)]
    files.append("tests/support/expect.c")
    build = cc.Build(ROOT, folder, flags)
    build.compile([file for file in files if not cc.has_main(ROOT / file)])
    return build.archive("tinytorch.a", build.objects), flags


def try_block(block, folder, library, flags):
    """Why the block is wrong, or None."""
    name = re.sub(r"\W", "_", str(block))
    source, binary = folder / f"{name}.c", folder / name
    source.write_text(program(block))
    command = [cc.CC, *flags, "-Werror", *UNUSED, "-iquote", ROOT, source, library, *LIBRARIES]
    done = cc.run([*command, "-o", binary])
    if done.returncode:
        return "does not compile:" + cc.quoted(done.stdout)
    if block.note == "no-run":
        return None
    here = {**os.environ, "BUILD_WORKING_DIRECTORY": str(folder)}  # where it may write files
    return judge(block, cc.run(["timeout", PATIENCE, binary], cwd=folder, env=here))


def judge(block, done):
    """What a run of the block tells; done.stdout holds what it wrote."""
    lines = [line.rstrip() for line in done.stdout.rstrip("\n").split("\n")]
    if done.returncode:
        return f"exits with {done.returncode}:" + cc.quoted(done.stdout)
    for error in expected(block, "error"):
        if error not in lines.pop():
            return f"ends without the error {error!r}:" + cc.quoted(done.stdout)
    prints = expected(block, "prints")
    if prints and prints != lines:
        return "prints something else than it says:" + cc.quoted(done.stdout)
    return None


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


def squeezed(text):
    return re.sub(r"\s+", "", without_comments(text))


def check_signature(block, declared):
    declarations = [d.strip() for d in without_comments(block.text).split(";") if d.strip()]
    missing = [d for d in declarations if squeezed(d) not in declared]
    if not declarations:
        return "has no declaration; ```text is for what is no C"
    return "is declared nowhere so:" + cc.quoted("\n".join(missing)) if missing else None


def check_commands(block, labels):
    """Targets that commands name."""
    wrong = []
    for command in re.findall(r"(?:\./bazelw|\bbazel)[^\n#|&;]*", block.text.replace("\\\n", " ")):
        if not re.search(r" (run|test|build|coverage)\b", command):
            continue
        for label in LABEL.findall(command.split(" -- ")[0]):
            if not targets.exists(labels, label):
                wrong.append(label)
    return "names what is no target: " + ", ".join(wrong) if wrong else None


def main():
    work = Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
    found = list(blocks())
    code = [b for b in found if b.language == "c" and b.note in ("", "no-run")]
    problems = {}
    for block in found:
        if block.language == "c" and block.note not in NOTES:
            problems[block] = f"```c {block.note}: the notes are {', '.join(filter(None, NOTES))}"

    library, flags = build_library(work / "library")
    answers = cc.in_parallel(lambda block: try_block(block, work, library, flags), code)
    problems |= dict(zip(code, answers))

    sources = [p for f in ["support", *ROOT.glob("module*")] for p in (ROOT / f).rglob("*.[ch]")]
    declared = "".join(squeezed(p.read_text()) for p in sources)
    labels = targets.labels(ROOT)
    for block in found:
        if block.language == "c" and block.note == "signature":
            problems[block] = check_signature(block, declared)
        elif block.language in ("sh", "bash", "console"):
            problems[block] = check_commands(block, labels)

    failed = {block: problem for block, problem in problems.items() if problem}
    for block, problem in failed.items():
        print(f"FAIL {block}: {problem}")
    print(f"{len(problems)} examples, {len(failed)} wrong")
    return 1 if failed or not code else 0


if __name__ == "__main__":
    sys.exit(main())
