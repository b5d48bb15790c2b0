#!/usr/bin/env python3
"""The answers to module3_gpu/chapters: what the simulator says of each broken kernel, and that nothing is
left of it once it is mended. Learners do not get this file.

Also runs what the pages of module 3 show: where an `sh` block has one command of the simulator and a `text`
block follows, its lines are what the command prints.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

SIM = sys.argv.pop(1)
CHAPTERS = pathlib.Path("module3_gpu/chapters")
PAGES = [*sorted(CHAPTERS.glob("*.md")), pathlib.Path("module3_gpu/README.md")]
ORDERS = ("forward", "reverse", "random")

# file: kind of the finding, the lines it names, what to write instead of what. Those without a kind are
# slow: what is counted, before and after.
BROKEN = {
    "races/neighbour.cu": ("race", {8, 9}, [
        ("s[t] = a[t];", "s[t] = a[t];\n    __syncthreads();")]),
    # Between two steps of the loop there must be a wait as well: one step reads what the last one wrote.
    "races/maximum.cu": ("race", {11}, [
        ("half /= 2)\n        if (t < half) s[t] = fmaxf(s[t], s[t + half]);",
         "half /= 2) {\n        if (t < half) s[t] = fmaxf(s[t], s[t + half]);\n        __syncthreads();\n    }")]),
    # The barrier belongs behind the if, where all 64 threads pass.
    "races/branch.cu": ("barrier-divergence", {13}, [
        ("            __syncthreads();\n        }\n", "        }\n        __syncthreads();\n")]),
    # Threads without a cell must still come to the barrier: the guard goes around what they must not do.
    "races/early.cu": ("barrier-divergence", {11}, [
        ("if (i >= n) return;\n    s[t] = a[i];", "if (i < n) s[t] = a[i];"),
        ("a[i] = sum", "if (i < n) a[i] = sum")]),
    "races/counter.cu": ("race", {12}, [("*total += mine", "atomicAdd(total, mine)")]),
    # Read, wait, write, wait; or __syncthreads(), for which the loop must leave `if (t < 32)`.
    "races/tail.cu": ("race", {13}, [
        ("half /= 2) s[t] += s[t + half];",
         "half /= 2) {\n            float x = s[t] + s[t + half];\n            __syncwarp();\n"
         "            s[t] = x;\n            __syncwarp();\n        }")]),
    "memory/last.cu": ("out-of-bounds", {7}, [("if (i < n)", "if (i < n - 1)")]),
    "memory/picture.cu": ("out-of-bounds", {8}, [
        ("int row = blockIdx.x * blockDim.x + threadIdx.x", "int column = blockIdx.x * blockDim.x + threadIdx.x"),
        ("int column = blockIdx.y", "int row = blockIdx.y"),
        ("row < columns && column < rows", "row < rows && column < columns")]),
    "memory/halo.cu": ("out-of-bounds", {10}, [("s[64 + RADIUS]", "s[64 + 2 * RADIUS]")]),
    "memory/edge.cu": ("uninitialised", {11}, [("if (i < n) s[t] = a[i];", "s[t] = i < n ? a[i] : 0;")]),
}
SLOW = {
    "memory/columns.cu": (lambda t: t["global_store_sectors"] / t["global_store_requests"], 32, 4, [
        ("int i = blockIdx.x * blockDim.x + threadIdx.x", "int j = blockIdx.x * blockDim.x + threadIdx.x"),
        ("int j = blockIdx.y", "int i = blockIdx.y")]),
    "memory/banks.cu": (lambda t: t["bank_conflicts"], 3968, 0, [("tile[32][32]", "tile[32][33]")]),
    "memory/turn.cu": (lambda t: t["global_store_sectors"] / t["global_store_requests"], 32, 4, [
        ("out[column * n + row] = x;",
         "__shared__ float tile[8][33];\n    tile[threadIdx.y][threadIdx.x] = x;\n    __syncthreads();\n"
         "    int t = threadIdx.y * 32 + threadIdx.x;\n"
         "    out[(t / 8) * n + blockIdx.y * 8 + t % 8] = tile[t % 8][t / 8];")]),
}
RIGHT = re.compile(r"^(0 cells are wrong|.* is (\S+), expected \2|(\S+) cells are above, expected \3)$", re.M)

complaints = []


def check(true, sentence):
    if not true:
        complaints.append(sentence)


def simulate(file, order):
    """(findings, the launch's counts, the program's own output)"""
    done = subprocess.run([SIM, str(file), "--json", "--order", order, "--seed", "5"],
                          capture_output=True, text=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    launches = [e for e in events if e["event"] == "launch"]
    check(len(launches) == 1, f"{file}: {len(launches)} launches\n{done.stderr}")
    findings = [e for e in events if e["event"] == "finding"]
    check(done.returncode == (1 if findings else 0), f"{file}: exited with {done.returncode}")
    return findings, launches[0] if launches else {}, done.stderr


def mended(file, changes):
    text = (CHAPTERS / file).read_text()
    for old, new in changes:
        check(text.count(old) == 1, f"{file}: {old!r} is there {text.count(old)} times")
        text = text.replace(old, new)
    out = pathlib.Path(work, file.replace("/", "_"))
    out.write_text(text)
    return out


def nothing_left(file, changes):
    """The mended twin: no finding and right numbers, in one order (the finding is in all)."""
    findings, launch, said = simulate(mended(file, changes), "reverse")
    check(not findings, f"{file}, mended: {[f['text'] for f in findings]}")
    check(RIGHT.search(said), f"{file}, mended, prints {said!r}")
    return launch


def broken():
    for file, (kind, lines, changes) in BROKEN.items():
        for order in ORDERS:
            findings, _, _ = simulate(CHAPTERS / file, order)
            found = [(f["kind"], {f["line"], f.get("other_line", f["line"])}) for f in findings]
            check(found == [(kind, lines)], f"{file}, {order}: expected {kind} at {lines}, found {found}")
        nothing_left(file, changes)


def slow():
    for file, (count, before, after, changes) in SLOW.items():
        findings, launch, said = simulate(CHAPTERS / file, "forward")
        check(not findings and RIGHT.search(said), f"{file}: {findings} {said!r}")
        check(count(launch) == before, f"{file}: counts {count(launch)}, not {before}")
        count_after = count(nothing_left(file, changes))
        check(count_after == after, f"{file}, mended: counts {count_after}, not {after}")


SHOWN = re.compile(r"```sh\n\./bazelw run //module3_gpu:sim -- ([^\n#]*)\n```\n\n```text\n(.*?)```", re.S)


def shown():
    number = 0
    for page in PAGES:
        for command, text in SHOWN.findall(page.read_text()):
            number += 1
            done = subprocess.run([SIM, *command.split()], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
            wanted = "\n" + text.strip("\n")
            check(wanted in "\n" + done.stdout,
                  f"{page}: {command} prints otherwise than it shows:\n{done.stdout}")
    check(number >= 4, f"only {number} commands are shown")


every = {str(path.relative_to(CHAPTERS)) for path in CHAPTERS.glob("*/*.cu")}
check(every == {*BROKEN, *SLOW}, f"kernels without an answer, or the reverse: {every ^ {*BROKEN, *SLOW}}")
with tempfile.TemporaryDirectory() as work:
    broken()
    slow()
    shown()
print("\n".join(complaints + [f"{len(every)} kernels, {len(complaints)} complaints"]))
sys.exit(1 if complaints else 0)
