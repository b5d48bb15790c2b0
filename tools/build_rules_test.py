#!/usr/bin/env python3
"""BUILD and .bzl files must work with Bazel 7 to 9, though Debian's 4.2.3 would take more.

Refused outside the stand-ins (tools/shims) and WORKSPACE: C and shell rules that were not loaded
from @rules_cc and @rules_shell, other languages' rules, and names that only WORKSPACE knows.
"""

import pathlib
import re
import sys

RULES = re.compile(r"(?<![\w.])((?:cc|sh|py|java|objc)_[a-z_]+)\s*\(")
NATIVE = re.compile(r"\bnative\.((?:cc|sh|py|java|objc)_[a-z_]+)")
LOADS = re.compile(r"load\(\s*\"@(rules_cc|rules_shell)//[^\"]*\"([^)]*)\)")
WORKSPACE_ONLY = re.compile(
    r"\b(?:native\.)?(bind|http_archive|http_file|local_repository|new_local_repository"
    r"|git_repository|workspace|register_toolchains)\s*\(|(//external:)|(@tinytorch//)|(@//)")
HOME = {"cc": "rules_cc", "sh": "rules_shell"}


def without_text(source):
    """The source without comments and docstrings, lines kept."""
    keep_lines = lambda match: "\n" * match.group().count("\n")
    source = re.sub(r'"""(?:.|\n)*?"""', keep_lines, source)
    return re.sub(r"#.*", "", source)


def complaints(source):
    """Yields (line, sentence) for what a newer Bazel would refuse."""
    source = without_text(source)
    loaded = {}
    for match in LOADS.finditer(source):
        loaded.update({rule: match[1] for rule in re.findall(r"\w+", match[2])})
    line = lambda match: source.count("\n", 0, match.start()) + 1
    for match in RULES.finditer(source):
        home = HOME.get(match[1].split("_")[0])
        if not home:
            yield line(match), f"{match[1]}: only C and shell rules are used here"
        elif loaded.get(match[1]) != home:
            yield line(match), f"{match[1]} must be loaded from @{home}"
    for match in NATIVE.finditer(source):
        yield line(match), f"native.{match[1]} is gone in Bazel 9: load it"
    for match in WORKSPACE_ONLY.finditer(source):
        yield line(match), f"{next(filter(None, match.groups()))} is known to WORKSPACE only"


def self_test():
    refused = [
        "cc_library(name = 'x')",
        'load("@rules_cc//cc:defs.bzl", "cc_test")\ncc_library(name = "x")',
        'load("@rules_shell//shell:sh_test.bzl", "cc_library")\ncc_library(name = "x")',
        "native.sh_test(name = 'x')",
        "py_test(name = 'x')",
        "def f():\n    native.local_repository(name = 'x')",
        'deps = ["//external:x"]',
    ]
    accepted = [
        'load(\n    "@rules_cc//cc:defs.bzl",\n    "cc_library",\n)\ncc_library(name = "x")',
        "# cc_library(name = 'x')",
        '"""cc_library(name = "x")"""',
        "tt_library(name = 'x')\nnative.test_suite(name = 'y')",
    ]
    for source in refused:
        assert list(complaints(source)), f"not refused:\n{source}"
    for source in accepted:
        assert not list(complaints(source)), f"refused:\n{source}"


def main():
    self_test()
    root = pathlib.Path("tools/build_rules_test.py").resolve().parent.parent
    files = [
        file for pattern in ("BUILD", "BUILD.bazel", "*.bzl") for file in root.rglob(pattern)
        if not re.match(r"bazel-|\.|tools/shims/|tools/workspace\.bzl", str(file.relative_to(root)))
    ]
    found = 0
    for file in sorted(files):
        for line, sentence in complaints(file.read_text()):
            print(f"{file.relative_to(root)}:{line}: {sentence}")
            found += 1
    print(f"{len(files)} files read, {found} complaints")
    return 1 if found or len(files) < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
