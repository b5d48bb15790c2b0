#!/usr/bin/env python3
"""Is everything here that TinyTorch needs? `./bazelw run //course:doctor`

Nothing is believed because a file lies somewhere: compilers compile, libraries are linked and
called, programs are started. Where something is missing, the line below says how to mend it.
Works without Bazel too: python3 course/doctor.py. Exit status 1 if something needed is missing.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CC = os.environ.get("CC", "cc")
FASHION = Path("/usr/share/datasets/fashion-mnist")  # as in module4_nn/data/data.c
SPACE = 3  # GB that a build under all configurations takes, with room to spare
OLDEST = (3, 10)


@dataclass
class Finding:
    name: str
    found: str | None  # what there is; None: it is missing
    mend: str
    needed: bool = True


def output(*command, **kwargs):
    """The command's first line, or None if it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60,
                              stdin=subprocess.DEVNULL, **kwargs)
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = (done.stdout or done.stderr).strip().splitlines()
    return (said[0] if said else "") if done.returncode == 0 else None


def program(source, *flags):
    """What a C program prints, compiled and run; None if either fails."""
    with tempfile.TemporaryDirectory() as folder:
        file, binary = Path(folder, "probe.c"), Path(folder, "probe")
        file.write_text(source)
        if output(CC, "-std=c11", file, "-o", binary, *flags) is None:
            return None
        return output(binary)


HELLO = '#include <stdio.h>\nint main(void) { puts("works"); return 0; }\n'
ZLIB = '#include <stdio.h>\n#include <zlib.h>\nint main(void) { puts(zlibVersion()); return 0; }\n'
CJSON = '#include <stdio.h>\n#include <cjson/cJSON.h>\nint main(void) { puts(cJSON_Version()); return 0; }\n'
CRITERION = """\
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
Test(doctor, one_and_one) { cr_assert(eq(int, 1 + 1, 2)); }
"""


def debian(package):
    return f"apt-get install {package}" if shutil.which("apt-get") else "install it from your system's packages"


def compiler():
    works = program(HELLO)
    version = output(CC, "--version") if works else None
    return Finding("C compiler", version, debian("build-essential") + f" ({CC} compiles no program)")


def sanitizers():
    works = program(HELLO, "-fsanitize=address,undefined")
    return Finding("sanitizers", works and "AddressSanitizer and UndefinedBehaviorSanitizer work",
                   "gcc: libasan and libubsan of its version; clang: compiler-rt. In a handout tests use them")


def bazel():
    name = next((name for name in ("bazelisk", "bazel") if shutil.which(name)), None)
    version = name and output(name, "--version")
    if version and re.search(r"no_version", version):
        version = "Debian's own, which does not tell its version (4.2.3 in Debian 12)"
    elif match := re.search(r"(\d+)\.\d+", version or ""):
        if int(match[1]) not in (4, 7, 8, 9):
            version += " (not one of those tried: 4.2.3, 7 to 9)"
    return Finding("Bazel", version and f"{name}: {version}", debian("bazel-bootstrap") + ", or install bazelisk")


def criterion():
    version = output("pkg-config", "--modversion", "criterion")
    works = program(CRITERION, "-lcriterion") is not None
    return Finding("Criterion", "a test compiles and runs" + (f" ({version})" if version else "") if works else None,
                   debian("libcriterion-dev") + " (2.4 or newer)")


def zlib():
    return Finding("zlib", program(ZLIB, "-lz"), debian("zlib1g-dev"))


def cjson():
    return Finding("cJSON", program(CJSON, "-lcjson"), debian("libcjson-dev"))


def python():
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", version if sys.version_info >= OLDEST else None,
                   f"this is {version}; install {'.'.join(map(str, OLDEST))} or newer")


def space():
    """Bazel builds below the home folder, not here."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    while not cache.exists():
        cache = cache.parent
    free = shutil.disk_usage(cache).free / 1e9
    return Finding("disk space", f"{free:.0f} GB free for Bazel at {cache}" if free >= SPACE else None,
                   f"{free:.1f} GB are free at {cache}, {SPACE} are needed: `bazel clean --expunge` in other projects")


def git():
    return Finding("git", output("git", "--version"), debian("git"), needed=False)


def data():
    there = [name for name in ("train-images", "train-labels", "t10k-images", "t10k-labels")
             if any(FASHION.glob(f"{name}*idx*"))]
    return Finding("Fashion-MNIST", f"4 files in {FASHION}" if len(there) == 4 else None,
                   debian("dataset-fashion-mnist") + "; or its four files elsewhere, and"
                   " //module4_nn:train -- --data DIR. Without it all tasks but that training work", needed=False)


def gdb():
    return Finding("gdb", output("gdb", "--version"),
                   debian("gdb") + ": //tests:debug stops inside a failing test", needed=False)


def graphviz():
    return Finding("Graphviz", output("dot", "-V"),
                   debian("graphviz") + ": turns --graph FILE into a picture", needed=False)


def cuda():
    nvcc = shutil.which("nvcc") or next((p for p in ["/usr/local/cuda/bin/nvcc"] if Path(p).exists()), None)
    card = output("nvidia-smi", "--query-gpu=name", "--format=csv,noheader")
    if not nvcc and not card:
        found = None
    else:
        found = f"{'nvcc' if nvcc else 'no nvcc'}, {card or 'no GPU answers'}"
    return Finding("CUDA", found, "nothing to do: without a GPU kernels run on the simulator", needed=False)


def torch():
    version = output(sys.executable, "-c", "import torch; print(torch.__version__)")
    return Finding("PyTorch", version, "pip install torch: benchmarks then compare with it", needed=False)


CHECKS = [compiler, sanitizers, python, bazel, criterion, zlib, cjson, space,
          git, data, gdb, graphviz, cuda, torch]


def lines(findings):
    for finding in findings:
        verdict = "ok" if finding.found is not None else "MISSING" if finding.needed else "without"
        yield f"{verdict:<8} {finding.name:<14} {finding.found or ''}".rstrip()
        if finding.found is None:
            yield f"         {'mend:' if finding.needed else 'optional:'} {finding.mend}"


def main():
    findings = [check() for check in CHECKS]
    print("\n".join(lines(findings)))
    missing = [finding.name for finding in findings if finding.needed and finding.found is None]
    if missing:
        sys.exit(f"\n{len(missing)} of what is needed {'is' if len(missing) == 1 else 'are'} missing: {', '.join(missing)}")
    print("\nEverything that is needed is here.")


if __name__ == "__main__":
    main()
