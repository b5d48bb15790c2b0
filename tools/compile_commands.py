#!/usr/bin/env python3
"""Writes compile_commands.json, from which editors (clangd) learn how each file is compiled.

    ./bazelw run //tools:compile_commands

Every C file has the same flags, so that this needs no build.
"""

import json
import os
import pathlib
import subprocess

root = pathlib.Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", "."))
flags = {}
exec((root / "tools/flags.bzl").read_text(), flags)

files = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.c"],
    cwd=root, check=True, capture_output=True, text=True).stdout.split()
command = ["cc", "-I."] + flags["STANDARD"] + flags["WARNINGS"] + flags["CHECKED"]
entries = [
    {"directory": str(root), "file": file, "arguments": command + ["-c", file]} for file in files
]

path = root / "compile_commands.json"
path.write_text(json.dumps(entries, indent=1) + "\n")
print(f"wrote {path}: {len(entries)} files")
