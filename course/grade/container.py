#!/usr/bin/env python3
"""An autograder for Gradescope: `./bazelw run //course:gradescope -- --module 1 --out autograder.zip`.

The zip needs no Bazel and little memory. Its setup.sh, which runs once when the image is built, installs
a C compiler and compiles the reference there: so it fits the image's C library whatever that is. Each
submission is then graded by run_autograder, as on the instructor's machine.

    setup.sh  run_autograder      what Gradescope asks for
    class.json                    from --class, if given
    tree/                         the modules up to N with their solutions, and the grader
"""

import argparse
import io
import os
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent / "results"), str(HERE.parent)]

import layout
from book import Book, Mistake
from files import write

PACKAGES = "gcc g++ libc6-dev binutils python3 zlib1g-dev libseccomp-dev libarchive-dev bubblewrap"

SETUP = """\
#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
if [[ ${TT_INSTALL-} != never ]]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends @PACKAGES@
fi
TT_GRADE_CACHE=$here/cache python3 "$here/tree/course/grade/container_run.py" --prepare @MODULE@
# The solutions are for nobody but the grader: who is graded runs as another user.
chmod -R go= "$here/tree" "$here/cache"
chmod 711 "$here"
"""

RUN = """\
#!/usr/bin/env bash
# Runs for each submission. AUTOGRADER: another place than Gradescope's, for trying it out.
set -euo pipefail
home=${AUTOGRADER:-/autograder}
export TT_GRADE_CACHE=$home/source/cache
exec python3 "$home/source/tree/course/grade/container_run.py" --run @MODULE@ "$home"
"""


def parse():
    arguments = argparse.ArgumentParser(prog="./bazelw run //course:gradescope --", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--module", type=int, required=True, metavar="N")
    arguments.add_argument("--out", required=True, metavar="FILE.zip")
    arguments.add_argument("--class", dest="settings", metavar="class.json")
    return arguments.parse_args()


def wanted(file, modules):
    """What grading reads: no tests of the instructor's, no attacks, no later modules."""
    folder, _, rest = file.partition("/")
    if folder == "course":
        return rest == "tasks.bzl" or rest.endswith(".py") and "/" not in rest or \
            rest.startswith(("grade/", "results/", "mutants/learner_"))
    if folder == "tests":
        return rest.startswith("support/") or any(rest.startswith(f"{module}/") for module in modules)
    return folder in (*modules, "support", "tools") or file in ("tinytorch.h", "MODULE.bazel", "BUILD")


def archive(module, settings=None):
    """The zip, as bytes."""
    import tree

    modules = layout.modules(ROOT)[: module + 1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in (("setup.sh", SETUP), ("run_autograder", RUN)):
            text = text.replace("@PACKAGES@", PACKAGES).replace("@MODULE@", str(module))
            _add(made, name, text.encode(), 0o755)
        if settings:
            _add(made, "class.json", Path(settings).read_bytes(), 0o644)
        for file in tree.tracked(ROOT):
            if wanted(file, modules):
                _add(made, f"tree/{file}", (ROOT / file).read_bytes(), (ROOT / file).stat().st_mode & 0o777)
    return out.getvalue()


def _add(made, name, content, mode):
    """With a time of its own, so that the same tree makes the same zip."""
    entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    made.writestr(entry, content)


def main():
    given = parse()
    here = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    settings = here / given.settings if given.settings else None
    if given.module not in range(len(layout.modules(ROOT))):
        sys.exit(f"gradescope: there is no module {given.module}")
    try:
        if settings:
            Book.read(settings=settings)
        out = (here / given.out).resolve()
        content = archive(given.module, settings)
        write(out, content)
    except (Mistake, OSError) as error:
        sys.exit(f"gradescope: {error}")
    print(f"wrote {out} ({len(content) / 2**20:.1f} MiB)")
    print("In Gradescope: Configure Autograder, upload it, base image Ubuntu 22.04, 0.5 CPU and 768 MB do.")


if __name__ == "__main__":
    main()
